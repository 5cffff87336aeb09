"""What the same plan gives to somebody, or what is in use, is not taken away."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds import managed
from reconciler.kinds.contract.marks import marks_of
from reconciler.model.plan import Finding
from reconciler.planning.guards.proposal import Proposal

_DO = "decide which of the two is meant"


def check(proposal: Proposal) -> Iterator[Finding]:
    changes = proposal.changes
    wanted = {ref: change.address for change in changes for ref in change.refs if change.action != "delete"}
    let_go = {address for change in changes for address in change.was_refs}
    deleted = [change for change in changes if change.action == "delete"]
    describable = set(filter(_may_be_described, {change.kind for change in deleted}))
    gone = {change.address for change in deleted if change.kind in describable} - wanted.keys()
    described = proposal.uses(gone) if gone else {}
    # of something that has an owner the API takes only what is unassigned, a deactivation too
    stopped = (one for one in changes if one.action == "update" and one.want.get("state") == "inactive")
    for change in (*deleted, *stopped):
        if change.address in described:
            yield Finding("still-used", change.address, f"{described[change.address]} is described to use it", _DO)
        elif change.address in wanted:
            yield Finding("still-used", change.address, f"{wanted[change.address]} is to use it", _DO)
        elif change.facts.get("owner") and change.address not in let_go:
            yield Finding(
                "in-use",
                change.address,
                f"it is assigned to {change.facts['owner']}",
                "take it from its owner first, in this plan or before",
            )


def _may_be_described(name: str) -> bool:
    """Whether somebody who stays as he is may be described with one of this kind. Who has a number is what the tenant
    says."""
    return any(
        name in ref.kinds and ref.kinds != ("number",) for kind in managed().values() for _, ref in marks_of(kind).refs
    )
