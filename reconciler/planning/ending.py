"""What a plan comes to, as a command that shows it ends."""

from __future__ import annotations

from reconciler.errors import Exit
from reconciler.model.plan import Plan
from reconciler.planning.guards.complete import RULE


def exit_code(plan: Plan, untold: Exit = Exit.OK) -> Exit:
    """How a command that shows a plan ends: what a guard blocks counts even if nothing else is wrong. `untold`: what it
    comes to that something cannot be told, where that is no list on which others rest."""
    rules = {finding.rule for finding in plan.findings if not finding.lifted and not finding.aside}
    if rules - {RULE}:
        return Exit.REFUSED
    if plan.rehearsal and plan.rehearsal.refusals:
        return Exit.REFUSED
    if rules or any("." not in gap.partition(":")[0] for gap in plan.incomplete):
        return Exit.INCOMPLETE
    if any(finding.aside for finding in plan.findings):
        return Exit.PARTIAL
    if untold and plan.left_out:
        return untold
    return Exit.INCOMPLETE if plan.incomplete else Exit.OK
