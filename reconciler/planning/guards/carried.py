"""A number changes its location only with the person who has it: this tool has no other way to move one. Some do not
move even so."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import Change, Finding
from reconciler.planning.guards import connections
from reconciler.planning.guards.proposal import Proposal
from reconciler.planning.taking import Loss


def check(proposal: Proposal) -> Iterator[Finding]:
    for change in proposal.changes:
        moved = change.kind == "number" and change.action == "update" and "location" in change.want
        if moved and change.address not in proposal.carried:
            yield Finding(
                "number-move",
                change.address,
                "a number is not moved between locations by this tool",
                "move it in Control Hub, or move the person who has it in the same plan",
            )
        for address in change.carries:
            number = address.partition("/")[2]
            if why := _stays(number, proposal) or _unlike(change, proposal):
                do = "give another phone_number for the new location, or null"
                yield Finding("number-move", change.address, f"{number} {why}", do, f"number-move:{number}")
    for change, taken in proposal.taking:
        if taken is Loss.PLACE and not change.carries and (number := _main_left(change, proposal)):
            why = f"has {number}, the main number of its location, and the API moves nobody who has that (19604)"
            do = "make another number the main number first, in a plan of its own"
            yield Finding("number-move", change.address, f"it {why}", do, f"number-move:{number}")


def _stays(number: str, proposal: Proposal) -> str:
    """Why a number cannot move along with its owner (19604, 10030004; webex-behaviour.md §15)."""
    current = proposal.get("number", number)
    if current is None:
        return ""
    if current.facts.get("main"):
        return "is the main number of its location, and does not move along (19604)"
    inactive = current.fields.get("state") == "inactive"
    return "is inactive, and only active numbers move along (10030004)" if inactive else ""


def _unlike(change: Change, proposal: Proposal) -> str:
    """Numbers move between connections of one type only (10050010), and the plan may change one of the two beside."""
    before, after = str(change.before.get("location") or ""), str(change.want.get("location") or "")
    sides = [connections.types(place, proposal) for place in (before, after)]
    if not all(sides) or len(set().union(*sides)) == 1:
        return ""
    changed = {one.key for one in proposal.changes if one.kind == connections.KIND} & {before, after}
    beside = f", and this plan changes {' and '.join(sorted(changed))}: do that in a plan of its own" if changed else ""
    said = " and ".join(
        f"{place} is {'/'.join(sorted(types))}" for place, types in zip((before, after), sides, strict=True)
    )
    return f"does not move between PSTN connections that differ (10050010): {said}{beside}"


def _main_left(change: Change, proposal: Proposal) -> str:
    """The main number that somebody has who moves without it; empty where that is not so, or not known."""
    if proposal.callbacks is None or change.kind != "person":
        return ""
    place = proposal.callbacks.places.get(str(change.before.get("location") or ""))
    number = str(change.before.get("phone_number") or "")
    return number if place is not None and number and place.main == number else ""
