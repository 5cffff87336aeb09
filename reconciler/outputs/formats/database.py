"""SQLite: `inventory.sqlite`, one STRICT table per table, and `columns`, which says what each column is.

Names are without dots (`person_forwarding`, `always_destination`). Booleans are 0 and 1, lists and objects JSON text.
The same rows give the same bytes, with the same version of SQLite.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reconciler.errors import ReconcileError
from reconciler.outputs.tables import Row, Table, text_of

FILE = "inventory.sqlite"
_TYPES = {"integer": "INTEGER", "boolean": "INTEGER", "number": "REAL"}
_AT_ONCE = 1000


def writer(folder: Path, name: str) -> Database:
    return Database(folder / FILE)


class Database:
    """One file for all tables."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        # Nobody reads the file before it is complete: no journal that could be left behind.
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("BEGIN")
        self._connection.execute(
            'CREATE TABLE "columns" ("table_name" TEXT, "position" INTEGER, "column_name" TEXT, "name" TEXT,'
            ' "type" TEXT, "doc" TEXT, PRIMARY KEY ("table_name", "position")) STRICT'
        )
        self._waiting: list[list[Any]] = []
        self._table: Table | None = None

    def begin(self, table: Table) -> Callable[[Row], None]:
        with _as_file():
            self._begin(table)
        return self._put

    def _begin(self, table: Table) -> None:
        self._end()
        self._table = table
        names = dict(zip((column.name for column in table.columns), table.sql_columns, strict=True))
        columns = [f'"{names[one.name]}" {_TYPES.get(one.type, "TEXT")}' for one in table.columns]
        if table.key:
            columns.append(f"PRIMARY KEY ({', '.join(_quoted(names[name]) for name in table.key)})")
        self._connection.execute(f"CREATE TABLE {_quoted(table.sql_name)} ({', '.join(columns)}) STRICT")
        about = [
            (table.sql_name, position, names[one.name], one.name, one.type, one.doc)
            for position, one in enumerate(table.columns, start=1)
        ]
        self._connection.executemany('INSERT INTO "columns" VALUES (?, ?, ?, ?, ?, ?)', about)

    def _put(self, row: Row) -> None:
        self._waiting.append([_stored(value) for value in row])
        if len(self._waiting) >= _AT_ONCE:
            with _as_file():
                self._flush()

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if self._table is not None and waiting:
            marks = ", ".join("?" * len(self._table.columns))
            try:
                self._connection.executemany(f"INSERT INTO {_quoted(self._table.sql_name)} VALUES ({marks})", waiting)
            except sqlite3.IntegrityError as error:
                raise ReconcileError(
                    f"two rows of {self._table.name} have the same key",
                    where=FILE,
                    why=str(error),
                    do="choose another format, and report this",
                ) from None

    def _end(self) -> None:
        """The table is complete: now its indexes, which are quicker to make at once."""
        self._flush()
        if self._table is not None:
            names = dict(zip((column.name for column in self._table.columns), self._table.sql_columns, strict=True))
            for index in self._table.indexes:
                name = f"{self._table.sql_name}__{names[index]}"
                on = f"{_quoted(self._table.sql_name)} ({_quoted(names[index])})"
                self._connection.execute(f"CREATE INDEX {_quoted(name)} ON {on}")

    def close(self) -> None:
        try:
            with _as_file():
                self._end()
                self._table = None
                self._connection.execute("COMMIT")
        finally:
            self._connection.close()


@contextmanager
def _as_file() -> Iterator[None]:
    """SQLite's own errors are those of its file, like a disk that is full."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.Error as error:
        raise OSError(errno.EIO, f"{FILE}: {error}") from None


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def _stored(value: Any) -> Any:
    if isinstance(value, list | dict):
        value = text_of(value)
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "replace").decode()  # half a surrogate pair is no text
    return value
