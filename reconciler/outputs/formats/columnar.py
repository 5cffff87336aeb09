"""Parquet: `<table>.parquet`, typed columns with what they say as metadata; needs the extra `parquet` (pyarrow).

Names are without dots, as in SQLite. A list is a list of texts; items of it that are no texts are JSON text.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from reconciler import DISTRIBUTION
from reconciler.errors import ReconcileError
from reconciler.outputs.tables import Row, Table, text_of

_AT_ONCE = 10_000


def check() -> Any:
    """The library. ReconcileError when it is not installed."""
    try:
        import pyarrow.parquet
    except ImportError:
        raise ReconcileError(
            "Parquet needs the library pyarrow, which is not installed",
            where="--format parquet",
            why="it takes 170 MB, so it is an extra",
            do=f"pip install '{DISTRIBUTION}[parquet]', or choose csv, json, jsonl, sqlite",
        ) from None
    return pyarrow


def writer(folder: Path, name: str) -> Columnar:
    return Columnar(folder, check())


class Columnar:
    """One file per table."""

    def __init__(self, folder: Path, pyarrow: Any) -> None:
        self._folder, self._arrow = folder, pyarrow
        self._schema: Any = None
        self._file: Any = None
        self._types: list[str] = []
        self._waiting: list[list[Any]] = []

    def begin(self, table: Table) -> Callable[[Row], None]:
        self.close()
        arrow = self._arrow
        kinds = {"integer": arrow.int64(), "number": arrow.float64(), "boolean": arrow.bool_(),
                 "list": arrow.list_(arrow.string())}  # fmt: skip
        self._types = [column.type for column in table.columns]
        self._schema = arrow.schema(
            [
                arrow.field(name, kinds.get(column.type, arrow.string()), metadata={"doc": column.doc})
                for name, column in zip(table.sql_columns, table.columns, strict=True)
            ],
            metadata={"doc": table.doc},
        )
        path = self._folder / f"{table.name}.parquet"
        self._file = arrow.parquet.ParquetWriter(path, self._schema, compression="zstd")
        return self._put

    def _put(self, row: Row) -> None:
        self._waiting.append([_stored(value, type_) for value, type_ in zip(row, self._types, strict=True)])
        if len(self._waiting) >= _AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        columns = list(zip(*self._waiting, strict=True)) if self._waiting else [()] * len(self._types)
        arrays = [self._arrow.array(column, field.type) for column, field in zip(columns, self._schema, strict=True)]
        self._file.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))
        self._waiting.clear()

    def close(self) -> None:
        if self._file is not None:
            if self._waiting:
                self._flush()
            self._file.close()
            self._file = None


def _stored(value: Any, type_: str) -> Any:
    if type_ == "list" and isinstance(value, list):
        return [_stored(item if isinstance(item, str) else text_of(item), "text") for item in value]
    if isinstance(value, list | dict):
        value = text_of(value)
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "replace").decode()
    return value
