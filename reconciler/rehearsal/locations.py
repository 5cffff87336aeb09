"""The calling half of a location in a tenant document: what must be unique, and by which carrier it is reached. The
rest is brought in through the API (replay.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.model.snapshot import Current
from reconciler.rehearsal.facts import ROUTES, KnownTenant

Json = dict[str, Any]
_DIGITS = {"routing_prefix": "routingPrefix", "outside_dial_digit": "outsideDialDigit"}


def half_of(
    current: Current, known: KnownTenant, routes: Mapping[str, str], options: Mapping[str, Json]
) -> Json | None:
    """Of a location whose sections were not read what one list says of all; None where calling is off."""
    fields = current.fields
    if "calling" in fields:
        said, number = fields["calling"], (fields["calling"] or {}).get("main_number")
    else:
        half = known.halves.get(current.key)
        said = half.fields if half else None
        number = ((said or {}).get("calling_line_id") or {}).get("phone_number")
    if said is None:
        return None
    return {
        "announcementLanguage": fields.get("preferred_language") or "en_us",
        "callingLineId": {"phoneNumber": number} if number else {},
        "voicePortal": known.portals.get(current.key, ""),
        "pstn": _connection(current, known, routes, options),
        **{theirs: said[ours] for ours, theirs in _DIGITS.items() if said.get(ours)},
    }


def _connection(
    current: Current, known: KnownTenant, routes: Mapping[str, str], options: Mapping[str, Json]
) -> Json | None:
    """Not brought in: the API shows carriers that it lets nobody choose."""
    section = current.fields.get("pstn") or {}
    for kind in ROUTES:
        if key := routes.get(f"{kind}/{section.get(kind)}"):
            return {"type": "LOCAL_GATEWAY", "routeType": kind.upper(), "route": key}
    provider = section.get("provider")
    if not provider:
        return None
    option = options.get(provider)
    if option is None:
        known.unknown.append(f"the PSTN connection of {current.key}: no option is called {provider}")
        return None
    return {"type": option["pstnConnectionType"], "option": option["id"]}
