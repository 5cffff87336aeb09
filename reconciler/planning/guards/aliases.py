"""Nobody is described under an alias: their key is the address that they sign in with, and writing another in its place
would change the login. What else is planned goes on."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import Finding
from reconciler.planning.guards.proposal import Proposal

RULE = "alias"


def check(proposal: Proposal) -> Iterator[Finding]:
    for change in proposal.changes:
        if primary := change.facts.get("alias_of"):
            why = f"{change.key} is an alias of {change.kind}/{primary}, which is the address that they sign in with"
            do = f"describe them as {primary}. To make {change.key} the primary address again is a renaming: "
            do += f"`was: {primary}` will say so once that is offered; until then do it in Control Hub"
            yield Finding(RULE, change.address, why, do)
