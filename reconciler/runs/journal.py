"""The evidence of a run: `state/runs/<run>/` with plan.json, journal.jsonl and summary.json.

The journal is a write-ahead log: append-only, on the disk before a request leaves, and each record carries the hash of
the one before it, so that a line that is changed or taken out shows. A last line that a crash tore is not an entry
yet: it is left out when read, and cut off when the run goes on.

    run started (format_version, plan digest, org, operations, desired, approval)
    retries     (run, before, whole, was)                                 what another run had begun, and failed at
    before      (owner, parts, unread)                                    all of an owner before the first write to it
    intent      (operation, action, members: address, id, want, before)   before the request leaves
    job         (operation, url, state)                                   what it began at the tenant, to be waited for
    acknowledged | error (operation, requests; error: told)               what the API said
    outcome     (address, operation, verdict, read, as_wanted, …)         what reading back said; the last one counts;
                                                                          with `end` what the end of the run said
    looked      (owner, differs)                                          the end of the run has looked at it
    audit       (looked, why)                                             and whether others changed the same meanwhile
    chunk done, not begun (why, operations), run resumed, run ended (state, why)
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from reconciler.errors import ReconcileError, StaleError
from reconciler.files.wholefile import private, write_whole
from reconciler.masking import masked_text
from reconciler.model.approval import Approval
from reconciler.model.outcome import Verdict
from reconciler.model.plan import Plan
from reconciler.report.commands import resuming

FORMAT_VERSION = 1
NAME = "journal.jsonl"
_FIRST = "0" * 64
#: They reach the disk with the next record, which is soon enough, for a quarter of all syncs less: nothing rests on an
#: acknowledgement, the intent of the first write follows on a `before`, and who was looked at can be looked at again.
_WITH_THE_NEXT = frozenset({"acknowledged", "before", "looked", "audit"})
#: What a record holds that is read again; one without it was not written by us.
_HOLDS: dict[str, dict[str, type]] = {
    "retries": {"before": dict},
    "before": {"owner": str, "parts": dict},
    "looked": {"owner": str},
    "intent": {"operation": str, "action": str, "members": list},
    "job": {"operation": str, "url": str},
    "acknowledged": {"operation": str},
    "error": {"operation": str},
    "outcome": {"operation": str, "address": str, "action": str, "verdict": str, "wrote": bool},
    "chunk done": {"operations": list},
    "not begun": {"operations": list, "why": str},
}
#: What it may hold beside that.
_MAY_HOLD: dict[str, dict[str, type | tuple[type, ...]]] = {
    "run started": {"plan": str, "org": str, "operations": int, "desired": dict, "approval": dict},
    "retries": {"run": str, "whole": dict, "was": dict},
    "before": {"unread": dict},
    "lock taken over": {"owner": dict},
    "acknowledged": {"requests": list, "converging": str},
    "error": {"requests": list, "told": dict},
    "outcome": {
        "why": str, "fields": dict, "tracking_id": str, "also": dict, "again": bool, "id": str, "read": dict,
        "as_wanted": dict, "seconds": (int, float),
    },
    "audit": {"why": str},
    "run ended": {"state": str, "why": str},
}  # fmt: skip
#: What a reading of an owner holds, where it was taken over from the run whose failures are done again.
_READING = {"parts": dict, "unread": dict}
_VERDICTS = frozenset(map(str, Verdict))
_RUN_NAME = re.compile(r"\d{8}T\d{9}Z-")
Heard = Callable[[str, dict[str, Any]], None]


def _nobody(event: str, facts: dict[str, Any]) -> None:
    """Until somebody wants to hear what is recorded."""


class Journal:
    """One run's folder; use it as a context manager."""

    def __init__(self, root: Path, plan: Plan, approval: Approval | None = None) -> None:
        """Begin a run of this plan, with who approved it in the first record; ReconcileError when there is nowhere to
        write, and then nothing is applied."""
        started = _after_the_others(root, datetime.now(UTC))
        self.heard: Heard = _nobody
        self.written: Callable[[dict[str, Any]], None] = lambda entry: None
        self.run = f"{started:%Y%m%dT%H%M%S}{started.microsecond // 1000:03d}Z-{plan.digest[:8]}"
        self.folder = runs_folder(root) / self.run
        self._last, self._count = _FIRST, 0
        self._failed: OSError | None = None
        self._overrides = tuple(plan.overrides)
        facts: dict[str, Any] = {"plan": plan.digest, "org": plan.org_id, "operations": len(plan.operations)}
        facts |= {"desired": {"commit": plan.commit, "fingerprint": plan.desired}}
        facts |= {"approval": approval.to_json()} if approval else {}
        begun = self.folder.with_name(f".{self.run}")
        try:  # under another name until plan and first record are on the disk: a run is there whole or not at all
            begun.mkdir(parents=True)
            write_whole(begun / "plan.json", plan.dumps())
            self._file: IO[str] = open(begun / NAME, "x", encoding="utf-8", opener=private)  # noqa: SIM115 - for the run
            self.record("run started", format_version=FORMAT_VERSION, **facts)
            _sync(begun)
            begun.rename(self.folder)
            _sync(self.folder.parent)
        except OSError as error:
            shutil.rmtree(begun, ignore_errors=True)
            raise ReconcileError(
                "cannot write the journal, so nothing is applied", where=str(self.folder), why=error.strerror or ""
            ) from None

    @classmethod
    def reopen(cls, folder: Path, overrides: Iterable[str] = ()) -> Journal:
        """Go on with the journal of an interrupted run. StaleError when its chain is broken: then nobody knows what
        was done, and nothing may rest on it."""
        kept = read(folder)
        kept.refuse_broken()
        journal = cls.__new__(cls)
        journal.heard = _nobody
        journal.written = lambda entry: None
        journal.run, journal.folder = folder.name, folder
        journal._last, journal._count = kept.last, len(kept.records)
        journal._failed, journal._overrides = None, tuple(overrides)
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

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """ReconcileError instead of what the disk said: without its journal a run goes no further."""
        try:
            with self._writing():
                self._file.close()
        except OSError as last:
            error = error or last
        if self._failed is not None and isinstance(error, OSError):  # of several at once, another one may come here
            raise ReconcileError(
                "cannot write the evidence of this run, so it goes no further",
                where=str(self.folder),
                why=self._failed.strerror or "",
                do=f"make room there, then: {resuming(self.run, self._overrides)}",
            ) from None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._failed = error
            raise

    def record(self, event: str, **facts: Any) -> None:
        """Append one event, and return only when it is on the disk; then the views (`written`) and `heard` are told."""
        entry = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **facts}
        entry["previous"] = self._last
        line = masked_text(json.dumps(entry, sort_keys=True, ensure_ascii=False))
        self._last, self._count = hashlib.sha256(line.encode()).hexdigest(), self._count + 1
        with self._writing():
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
        with self._writing():
            write_whole(path, json.dumps(sealed, indent=2, ensure_ascii=False, sort_keys=True) + "\n")
        return path


