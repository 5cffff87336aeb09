"""Nobody is to be called back at a number that is not there: who is chosen for that has a number after the plan, at the
same location, and does not lose it while somebody is described to be called back through them. The API refuses such a
choice (25024, 5700), and drops it silently where the number goes (webex-behaviour.md §15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.address import split_address
from reconciler.model.plan import Change, Finding
from reconciler.planning.callback_choices import CALLERS, SECTION, CallbackChoice, choices, whose
from reconciler.planning.guards import callbacks
from reconciler.planning.guards._callback_sources import last_number, place_after, takes
from reconciler.planning.guards.proposal import Proposal
from reconciler.planning.taking import loses_calling, taken_away


def check(proposal: Proposal) -> Iterator[Finding]:
    to_be = choices(proposal.changes, proposal.get)
    by_address = {change.address: change for change in proposal.changes}
    for choice in to_be.values():
        if choice.after and (why := _unfit(choice, by_address.get(choice.after), proposal)):
            who = "it" if choice.after == choice.owner else choice.after
            do = f"give {who} a number there, or choose another emergency callback number"
            yield Finding(callbacks.RULE, choice.change.address, why, do)
    bare = {change.address: change for change in proposal.changes if takes(change) and _bare(change)}
    for address, user in _users(proposal, bare).items():
        if user not in to_be:
            who = "it" if user == address else user
            why = f"{who} is described to be called back at its number after an emergency"
            do = f"give {who} another emergency callback number in this plan, or before"
            yield Finding(callbacks.RULE, address, why, do, f"{callbacks.RULE}:{address}")


def _users(proposal: Proposal, bare: Mapping[str, Change]) -> dict[str, str]:
    """Who is described to be called back through one of these, by its address."""
    found = {}
    for one in proposal.resources() if bare else ():
        section = None if one.absent else one.fields.get(SECTION)
        if section and (member := whose(one.address, section)) in bare:
            found[member] = one.address
    return found


def _bare(change: Change) -> bool:
    """Whether it leaves somebody without a number that calls others back."""
    return taken_away(change) is not None or not change.want.get("phone_number")


def _unfit(choice: CallbackChoice, change: Change | None, proposal: Proposal) -> str:
    """Why the one who is chosen cannot be: without a number, or elsewhere; empty where nothing is known against it."""
    who, known = "it" if choice.after == choice.owner else choice.after, proposal.callbacks
    if _number(choice.after, change, proposal) == "":
        return f"{who} has no number to be called back at after this plan"
    if change is None and known is not None and known.members.get(choice.after) is False:
        return f"{who} has no active number to be called back at"
    here, there = _place(choice.owner, proposal), _place(choice.after, proposal)
    return f"{who} is at {there} and not at {here}" if here and there and here != there else ""


def _number(address: str, change: Change | None, proposal: Proposal) -> str | None:
    """The number that somebody has after the plan, empty for none; None where nobody knows."""
    if change is not None and (change.action == "delete" or loses_calling(change)):
        return ""
    if change is not None and (change.action == "create" or "phone_number" in change.want):
        return str(change.want.get("phone_number") or "")
    if change is not None and (kept := last_number(change)):
        return kept
    current = proposal.get(*split_address(address))
    known = current is not None and address.partition("/")[0] in CALLERS and "phone_number" in current.fields
    return str(current.fields["phone_number"] or "") if current is not None and known else None


def _place(address: str, proposal: Proposal) -> str:
    """Where somebody is after the plan; empty where nobody knows."""
    kind, key = split_address(address)
    if kind == "location":
        return key
    change = next((one for one in proposal.changes if one.address == address), None)
    if change is not None:
        return place_after(change, proposal.get)
    current = proposal.get(kind, key)
    return str((current.fields.get("location") if current else "") or "")
