"""The evidence of a run: `state/runs/<run>/` with plan.json, journal.jsonl and summary.json.

The journal is a write-ahead log: append-only, on the disk before a request leaves, and each record carries the hash of
the one before it, so that a line that is changed or taken out shows. A last line that a crash tore is not an entry
yet: it is left out when read, and cut off when the run goes on.

    run started (format_version, plan digest, org, operations, approval)
    retries     (run, before)                                             what another run had begun, and failed at
    intent      (operation, action, members: address, id, want, before)   before the request leaves
    job         (operation, url, state)                                   what it began at the tenant, to be waited for
    acknowledged | error (operation, requests; error: told)               what the API said
    outcome     (address, operation, verdict, read, as_wanted, …)         what reading back said; the last one counts
    chunk done, not begun (why, operations), run resumed, run ended (state, why)
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from reconciler.errors import ReconcileError, StaleError
from reconciler.masking import masked_text
from reconciler.model.approval import Approval
from reconciler.model.plan import Plan

FORMAT_VERSION = 1
NAME = "journal.jsonl"
_FIRST = "0" * 64
#: Nothing rests on it, so it reaches the disk with the next record: a quarter of all syncs less.
_WITH_THE_NEXT = frozenset({"acknowledged"})
Heard = Callable[[str, dict[str, Any]], None]


def _nobody(event: str, facts: dict[str, Any]) -> None:
    """Until somebody wants to hear what is recorded."""


class Journal:
    """One run's folder; use it as a context manager."""

    def __init__(self, root: Path, plan: Plan, approval: Approval | None = None) -> None:
        """Begin a run of this plan, with who approved it in the first record; ReconcileError when there is nowhere to
        write, and then nothing is applied."""
        started = datetime.now(UTC)
        self.heard: Heard = _nobody
        self.written: Callable[[dict[str, Any]], None] = lambda entry: None
        self.run = f"{started:%Y%m%dT%H%M%S}{started.microsecond // 1000:03d}Z-{plan.digest[:8]}"
        self.folder = runs_folder(root) / self.run
        self._last, self._count = _FIRST, 0
        facts: dict[str, Any] = {"plan": plan.digest, "org": plan.org_id, "operations": len(plan.operations)}
        facts |= {"approval": approval.to_json()} if approval else {}
        try:  # under another name until plan and first record are on the disk: a run is there whole or not at all
            begun = self.folder.with_name(f".{self.run}")
            begun.mkdir(parents=True)
            _write_whole(begun / "plan.json", plan.dumps())
            self._file: IO[str] = (begun / NAME).open("x", encoding="utf-8")
            self.record("run started", format_version=FORMAT_VERSION, **facts)
            _sync(begun)
            begun.rename(self.folder)
            _sync(self.folder.parent)
        except OSError as error:
            raise ReconcileError(
                "cannot write the journal, so nothing is applied", where=str(self.folder), why=error.strerror or ""
            ) from None

    @classmethod
    def reopen(cls, folder: Path) -> Journal:
        """Go on with the journal of an interrupted run. StaleError when its chain is broken: then nobody knows what
        was done, and nothing may rest on it."""
        kept = read(folder)
        kept.refuse_broken()
        journal = cls.__new__(cls)
        journal.heard = _nobody
        journal.written = lambda entry: None
        journal.run, journal.folder = folder.name, folder
        journal._last, journal._count = kept.last, len(kept.records)
        try:
            if kept.torn:
                os.truncate(kept.path, kept.length)
            journal._file = kept.path.open("a", encoding="utf-8")
        except OSError as error:
            raise ReconcileError(
                "cannot write the journal, so nothing is applied", where=str(kept.path), why=error.strerror or ""
            ) from None
        journal.record("run resumed", **({"torn": True} if kept.torn else {}))
        return journal

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def record(self, event: str, **facts: Any) -> None:
        """Append one event, and return only when it is on the disk; then the views (`written`) and `heard` are told."""
        entry = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **facts}
        entry["previous"] = self._last
        line = masked_text(json.dumps(entry, sort_keys=True, ensure_ascii=False))
        self._last, self._count = _digest(line), self._count + 1
        self._file.write(line + "\n")
        self._file.flush()
        if event not in _WITH_THE_NEXT:
            os.fsync(self._file.fileno())
        self.written(entry)
        self.heard(event, facts)

    def summary(self, data: dict[str, Any]) -> Path:
        """Write summary.json whole or not at all; its path. It carries the end of the chain, so that a journal whose
        last lines were taken away shows as well."""
        path = self.folder / "summary.json"
        sealed = {**data, "journal": {"records": self._count, "last": self._last}}
        _write_whole(path, json.dumps(sealed, indent=2, ensure_ascii=False, sort_keys=True) + "\n")
        return path


@dataclass
class Kept:
    """A journal as read: its whole records, whether the last line is torn, and the first line (from 1) that does not
    follow from the one before it (0: none). `last` is the hash of the last record, `length` the bytes up to its end."""

    path: Path
    records: list[dict[str, Any]] = field(default_factory=list)
    torn: bool = False
    broken: int = 0
    last: str = _FIRST
    length: int = 0

    def refuse_broken(self) -> None:
        if self.broken:
            raise StaleError(
                f"the journal was changed after it was written: line {self.broken} does not follow",
                where=str(self.path),
                why="each line carries the hash of the one before it, and nothing may rest on a broken chain",
                do="restore the file, or plan again with: reconcile plan",
            )


def read(folder: Path) -> Kept:
    """The journal in a run's folder; ReconcileError when there is none to read."""
    kept = Kept(folder / NAME)
    try:
        data = kept.path.read_bytes()
    except OSError as error:
        raise ReconcileError("cannot read the journal", where=str(kept.path), why=error.strerror or "") from None
    lines = data.split(b"\n")
    kept.torn = lines.pop() != b""
    for number, line in enumerate(lines, 1):
        entry = _entry(line, kept.last)
        if entry is None:
            # zeros at the end are what a power cut leaves of a line that was not on the disk yet
            kept.torn = number == len(lines) and not kept.torn and not line.strip(b"\0")
            kept.broken = 0 if kept.torn else number
            return kept
        kept.records.append(entry)
        kept.last = hashlib.sha256(line).hexdigest()
        kept.length += len(line) + 1
    if kept.records and kept.records[0].get("format_version", 1) != FORMAT_VERSION:
        raise StaleError(
            f"journal format {kept.records[0]['format_version']} is not format {FORMAT_VERSION} of this version",
            where=str(kept.path),
            do="use the version that wrote it",
        )
    if not _sealed(folder, kept):
        kept.broken = len(kept.records) + 1
    return kept


def broken_at(path: Path) -> int:
    """The number of the first line that does not follow from the one before it; 0 when the chain holds."""
    return read(path.parent).broken


def runs_folder(root: Path) -> Path:
    return root / "state" / "runs"


def _entry(line: bytes, last: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and entry.get("previous") == last else None


def _sealed(folder: Path, kept: Kept) -> bool:
    """Whether the record with which the run last ended is still there, as its summary has it."""
    try:
        seal = json.loads((folder / "summary.json").read_text(encoding="utf-8")).get("journal") or {}
    except (OSError, ValueError, AttributeError):
        return True
    count = seal.get("records", 0)
    if count < len(kept.records):
        return bool(kept.records[count].get("previous") == seal.get("last", _FIRST)) if count else True
    return bool(count == len(kept.records) and (kept.last == seal.get("last", _FIRST) or not count))


def _digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def _write_whole(path: Path, text: str) -> None:
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
