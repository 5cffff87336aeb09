"""What the same plan gives to somebody, or what is in use, is not taken away."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds import managed
from reconciler.kinds.contract.marks import marks_of
from reconciler.model.plan import Change, Finding
from reconciler.planning.guards.proposal import Proposal

_DO = "decide which of the two is meant"


def check(proposal: Proposal) -> Iterator[Finding]:
    changes = proposal.changes
    wanted = {ref: change.address for change in changes for ref in change.refs if change.action != "delete"}
    let_go = {address for change in changes for address in change.was_refs}
    gone = {change.address for change in changes if _may_be_described(change)} - wanted.keys()
    described = proposal.uses(gone) if gone else {}
    for change in changes:
        if change.address in described:
            yield Finding("still-used", change.address, f"{described[change.address]} is described to use it", _DO)
        elif _stops(change) and change.address in wanted:
            yield Finding("still-used", change.address, f"{wanted[change.address]} is to use it", _DO)
        elif _stops(change) and change.facts.get("owner") and change.address not in let_go:
            yield Finding(
                "in-use",
                change.address,
                f"it is assigned to {change.facts['owner']}",
                "take it from its owner first, in this plan or before",
            )


def _may_be_described(change: Change) -> bool:
    """Whether somebody who stays as he is may be described with it. Who has a number is what the tenant says."""
    return change.action == "delete" and any(
        change.kind in ref.kinds and ref.kinds != ("number",)
        for kind in managed().values()
        for _, ref in marks_of(kind).refs
    )


def _stops(change: Change) -> bool:
    """A delete or a deactivation: of something that has an owner the API takes only what is unassigned."""
    return change.action == "delete" or (change.action == "update" and change.want.get("state") == "inactive")
