"""Deletes rest on lists that are proven complete: absence in a short list is not absence (design §4.2)."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guard.proposal import Proposal
from reconciler.model.plan import Finding

RULE = "incomplete-snapshot"


def check(proposal: Proposal) -> Iterator[Finding]:
    for change in proposal.changes:
        reason = proposal.gaps.get(change.kind, "")
        if change.action == "delete" and reason:
            yield Finding(
                RULE,
                change.address,
                f"the list of {change.kind} is not proven complete: {reason}",
                "plan again when it can be read whole; `reconcile export` says what is missing",
            )
