"""Changes that wait for what each other has, where none can give it up for a while: no order carries them out."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import Finding
from reconciler.planning.guards.proposal import Proposal
from reconciler.planning.order import unclosable

RULE = "circle"


def check(proposal: Proposal) -> Iterator[Finding]:
    if proposal.freed.isdisjoint(claim for change in proposal.changes for claim in change.takes):
        return
    for address, circle in unclosable(proposal.changes):
        why = f"these changes wait for each other, and none can give way for a while: {circle}"
        do = "split them: take out what goes from one to the other, apply, and put it in then"
        yield Finding(RULE, address, why, do)
