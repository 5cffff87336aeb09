"""`protect` in desired/tenant.yaml: these addresses are not deleted, not moved, and do not lose calling.

Protection stands outside the resource's own block, so removing that lifts nothing (terraform#17599). Nor does removing
the entry in the same change that takes the resource away: what counts is every entry that stands there now, and every
one that stood there before this change (repository/local/protection.py says where that is looked up). It is lifted in
two steps, each of which somebody sees, or by name.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import Change, Finding
from reconciler.planning.guards._taking import entry_for, taken_away
from reconciler.planning.guards.proposal import Proposal

_TENANT = "desired/tenant.yaml"


def check(proposal: Proposal) -> Iterator[Finding]:
    now = dict.fromkeys(proposal.settings.get("protect", ()), _TENANT)
    for change in proposal.changes:
        what = taken_away(change)
        if not what:
            continue
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


_LIFT = "take it from `protect` in a change of its own, then plan again"


def _finding(change: Change, why: str, do: str) -> Finding:
    return Finding("protected", change.address, why, do, f"protected:{change.address}")
