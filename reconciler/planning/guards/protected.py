"""`protect` in desired/tenant.yaml: these addresses are not deleted, not moved, and do not lose calling.

Protection stands outside the resource's own block, so removing that lifts nothing (terraform#17599). Nor does removing
the entry in the same change that takes the resource away: what counts is every entry that stands there now, and every
one that stood there before this change (repository/local/protection.py says where that is looked up). It is lifted in
two steps, each of which somebody sees, or by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.address import matches
from reconciler.model.plan import Change, Finding
from reconciler.model.text import normal
from reconciler.planning.guards.proposal import Proposal

_TENANT = "desired/tenant.yaml"


def check(proposal: Proposal) -> Iterator[Finding]:
    now = dict.fromkeys(proposal.settings.get("protect", ()), _TENANT)
    for change, what in proposal.taking:
        if entry := entry_for(change, now):
            yield _finding(change, f"{_TENANT} protects {entry}: it is not {what}", _LIFT)
            continue
        earlier = proposal.earlier()  # asked only here: it costs a look into git
        if entry := entry_for(change, earlier.protect):
            why = f"{earlier.protect[entry]} protects {entry}: taking that away in the same change lifts nothing"
            yield _finding(change, why, "let the change of tenant.yaml land first, and this in the next one")
        elif earlier.unknown:
            why = f"whether it was protected before this change cannot be told: {earlier.unknown}"
            yield _finding(change, why, "fetch the history (actions/checkout: fetch-depth: 0)")


def entry_for(change: Change, entries: Mapping[str, str]) -> str:
    """The entry that names what a change is about, empty when none does: by its address, or by another name that it
    has. Case does not matter: an entry that is written in another one must not protect nothing."""
    names = [change.address, *(f"{change.kind}/{alias}" for alias in change.facts.get("aliases", ()))]
    folded = [name.casefold() for name in names]
    return next((entry for entry in entries if any(matches(normal(entry).casefold(), name) for name in folded)), "")


_LIFT = "take it from `protect` in a change of its own, then plan again"


def _finding(change: Change, why: str, do: str) -> Finding:
    return Finding("protected", change.address, why, do, f"protected:{change.address}")
