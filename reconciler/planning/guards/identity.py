"""Where a directory owns people (`identity: directory` in tenant.yaml), names are read only, and nobody is created or
deleted: what was written here would be refused, or taken back by the next synchronisation. Licences, extension, number
and settings are still this tool's. Who was added by hand is in no directory, and only somebody who knows can say so: of
a delete that can be lifted.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import Finding
from reconciler.planning.guards.proposal import Proposal

RULE = "identity"
_PROFILE = ("first_name", "last_name", "display_name")
_OWNED = "the directory owns people here (identity: directory in tenant.yaml)"


def check(proposal: Proposal) -> Iterator[Finding]:
    if proposal.settings.get("identity") != "directory":
        return
    for change in proposal.changes:
        if change.kind != "person":
            continue
        if change.action == "create":
            why = f"they are not in Webex yet, and {_OWNED}"
            do = "add them to the directory, let it synchronise, and plan again"
        elif change.action == "update" and (names := [name for name in _PROFILE if name in change.want]):
            why = f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} read only: {_OWNED}"
            do = f"change it in the directory, or leave {', '.join(names)} out here"
        elif change.action == "delete":
            why = f"{_OWNED}: Webex refuses a delete, or the next synchronisation brings them back without calling"
            do = "remove them from the directory; to take calling away meanwhile, take the licences (licenses: [])"
            yield Finding(RULE, change.address, why, f"{do}. Who was added by hand is lifted", f"{RULE}:{change.key}")
            continue
        else:
            continue
        yield Finding(RULE, change.address, why, do)
