"""The only door to CSV: rows with the line and the column of every cell, whatever a spreadsheet made of them.

Accepted: UTF-8 with or without BOM, else cp1252; `,` or `;` (or a tab) between cells; any line end; quoted cells with
line breaks.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TextIO


class CsvError(Exception):
    """A text that is no CSV: where (1-based) and why."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what, self.line = what, line


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the line it begins at, and its cells, stripped."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A file: its header and its rows; `text` and `delimiter` to find a cell again."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    text: str
    delimiter: str

    def column(self, line: int, cell: int) -> int:
        """The column (1-based) at which a cell of the record at `line` begins; 1 when it is on a later line."""
        lines = self.text.split("\n")
        if not 0 < line <= len(lines):
            return 1
        starts = list(_cell_starts(lines[line - 1], self.delimiter))
        return starts[cell] if cell < len(starts) else 1


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8, with or without BOM, else cp1252 (Excel); line ends as \\n."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read(data: bytes) -> Table:
    """The table in a file's bytes. CsvError for a quote that is never closed and the like.

    Blank lines are no rows; that a row has as many cells as the header is for the caller to check.
    """
    text = decoded(data)
    delimiter = _delimiter(text)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(line, tuple(cell.strip() for cell in cells)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise CsvError(f"not valid CSV: {error}", line) from None
    if not rows:
        return Table((), (), text, delimiter)
    return Table(rows[0].cells, tuple(rows[1:]), text, delimiter)


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
    return max(",;\t", key=outside.count)


def _cell_starts(line: str, delimiter: str) -> Iterator[int]:
    quoted = False
    yield 1
    for number, character in enumerate(line, start=1):
        if character == '"':
            quoted = not quoted
        elif character == delimiter and not quoted:
            yield number + 1
