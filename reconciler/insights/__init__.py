"""What is wrong in a tenant, and what to do about it: rules over a snapshot; data in, data out.

`judge(snapshot)` runs every rule of `rules/` and those of `desired/insights.yaml`; `risk` makes a score of the result.
"""

from __future__ import annotations

from reconciler.insights.facts import ReadableSnapshot, TenantFacts
from reconciler.insights.judgement import InsightsFound, judge, known_rules
from reconciler.insights.risk import RiskScore
from reconciler.insights.rule import SEVERITIES, Insight, Rule, Severity

__all__ = [
    "SEVERITIES",
    "Insight",
    "InsightsFound",
    "ReadableSnapshot",
    "RiskScore",
    "Rule",
    "Severity",
    "TenantFacts",
    "judge",
    "known_rules",
]
