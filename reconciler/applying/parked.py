"""Who was parked gets back what they had only where what follows their parking did not come about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.applying.verdicts import outcome_of
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Member, Operation, Plan
from reconciler.planning.order import token
from reconciler.planning.parking import BACK, PARK


def after_parking(plan: Plan) -> dict[str, list[str]]:
    """The steps, by address, that follow the parking of whoever is parked."""
    found: dict[str, list[str]] = {o.members[0].address: [] for o in plan.operations if o.step == BACK}
    for operation in plan.operations if found else ():
        for member in operation.members:
            if member.address in found and operation.step not in (PARK, BACK):
                found[member.address].append(token(member.address, operation.step))
    return found


def not_taken_back(
    operation: Operation, member: Member, after: Iterable[str], outcomes: Mapping[str, Outcome]
) -> Outcome | None:
    """Why who was parked keeps what they have got since, or nobody knows yet; None where it is to be taken back.
    `after` are the steps that follow the parking."""
    own = [outcomes.get(step) for step in after]
    verdicts = {outcome.verdict for outcome in own if outcome is not None and not outcome.again}
    if verdicts == {Verdict.VERIFIED} and None not in own:
        return outcome_of(operation, member, Verdict.VERIFIED, "nothing to take back: the circle was closed")
    if verdicts & {Verdict.CONVERGING, Verdict.UNKNOWN} or any(one is None or one.again for one in own):
        why = "whether it is to be taken back is not known before what follows the parking has come to an end"
        return outcome_of(operation, member, Verdict.SKIPPED, why)
    return None
