"""`limits` in desired/tenant.yaml: more deletes or updates than this in one plan are a mistake until confirmed.

Absolute and percent hold together: the plan is blocked when either is passed. Percent counts of what is
managed, and only where ten or more resources are, because a percentage of few says nothing (octoDNS's lesson).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.plan import Change, Finding

_FEW = 10


def check(changes: list[Change], tenant: Mapping[str, Any], managed: int, gaps: Mapping[str, str]) -> Iterator[Finding]:
    for action, limit in tenant.get("limits", {}).items():
        hit = [change for change in changes if change.action == action]
        excess = _excess(len(hit), limit, managed)
        if excess:
            do = f"raise limits.{action} in desired/tenant.yaml for this change, or plan a part with --target"
            yield from (Finding("limits", change.address, f"{len(hit)} {action}s, {excess}", do) for change in hit)


def _excess(count: int, limit: Mapping[str, Any] | None, managed: int) -> str:
    limit = limit or {}
    most, percent = limit.get("max"), limit.get("percent")
    if most is not None and count > most:
        return f"more than limits.max {most}"
    if percent is not None and managed >= _FEW and count * 100 > percent * managed:
        return f"{count * 100 / managed:.1f} % of {managed} managed, more than limits.percent {percent}"
    return ""
