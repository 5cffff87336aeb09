"""Never the person whose token it is: who locks out the admin that does the work cannot even repair it.

Deleting, moving, and taking a licence away is what locks out. Nothing lifts this: another admin's token does. It is
looked at again when the plan is applied, because that may be with another token than the plan was made with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.model.plan import Change, Finding
from reconciler.model.remote_id import uuid_of
from reconciler.planning.guards.proposal import Proposal
from reconciler.planning.taking import taken_away

RULE = "own-admin"


def check(proposal: Proposal) -> Iterator[Finding]:
    yield from findings(proposal.changes, proposal.me)


def findings(changes: Iterable[Change], me: frozenset[str]) -> Iterator[Finding]:
    """What these changes do to the person of whom `me` are id (uuid) and e-mails."""
    for change in changes if me else ():
        what = _what(change) if change.kind == "person" else ""
        if what and ({change.key.casefold(), uuid_of(change.id)} & me):
            yield Finding(
                RULE,
                change.address,
                f"this is the person whose token is used: they would be {what}",
                "use the token of another admin",
            )


def _what(change: Change) -> str:
    if change.action != "update" or "licenses" not in change.want:
        return taken_away(change) or ""
    lost = set(change.before.get("licenses") or ()) - set(change.want["licenses"] or ())
    return f"left without {', '.join(sorted(lost))}" if lost else taken_away(change) or ""
