"""`reconcile apply`: carry out a plan, and read every write back."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from reconciler.cli.approval import Approving, age_of, approved, only_looked, refuse_other
from reconciler.cli.carrying import carry_out, ended, taken_back
from reconciler.cli.controls import Controls
from reconciler.cli.options import Access, Repository
from reconciler.cli.show import present
from reconciler.errors import ReconcileError, RefusedError, UsageError
from reconciler.model.plan import Plan
from reconciler.model.selection import Selection


def apply(
    plan: Path | None = None,
    *,
    dry_run: Annotated[bool, Parameter(name="--dry-run", negative="")] = False,
    max_age: Annotated[str, Parameter(name="--max-age")] = "24h",
    only_safe: Annotated[bool, Parameter(name="--only-safe", negative="")] = False,
    override: Annotated[list[str] | None, Parameter(name="--override", negative="")] = None,
    on_failure: Annotated[Literal["keep", "undo"], Parameter(name="--on-failure")] = "keep",
    require_clean: Annotated[bool, Parameter(name="--require-clean", negative="")] = False,
    approving: Approving = Approving(),
    target: Annotated[list[str] | None, Parameter(name="--target", negative="")] = None,
    exclude: Annotated[list[str] | None, Parameter(name="--exclude", negative="")] = None,
    isolate: Annotated[bool, Parameter(name="--isolate", negative="")] = False,
    controls: Controls = Controls(),
    repository: Repository = Repository(),
    access: Access = Access(),
) -> int:
    """Show the plan, ask, carry it out in waves and chunks, read every write back.

    Exit codes: 0 everything verified, 1 it failed and is taken back (--on-failure undo), 3 something failed, drifted,
    was skipped or cannot be told, or the run was paused, stopped or is still converging, 4 refused or not approved,
    5 the plan is stale, was edited, or is not the approved one, 6 another run holds the lock, 130 interrupted.

    Parameters
    ----------
    plan
        A plan saved with `reconcile plan --out`; default: plan now.
    dry_run
        Do all but write: the same plan, the same refusals.
    max_age
        How old a saved plan may be, like 90m, 24h or 7d, or off.
    only_safe
        Only what destroys nothing, can be taken back, and rests on nothing that is left out.
    on_failure
        undo: stop at the first failure and take back what was done, in reverse order, as far as that goes.
    require_clean
        Refuse (4) unless all of desired/ is as the commit has it, and was when the plan was saved.
    override
        Lift what a guard objects to, by the name behind `lift:` (repeatable); again, what a saved plan lifts.
    target
        Only addresses that match this pattern, and what they depend on (repeatable).
    exclude
        Leave out addresses that match this pattern (repeatable).
    isolate
        Set aside, by name, what is refused and what rests on it, and carry out the rest; then the exit code is 3.
    """
    from reconciler import pipeline
    from reconciler.applying import readmission, run
    from reconciler.applying.admission import check_plan, refuse_stale
    from reconciler.report.commands import carrying_out
    from reconciler.repository import provenance
    from reconciler.repository.local import planned
    from reconciler.runs import lock

    control = controls.control(fail_fast=on_failure == "undo")
    approving.check()
    age = age_of(max_age)
    if plan is not None and (target or exclude or isolate):
        raise UsageError("--target, --exclude and --isolate belong to planning", do="give them to reconcile plan --out")
    root = repository.root()
    if require_clean:
        provenance.refuse_modified(root)
    if not dry_run:
        lock.refuse_held(root, shared=run.seen_by_others(root))
    tenant = access.tenant(root)
    selection = Selection(tuple(target or ()), tuple(exclude or ()), isolate)
    made = _saved(root, plan) if plan else asyncio.run(pipeline.plan(root, tenant, selection, tuple(override or ())))
    if require_clean:
        provenance.refuse_made_elsewhere(made)
    whole, made = made, pipeline.safe(root, made, tenant) if only_safe else made
    present(made, saved=str(plan or "") if not only_safe else "", applying=not dry_run)
    if plan:
        refuse_stale(root, made, age)
    if not made.operations:
        refuse_other(root, made, approving)
        return pipeline.nothing_to_apply(root, made)
    check_plan(root, made)
    if plan:
        asyncio.run(readmission.readmit(root, tenant, whole, override or ()))
    again = carrying_out(made, str(plan or ""))
    if dry_run:
        asyncio.run(pipeline.admit(tenant, made))
        return only_looked(root, made, approving, again=again)
    planned.remember(root, made)
    say_interrupted(root, made)
    made, approval = approved(root, made, approving, again=again)
    applied = carry_out(
        root,
        tenant,
        control,
        made,
        lambda tenant, how: pipeline.apply(root, tenant, made, replace(how, approval=approval)),
    )
    code = ended(applied, made, root, undoes=on_failure == "undo")
    return taken_back(root, tenant, control, applied, made, approval, code) if code and on_failure == "undo" else code


def _saved(root: Path, path: Path) -> Plan:
    from reconciler.applying.admission import refuse_altered

    try:
        plan = Plan.loads(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror or "" if isinstance(error, OSError) else "not text"
        do = "save one with: reconcile plan --out plan.json"
        raise ReconcileError("cannot read the plan", where=str(path), why=why, do=do) from None
    refuse_altered(root, plan)
    return plan


def say_interrupted(root: Path, plan: Plan) -> None:
    """A new plan may well be meant; but whoever does not know of the other run should. Not of one that is under way:
    the lock tells that. RefusedError where it would create what the other may have created, and the API takes it
    twice."""
    from reconciler.report.commands import resuming
    from reconciler.runs import known as runs
    from reconciler.runs import lock

    try:
        latest = next(iter(runs.runs(root)), None)
        if latest is not None and not latest.standing.over and not lock.holder(root):
            state, again = latest.ending[0], resuming(latest.name, latest.plan.overrides)
            print(f"run {latest.name} is {state}; to finish it: {again}", file=sys.stderr)
        unsought = latest.standing.unsought if latest is not None else set()
    except ReconcileError:
        return  # a journal that cannot be read is told by `reconcile runs`; it keeps nobody from applying
    twice = sorted(unsought & {member.address for one in plan.operations for member in one.members})
    if latest is not None and twice:
        raise RefusedError(
            f"run {latest.name} was cut off while it created {', '.join(twice)}: with another there might be two",
            why="nobody has looked yet whether its request took effect, and the API lets names repeat",
            do=f"let it look, and finish it: {resuming(latest.name, latest.plan.overrides)}",
        )
