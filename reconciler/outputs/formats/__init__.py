"""The file formats of an export: each module writes tables, given one at a time and row by row.

`open_writer(name, folder)` gives the writer of a format; formats are CSV, JSON, JSONL, SQLite and Parquet.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Protocol

from reconciler.outputs.tables import Row, Table

FORMATS = ("csv", "json", "jsonl", "sqlite", "parquet")
_MODULES = {"csv": "delimited", "json": "documents", "jsonl": "documents", "sqlite": "database", "parquet": "columnar"}


class TableWriter(Protocol):
    """Writes tables in one format."""

    def begin(self, table: Table) -> Callable[[Row], None]:
        """Begin a table; what is returned takes its rows. The table before is complete."""
        ...

    def close(self) -> None:
        """All tables are complete."""
        ...


def check(name: str) -> None:
    """ReconcileError when what a format needs is not installed: better said before the tenant is read."""
    module = import_module(f"{__name__}.{_MODULES[name]}")
    getattr(module, "check", lambda: None)()


def open_writer(name: str, folder: Path) -> TableWriter:
    """The writer of a format into a folder. ReconcileError when a library is missing."""
    return import_module(f"{__name__}.{_MODULES[name]}").writer(folder, name)  # type: ignore[no-any-return]
