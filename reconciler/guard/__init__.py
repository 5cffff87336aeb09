"""Named safety rules, outside the desired resources, so that removing a block does not lift its protection.

A rule is a function `(plan inputs) -> findings` in a file of its own; every finding blocks its change, and the
plan is printed all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.guard import carried, complete, limits, protected, still_used
from reconciler.model.plan import Change, Finding

_RULES = (protected.check, complete.check, still_used.check, carried.check, limits.check)


def findings(changes: list[Change], tenant: Mapping[str, Any], managed: int, gaps: Mapping[str, str]) -> list[Finding]:
    """What the rules object to; the changes concerned are marked as blocked."""
    found = [
        Finding("refused", change.address, change.blocked, "change or remove what the desired state asks for")
        for change in changes
        if change.blocked
    ]
    by_address = {change.address: change for change in changes}
    for rule in _RULES:
        open_changes = [change for change in changes if not change.blocked]
        for finding in rule(open_changes, tenant, managed, gaps):
            found.append(finding)
            by_address[finding.address].blocked = f"{finding.rule}: {finding.why}"
    return sorted(found, key=lambda finding: (finding.address, finding.rule))
