"""The access token as a value: in git it is everybody's, and in the tenant as well. Neither is written any further."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reconciler.masking import holds_secret, masked_values
from reconciler.model.plan import Change, Finding
from reconciler.planning.guards.proposal import Proposal

RULE = "secret"


def check(proposal: Proposal) -> Iterator[Finding]:
    """A finding for each change that would write it; such a change goes on `masked`."""
    for change in proposal.changes:
        if holds_secret([change.key, change.want]):
            fields = [name for name, value in change.want.items() if holds_secret(value)] or ["its key"]
            why = f"the access token, or what renews it, stands in {', '.join(fields)}"
            yield Finding(
                RULE, change.address, why, "take it out, and revoke it: whoever reads the repository has it", ""
            )


def masked(change: Change) -> Change:
    """The change without the values that are nobody's to see."""
    return replace(change, want=masked_values(change.want), before=masked_values(change.before))
