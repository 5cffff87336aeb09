"""The evidence of a run: `state/runs/<run>/` with plan.json, journal.jsonl and summary.json.

The journal is append-only, flushed to disk before a request leaves, and each record carries the hash of the one
before it: a line that is changed or taken out shows.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from reconciler.errors import ReconcileError
from reconciler.model.plan import Plan

_FIRST = "0" * 64


class Journal:
    """One run's folder; use it as a context manager."""

    def __init__(self, root: Path, plan: Plan) -> None:
        started = datetime.now(UTC)
        self.run = f"{started:%Y%m%dT%H%M%S}{started.microsecond // 1000:03d}Z-{plan.digest[:8]}"
        self.folder = root / "state" / "runs" / self.run
        try:
            self.folder.mkdir(parents=True)
            (self.folder / "plan.json").write_text(plan.dumps(), encoding="utf-8")
            self._file: IO[str] = (self.folder / "journal.jsonl").open("x", encoding="utf-8")
        except OSError as error:
            raise ReconcileError(
                "cannot write the journal, so nothing is applied", where=str(self.folder), why=error.strerror or ""
            ) from None
        self._last = _FIRST
        self.record("run started", plan=plan.digest, org=plan.org_id, operations=len(plan.operations))

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def record(self, event: str, **facts: Any) -> None:
        """Append one event, and return only when it is on the disk."""
        entry = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **facts}
        entry["previous"] = self._last
        line = json.dumps(entry, sort_keys=True, ensure_ascii=False)
        self._last = hashlib.sha256(line.encode()).hexdigest()
        self._file.write(line + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def summary(self, data: dict[str, Any]) -> Path:
        """Write summary.json whole or not at all; its path."""
        path = self.folder / "summary.json"
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(data, indent=2, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
        partial.replace(path)
        return path


def broken_at(path: Path) -> int:
    """The number of the first line that does not follow from the one before it; 0 when the chain holds."""
    last = _FIRST
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            entry = json.loads(line)
        except ValueError:
            return number
        if entry.get("previous") != last:
            return number
        last = hashlib.sha256(line.encode()).hexdigest()
    return 0
