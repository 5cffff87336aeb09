"""`reconcile insights`: what is wrong in the tenant, why, and what to do about it."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from reconciler.cli.options import Access, Repository, colored
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.model.snapshot import MemorySnapshot
    from reconciler.repository.store.reading import StoredSnapshot
    from reconciler.repository.store.taken import Taken

Severity = Literal["info", "warning", "serious", "critical"]


def insights(
    *,
    severity: Annotated[Severity, Parameter(name="--severity")] = "info",
    output: Annotated[Literal["text", "json"], Parameter(name=["-o", "--output"])] = "text",
    from_state: Annotated[bool, Parameter(name="--from-state", negative="--live")] = True,
    exit_code: Annotated[bool, Parameter(name="--exit-code", negative="")] = False,
    repository: Repository = Repository(),
    access: Access = Access(),
) -> int:
    """Look for what is wrong in the tenant: unreachable people, loops, empty queues, missing emergency numbers, …

    Rules of your own, and changes to ours, go into desired/insights.yaml. Never writes.
    Exit codes: 0 looked; with --exit-code also 2, something of this severity or worse was found, and 7, nothing was,
    but not everything could be read in full.

    Parameters
    ----------
    severity
        Show what is of this severity or worse.
    output
        How to print.
    from_state
        Look at the snapshot in state/; --live reads the tenant.
    exit_code
        Exit 2 when something is shown, 7 when nothing is and not everything could be read.
    """
    from reconciler.insights import judge
    from reconciler.report.inventory_text import insights_text, silent_text
    from reconciler.repository.desired.insights import load_insights
    from reconciler.repository.store.taken import Taken, taken

    root = repository.root_or_here()
    tuning = load_insights(root)
    snapshot = _stored(root) if from_state else _live(root, access)
    times = taken(root) if from_state else Taken(dict.fromkeys(snapshot.kinds, datetime.now(UTC)), "read just now")
    since = times.earliest(snapshot.kinds)
    judged = judge(snapshot, tuning)
    found = judged.at_least(severity)
    if output == "json":
        about = {"taken": since.isoformat() if since else None, "how": times.how or times.why}
        print(json.dumps({**judged.to_json(severity), "snapshot": about}, indent=2, ensure_ascii=False))
    else:
        print(insights_text(found, judged, color=colored(sys.stdout)), end="")
        print(_of_when(since, times), file=sys.stderr)
        if silent := silent_text(judged.silent):
            print(silent, file=sys.stderr)
    if not exit_code:
        return Exit.OK
    if found:
        return Exit.CHANGES
    return Exit.INCOMPLETE if snapshot.gaps else Exit.OK


def _of_when(since: datetime | None, times: Taken) -> str:
    """How old what was looked at is; a finding of last month may be mended by now."""
    from reconciler.inert import visible
    from reconciler.model.wording import age, moment

    if since is None:
        return f"the age of the snapshot is not known: {visible(times.why)}"
    return f"snapshot of {moment(since)}, {age((datetime.now(UTC) - since).total_seconds())} ({visible(times.how)})"


def _stored(root: Path) -> StoredSnapshot:
    from reconciler.repository import desired, store

    return store.open(root / "state", desired.pinned(root)[0])


def _live(root: Path, access: Access) -> MemorySnapshot:
    from reconciler import pipeline
    from reconciler.kinds import observed
    from reconciler.repository import desired

    return asyncio.run(pipeline.export(access.tenant(root), [], list(observed()), desired.pinned(root))).snapshot
