"""The tenant on disk: a file that is replaced whole, and a log of the writes since.

Every write is in the log before it is answered, so that a kill loses nothing that a client was told; the next start
carries the logged writes out again, at the times of their clock, which makes the very same tenant.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

FILE_NAME, LOG_NAME = "tenant.json", "writes.jsonl"
_MOST = 1000  # writes in the log before the file is written again

Json = dict[str, Any]


class Keeper:
    """`written` counts the writes of the tenant's whole life; the file says how many of them it holds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written = 0
        self._in_log = 0
        self._log: IO[str] | None = None

    def read(self) -> tuple[Json | None, list[Json]]:
        """(the tenant as the file has it, the writes that it lacks); (None, []) in an empty folder."""
        path = self.folder / FILE_NAME
        if not path.exists():
            return None, []
        tenant: Json = json.loads(path.read_text("utf-8"))
        self.written = int(tenant.pop("writes", 0))
        pending: list[Json] = tenant.pop("pending", [])
        later = [entry for entry in _entries(self.folder / LOG_NAME) if entry["n"] > self.written]
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


def _entries(path: Path) -> Iterator[Json]:
    """The whole lines of a log; a torn last one was never answered."""
    if not path.exists():
        return
    for line in path.read_text("utf-8", errors="replace").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return


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
