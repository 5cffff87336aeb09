"""PSTN connections that the API can show but not set: one that is integrated stays so, and none becomes one
(webex-behaviour.md §5). What a location offers was read where a provider is wanted."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import Change, Finding
from reconciler.planning.guards.proposal import Proposal

RULE = "pstn-connection"
KIND = "location.pstn"
SETTABLE = frozenset({"LOCAL_GATEWAY", "NON_INTEGRATED_CCP"})
_DO = "connect it in Control Hub"


def check(proposal: Proposal) -> Iterator[Finding]:
    for change in proposal.changes:
        if change.kind != KIND or change.action not in ("create", "update"):
            continue
        current = proposal.get("location", change.key)
        facts = current.facts if current else {}
        if facts.get("pstn") and facts["pstn"] not in SETTABLE:
            why = f"the connection of {change.key} is {facts['pstn']}, which the API can show but not change"
            yield Finding(RULE, change.address, why, _DO, f"{RULE}:{change.key}")
        elif (wanted := change.want.get("provider")) and "pstn_options" in facts:
            yield from _option(change, str(wanted), facts["pstn_options"])


def _option(change: Change, provider: str, offered: dict[str, str]) -> Iterator[Finding]:
    if provider not in offered:
        names = ", ".join(sorted(offered)) or "none"
        why = f"no PSTN option is called {provider!r} here: the location offers {names}"
        yield Finding(RULE, change.address, why, "use one of these names, or a trunk or route_group")
    elif offered[provider] not in SETTABLE:
        yield Finding(
            RULE, change.address, f"{provider!r} is {offered[provider]}, which the API can show but not set", _DO
        )


def types(place: str, proposal: Proposal) -> set[str]:
    """By which types of connection a location is reached while the plan is carried out; empty where nobody knows."""
    current = proposal.get("location", place)
    facts = current.facts if current else {}
    if "pstn" not in facts:
        return set()
    found = {str(facts["pstn"]) or "without a connection"}
    for change in proposal.changes:
        if change.kind == KIND and change.key == place and change.action in ("create", "update"):
            provider, offered = change.want.get("provider"), facts.get("pstn_options") or {}
            found |= {offered[provider]} if provider in offered else set() if provider else {"LOCAL_GATEWAY"}
    return found
