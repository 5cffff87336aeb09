"""Named safety rules, outside the desired resources, so that removing a block does not lift its protection.

A rule is a function `Proposal -> findings` in a file of its own; a finding blocks its change, or the whole plan where
it is about no change of it, and the plan is printed all the same. Some can be lifted, each by its name; what the API
cannot do and what would lock everybody out cannot.
"""

from __future__ import annotations

from collections.abc import Collection

from reconciler.guard import (
    bounds,
    carried,
    carriers,
    complete,
    contradiction,
    extensions,
    licenses,
    limits,
    numbers,
    overrides,
    own_admin,
    places,
    prefixes,
    protected,
    required,
    secrets,
    still_used,
)
from reconciler.guard.proposal import Managed, Proposal
from reconciler.model.plan import Finding

__all__ = ["Managed", "Proposal", "findings", "judged"]

#: In this order; each sees what the ones before left open, so that what is blocked anyway is not counted by the last.
_RULES = (
    secrets.check,
    own_admin.check,
    protected.check,
    required.check,
    complete.check,
    still_used.check,
    carried.check,
    contradiction.check,
    places.check,
    carriers.check,
    numbers.check,
    extensions.check,
    prefixes.check,
    bounds.check,
    licenses.check,
    limits.check,
)


def findings(proposal: Proposal, lift: Collection[str] = ()) -> list[Finding]:
    """What the rules object to; the changes concerned are marked as blocked. `lift` are names of findings that block
    nothing: UsageError where such a name is none of this plan's."""
    found = judged(proposal, lift)
    overrides.refuse_idle(lift, found)
    return found


def judged(proposal: Proposal, lift: Collection[str] = ()) -> list[Finding]:
    """As `findings`, but names that lift nothing are let pass."""
    found = [
        Finding("refused", change.address, change.blocked, "change or remove what the desired state asks for")
        for change in proposal.changes
        if change.blocked
    ]
    by_address = {change.address: change for change in proposal.changes}
    for rule in _RULES:
        for finding in rule(proposal.open()):
            found.append(finding)
            finding.lifted = finding.override in lift
            if not finding.lifted and finding.address in by_address:
                by_address[finding.address].blocked = f"{finding.rule}: {finding.why}"
    return sorted(found, key=lambda finding: (finding.address, finding.rule, finding.override))
