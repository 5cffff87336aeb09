"""The only door to CSV: rows with the line and the column of every cell, whatever a spreadsheet made of them.

Accepted: what `textfile` reads of a spreadsheet; `,`, `;`, `|` or a tab between cells, or what a first line like
`sep=;` says; any line end; quoted cells with line breaks.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from typing import TextIO

from reconciler.files import textfile
from reconciler.repository import conflicts

#: More than any spreadsheet of ours has, and as many as one can still tell what is wrong with.
MOST_COLUMNS = 500
#: Of one line, in characters.
LONGEST_LINE = 4_000_000
#: A first line by which Excel says what stands between cells.
_SAID = re.compile(r"""(?i)\ufeff?"?sep=(.)"?[ ,;|\t]*\Z""")


class CsvError(Exception):
    """A text that is no CSV: where (1-based), why, and what to do."""

    def __init__(self, what: str, line: int, col: int = 1, do: str = "") -> None:
        super().__init__(what)
        self.what, self.line, self.col, self.do = what, line, col, do


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the line it begins at, and its cells, stripped."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class CsvTable:
    """A file: its header, the line of that, and its rows; `text` and `delimiter` to find a cell again. `guessed` is the
    encoding where nothing proves it."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    text: str
    delimiter: str
    line: int = 1
    guessed: str = ""

    def column(self, line: int, cell: int) -> int:
        """The column (1-based) at which a cell of the record at `line` begins; 1 when it is on a later line."""
        if not 0 < line <= len(self._lines):
            return 1
        starts = list(_cell_starts(self._lines[line - 1], self.delimiter))
        return starts[cell] if cell < len(starts) else 1

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.split("\n")


def read(data: bytes) -> CsvTable:
    """The table in a file's bytes. CsvError for a quote that is never closed, bytes that are no text, and the like.

    Blank lines are no rows; that a row has as many cells as the header is for the caller to check.
    """
    try:
        found = textfile.decoded(data, spreadsheet=True)
    except textfile.TextError as error:
        raise CsvError(error.what, error.line, error.col, error.do) from None
    if line := conflicts.conflict_line(data):
        raise CsvError(conflicts.WHAT, line)
    text = found.text.replace("\r", "\n")
    if len(text) > LONGEST_LINE:
        _refuse_long(text)
    first, begin = text.partition("\n")[0], 0
    said = _SAID.match(first)
    if said:
        begin = len(first) + 1
    delimiter = said[1] if said else _delimiter(text)
    reader = csv.reader(StringIO(text[begin:], newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    line = skipped = 1 if said else 0
    line += 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(line, tuple(cell.strip() for cell in cells)))
                if len(rows) == 1:
                    _refuse_wide(rows[0])
            line = reader.line_num + skipped + 1
    except csv.Error as error:
        raise CsvError(f"not valid CSV: {error}", line, 1, "close the quote, or double it inside a cell") from None
    if not rows:
        return CsvTable((), (), text, delimiter, guessed=found.guessed)
    return CsvTable(rows[0].cells, tuple(rows[1:]), text, delimiter, rows[0].line, found.guessed)


def _refuse_long(text: str) -> None:
    """Before it is taken apart, which takes several times its memory."""
    begin, line = 0, 1
    while begin <= len(text):
        end = text.find("\n", begin)
        end = len(text) if end < 0 else end
        if end - begin > LONGEST_LINE:
            what = f"a line of {(end - begin) / 1_000_000:,.1f} million characters"
            raise CsvError(what, line, 1, "look for a row that does not end")
        begin, line = end + 1, line + 1


def _refuse_wide(header: Row) -> None:
    labels = sum(1 for cell in header.cells if cell)
    if labels > MOST_COLUMNS:
        what = f"{labels:,} columns: no kind has so many fields"
        raise CsvError(what, header.line, 1, "put one resource in a row, and its fields in columns")


def write(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Canonical CSV: commas, \\n, quotes only where needed."""
    stream = StringIO(newline="")
    put = writer(stream, header)
    for row in rows:
        put(row)
    return stream.getvalue()


def writer(stream: TextIO, header: Sequence[str]) -> Callable[[Sequence[str]], None]:
    """Canonical CSV row by row, for what is too much to hold: what is returned writes one."""
    to = csv.writer(_Lines(stream), lineterminator="\r\n")
    to.writerow(header)

    def put(cells: Sequence[str]) -> None:
        to.writerow(cells)

    return put


@dataclass(frozen=True, slots=True)
class _Lines:
    """Takes rows that end in \\r\\n and passes them on ending in \\n. Python before 3.13 quotes what is in its own line
    end and nothing more, and a spreadsheet takes a bare \\r in a cell for the end of the row."""

    stream: TextIO

    def write(self, row: str) -> int:
        return self.stream.write(row.removesuffix("\r\n") + "\n")


def _delimiter(text: str) -> str:
    """The one that the first line with something in it uses most, outside quotes."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    outside = "".join(first.split('"')[::2])
    return max(",;\t|", key=outside.count)


def _cell_starts(line: str, delimiter: str) -> Iterator[int]:
    quoted = False
    yield 1
    for number, character in enumerate(line, start=1):
        if character == '"':
            quoted = not quoted
        elif character == delimiter and not quoted:
            yield number + 1
