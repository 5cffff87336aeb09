"""The tenant on disk: a file that is replaced whole, and a log of the writes since.

Every write is in the log before it is answered, so that a kill loses nothing that a client was told; the next start
carries the logged writes out again, at the times of their clock, which makes the very same tenant.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

FILE_NAME, LOG_NAME = "tenant.json", "writes.jsonl"
_MOST = 1000  # writes in the log before the file is written again

Json = dict[str, Any]


class BadFolder(ValueError):
    """A folder whose files are not those of a tenant; the text says which and why."""


class FolderInUse(OSError):
    """A folder that another simulator keeps its tenant in."""


class Keeper:
    """`written` counts the writes of the tenant's whole life; the file says how many of them it holds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written = 0
        self._in_log = 0
        self._log: IO[str] | None = None
        self._unlock: Callable[[], object] | None = None

    def lock(self) -> None:
        """Make the folder, and take it for this keeper alone; FolderInUse when another has it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise FolderInUse(f"another simulator keeps its tenant in {self.folder}") from None
        # a simulator that is dropped without being stopped lets go of its folder too
        self._unlock = weakref.finalize(self, os.close, handle)

    def close(self) -> None:
        """Let go of the folder."""
        if self._log is not None:
            self._log.close()
            self._log = None
        if self._unlock is not None:
            self._unlock()
            self._unlock = None

    def read(self) -> tuple[Json | None, list[Json]]:
        """(the tenant as the file has it, the writes that it lacks); (None, []) in an empty folder."""
        path = self.folder / FILE_NAME
        if not path.exists():
            return None, []
        try:
            tenant = json.loads(path.read_text("utf-8"))
            if not isinstance(tenant, dict):
                raise ValueError("not an object")
            self.written = int(tenant.pop("writes", 0))
            pending = [_checked(entry) for entry in tenant.pop("pending", [])]
        except (ValueError, TypeError, RecursionError) as problem:
            raise BadFolder(f"{path} is no tenant: {problem}") from None
        try:
            later = [entry for entry in _entries(self.folder / LOG_NAME) if entry["n"] > self.written]
        except ValueError as problem:
            raise BadFolder(f"{self.folder / LOG_NAME} is no log of writes: {problem}") from None
        self.written += len(later)
        return tenant, pending + later

    def log(self, entry: Json) -> None:
        if self._log is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._log = (self.folder / LOG_NAME).open("a", encoding="utf-8")
        self.written += 1
        self._in_log += 1
        self._log.write(json.dumps({"n": self.written, **entry}, ensure_ascii=False) + "\n")
        self._log.flush()

    @property
    def is_due(self) -> bool:
        """Whether the log has grown so long that a start would take noticeable time."""
        return self._in_log >= _MOST

    def save(self, tenant: Json, pending: list[Json]) -> None:
        """The whole tenant, and the writes that were answered without having taken effect; only then the log begins
        anew. Killed in between, its entries are older than the file."""
        write(self.folder / FILE_NAME, {**tenant, "writes": self.written, **({"pending": pending} if pending else {})})
        if self._log is not None:
            self._log.close()
            self._log = None
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.folder / LOG_NAME)
        self._in_log = 0


_FORM: dict[str, type | tuple[type, ...]] = {"at": (int, float), "method": str, "path": str, "query": dict}


def _checked(entry: Any) -> Json:
    """A logged write; ValueError for JSON that is something else."""
    if not isinstance(entry, dict) or any(not isinstance(entry.get(name), kind) for name, kind in _FORM.items()):
        raise ValueError(f"not a write: {json.dumps(entry)[:80]}")
    return {"body": None, **entry}


def _entries(path: Path) -> Iterator[Json]:
    """The whole lines of a log; a torn last one was never answered."""
    if not path.exists():
        return
    # not splitlines(), which ends a line at U+2028 and others that a name may hold
    for line in path.read_text("utf-8", errors="replace").split("\n"):
        try:
            entry = json.loads(line)
        except ValueError:
            return
        if not isinstance(entry, dict) or not isinstance(entry.get("n"), int):
            raise ValueError(f"a line without number: {line[:80]}")
        yield _checked(entry)


def write(path: Path, document: Any) -> None:
    """Readable JSON under that name: either the old file or the whole new one, whatever happens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(document, stream, ensure_ascii=False, indent=1)
            stream.write("\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
