"""An extension that somebody else has at the same location, of whatever type they are, described or not (4202, 9495;
webex-behaviour.md §4). One that this plan takes from them is free by then, and one that it gives out twice a
contradiction. The lists that say it can be wrong for a moment, so it can be lifted."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.claims import EXTENSION, parts, taken
from reconciler.model.plan import Finding
from reconciler.planning.guards.proposal import Proposal

RULE = "extensions"


def check(proposal: Proposal) -> Iterator[Finding]:
    for claim, change in taken(proposal.changes, EXTENSION).items():
        if who := proposal.held(claim):
            _, place, digits = parts(claim)
            why = f"extension {digits} at {place} belongs to {who}"
            do = "choose a free one, or take it from its holder in this plan"
            yield Finding(RULE, change.address, why, do, f"{RULE}:{place}/{digits}")
