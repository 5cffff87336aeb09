"""Settings in the form of a tenant document, from the normal form of the kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.model.snapshot import Current, Fields
from reconciler.rehearsal.facts import KnownTenant

Json = dict[str, Any]
_BRANCHES = {"always": "always", "busy": "busy", "no_answer": "noAnswer", "business_continuity": "businessContinuity"}
_BRANCH = {
    "destination": "destination",
    "voicemail": "destinationVoicemailEnabled",
    "ring_reminder": "ringReminderEnabled",
    "rings": "numberOfRings",
}
_PLAIN = {
    "external_caller_id_name": "externalCallerIdName",
    "outside_dial_digit": "outsideDialDigit",
    "enforce_outside_dial_digit": "enforceOutsideDialDigit",
    "routing_prefix": "routingPrefix",
    "announcement_language": "announcementLanguage",
}


def forwarding(branches: Mapping[str, Fields | None]) -> Json:
    """The branches that are on; one that is off is as if it had never been set."""
    return {_BRANCHES[name]: _branch(branch) for name, branch in branches.items() if branch and name in _BRANCHES}


def _branch(branch: Fields) -> Json:
    return {"enabled": True, **{_BRANCH[ours]: value for ours, value in branch.items() if ours in _BRANCH}}


def permissions(section: Fields) -> Json:
    """By call type; `custom` and `profile` are no call types."""
    return {
        name: {"action": value["action"], "transferEnabled": value["transfer"]}
        for name, value in section.items()
        if isinstance(value, dict)
    }


def half_of(
    current: Current, known: KnownTenant, routes: Mapping[str, str], options: Mapping[str, Json]
) -> Json | None:
    """The calling half of a location: in full where its sections were read, else what one list says of all; None where
    calling is off."""
    fields = current.fields
    if "calling" not in fields:
        return _short(current, known)
    section = fields["calling"]
    if section is None:
        return None
    line = {"phoneNumber": section.get("main_number"), "name": section.get("calling_line_name")}
    half: Json = {theirs: section[ours] for ours, theirs in _PLAIN.items() if section.get(ours) is not None}
    half.setdefault("announcementLanguage", fields.get("preferred_language") or "en_us")
    half["callingLineId"] = {name: value for name, value in line.items() if value}
    half["voicePortal"] = known.portals.get(current.key, "")
    half["pstn"] = _connection(current, known, routes, options)
    half["internalDialing"] = _dialing(fields.get("internal_dialing") or {}, routes)
    if own := fields.get("outgoing_permissions"):
        half["outgoingPermission"] = permissions(own)
    return half


def _short(current: Current, known: KnownTenant) -> Json | None:
    """Of a location that the plan leaves alone only what must be unique counts: its numbers and its prefix."""
    found = known.halves.get(current.key)
    if found is None:
        return None
    line = found.fields.get("calling_line_id") or {}
    named = {"routing_prefix": "routingPrefix", "outside_dial_digit": "outsideDialDigit"}
    return {
        "announcementLanguage": current.fields.get("preferred_language") or "en_us",
        "callingLineId": {"phoneNumber": line["phone_number"]} if line.get("phone_number") else {},
        "voicePortal": known.portals.get(current.key, ""),
        **{theirs: found.fields[ours] for ours, theirs in named.items() if found.fields.get(ours)},
    }


def _connection(
    current: Current, known: KnownTenant, routes: Mapping[str, str], options: Mapping[str, Json]
) -> Json | None:
    section = current.fields.get("pstn") or {}
    for kind in ("trunk", "route_group"):
        if name := section.get(kind):
            return _route(f"{kind}/{name}", routes, {"type": "LOCAL_GATEWAY"})
    provider = section.get("provider")
    if not provider:
        return None
    option = options.get(provider)
    if option is None:
        known.unknown.append(f"the PSTN connection of {current.key}: no option is called {provider}")
        return None
    return {"type": option["pstnConnectionType"], "option": option["id"]}


def _dialing(section: Fields, routes: Mapping[str, str]) -> Json | None:
    route = section.get("unknown_extensions") or {}
    for kind in ("trunk", "route_group"):
        if name := route.get(kind):
            return _route(f"{kind}/{name}", routes, {} if route.get("enabled") else {"enabled": False})
    return None


def _route(address: str, routes: Mapping[str, str], rest: Json) -> Json | None:
    key = routes.get(address)
    return {**rest, "routeType": address.partition("/")[0].upper(), "route": key} if key else None
