"""`reconcile resume`: go on with a run that was interrupted or paused, or do again what failed in it."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from reconciler.cli.approval import Approving
from reconciler.cli.controls import Controls
from reconciler.cli.options import Access, Repository
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.runs.known import Run

#: Seconds that a process which waits gets to show that it goes on.
_PATIENCE, _LOOK = 5.0, 0.1


def resume(
    run: str = "last",
    *,
    only_failures: Annotated[bool, Parameter(name=["--only-failures", "--retry"], negative="")] = False,
    override: Annotated[list[str] | None, Parameter(name="--override", negative="")] = None,
    approving: Approving = Approving(),
    controls: Controls = Controls(),
    repository: Repository = Repository(),
    access: Access = Access(),
) -> int:
    """Finish a run that was interrupted, paused, stopped or is still converging, of the plan that was approved then.
    What has an outcome is not done again, what is in doubt or takes its time is read, the rest is compared and carried
    out. A run that waits in another terminal goes on there. Of a finished run nothing is left to do.

    Exit codes: 0 everything verified, or it goes on in the other terminal, 3 something failed, drifted or was skipped,
    4 what the plan lifts is not lifted again, or a guard objects, 5 the journal or the plan was changed, 6 another run
    holds the lock, 130 interrupted again.

    Parameters
    ----------
    run
        The run, whole or its beginning or end; default: the last one. See `reconcile runs`.
    only_failures
        Of a run that has ended: do again what failed or drifted, and what was skipped for that, in a new run of its
        own. It is shown and asked for like any plan.
    override
        What the run's plan lifts, by name, again (repeatable): a file is nobody's word, unless it is sealed.
    """
    from reconciler.runs import known as runs

    control = controls.control()
    root = repository.root()
    found = runs.find(root, run)
    found.kept.refuse_broken()
    if only_failures:
        return _again(root, found, access, controls, approving, override or [])
    if _goes_on(root, found):
        return Exit.OK
    standing = found.standing
    if standing.over and found.ended:
        from reconciler.cli.carrying import say_left_out
        from reconciler.model.outcome import Verdict
        from reconciler.report.commands import resuming
        from reconciler.report.runs import exit_code

        print(f"run {found.name} is finished, nothing is left to do", file=sys.stderr)
        code = exit_code(found)
        if any(outcome.verdict is not Verdict.VERIFIED for outcome in standing.settled.values()):
            again = resuming(found.name, found.plan.overrides, only_failures=True)
            print(f"  what failed in it: {again}", file=sys.stderr)
        say_left_out(found.plan)
        return code
    from reconciler import pipeline
    from reconciler.applying.readmission import refuse_unlifted
    from reconciler.cli.carrying import carry_out, ended
    from reconciler.model.wording import counted
    from reconciler.report.runs import approval_words

    refuse_unlifted(found.plan, override or [])
    print(
        f"run {found.name}: {counted(len(standing.settled), 'step')} done,"
        f" {counted(len(standing.left), 'operation')} left, {len(standing.doubt):,} in doubt"
        + (f", {len(standing.unlooked):,} to be looked at once more" if standing.unlooked else ""),
        file=sys.stderr,
    )
    if approval := found.started.get("approval"):
        print(f"approved by {approval_words(approval)}", file=sys.stderr)
    applied = carry_out(
        root,
        access.tenant(root),
        control,
        found.plan,
        lambda tenant, how: pipeline.resume(root, tenant, found.name, how),
    )
    return ended(applied, found.plan, root)


def _goes_on(root: Path, run: Run) -> bool:
    """Whether the run waited in its own process, and goes on there."""
    from reconciler.runs import lock, pause_file

    if lock.holder(root).get("run") != run.name or not pause_file.asked(run.folder):
        return False
    pause_file.go_on(run.folder)
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        holder = lock.holder(root)
        if holder.get("run") != run.name:
            return False
        if holder.get("state") != "paused":
            print(f"run {run.name} goes on in process {holder.get('pid')} on {holder.get('host')}", file=sys.stderr)
            return True
        time.sleep(_LOOK)
    return False  # only its number lives on, in another process: the lock tells


def _again(root: Path, run: Run, access: Access, controls: Controls, approving: Approving, override: list[str]) -> int:
    from dataclasses import replace

    from reconciler import pipeline
    from reconciler.applying.admission import check_plan
    from reconciler.cli.approval import approved
    from reconciler.cli.carrying import carry_out, ended, say_left_out
    from reconciler.cli.show import present
    from reconciler.report.commands import carrying_out

    approving.check()
    control = controls.control()
    made = pipeline.retry(root, run.name)
    if not made.operations:
        print(f"nothing failed in run {run.name}, so nothing is done again", file=sys.stderr)
        say_left_out(run.plan)
        return Exit.PARTIAL if run.plan.left_out else Exit.OK
    from reconciler.applying.readmission import refuse_unlifted

    tenant = access.tenant(root)
    present(made)
    refuse_unlifted(made, override)
    check_plan(root, made)
    made, approval = approved(root, made, approving, again=carrying_out(made))
    applied = carry_out(
        root,
        tenant,
        control,
        made,
        lambda tenant, how: pipeline.apply(root, tenant, made, replace(how, approval=approval)),
    )
    return ended(applied, made, root)
