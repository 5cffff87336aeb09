"""What earlier evaluations found, by file: `.reconcile/plan.sqlite`, local, never the truth.

Anything odd about it (locked, damaged, of another version) makes it empty, and the evaluation a full one. Rows carry
a digest of themselves, so that a flipped bit is no result.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from reconciler.files.wholefile import local_folder, private
from reconciler.planning.incremental import signatures
from reconciler.planning.incremental.results import FileResult, sealed, sealed_verdicts, unsealed
from reconciler.planning.incremental.signatures import Signature

_NAME = "plan.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS files (name TEXT PRIMARY KEY, head BLOB, verdicts BLOB);
CREATE TABLE IF NOT EXISTS checked (name TEXT PRIMARY KEY, head BLOB);
"""


@dataclass(slots=True)
class CacheRow:
    """A desired file as it was: signature, content digest, results, and the snapshot files that these rest on."""

    sign: Signature
    digest: bytes
    rests_on: tuple[str, ...]
    state: bytes
    managed: int
    same: int
    changes: list[dict[str, Any]]
    kinds: tuple[str, ...]
    notices: list[str]


class Cache:
    """Rows of an earlier evaluation with the same key. Every method gives nothing rather than fail."""

    def __init__(self, root: str, key: str) -> None:
        self._db: sqlite3.Connection | None = None
        self._opened = signatures.now()
        try:
            path = os.path.join(local_folder(root), _NAME)
            self._db = self._open(path, key)
        except sqlite3.OperationalError:
            return  # locked by another run, or a folder that cannot be written
        except sqlite3.DatabaseError:
            with suppress(OSError, sqlite3.Error):
                os.unlink(path)
                self._db = self._open(path, key)
        except OSError:
            return

    def _open(self, path: str, key: str) -> sqlite3.Connection:
        os.close(private(path, os.O_RDWR | os.O_CREAT))  # what SQLite makes of it, everybody may read
        db = sqlite3.connect(path, timeout=0.5, isolation_level=None)
        try:
            db.execute("PRAGMA synchronous=OFF")
            db.execute("BEGIN IMMEDIATE")
            for table in _TABLES.split(";"):
                db.execute(table)
            if db.execute("SELECT value FROM about WHERE key = 'key'").fetchall() != [(key,)]:
                for table in ("about", "files", "checked"):
                    db.execute(f"DELETE FROM {table}")
                db.execute("INSERT INTO about VALUES ('key', ?)", (key,))
        except sqlite3.Error:
            db.close()
            raise
        return db

    def about(self, key: str) -> str:
        rows = self._rows("SELECT value FROM about WHERE key = ?", key)
        return str(rows[0][0]) if rows else ""

    def files(self) -> dict[str, CacheRow]:
        """Every file's row, without what is only needed for files that changed."""
        found = {}
        for name, head in self._rows("SELECT name, head FROM files"):
            data = unsealed(head)
            if data is not None:
                found[name] = CacheRow(*data)
        return found

    def checked(self) -> dict[str, tuple[Signature, str]]:
        """Files of the snapshot that were whole: their signature and digest then."""
        rows = self._rows("SELECT name, head FROM checked")
        return {name: data for name, head in rows if (data := unsealed(head)) is not None}

    def sealed_verdicts(self, name: str) -> bytes:
        """What came of each unit of a file, sealed; empty when there is nothing."""
        for (blob,) in self._rows("SELECT verdicts FROM files WHERE name = ?", name):
            return bytes(blob)
        return b""

    def keep(self, name: str, sign: Signature, result: FileResult, rests_on: tuple[str, ...], state: bytes) -> None:
        """Note a file's result. `sign` is its signature from before it was read."""
        if self._db is None:
            return
        sign, kinds = self.trusted(sign), tuple(sorted(result.kinds))
        head = (
            sign,
            result.digest,
            rests_on,
            state,
            result.managed,
            result.same,
            result.changes,
            kinds,
            result.notices,
        )
        self._do("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", name, sealed(head), sealed_verdicts(result))

    def refresh(self, name: str, sign: Signature, row: CacheRow) -> None:
        """Note that a file has the same content as before, under a new signature."""
        counts = (row.managed, row.same, row.changes, row.kinds, row.notices)
        head = (self.trusted(sign), row.digest, row.rests_on, row.state, *counts)
        self._do("UPDATE files SET head = ? WHERE name = ?", sealed(head), name)

    def check(self, name: str, sign: Signature, digest: str) -> None:
        self._do("INSERT OR REPLACE INTO checked VALUES (?, ?)", name, sealed((self.trusted(sign), digest)))

    def forget(self, name: str) -> None:
        self._do("DELETE FROM files WHERE name = ?", name)

    def finish(self, about: dict[str, str]) -> None:
        """Make everything noted last; without it nothing of this run is kept."""
        for key, value in about.items():
            self._do("INSERT OR REPLACE INTO about VALUES (?, ?)", key, value)
        self._do("COMMIT")
        self.close()

    def close(self) -> None:
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
        self._db = None

    def trusted(self, sign: Signature) -> Signature:
        """The signature, or one that no file has when the file is too fresh for it to prove anything."""
        return (-1, 0, 0, 0) if signatures.fresh(sign, self._opened) else sign

    def _rows(self, query: str, *values: Any) -> list[Any]:
        if self._db is None:
            return []
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error:
            self.close()
            return []

    def _do(self, query: str, *values: Any) -> None:
        if self._db is not None:
            try:
                self._db.execute(query, values)
            except sqlite3.Error:
                self.close()
