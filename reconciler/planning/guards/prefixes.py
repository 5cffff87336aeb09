"""A routing prefix that another location has (5600, webex-behaviour.md §3). One that the plan itself gives out twice is
a contradiction."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import Finding
from reconciler.planning.guards.proposal import Proposal

RULE = "routing-prefix"
_KIND = "location.calling"


def check(proposal: Proposal) -> Iterator[Finding]:
    wanting = [c for c in proposal.changes if c.kind == _KIND and c.want.get("routing_prefix")]
    held = _held(proposal) if wanting else {}
    for change in wanting:
        prefix = change.want["routing_prefix"]
        claim = f"routing_prefix::{prefix}"
        holder = held.get(prefix) or proposal.held(claim) or change.key
        if holder != change.key and claim not in proposal.freed:
            why = f"{holder} has the routing prefix {prefix}, which can be given once in a tenant"
            yield Finding(RULE, change.address, why, "choose another one", f"{RULE}:{prefix}")


def _held(proposal: Proposal) -> dict[str, str]:
    """Prefix to location, of the locations that are described."""
    addresses = proposal.managed.addresses()
    names = sorted(address.partition("/")[2] for address in addresses if address.startswith("location/"))
    calling = ((name, current.fields.get("calling")) for name in names if (current := proposal.get("location", name)))
    return {str(half["routing_prefix"]): name for name, half in calling if half and half.get("routing_prefix")}
