"""Deletes rest on lists that are proven complete: absence in a short list is not absence (design §4.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.plan import Change, Finding

RULE = "incomplete-snapshot"


def check(changes: list[Change], tenant: Mapping[str, Any], managed: int, gaps: Mapping[str, str]) -> Iterator[Finding]:
    for change in changes:
        reason = gaps.get(change.kind, "")
        if change.action == "delete" and reason:
            yield Finding(
                RULE,
                change.address,
                f"the list of {change.kind} is not proven complete: {reason}",
                "run reconcile export until it is complete",
            )
