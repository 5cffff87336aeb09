"""Trunks that are down or carry nothing, and dial plans that match nothing."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.insights.facts import TenantFacts, members
from reconciler.insights.rule import Hit, Rule, about

#: Where a trunk's state and use may stand: in its list, or in what else is read of it.
_TRUNKS = ("trunk", "trunk.details", "trunk_details")
_PLANS = ("dial_plan", "dial_plan.patterns")


def _offline(facts: TenantFacts) -> Iterator[Hit]:
    for kind in _TRUNKS:
        for trunk in facts.all(kind):
            status = trunk.fields.get("status")
            if isinstance(status, str) and status.lower() not in ("online", "active"):
                hit = about(trunk, f"is {status.lower()}")
                yield Hit(f"trunk/{trunk.key}", hit.what, hit.location)


def _unused(facts: TenantFacts) -> Iterator[Hit]:
    for kind in _TRUNKS:
        for trunk in facts.all(kind):
            if trunk.fields.get("in_use") is False:
                hit = about(trunk, "no location, route group or dial plan uses it")
                yield Hit(f"trunk/{trunk.key}", hit.what, hit.location)


def _empty_plan(facts: TenantFacts) -> Iterator[Hit]:
    for kind in _PLANS:
        for plan in facts.all(kind):
            if [] in (members(plan, "dial_patterns"), members(plan, "patterns")):
                yield Hit(f"dial_plan/{plan.key}", "has no patterns")


RULES = (
    Rule(
        id="trunk-offline",
        severity="critical",
        title="Trunks that are not online",
        why="No call passes it: locations that have only this way are cut off, from emergency services too.",
        fix="Look at the local gateway and its registration; route around it until it is back.",
        needs=("trunk",),
        check=_offline,
    ),
    Rule(
        id="trunk-unused",
        severity="info",
        title="Trunks that nothing uses",
        why="A registered gateway that nobody looks after is a way in.",
        fix="Use it, or delete the trunk and switch the gateway off.",
        needs=("trunk",),
        check=_unused,
    ),
    Rule(
        id="dial-plan-empty",
        severity="warning",
        title="Dial plans without patterns",
        why="No call ever takes it; whoever made it believes that some do.",
        fix="Add its patterns, or delete it.",
        needs=("dial_plan",),
        check=_empty_plan,
    ),
)
