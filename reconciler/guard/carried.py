"""A number changes its location only with the person who has it: this tool has no other way to move one. Some do not
move even so."""

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
        for address in change.carries:
            number = address.partition("/")[2]
            if why := _stays(number, proposal):
                do = "give another phone_number for the new location, or null"
                yield Finding("number-move", change.address, f"{number} {why}", do, f"number-move:{number}")


def _stays(number: str, proposal: Proposal) -> str:
    """Why a number cannot move along with its owner (19604, 10030004; webex-behaviour.md §15)."""
    current = proposal.get("number", number)
    if current is None:
        return ""
    if current.facts.get("main"):
        return "is the main number of its location, and does not move along"
    return "is inactive, and only active numbers move along" if current.fields.get("state") == "inactive" else ""
