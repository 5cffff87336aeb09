"""A create that is probably a changed key: exactly one object that nobody describes has its number, its extension, its
address or its look. Made anew there would be two, and everything at a location would move. Lifted by name."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds import kind as kind_named
from reconciler.model.address import split_address
from reconciler.model.plan import Finding
from reconciler.planning.guards.proposal import Proposal

RULE = "changed-key"


def check(proposal: Proposal) -> Iterator[Finding]:
    for change in proposal.changes:
        fit = proposal.fits.get(change.address) if change.action == "create" else None
        if fit:
            why = f"this seems to be {fit.in_words()}, and is not described: with a new one there would be two"
            do = "describe it under the name that it has, or rename it in Control Hub first"
            if not fit.in_case and kind_named(change.kind).renames:
                do = f"if it is that one, write `was: {split_address(fit.other)[1]}`, which renames it; else lift this"
            if fit.in_case:
                same = "where the tenant ignores case the two are one, else people take them for one"
                why = f"there is {fit.in_words()}: {same}"
                do = "describe it under the name that it has, or choose another name"
            yield Finding(RULE, change.address, why, do, f"{RULE}:{change.address}")
