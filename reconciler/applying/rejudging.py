"""Guards that rest on the tenant, run again on a plan out of a file: a plan may be old, and a file is nobody's word.

    emergency callback   who is called back through whom may have changed since, and a file may have lost what was found
    protect              an entry may name somebody by another address, which only the tenant knows to be theirs

Nothing is asked for a plan that takes nothing away from anybody; else what a plan of the same changes reads, once.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler import inventory
from reconciler.errors import RefusedError
from reconciler.model.address import owner_address, split_address
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change, Plan
from reconciler.planning import guards
from reconciler.planning.callback_choices import CALLERS, is_choice
from reconciler.planning.guards import Population, Proposal, callbacks, chosen_callbacks, protected
from reconciler.planning.taking import taken_away
from reconciler.repository import desired
from reconciler.repository.local import protection

if TYPE_CHECKING:
    from reconciler.webex.tenant import TenantReader

#: What guards ask of somebody who is touched.
_FIELDS = ("location", "extension", "phone_number")


def rests_on_tenant(plan: Plan) -> bool:
    """Whether a plan takes something away that others may need."""
    todo = [change for change in plan.changes if not change.blocked]
    return bool(callbacks.takers(todo)) or any(taken_away(one) or is_choice(one.kind) for one in todo)


async def refuse_by_tenant(reader: TenantReader, root: Path, plan: Plan, workers: int) -> None:
    """RefusedError (4) where the tenant as it is now gives a guard a reason against this plan. Reads only."""
    todo = [change for change in plan.changes if not change.blocked]
    need = replace(inventory.of_desired(_owners(todo)), tolerant=True)
    current = await inventory.read(reader, need, {"id": plan.org_id}, workers=workers)
    there = {change.address: current.get(change.kind, change.key) for change in todo}
    todo = [replace(one, facts={**one.facts, **now.facts}) if (now := there[one.address]) else one for one in todo]
    proposal = Proposal(
        todo,
        desired.load_tenant(root).model_dump(exclude_unset=True),
        Population(plan.managed),
        current.gaps,
        cache(current.get),
        reader.me,
        earlier=lambda: protection.earlier(root),
        callbacks=await inventory.callbacks(reader, todo, current),
        alias=current.alias,
    )
    rules = (protected.check, chosen_callbacks.check, callbacks.check)
    for finding in guards.judged(proposal, plan.overrides, rules).findings:
        if not finding.lifted:
            raise RefusedError(
                "a guard objects to this plan in the tenant as it is now, so nothing is applied",
                where=finding.address,
                why=f"{finding.rule}: {finding.why}",
                do=f"{finding.do}; then plan again: reconcile plan --out plan.json",
            )


def _owners(changes: list[Change]) -> list[Wanted]:
    """Whoever is touched, with what guards ask of them."""
    addresses = dict.fromkeys(owner_address(change.address) for change in changes)
    found = []
    for kind, key in map(split_address, addresses):
        if kind in CALLERS:
            found.append(Wanted(kind, key, dict.fromkeys(_FIELDS), "", 0))
        elif kind == "location":
            found.append(Wanted(kind, key, {"calling": {}}, "", 0))
    return found
