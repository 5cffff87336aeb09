"""What failed in a run, as a plan of its own: the same operations, with the same approval of their content, and nothing
of what went well.

    the run said           again
    ---------------------  ----------------------------------------------------------
    failed, drifted        yes: read first, as after a lost answer, then written
    skipped                yes: what it needed failed, and is done again too
    stale                  no: somebody has changed it since; plan again
    verified               no
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reconciler.applying.admission import fits
from reconciler.errors import ReconcileError
from reconciler.model.address import owner_address
from reconciler.model.outcome import Verdict
from reconciler.model.plan import Operation, Plan
from reconciler.planning.estimate import budgeted
from reconciler.planning.order import token
from reconciler.planning.parking import BACK, PARK
from reconciler.report.commands import resuming
from reconciler.runs.known import Run, Standing, find

_AGAIN = frozenset({Verdict.FAILED, Verdict.DRIFTED, Verdict.UNKNOWN, Verdict.SKIPPED})
SCOPE = "retry"


def plan(root: Path, name: str) -> Plan:
    """See pipeline.retry."""
    run = find(root, name)
    run.kept.refuse_broken()
    fits(root, run.plan)
    if not run.standing.over:
        raise ReconcileError(
            f"run {run.name} has not ended: {len(run.standing.left)} operations are left",
            do=f"finish it first: {resuming(run.name, run.plan.overrides)}",
        )
    operations = _operations(run)
    touched = {member.address for operation in operations for member in operation.members}
    left = run.plan.left_out  # is no more done now than it was then
    changes = [change for change in run.plan.changes if change.address in touched or change.address in left]
    owners = {owner_address(address) for address in touched}
    again = replace(
        run.plan,
        budget=None,
        changes=changes,
        operations=operations,
        findings=[finding for finding in run.plan.findings if finding.aside],
        same=max(0, run.plan.managed - len(owners | {owner_address(address) for address in left})),
        scope={**run.plan.scope, SCOPE: [run.name]},
    )
    return budgeted(root, again)


def _operations(run: Run) -> list[Operation]:
    """Of a request that carried several, only those that failed. What stale ones were to free is still taken, so what
    needs them stays out."""
    outcomes, found, gone = run.standing.settled, list[Operation](), set[str]()
    anew = {
        member.address
        for operation in run.plan.operations
        for member in operation.members
        if outcomes[token(member.address, operation.step)].verdict in _AGAIN
    }
    for operation in run.plan.operations:
        again = []
        for member in operation.members:
            name = token(member.address, operation.step)
            verdict = outcomes[name].verdict
            if verdict is Verdict.STALE or (
                verdict is Verdict.SKIPPED and gone.intersection(operation.needs_of(member))
            ):
                gone.add(name)
            elif verdict in _AGAIN or (operation.step in (PARK, BACK) and member.address in anew):
                # who was parked and got it back is parked once more
                again.append(member)
        if again:
            found.append(replace(operation, members=again))
    return found


def doubt(root: Path, plan: Plan) -> Standing:
    """For a plan of `plan`: what was there before the run that failed wrote to it, by operation and address, and of all
    owners that it read whole. It is where a partial effect of ours shows, and is told from somebody else's change."""
    found = Standing()
    if SCOPE not in plan.scope:
        return found
    again = {(o.id, member.address) for o in plan.operations for member in o.members}
    owners = {owner_address(address) for _, address in again}
    run = find(root, plan.scope[SCOPE][0])
    run.kept.refuse_broken()
    for intent in run.intents():
        if (intent.operation, intent.address) in again:
            found.doubt.setdefault(intent.operation, {}).setdefault(intent.address, intent.before)
    found.uncertain = run.standing.uncertain & {name for name, _ in again}
    found.whole = {owner: one for owner, one in run.standing.whole.items() if owner in owners}
    found.was = {address: one for address, one in run.standing.was.items() if owner_address(address) in owners}
    return found
