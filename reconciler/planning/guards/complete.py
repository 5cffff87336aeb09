"""Deletes rest on lists that are proven complete: absence in a short list is not absence (design §4.2). That of a
number also rests on whose it is (carriers.py)."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds import sections_of
from reconciler.model.plan import Change, Finding
from reconciler.planning.guards.proposal import Proposal

RULE = "incomplete-snapshot"
_DO = "plan again when it can be read whole; `reconcile export` says what is missing"
_ALSO = {"number": ("location.pstn",)}


def check(proposal: Proposal) -> Iterator[Finding]:
    for change in (change for change in proposal.changes if change.action == "delete"):
        if why := _unread(proposal, change):
            yield Finding(RULE, change.address, f"it could not be read whole: {why}", _DO)
        names = (change.kind, *_ALSO.get(change.kind, ())) if proposal.gaps else ()
        for name in [name for name in names if name in proposal.gaps][:1]:
            yield Finding(
                RULE,
                change.address,
                f"the list of {name} is not proven complete: {proposal.gaps[name]}",
                _DO,
            )


def _unread(proposal: Proposal, change: Change) -> str:
    """What could not be told of the resource itself: where it is, what it holds."""
    current = proposal.get(change.kind, change.key)
    unknown = current.unknown if current else {}
    return next((f"{name}: {why}" for name, why in unknown.items() if name not in sections_of(change.kind)), "")
