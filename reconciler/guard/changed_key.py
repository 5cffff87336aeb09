"""A create that is probably a changed key: exactly one object that nobody describes has its number, its extension, its
address or its look. Made anew there would be two, and everything at a location would move. Lifted by name."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guard.proposal import Proposal
from reconciler.model.plan import Finding
from reconciler.model.text import IN_CASE

RULE = "changed-key"


def check(proposal: Proposal) -> Iterator[Finding]:
    for change in proposal.changes:
        other = proposal.fits.get(change.address) if change.action == "create" else ""
        if other:
            why = f"this seems to be {other}, and is not described: with a new one there would be two"
            do = "describe it under the name that it has, or rename it in Control Hub first"
            if other.endswith(IN_CASE):
                why = f"there is {other}: where the tenant ignores case the two are one, else people take them for one"
                do = "describe it under the name that it has, or choose another name"
            yield Finding(RULE, change.address, why, do, f"{RULE}:{change.address}")
