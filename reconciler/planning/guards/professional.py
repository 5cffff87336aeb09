"""What workspaces of the basic tier have not: a PUT of their secondary numbers answers 405/25409 (webex-behaviour.md
§13; seen live)."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.people.license import plain_name
from reconciler.model.plan import Change, Finding
from reconciler.planning.guards.proposal import Proposal

RULE = "workspace-tier"
#: Licences of the basic tier.
BASIC = frozenset({"Webex Calling - Workspaces", "Webex Calling - Hot desk only"})


def check(proposal: Proposal) -> Iterator[Finding]:
    for change in proposal.changes:
        if change.kind != "workspace.numbers" or change.action not in ("create", "update"):
            continue
        name = _license(change, proposal.by_address.get(f"workspace/{change.key}"), proposal)
        if plain_name(name) in BASIC and change.want.get("secondary"):
            why = f"with {name} it has no secondary numbers (25409)"
            do = "leave them out, or give it Webex Calling - Professional when it is created"
            yield Finding(RULE, change.address, why, do, f"{RULE}:{change.key}")


def _license(change: Change, owner: Change | None, proposal: Proposal) -> str:
    if owner is not None and owner.want.get("license"):
        return str(owner.want["license"])
    current = proposal.get("workspace", change.key)
    return str((current.fields.get("license") if current else "") or "")
