"""What the same plan gives to somebody, or what is in use, is not taken away."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import Change, Finding
from reconciler.planning.guards.proposal import Proposal


def check(proposal: Proposal) -> Iterator[Finding]:
    changes = proposal.changes
    wanted = {ref: change.address for change in changes for ref in change.refs if change.action != "delete"}
    let_go = {address for change in changes for address in change.was_refs}
    for change in changes:
        if _stops(change) and change.address in wanted:
            yield Finding(
                "still-used",
                change.address,
                f"{wanted[change.address]} is to use it",
                "decide which of the two is meant",
            )
        elif _stops(change) and change.facts.get("owner") and change.address not in let_go:
            yield Finding(
                "in-use",
                change.address,
                f"it is assigned to {change.facts['owner']}",
                "take it from its owner first, in this plan or before",
            )


def _stops(change: Change) -> bool:
    """A delete or a deactivation: of something that has an owner the API takes only what is unassigned."""
    return change.action == "delete" or (change.action == "update" and change.want.get("state") == "inactive")
