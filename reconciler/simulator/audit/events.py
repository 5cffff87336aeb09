"""Admin audit events as they are read (developer.webex.com "List Admin Audit Events"): newest first."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

from ..core import errors, ids, paging, switches
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _categories
from .recorder import TABLE

switches.declare(
    "audit_person_ids", "uuid", "person", row="1.7",
    text="actorId and targetId of audit events: base64 of the bare uuid as in the documented example, or Webex ids",
)  # fmt: skip

_LONGEST = timedelta(days=366)  # a year; the document does not say which one
_ID_KINDS = {"USER": "PEOPLE", "ORG": "ORGANIZATION"}


@route("GET", "/adminAudit/eventCategories")
def list_categories(request: Request) -> Reply:
    """List Admin Audit Event Categories."""
    return Reply(200, {"eventCategories": _categories.ALL})


@route("GET", "/adminAudit/events")
def list_events(request: Request) -> Reply:
    """List Admin Audit Events: orgId, from and to are required, at most a year apart; `max` up to 200."""
    if not request.query.get("orgId"):
        raise errors.platform(400, "orgId is required")
    since, until = _moment(request, "from"), _moment(request, "to")
    if since > until:
        raise errors.platform(400, "from must be before to")
    if until - since > _LONGEST:
        raise errors.platform(400, "The time between from and to must not be longer than one year.")
    rows = [event for event in reversed(request.store.tables.get(TABLE, {}).values()) if _wanted(request, event)]
    return _page(request, [row for row in rows if since <= datetime.fromisoformat(row["created"]) <= until])


def _page(request: Request, rows: list[Json]) -> Reply:
    size, text = paging.page_size(request, 100, 200), request.query.get("offset", "0")
    if not text.isdecimal():
        raise errors.platform(400, f"Invalid value for offset: {text}")
    if empty := paging.empty_first(request, "items", "offset", "0"):
        return empty
    first = int(text)
    shown = [_show(request.store, row) for row in rows[first : first + size]]
    follows = paging.goes_on(request, first + size < len(rows), first >= len(rows) + size)
    link = paging.next_link(request, offset=first + size, max=size) if follows else {}
    return Reply(200, paging.body(request, "items", shown), link)


def _moment(request: Request, name: str) -> datetime:
    text = request.query.get(name)
    if not text:
        raise errors.platform(400, f"{name} is required")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise errors.platform(400, f"Invalid value for {name}: {text}") from problem
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _wanted(request: Request, event: Json) -> bool:
    categories = request.listed("eventCategories")
    if categories and _categories.category(event["route"]) not in categories:
        return False
    actor = request.query.get("actorId")
    return not actor or event["actor"] in (ids.any_uuid(actor), _plain(actor))


def _plain(text: str) -> str:
    """The uuid in an id as the events show it, "" when there is none."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        return ""


def _id(store: Store, kind: str, value: str) -> str:
    if store.switches["audit_person_ids"] == "person":
        return ids.encode(_ID_KINDS.get(kind, kind), value)
    return base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")


def _show(store: Store, event: Json) -> Json:
    org_id = ids.encode("ORGANIZATION", store.org["id"])
    verb, part = _categories.deed(event["method"], event["route"], "made" in event)
    kind, name = event["targetType"], event["targetName"]
    target = f"{kind.lower().replace('_', ' ')} {name}".strip()
    person = store.people.get(event["actor"], {})
    return {
        "data": {
            "actorOrgName": store.org["name"],
            "targetName": name,
            "eventDescription": f"{part or kind.lower().replace('_', ' ')} was {verb.removesuffix(' on')}".capitalize(),
            "actorName": event["actorName"],
            "actorEmail": event["actorEmail"],
            "adminRoles": ["Full_Admin" if role == "id_full_admin" else "User" for role in person.get("roles", ())],
            "trackingId": f"ATLAS_{event['id']}_0",
            "targetType": kind,
            "targetId": _id(store, kind, event["targetId"]),
            "eventCategory": _categories.category(event["route"]),
            "actorUserAgent": "",
            "actorIp": "127.0.0.1",
            "targetOrgId": org_id,
            "actionText": f"{event['actorName']} {verb} {f'{part} of ' if part else ''}{target}".strip(),
            "targetOrgName": store.org["name"],
        },
        "created": event["created"],
        "actorOrgId": org_id,
        "id": _id(store, "", event["id"]) if store.switches["audit_person_ids"] == "uuid" else event["id"],
        "actorId": _id(store, "USER", event["actor"]),
    }
