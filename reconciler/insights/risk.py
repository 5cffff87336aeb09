"""A risk score per location and per queue, from 0 (nothing found) towards 100; the same findings, the same score.

points = Σ over rules of weight × (1 + 1/2 + … + 1/n), n being how many findings of that rule concern the place
score  = 100 × points / (points + 50), to one decimal

Weights: critical 40, serious 15, warning 5, info 1 (one critical finding alone: 44; one serious 23; one warning 9). A
thousand findings of one rule are one habit, not a thousand dangers: hence the sum that grows ever more slowly. Every
further finding raises the points, and nothing passes 100. A location is concerned by what is found at it; a queue by
what is found on itself and on its agents.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reconciler.insights.facts import TenantFacts, addresses, members
from reconciler.insights.rule import SEVERITIES, Insight, Severity
from reconciler.model.address import owner_address

WEIGHTS: dict[Severity, int] = {"critical": 40, "serious": 15, "warning": 5, "info": 1}
#: So many points are a score of 50.
HALF = 50
QUEUE = "call_queue"


@dataclass(frozen=True)
class RiskScore:
    """The score of one location or queue, and how many findings of each severity (worst first) it comes from."""

    address: str
    score: float
    points: float
    counts: dict[Severity, int]

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))


def risks(facts: TenantFacts, insights: Iterable[Insight]) -> tuple[RiskScore, ...]:
    """Of every location, then of every queue; the riskiest of each first."""
    by_place: dict[str, list[Insight]] = defaultdict(list)
    by_owner: dict[str, list[Insight]] = defaultdict(list)
    for insight in insights:
        by_place[insight.location].append(insight)
        by_owner[owner_address(insight.address)].append(insight)
    locations = [score(location.address, by_place[location.key]) for location in facts.all("location")]
    queues = []
    for queue in facts.all(QUEUE):
        concerned = {queue.address, *addresses(members(queue, "agents"))}
        found = [insight for address in sorted(concerned) for insight in by_owner.get(address, ())]
        queues.append(score(queue.address, found))
    return tuple(sorted(locations, key=_worst) + sorted(queues, key=_worst))


def score(address: str, insights: Iterable[Insight]) -> RiskScore:
    """The risk that these findings are, whatever their order."""
    found = list(insights)
    by_rule = Counter((insight.rule, insight.severity) for insight in found)
    points = sum(WEIGHTS[severity] * _harmonic(count) for (_, severity), count in sorted(by_rule.items()))
    severities = Counter(insight.severity for insight in found)
    counts = {severity: severities[severity] for severity in reversed(SEVERITIES)}
    return RiskScore(address, round(100 * points / (points + HALF), 1), round(points, 3), counts)


def _harmonic(count: int) -> float:
    return sum(1 / nth for nth in range(1, count + 1))


def _worst(risk: RiskScore) -> tuple[float, str]:
    return (-risk.points, risk.address)
