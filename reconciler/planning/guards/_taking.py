"""What a change takes away from somebody, in words that rules share."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.address import matches
from reconciler.model.calling import loses_calling
from reconciler.model.plan import Change
from reconciler.model.text import normal
from reconciler.planning.reversal import moves


def taken_away(change: Change) -> str:
    """Whether a change deletes, moves, or takes calling away: what it does in words, empty when none of these."""
    if change.action == "delete":
        return "deleted"
    if change.action != "update":
        return ""
    if moves(change):
        return "moved to another location"
    return "left without calling" if loses_calling(change) else ""


def entry_for(change: Change, entries: Mapping[str, str]) -> str:
    """The entry that names what a change is about, empty when none does: by its address, or by another name that it
    has. Case does not matter: an entry that is written in another one must not protect nothing."""
    names = [change.address, *(f"{change.kind}/{alias}" for alias in change.facts.get("aliases", ()))]
    folded = [name.casefold() for name in names]
    return next((entry for entry in entries if any(matches(normal(entry).casefold(), name) for name in folded)), "")