@dataclass
class KeptJournal:
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


def read(folder: Path) -> KeptJournal:
    """The journal in a run's folder; ReconcileError when there is none to read."""
    kept = KeptJournal(folder / NAME)
    kept.records.extend(_walk(kept))
    if kept.records and kept.records[0].get("format_version", 1) != FORMAT_VERSION:
        raise StaleError(
            f"journal format {kept.records[0]['format_version']} is not format {FORMAT_VERSION} of this version",
            where=str(kept.path),
            do="use the version that wrote it",
        )
    if not kept.broken and (not kept.records or kept.records[0]["event"] != "run started"):
        kept.torn, kept.broken = False, 1  # it is there whole or not at all, and says which plan was approved
    elif not _sealed(folder, kept):
        kept.broken = len(kept.records) + 1
    return kept


def records(folder: Path) -> Iterator[dict[str, Any]]:
    """The whole records one after the other, as far as they follow from each other: nothing of them is held."""
    return _walk(KeptJournal(folder / NAME))


def _walk(kept: KeptJournal) -> Iterator[dict[str, Any]]:
    """The records, and in `kept` how far the chain holds and how it ends."""
    try:
        with kept.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                kept.torn = not line.endswith(b"\n")
                if kept.torn:
                    return
                entry = _entry(line[:-1], kept.last)
                if entry is None:
                    # zeros at the end are what a power cut leaves of a line that was not on the disk yet
                    kept.torn = not file.read(1) and not line[:-1].strip(b"\0")
                    kept.broken = 0 if kept.torn else number
                    return
                kept.last = hashlib.sha256(line[:-1]).hexdigest()
                kept.length += len(line)
                yield entry
    except OSError as error:
        raise ReconcileError("cannot read the journal", where=str(kept.path), why=error.strerror or "") from None


