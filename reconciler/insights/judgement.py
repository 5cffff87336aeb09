"""All rules over one snapshot."""

from __future__ import annotations

import pkgutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from reconciler.insights.custom import NOTHING, Tuning, compiled
from reconciler.insights.facts import ReadableSnapshot, TenantFacts
from reconciler.insights.risk import RiskScore, risks
from reconciler.insights.rule import SEVERITIES, Insight, Rule, Severity


@dataclass(frozen=True)
class InsightsFound:
    """What the rules found, worst first; `risk` by address of the location or queue; `silent` maps a rule to the kinds
    that it lacks, so that it had nothing to say; `rules` are all that were asked, with their severities."""

    insights: tuple[Insight, ...]
    risk: tuple[RiskScore, ...]
    silent: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, Severity]

    @property
    def counts(self) -> dict[Severity, int]:
        """How many of each severity, worst first."""
        found = Counter(insight.severity for insight in self.insights)
        return {severity: found[severity] for severity in reversed(SEVERITIES)}

    def at_least(self, severity: Severity) -> tuple[Insight, ...]:
        """Those of a severity and worse."""
        bound = SEVERITIES.index(severity)
        return tuple(one for one in self.insights if SEVERITIES.index(one.severity) >= bound)

    def to_json(self, severity: Severity = "info") -> dict[str, Any]:
        return {
            "counts": self.counts,
            "insights": [one.to_json() for one in self.at_least(severity)],
            "risk": [one.to_json() for one in self.risk],
            "rules": dict(self.rules),
            "silent": {rule: list(kinds) for rule, kinds in sorted(self.silent.items())},
        }


@cache
def known_rules() -> Mapping[str, Rule]:
    """The rules that come along, by id; found by looking into the folder `rules/`, never listed."""
    package = import_module("reconciler.insights.rules")
    found: dict[str, Rule] = {}
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.startswith("_"):
            for rule in import_module(f"{package.__name__}.{module.name}").RULES:
                assert rule.id not in found, f"two rules are called {rule.id}"
                found[rule.id] = rule
    return MappingProxyType(dict(sorted(found.items())))


def judge(snapshot: ReadableSnapshot, tuning: Tuning = NOTHING) -> InsightsFound:
    """Every rule that is not disabled, over one snapshot. The same snapshot gives the same result."""
    facts = TenantFacts(snapshot)
    chosen = [rule for rule in (*known_rules().values(), *compiled(tuning)) if rule.id not in tuning.disable]
    insights: list[Insight] = []
    silent: dict[str, tuple[str, ...]] = {}
    severities = {rule.id: tuning.severity.get(rule.id, rule.severity) for rule in chosen}
    for rule in chosen:
        if lacks := rule.lacks(facts):
            silent[rule.id] = lacks
            continue
        for hit in rule.check(facts):
            text = (rule.title, rule.why, rule.fix)
            insights.append(Insight(rule.id, severities[rule.id], hit.address, hit.what, hit.location, *text))
    insights.sort(key=Insight.order)
    return InsightsFound(
        tuple(insights), risks(facts, insights), MappingProxyType(silent), MappingProxyType(severities)
    )
