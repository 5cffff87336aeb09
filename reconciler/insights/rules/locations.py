"""Locations that cannot be called, cannot call out, or cannot be called back in an emergency."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.insights.facts import TenantFacts, at
from reconciler.insights.rule import Hit, Rule, about
from reconciler.model.snapshot import Current

ECBN = "location.emergency_callback_number"


def _calling(facts: TenantFacts) -> Iterator[Current]:
    """Locations where calling is known to be enabled."""
    return (location for location in facts.all("location") if location.fields.get("calling"))


def _no_main_number(facts: TenantFacts) -> Iterator[Hit]:
    for location in _calling(facts):
        if not location.fields["calling"].get("main_number"):
            yield about(location, "calling is enabled without a main number")


def _no_emergency_number(facts: TenantFacts) -> Iterator[Hit]:
    for section in facts.all(ECBN):
        info = section.fields.get("location_info")
        if isinstance(info, dict) and not (info.get("effective_value") or info.get("phone_number")):
            selected = section.fields.get("selected") or info.get("effective_level") or "nothing"
            yield about(section, f"no emergency callback number results ({selected} is selected)")


def _no_pstn(facts: TenantFacts) -> Iterator[Hit]:
    for location in _calling(facts):
        pstn = location.fields.get("pstn")
        if isinstance(pstn, dict) and not any(at(pstn, way) for way in ("trunk", "route_group", "provider")):
            yield about(location, "calling is enabled without a PSTN connection")


def _shared_prefix(facts: TenantFacts) -> Iterator[Hit]:
    seen: dict[str, str] = {}
    for location in _calling(facts):
        prefix = str(location.fields["calling"].get("routing_prefix") or "")
        if prefix and prefix in seen:
            yield about(location, f"routing prefix {prefix} is also that of {seen[prefix]}")
        elif prefix:
            seen[prefix] = location.address


RULES = (
    Rule(
        id="location-without-main-number",
        severity="serious",
        title="Locations without a main number",
        why="Calls of people without a number show no caller id, and calls to an emergency service may fail.",
        fix="Set calling.main_number of the location to one of its numbers.",
        needs=("location",),
        check=_no_main_number,
    ),
    Rule(
        id="location-without-emergency-number",
        severity="critical",
        title="Locations without an emergency callback number",
        why="When a call to an emergency service breaks off, nobody can call back: in many countries against the law.",
        fix="Give the location a main number or an emergency callback number that is active and staffed.",
        needs=(ECBN,),
        check=_no_emergency_number,
    ),
    Rule(
        id="location-without-pstn",
        severity="serious",
        title="Locations without a way to the PSTN",
        why="Nobody there can call out, emergency services included, and numbers cannot be added.",
        fix="Set pstn of the location: a trunk, a route_group or a provider.",
        needs=("location",),
        check=_no_pstn,
    ),
    Rule(
        id="routing-prefix-shared",
        severity="serious",
        title="Locations that share a routing prefix",
        why="A call by prefix and extension can end at the wrong location.",
        fix="Give each location a routing_prefix of its own.",
        needs=("location",),
        check=_shared_prefix,
    ),
)
