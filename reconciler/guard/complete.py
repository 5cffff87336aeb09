"""Deletes rest on lists that are proven complete: absence in a short list is not absence (design §4.2). That of a
number also rests on whose it is (carriers.py)."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guard.proposal import Proposal
from reconciler.model.plan import Finding

RULE = "incomplete-snapshot"
_ALSO = {"number": ("location.pstn",)}


def check(proposal: Proposal) -> Iterator[Finding]:
    for change in proposal.changes if proposal.gaps else ():
        names = (change.kind, *_ALSO.get(change.kind, ())) if change.action == "delete" else ()
        for name in [name for name in names if name in proposal.gaps][:1]:
            yield Finding(
                RULE,
                change.address,
                f"the list of {name} is not proven complete: {proposal.gaps[name]}",
                "plan again when it can be read whole; `reconcile export` says what is missing",
            )
