"""Which snapshots there are, what changed from each to the next, and the runs between them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from reconciler.drift import Drift
from reconciler.errors import ReconcileError, RefusedError
from reconciler.history.comparing import compare, tally
from reconciler.history.sides import Side, of_commit, of_folder, ours
from reconciler.history.verifying import Known, verified
from reconciler.model.address import owner_address
from reconciler.model.history import Commit, Kept, PastRun
from reconciler.model.snapshot import Fields
from reconciler.repository.git import Past
from reconciler.repository.store.dated import dated, moment_of
from reconciler.repository.store.layout import MANIFEST

_RUN = re.compile(r"(?P<at>[0-9]{8}T[0-9]{9})Z-[0-9a-f]{8}")


def commits(past: Past, most: int, org: str = "") -> list[Kept]:
    """The commits that changed the snapshot, newest first. One of another organisation than `org` is named and not
    compared."""
    log = past.log(f"state/{MANIFEST}", most=most + 1)
    opened = [(commit, *_opened(past, commit, org)) for commit in log]
    found, known = [], Known()
    for place, (commit, side, why) in enumerate(opened[:most]):
        before = opened[place + 1][1] if place + 1 < len(opened) else None
        found.append(_kept(commit.short, commit.at, side, before, why, known, commit))
    return found


def copies(folder: Path, most: int, org: str = "") -> list[Kept]:
    """The dated copies in a folder, newest first; those of another organisation as `commits`."""
    found: list[Kept] = []
    before: Side | None = None
    for path in dated(folder)[-most - 1 :]:
        try:
            side, why = ours(of_folder(path, path.name), org), ""
        except ReconcileError as error:
            side, why = None, error.what
        found.append(_kept(path.name, moment_of(path), side, before, why, Known()))
        before = side
    return found[::-1][:most]


def runs(root: Path) -> list[PastRun]:
    """The runs in `state/runs/`, newest first; folders that are none are left out."""
    folder = root / "state" / "runs"
    if not folder.is_dir():
        return []
    found = (_run(path) for path in sorted(folder.iterdir(), reverse=True) if path.is_dir())
    return [run for run in found if run is not None]


def between(found: Iterable[PastRun], after: datetime | None, until: datetime) -> list[PastRun]:
    """The runs that began in a stretch of time, newest first. Commits tell their time in whole seconds: a run in the
    same second as one of them counts."""
    second = timedelta(seconds=1)
    return [run for run in found if (after is None or after <= run.at) and run.at < until + second]


def moment_of_run(name: str) -> datetime | None:
    """When a run began, by the name of its folder; None for a folder that is no run's."""
    match = _RUN.fullmatch(name)
    return datetime.strptime(f"{match['at']}000", "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC) if match else None


def _opened(past: Past, commit: Commit, org: str) -> tuple[Side | None, str]:
    try:
        return ours(of_commit(past, commit), org), ""
    except RefusedError as error:
        return None, error.what
    except ReconcileError as error:
        return None, error.why or error.what


def _kept(
    label: str, at: datetime, side: Side | None, before: Side | None, why: str, known: Known, commit: Any = None
) -> Kept:
    if side is None:
        return Kept(label, at, commit=commit, why=why)
    drift: Drift | None = None
    try:
        if before is not None:
            drift = compare(before, side, known=known)
        else:
            verified(side, known)
    except ReconcileError as error:
        why = f"{error.what}: {error.where}: {error.why}" if error.where else error.what
    addresses = tuple(one.address for one in drift.differences if one.fields) if drift is not None else ()
    return Kept(label, at, side.kept.counts, commit, tally(drift) if drift is not None else None, addresses, why)


def _run(folder: Path) -> PastRun | None:
    at, plan = moment_of_run(folder.name), _document(folder / "plan.json")
    if at is None or not plan:
        return None
    summary = _document(folder / "summary.json")
    results = summary.get("results") or []
    good = {str(one.get("address")) for one in results if one.get("verdict") == "verified" and one.get("wrote")}
    wrote: dict[str, Fields] = {}
    for change in plan.get("changes") or []:
        address = str(change.get("address"))
        if address in good:
            wrote[address] = dict(change.get("want") or {})
    return PastRun(
        name=folder.name,
        at=at,
        digest=str(plan.get("digest") or ""),
        commit=str((plan.get("desired") or {}).get("commit") or ""),
        content=str((plan.get("desired") or {}).get("fingerprint") or ""),
        totals={str(name): int(count) for name, count in (summary.get("verdicts") or {}).items()},
        wrote=wrote,
        ended=bool(summary),
    )


def wrote(run: PastRun, address: str, path: str, value: Any) -> bool:
    """Whether a run gave a field this value. A section's field is found under the section's own address, or in a
    resource that was created with it."""
    section = address.partition("/")[0].partition(".")[2]
    wants = [(run.wrote.get(address), path)]
    if section:
        wants.append((run.wrote.get(owner_address(address)), f"{section}.{path}" if path else section))
    return any(want is not None and _gave(want, where, value) for want, where in wants)


def _gave(want: Any, path: str, value: Any) -> bool:
    for name in path.split(".") if path else ():
        if not isinstance(want, dict):
            break
        if name not in want:
            return False
        want = want[name]
    # a form that depends on what was there (a mapping of licences) led to whatever is there now
    return bool(want == value) or type(want) is not type(value)


def _document(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
