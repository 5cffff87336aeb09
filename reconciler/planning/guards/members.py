"""Somebody who is in another feature of the kind, described or not, and can be in one of them only (400/4471 of call
pickups; webex-behaviour.md §14). Who leaves it in this plan is free by then. The lists that say it can be wrong for a
moment, so it can be lifted."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from reconciler.kinds import resource
from reconciler.kinds.contract.marks import claims
from reconciler.model.address import split_key
from reconciler.model.claims import holder, joins, parts
from reconciler.model.plan import Finding
from reconciler.model.snapshot import Current
from reconciler.planning.guards.proposal import Proposal

RULE = "members"


def check(proposal: Proposal) -> Iterator[Finding]:
    for kind, taken in joins(proposal.changes).items():
        for claim, change in taken.items():
            if who := proposal.held(claim):
                member, words = parts(claim)[2], kind.replace("_", " ")
                why = f"{member} is in {who}, and can be in one {words} only"
                do = f"take it out of there: describe that {words} without it"
                yield Finding(RULE, change.address, why, do, f"{RULE}:{kind}/{member}")


def held_by(current: Current, wanted: Collection[str]) -> dict[str, str]:
    """Which of these claims a feature holds, and how it is called."""
    held = claims(resource(current.kind), current.fields)
    return {claim: holder(current.kind, split_key(current.key)[-1]) for claim in held if claim in wanted}
