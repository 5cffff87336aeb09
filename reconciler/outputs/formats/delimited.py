"""CSV: UTF-8 without BOM, commas, one line end; lists as JSON text, booleans true and false, null and "" both empty.

Spreadsheets carry out cells that begin with = + - @, a tab or a line end. Tenant text that does so gets a leading
apostrophe, which they show as text; a number (`+442079460000`) does not, because it does nothing and whoever reads the
file wants it as it is. `plain` takes the apostrophe off again: nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from reconciler.outputs.tables import Row, Table, text_of
from reconciler.repository import csvfile

# The wide forms are what a Japanese Excel takes for the same.
_ACTIVE = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001
# A number, which a spreadsheet leaves as it is; `+1-1` it would work out.
_NUMBER = re.compile(r"[+-]\d+(\.\d+)?")


def writer(folder: Path, name: str) -> Delimited:
    return Delimited(folder)


class Delimited:
    """One file per table, `<table>.csv`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: TextIO | None = None

    def begin(self, table: Table) -> Callable[[Row], None]:
        self.close()
        # half a surrogate pair, which JSON can bring, is no text: it becomes a question mark
        path = self._folder / f"{table.name}.csv"
        self._file = path.open("w", encoding="utf-8", errors="replace", newline="")
        put = csvfile.writer(self._file, [column.name for column in table.columns])
        return lambda row: put([cell(value) for value in row])

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def cell(value: Any) -> str:
    """A value as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if _ACTIVE.match(value) and not _NUMBER.fullmatch(value) else value
    return text_of(value) if isinstance(value, list | dict) else str(value)


def plain(text: str) -> str:
    """The text behind a cell."""
    return text[1:] if text.startswith("'") and _ACTIVE.match(text) else text
