"""Two changes that want different things of one resource, number or extension: only one of them can be meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from reconciler.model.plan import Change, Finding
from reconciler.planning.guards.proposal import Proposal

RULE = "contradiction"
_DO = "decide which of the two is meant"


def check(proposal: Proposal) -> Iterator[Finding]:
    takers: dict[str, list[Change]] = defaultdict(list)
    same: dict[str, list[Change]] = defaultdict(list)
    for change in proposal.changes:
        same[change.address].append(change)
        for claim in change.takes:
            takers[claim].append(change)
    for address, changes in same.items():
        if len(changes) > 1:
            why = (
                f"the plan wants {len(changes)} different things of it: {', '.join(sorted(c.action for c in changes))}"
            )
            yield Finding(RULE, address, why, _DO)
    for claim, changes in takers.items():
        for change in changes if len(changes) > 1 else ():
            others = ", ".join(sorted(other.address for other in changes if other is not change))
            yield Finding(RULE, change.address, f"{_said(claim)} is wanted by {others} too", _DO)


def _said(claim: str) -> str:
    """`extension 100 at London HQ`, `number +44…`."""
    space, within, value = claim.split(":", 1)[0], *claim.split(":", 1)[1].rsplit(":", 1)
    return f"{space.replace('_', ' ')} {value}" + (f" at {within}" if within else "")
