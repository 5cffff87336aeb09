"""`protect` in desired/tenant.yaml: these addresses are not deleted and not moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.address import matches
from reconciler.model.plan import Change, Finding


def check(changes: list[Change], tenant: Mapping[str, Any], managed: int, gaps: Mapping[str, str]) -> Iterator[Finding]:
    for change in changes:
        pattern = next((p for p in tenant.get("protect", ()) if matches(p, change.address)), "")
        moves = change.action == "update" and "location" in change.want and change.before.get("location")
        if pattern and (change.action == "delete" or moves):
            yield Finding(
                "protected",
                change.address,
                f"desired/tenant.yaml protects {pattern}",
                "take it from `protect` in a change of its own, then plan again",
            )
