"""A number that somebody is to get has to be in the inventory of their location, and free: already, or by this plan.

API: `/telephony/config/numbers` tells location and owner of each (webex-behaviour.md §4); an assignment of one that
cannot be had answers 4201, or is accepted and ignored. The main number of a location is one like any other: a user or a
workspace may have it (19604 says so of a move).
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import Change, Finding
from reconciler.planning.guards.proposal import Proposal

RULE = "numbers"


def check(proposal: Proposal) -> Iterator[Finding]:
    planned = {change.key: change for change in proposal.changes if change.kind == "number"}
    carried = {address.partition("/")[2] for address in proposal.carried}
    for change in proposal.changes:
        numbers = {ref.partition("/")[2] for ref in change.refs if ref.startswith("number/")} - carried
        for number in sorted(numbers) if change.action in ("create", "update") else ():
            claim = f"number::{number}"
            known = claim not in change.takes or claim in proposal.freed
            why, do = _elsewhere(number, change, planned, proposal) or _taken(number, known, proposal)
            if why:
                yield Finding(RULE, change.address, why, do, f"{RULE}:{number}")


def _elsewhere(number: str, change: Change, planned: dict[str, Change], proposal: Proposal) -> tuple[str, str] | None:
    place, wanted = _place(number, planned, proposal), proposal.location_of(change)
    if not place or not wanted or place == wanted:
        return None
    return f"{number} is in the inventory of {place}, and this is at {wanted}", f"take a number of {wanted}"


def _place(number: str, planned: dict[str, Change], proposal: Proposal) -> str:
    if number in planned and planned[number].want.get("location"):
        return str(planned[number].want["location"])
    current = proposal.get("number", number)
    return str(current.facts.get("location") or current.fields.get("location") or "") if current else ""


def _taken(number: str, had: bool, proposal: Proposal) -> tuple[str, str]:
    """`had`: it is its own, shared, or freed by this plan."""
    current = proposal.get("number", number)
    if current is None or had:
        return "", ""
    if owner := current.facts.get("owner"):
        return f"{number} is assigned to {owner}", "take a free number, or take it from its owner in this plan"
    return "", ""


def warnings(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """Numbers that are handed out and take no calls: the API accepts that (webex-behaviour.md §4)."""
    planned = {change.key: change for change in proposal.changes if change.kind == "number"}
    for change in proposal.changes:
        if change.kind == "number" or change.action not in ("create", "update"):
            continue
        for number in sorted(ref.partition("/")[2] for ref in change.refs if ref.startswith("number/")):
            if _inactive(number, planned.get(number), proposal):
                yield change.address, f"{number} is inactive, and takes no calls until it is active"


def _inactive(number: str, change: Change | None, proposal: Proposal) -> bool:
    if change is not None and "state" in change.want:
        return bool(change.want["state"] == "inactive")
    current = proposal.get("number", number)
    return current is not None and current.fields.get("state") == "inactive"
