"""A number changes its location only with the person who has it: this tool has no other way to move one."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guard.proposal import Proposal
from reconciler.model.plan import Finding


def check(proposal: Proposal) -> Iterator[Finding]:
    carried = {address for change in proposal.changes for address in change.carries}
    for change in proposal.changes:
        moves = change.kind == "number" and change.action == "update" and "location" in change.want
        if moves and change.address not in carried:
            yield Finding(
                "number-move",
                change.address,
                "a number is not moved between locations by this tool",
                "move it in Control Hub, or move the person who has it in the same plan",
            )
