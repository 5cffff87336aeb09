"""The part of a plan that can be carried out without a second thought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconciler.model.plan import Finding, Plan
from reconciler.planning import guards
from reconciler.planning.guards import Population, Proposal
from reconciler.planning.order import operations
from reconciler.planning.reversal import safe_part


def safe(plan: Plan, settings: Mapping[str, Any]) -> Plan:
    """The part of a plan that destroys nothing, can be taken back, and rests on nothing that is left out: a plan of its
    own, to be looked at and approved by its own digest. What nobody can tell or is set aside stays in it, as said.
    `settings` is tenant.yaml as it was set."""
    apart = plan.left_out
    kept, before = [change for change in plan.changes if change.address not in apart], -1
    found: list[Finding] = []
    while len(kept) != before:
        before = len(kept)
        addresses = safe_part(kept, operations(kept))
        kept = [change for change in kept if change.address in addresses]
        # what was left out may have been what made the rest possible
        judged = guards.judged(Proposal(kept, settings, Population(plan.managed)), plan.overrides)
        kept, found = list(judged.changes), judged.findings
    found += _standing(plan, {change.address for change in kept}, found)
    left = [change for change in plan.changes if change.address in apart]
    return replace(
        plan,
        changes=sorted([*kept, *left], key=lambda change: change.address),
        operations=operations(kept),
        findings=found,
        overrides=sorted({finding.override for finding in found if finding.lifted}),
        scope={**plan.scope, "only": ["safe"]},
        made_at="",
        budget=None,
    )


def _standing(plan: Plan, kept: set[str], found: list[Finding]) -> list[Finding]:
    """What leaving changes out does not settle: findings about the plan as a whole, and what was lifted for a change
    that is kept, which without the tenant at hand may not be found again."""
    about, again = {change.address for change in plan.changes}, {(one.address, one.rule, one.override) for one in found}
    return [
        finding
        for finding in plan.findings
        if (finding.address not in about or finding.aside or (finding.lifted and finding.address in kept))
        and (finding.address, finding.rule, finding.override) not in again
    ]
