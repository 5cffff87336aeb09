"""When the snapshot in `state/` was taken. Its own files must not say so: an unchanged tenant gives the same bytes.

`.reconcile/state-taken.json`, written by an export on this machine, says it for each kind; it holds as long as the
manifest's entry of that kind is the one that it was written for. Else git knows: the commit's `Snapshot-Taken:`
trailer, or the time of the commit less an hour's grace, because a commit comes after the reading. A time that is too
early costs certainty (more events are looked at), one that is too late would cost truth.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from reconciler.errors import ReconcileError, RefusedError
from reconciler.files.wholefile import local_folder
from reconciler.repository import git
from reconciler.repository.store.layout import MANIFEST, digest, parsed
from reconciler.repository.store.writing import in_one_step

NAME = ".reconcile/state-taken.json"
TRAILER = "Snapshot-Taken"
_GRACE = timedelta(hours=1)


@dataclass(frozen=True)
class Taken:
    """When each kind was read; `how` says from where that is known, `why` why it is not known for some."""

    kinds: Mapping[str, datetime] = field(default_factory=dict)
    how: str = ""
    why: str = ""

    def earliest(self, kinds: Iterable[str]) -> datetime | None:
        """The earliest time of these kinds; None when one of them is not known."""
        times = [self.kinds.get(kind) for kind in kinds]
        known = [time for time in times if time is not None]
        return min(known) if known and len(known) == len(times) else None


def note(root: Path, kinds: Iterable[str], began: datetime) -> None:
    """Remember that these kinds in `root/state` were read by an export that began then. Not being able to is no
    error: it only costs names in a later drift report."""
    entries = _entries(root / "state")
    known = {kind: about for kind, about in _noted(root).items() if about.get("entry") == entries.get(kind)}
    moment = began.astimezone(UTC).isoformat(timespec="milliseconds")
    known |= {kind: {"entry": entries[kind], "taken": moment} for kind in kinds if kind in entries}
    try:
        path = root / NAME
        local_folder(root)
        in_one_step(path, (json.dumps(known, indent=1, sort_keys=True) + "\n").encode())
    except OSError:
        return


def taken(root: Path) -> Taken:
    """When what is in `root/state` was read."""
    entries, noted = _entries(root / "state"), _noted(root)
    times = {
        kind: moment
        for kind, entry in entries.items()
        if noted.get(kind, {}).get("entry") == entry and (moment := _moment(noted[kind].get("taken")))
    }
    if entries and times.keys() == entries.keys():
        return Taken(times, "noted by the export")
    moment, how = _committed(root)
    if moment is None:
        return Taken(times, "noted by the export" if times else "", how)
    return Taken({kind: times.get(kind, moment) for kind in entries}, how)


def _committed(root: Path) -> tuple[datetime | None, str]:
    """What git knows of the time of the snapshot, and how; else None and why it does not."""
    try:
        with git.past(root) as past:
            if not past.clean("state"):
                return None, "state/ has changes that are not committed, and was not exported on this machine"
            commits = past.log(f"state/{MANIFEST}", most=1)
            if not commits:
                return None, "state/ is not committed"
            moment = _moment(commits[0].trailer(TRAILER))
            if moment is not None:
                return moment, f"said by commit {commits[0].short}"
            return commits[0].at - _GRACE, f"time of commit {commits[0].short}, less an hour"
    except RefusedError:
        raise
    except ReconcileError as error:
        return None, f"state/ was not exported on this machine, and {error.what}"


def _entries(state: Path) -> dict[str, str]:
    """A digest of the manifest's entry of each kind."""
    try:
        kinds = parsed((state / MANIFEST).read_bytes())["kinds"]
        return {kind: digest(json.dumps(entry, sort_keys=True).encode()) for kind, entry in kinds.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def _noted(root: Path) -> dict[str, dict[str, Any]]:
    try:
        found = parsed((root / NAME).read_bytes())
    except (OSError, ValueError):
        return {}
    return {k: v for k, v in found.items() if isinstance(v, dict)} if isinstance(found, dict) else {}


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
