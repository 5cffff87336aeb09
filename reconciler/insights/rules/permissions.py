"""Who may make expensive calls although the location does not allow them."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.insights.facts import TenantFacts, at
from reconciler.insights.rule import Hit, Rule, about

_PREMIUM = ("PREMIUM_SERVICES_I", "PREMIUM_SERVICES_II")


def _allowed(facts: TenantFacts, types: tuple[str, ...], what: str) -> Iterator[Hit]:
    """Owners whose own permissions allow what those of their location do not."""
    places = {location.key: location.fields.get("outgoing_permissions") or {} for location in facts.all("location")}
    for kind in ("person", "workspace"):
        for current in facts.all(kind):
            own = current.fields.get("outgoing_permissions") or {}
            place = places.get(current.fields.get("location") or "") or {}
            wider = [t for t in types if at(own, f"{t}.action") == "ALLOW" != at(place, f"{t}.action")]
            if own.get("custom") and wider:
                yield about(current, f"custom permissions allow {what}; the location does not")


def _international(facts: TenantFacts) -> Iterator[Hit]:
    return _allowed(facts, ("INTERNATIONAL",), "international calls")


def _premium(facts: TenantFacts) -> Iterator[Hit]:
    return _allowed(facts, _PREMIUM, "premium numbers")


_NEEDS = ("person", "location")
RULES = (
    Rule(
        id="international-allowed",
        severity="warning",
        title="International calls allowed to single people or rooms",
        why="Toll fraud uses exactly such exceptions, and nobody reviews them.",
        fix="Set outgoing_permissions to null to take the location's, or keep the exception and write down why.",
        needs=_NEEDS,
        check=_international,
    ),
    Rule(
        id="premium-allowed",
        severity="serious",
        title="Premium numbers allowed to single people or rooms",
        why="One call an hour to a premium number costs more than the licence; it is the usual aim of toll fraud.",
        fix="Block PREMIUM_SERVICES_I and PREMIUM_SERVICES_II in outgoing_permissions.",
        needs=_NEEDS,
        check=_premium,
    ),
)
