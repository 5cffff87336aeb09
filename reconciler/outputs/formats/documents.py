"""JSON (one array per table) and JSONL: an object per row, a row per line, values of their own types."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from reconciler.outputs.tables import Row, Table

_encode = json.JSONEncoder(ensure_ascii=False).encode


def writer(folder: Path, name: str) -> Documents:
    return Documents(folder, name)


class Documents:
    """One file per table, `<table>.json` or `<table>.jsonl`."""

    def __init__(self, folder: Path, ending: str) -> None:
        self._folder, self._ending = folder, ending
        self._file: TextIO | None = None
        self._array = ending == "json"
        self._rows = 0

    def begin(self, table: Table) -> Callable[[Row], None]:
        self.close()
        path = self._folder / f"{table.name}.{self._ending}"
        self._file = file = path.open("w", encoding="utf-8", errors="replace", newline="")
        self._rows = 0
        names = [column.name for column in table.columns]

        def put(row: Row) -> None:
            if self._array:
                file.write(",\n" if self._rows else "[\n")
            file.write(_encode(dict(zip(names, row, strict=True))))
            if not self._array:
                file.write("\n")
            self._rows += 1

        return put

    def close(self) -> None:
        if self._file is not None:
            if self._array:
                self._file.write("\n]\n" if self._rows else "[]\n")
            self._file.close()
            self._file = None
