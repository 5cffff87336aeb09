"""Numbers that the API must not touch: where the PSTN connection is integrated, the carrier brings them, and the API
does not promise to refuse what corrupts them; and without a connection there are none (webex-behaviour.md §4)."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.claims import numbered
from reconciler.model.plan import Finding
from reconciler.planning.guards.proposal import Proposal

_OURS = frozenset({"LOCAL_GATEWAY", "NON_INTEGRATED_CCP"})
#: Rule, why and what to do; `unknown` types are taken for a carrier's.
_NONE = ("no-pstn", "{} has no PSTN connection, which numbers need", "describe pstn of location {} in desired/")
_THEIRS = (
    "integrated-pstn",
    "the numbers of {} come from its carrier ({}), and changing them by API may corrupt them",
    "order, return or switch them at the carrier, or in Control Hub",
)


def check(proposal: Proposal) -> Iterator[Finding]:
    places = numbered(proposal.changes)
    made = {change.key for change in proposal.changes if change.kind == "location.pstn"} if places else set()
    for change in proposal.changes if places else ():
        place = places.get(change.address, "")
        current = proposal.get("location", place) if place else None
        kind = current.facts.get("pstn") if current else None
        if kind is None or kind in _OURS or (not kind and place in made):
            continue
        rule, why, do = _THEIRS if kind else _NONE
        yield Finding(rule, change.address, why.format(place, kind), do.format(place), f"{rule}:{place}")
