"""`reconcile pause`: ask a run in another terminal to wait."""

from __future__ import annotations

import sys
import time

from reconciler.cli.options import Repository
from reconciler.errors import Exit, ReconcileError

#: Seconds to wait for the operations under way to end, and between two looks.
_PATIENCE, _LOOK = 60.0, 0.2


def pause(run: str = "last", *, repository: Repository = Repository()) -> int:
    """Ask a run that is under way, here or in another terminal, to pause. What is under way ends, nothing more begins;
    its process waits and keeps the lock until `reconcile resume RUN`. If the process dies meanwhile, nothing is lost.

    Exit codes: 0 it is asked to, 1 it is not under way.

    Parameters
    ----------
    run
        The run, whole or its beginning or end; default: the one under way.
    """
    from reconciler.inert import visible
    from reconciler.report.commands import resuming
    from reconciler.runs import known as runs
    from reconciler.runs import lock, pause_file

    root = repository.root()
    holder = lock.holder(root)
    found = runs.find(root, str(holder["run"]) if run == runs.LAST and holder.get("run") else run)
    again = resuming(found.name, found.plan.overrides)
    if holder.get("run") != found.name:
        left = not found.standing.over
        raise ReconcileError(
            f"run {found.name} is not under way, so there is nothing to pause",
            do=f"to go on with it: {again}" if left else "see the runs with: reconcile runs",
        )
    pause_file.ask(found.folder, lock.who())
    print(f"asked run {found.name} to pause; operations under way end first", file=sys.stderr)
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        holder = lock.holder(root)
        if holder.get("run") != found.name:
            pause_file.go_on(found.folder)
            print(f"run {found.name} ended before it paused; see: reconcile status {found.name}", file=sys.stderr)
            return Exit.OK
        if holder.get("state") == "paused":
            print(f"paused, by {visible(str(holder.get('who', '')))} (process {holder.get('pid')})", file=sys.stderr)
            break
        time.sleep(_LOOK)
    else:
        print("it is not paused yet: an operation under way takes its time", file=sys.stderr)
    print(f"next: {again}", file=sys.stderr)
    return Exit.OK
