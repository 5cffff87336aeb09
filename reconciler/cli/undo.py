"""`reconcile undo`: plan what takes a run back, show it, and carry it out."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from reconciler.cli.approval import Approving, approved, refuse_other
from reconciler.cli.controls import Controls
from reconciler.cli.options import Access, Repository, colored
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.model.plan import Plan

Output = Literal["text", "json", "md", "html"]


def undo(
    run: str,
    *,
    output: Annotated[Output, Parameter(name=["-o", "--output"])] = "text",
    out: Annotated[Path | None, Parameter(name="--out")] = None,
    override: Annotated[list[str] | None, Parameter(name="--override", negative="")] = None,
    approving: Approving = Approving(),
    target: Annotated[list[str] | None, Parameter(name="--target", negative="")] = None,
    exclude: Annotated[list[str] | None, Parameter(name="--exclude", negative="")] = None,
    controls: Controls = Controls(),
    repository: Repository = Repository(),
    access: Access = Access(),
) -> int:
    """Plan what takes a run back from the pre-images in its journal: created is deleted, changed gets its former
    values, deleted is created anew as far as that goes. What cannot be undone, and what was changed since, is named in
    the plan and left alone. Then ask, carry it out, and read every write back, as apply does. `rollback` is the same.

    Exit codes: those of apply.

    Parameters
    ----------
    run
        The run, whole or its beginning or end, or `last`. See `reconcile runs`.
    output
        How to print the plan.
    out
        Only save the plan here, for `reconcile apply PLAN`.
    override
        Lift what a guard objects to, by the name behind `lift:` (repeatable).
    target
        Only addresses that match this pattern (repeatable).
    exclude
        Leave out addresses that match this pattern (repeatable).
    """
    from reconciler import pipeline
    from reconciler.applying.admission import check_plan
    from reconciler.cli.carrying import carry_out, ended
    from reconciler.cli.show import save, shown
    from reconciler.model.selection import Selection
    from reconciler.planning.ending import exit_code
    from reconciler.report.commands import carrying_out
    from reconciler.repository.local import planned

    approving.check()
    control = controls.control()
    root = repository.root()
    tenant = access.tenant(root)
    selection = Selection(tuple(target or ()), tuple(exclude or ()))
    made = asyncio.run(pipeline.undo(root, tenant, run, selection, tuple(override or ())))
    if out is not None:
        made = save(made, out)
    sys.stdout.write(shown(made, output, saved=str(out or ""), applying=out is None, color=colored(sys.stdout)))
    sys.stdout.flush()
    if out is not None or not made.operations:
        if out is None:
            refuse_other(root, made, approving)
        return exit_code(made, Exit.PARTIAL if out is None else Exit.OK)
    check_plan(root, made)
    planned.remember(root, made)
    made, approval = approved(root, made, approving, again=carrying_out(made))
    applied = carry_out(
        root,
        tenant,
        control,
        made,
        lambda tenant, how: pipeline.apply(root, tenant, made, replace(how, approval=approval)),
    )
    code = ended(applied, made, root)
    print(_still_asked_for(root, made), file=sys.stderr)
    return code


def _still_asked_for(root: Path, undo: Plan) -> str:
    """What is left to do in git: the last commit before the run that wrote what it was planned from."""
    from reconciler.errors import ReconcileError
    from reconciler.history.described import last_described
    from reconciler.inert import visible
    from reconciler.model.history import MODIFIED, UNCHECKED
    from reconciler.repository import git
    from reconciler.runs import known

    again = "desired/ still asks for what was taken back, and the next apply does it again"
    plan = known.find(root, undo.scope["undo"][0]).plan
    if plan.commit.endswith(MODIFIED):
        return f"{again}: it was in no commit then (desired {plan.origin}), so take it out there by hand, or revert it"
    commit = plan.commit.removesuffix(UNCHECKED)
    sources = {change.source for change in plan.changes if change.source}
    try:
        with git.past(root) as past:
            wrote = last_described(past, commit, sources) if sources and past.find(commit) else None
    except ReconcileError:
        wrote = None
    if wrote is None:
        return f"{again}: revert it there"
    return f"{again}: git revert {wrote.short}   ({visible(wrote.title)})"
