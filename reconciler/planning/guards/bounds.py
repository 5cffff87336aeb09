"""Limits of the API that are known before anything is sent, and of which nobody is sure enough to make them a refusal
of their kind: they can be lifted by name.

    what the tenant itself says it takes at most      read with the object (`Current.most`: by dotted path of the field)
    people at a location (`userLimit`, §3)            the same; who leaves in this plan may do so after who comes
    an extension that is an emergency number          4911 (webex-behaviour.md §4); which are, differs by country
    more than ten secondary numbers                   §11
    forwarding outside without a number of one's own  5700 (§12), which some tenants answer and others do not: told only
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator
from typing import Any

from reconciler.model.claims import arrivals
from reconciler.model.plan import Change, Finding
from reconciler.planning.guards.proposal import Proposal

RULE = "api-limit"
EMERGENCY = frozenset({"000", "110", "112", "911", "999"})
MOST_SECONDARY = 10


def check(proposal: Proposal) -> Iterator[Finding]:
    for change in proposal.changes:
        for why, do in _why(change, proposal) if change.action in ("create", "update") else ():
            yield Finding(RULE, change.address, why, do, f"{RULE}:{change.address}")
    for place, coming in arrivals(proposal.changes).items():
        current = proposal.get("location", place)
        if current is not None and "users" in current.facts:
            there, most = current.facts["users"], current.most["users"]
            for change in sorted(coming, key=lambda change: change.address)[max(0, most - there) :]:
                why = f"{place} takes {most} people, and {there} are there"
                yield Finding(RULE, change.address, why, "choose another location", f"{RULE}:{change.address}")


def _why(change: Change, proposal: Proposal) -> Iterator[tuple[str, str]]:
    if change.want.get("extension") in EMERGENCY:
        why = f"{change.want['extension']} is an emergency number, which is no extension"
        yield why, "choose another extension"
    secondary = change.want.get("secondary") or ()
    if len(secondary) > max(MOST_SECONDARY, len(change.before.get("secondary") or ())):
        yield f"{len(secondary)} secondary numbers, and one has at most {MOST_SECONDARY}", "give fewer of them"
    kind, _, section = change.kind.partition(".")
    current = proposal.get(kind, change.key)
    for path, most in sorted(current.most.items()) if current else ():
        value = _at(change, section, path)
        if isinstance(value, int) and value > most:
            yield f"{path} is to be {value}, and here at most {most} is taken", "choose a lower value"


def _at(change: Change, section: str, path: str) -> Any:
    """The wanted value at a path, which for a section begins with its name."""
    head, _, rest = path.partition(".") if section else ("", "", path)
    value: Any = change.want if head == section else None
    for name in rest.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def warnings(proposal: Proposal) -> Iterator[tuple[str, str]]:
    for change in proposal.changes:
        owner, _, section = change.kind.partition(".")
        if section != "forwarding" or change.action not in ("create", "update"):
            continue
        branches = [branch for branch in change.want.values() if isinstance(branch, dict)]
        if any(str(one.get("destination", "")).startswith("+") for one in branches):
            own, current = proposal.by_address.get(f"{owner}/{change.key}"), proposal.get(owner, change.key)
            side = ChainMap(own.want if own else {}, current.fields if current else {})
            if side.get("extension") and not side.get("phone_number"):
                yield (
                    change.address,
                    "it forwards outside and has no number of its own: some tenants refuse that (5700)",
                )