def broken_at(path: Path) -> int:
    """The number of the first line that does not follow from the one before it; 0 when the chain holds."""
    return read(path.parent).broken


def runs_folder(root: Path) -> Path:
    return root / "state" / "runs"


def _after_the_others(root: Path, now: datetime) -> datetime:
    """A clock that was set back must not make another run the last one: names are in the order of the runs."""
    try:
        latest = max(folder.name for folder in runs_folder(root).iterdir() if _RUN_NAME.match(folder.name))
        then = datetime.strptime(f"{latest[:18]}+0000", "%Y%m%dT%H%M%S%f%z")
        return max(now, then + timedelta(milliseconds=1))
    except (OSError, ValueError, OverflowError):  # none, or one that is not ours: there is no later time than its
        return now


def _entry(line: bytes, last: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) and entry.get("previous") == last and _is_ours(entry) else None


def _is_ours(entry: dict[str, Any]) -> bool:
    """Whether a record has the form in which we write it: a chain can be made anew by whoever edits a journal."""
    event = entry.get("event")
    if not isinstance(event, str) or not isinstance(entry.get("at"), str):
        return False
    if not all(isinstance(entry.get(name), form) for name, form in _HOLDS.get(event, {}).items()):
        return False
    if not all(isinstance(entry[name], form) for name, form in _MAY_HOLD.get(event, {}).items() if name in entry):
        return False
    if event in ("chunk done", "not begun"):
        return all(isinstance(one, str) for one in entry["operations"])
    if not all(isinstance(one, dict) for one in entry.get("requests", ())):
        return False
    if event == "intent":
        return all(_is_member(one) for one in entry["members"])
    if event == "retries":
        wholes = entry.get("whole", {}).values()
        pre_images = [*entry["before"].values(), *entry.get("was", {}).values()]
        return all(isinstance(one, dict) for one in pre_images) and all(map(_is_reading, wholes))
    return event != "outcome" or entry["verdict"] in _VERDICTS


def _is_reading(one: Any) -> bool:
    return isinstance(one, dict) and all(isinstance(one[name], _READING.get(name, ())) for name in one)


def _is_member(one: Any) -> bool:
    """Whether this is one resource of an intent: what is wanted of it, and what it was."""
    if not isinstance(one, dict) or not isinstance(one.get("address"), str):
        return False
    if not all(isinstance(one.get(name), dict) for name in ("want", "before")):
        return False
    return isinstance(one.get("was", {}), dict) and isinstance(one.get("id", ""), str)


def _sealed(folder: Path, kept: KeptJournal) -> bool:
    """Whether the record with which the run last ended is still there, as its summary has it."""
    try:
        seal = json.loads((folder / "summary.json").read_text(encoding="utf-8")).get("journal") or {}
        count = int(seal.get("records", 0))
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return True
    if count < 1:
        return True
    if count < len(kept.records):
        return bool(kept.records[count].get("previous") == seal.get("last", _FIRST))
    return bool(count == len(kept.records) and kept.last == seal.get("last", _FIRST))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
