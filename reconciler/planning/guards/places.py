"""Whoever calls, and every number, is at a location with calling (4152, "Calling flag not set"; webex-behaviour.md §3).
Where nobody knows, nothing is said."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import Finding
from reconciler.planning.guards.proposal import Proposal

RULE = "no-calling"
_SECTION = "location.calling/"


def check(proposal: Proposal) -> Iterator[Finding]:
    written = [change for change in proposal.changes if change.action in ("create", "update")]
    made = {change.address for change in written}
    for change in written:
        for ref in change.refs:
            place = ref.removeprefix(_SECTION)
            if place != ref and ref not in made and _lacks_calling(place, made, proposal):
                why = f"{place} has no calling, and this needs it there"
                do = f"describe calling of location {place} in desired/, or choose another location"
                yield Finding(RULE, change.address, why, do, f"{RULE}:{place}")


def _lacks_calling(place: str, made: set[str], proposal: Proposal) -> bool:
    current = proposal.get("location", place)
    if current is None:
        return f"location/{place}" in made
    if "calling" in current.fields:
        return current.fields["calling"] is None
    return current.facts.get("calling") is False
