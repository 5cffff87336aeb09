"""Groups (developer.webex.com "Groups API"; webex-behaviour.md §2, §1.7): the same groups as SCIM's.

PATCH takes members with an `operation` (the SDK's form), `purgeAllValues`, and SCIM operations (the document's form).
"""

from __future__ import annotations

import re

from ..core import errors, ids, paging, switches
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _groups, _scim

switches.declare(
    "group_id_order", "group_first", "org_first", row="1.7",
    text="SCIM_GROUP ids: <group>:<org>, as in 54 of 54 of a tenant and in the official examples, or the reverse",
)  # fmt: skip

_FILTER = re.compile(r'^displayName (eq|sw) "([^"]*)"$', re.IGNORECASE)
_PAGE = 100


class _Member(Body):
    id: str | None = None
    value: str | None = None
    type: str | None = None
    operation: str | None = None


class _Purge(Body):
    attributes: list[str]


class _New(Body):
    display_name: str
    description: str | None = None
    external_id: str | None = None
    usage: str | None = None
    members: list[_Member] | None = None


class _Change(_New):
    display_name: str | None = None  # type: ignore[assignment]
    purge_all_values: _Purge | None = None


def group_id(store: Store, record: Json) -> str:
    org, key = store.org["id"], record["id"]
    first = store.switches["group_id_order"] == "org_first"
    return ids.encode("SCIM_GROUP", f"{org}:{key}" if first else f"{key}:{org}")


def show(store: Store, record: Json, *, members: bool) -> Json:
    visible = _groups.visible(store, record)
    body: Json = {
        "id": group_id(store, record),
        "displayName": record["displayName"],
        "orgId": ids.encode("ORGANIZATION", store.org["id"]),
        "created": record["created"],
        "lastModified": record["lastModified"],
        "memberSize": len(visible),
        "usage": record["usage"],
    }
    if record.get("description"):
        body["description"] = record["description"]
    if members:
        body["members"] = [_show_member(store, entry) for entry in visible[: _groups.MOST_MEMBERS]]
    return body


def _show_member(store: Store, entry: Json) -> Json:
    # machines are said to be PEOPLE too, though no list of people has them (seed-system.md §4)
    encoded = group_id(store, entry) if entry["type"] == "group" else ids.encode("PEOPLE", entry["id"])
    return {"id": encoded, "type": entry["type"], "displayName": _groups.name_of(store, entry)}


@route("GET", "/groups")
def list_groups(request: Request) -> Reply:
    """List and Search Groups: one-based startIndex and count; `displayName eq` and `sw` are the only filters."""
    rows = _groups.records(request.store)
    if text := request.query.get("filter", "").strip():
        found = _FILTER.match(text)
        if found is None:
            raise errors.platform(400, "Only displayName can be filtered, with eq or sw.")
        name, whole = found[2].lower(), found[1].lower() == "eq"
        rows = [row for row in rows if _matches(row["displayName"].lower(), name, whole)]
    if "sortBy" in request.query:
        if request.query["sortBy"] not in ("displayName", "id"):
            raise errors.platform(400, "Only displayName and id can be sorted by.")
        falling = request.query.get("sortOrder", "ascending").lower().startswith("desc")
        rows.sort(key=lambda row: str(row[request.query["sortBy"]]).lower(), reverse=falling)
    members = request.flag("includeMembers")
    return _page(request, [show(request.store, row, members=members) for row in rows], "groups", _PAGE, {})


def _matches(text: str, name: str, whole: bool) -> bool:
    return text == name if whole else text.startswith(name)


def _page(request: Request, rows: list[Json], key: str, most: int, extra: Json) -> Reply:
    size, text = paging.page_size(request, most, most, "count"), request.query.get("startIndex", "1")
    if not text.isdecimal():
        raise errors.platform(400, f"Invalid value for startIndex: {text}")
    if empty := paging.empty_first(request, key, "startIndex", "1"):
        return empty
    first = max(int(text), 1)
    page = rows[first - 1 : first - 1 + size]
    counts = extra if extra else {"totalResults": len(rows), "startIndex": first, "itemsPerPage": len(page)}
    follows = paging.goes_on(request, first - 1 + size < len(rows), first > len(rows) + size)
    link = paging.next_link(request, startIndex=first + size, count=size) if follows else {}
    return Reply(200, {**counts, **paging.body(request, key, page)}, link)


@route("GET", "/groups/{groupId}")
def get_group(request: Request) -> Reply:
    """Get Group Details, with `includeMembers=true` up to 500 members."""
    return Reply(200, show(request.store, _group(request), members=request.flag("includeMembers")))


@route("GET", "/groups/{groupId}/members", "/groups/{groupId}/Members")
def list_members(request: Request) -> Reply:
    """Get Group Members, 500 a page. The SDK writes the last segment with a capital."""
    store, record = request.store, _group(request)
    rows = [_show_member(store, entry) for entry in _groups.visible(store, record)]
    return _page(request, rows, "members", _groups.MOST_MEMBERS, show(store, record, members=False))


@route("POST", "/groups")
def create_group(request: Request) -> Reply:
    """Create a Group, with or without members."""
    store, body = request.store, parse(_New, request.document())
    if not body.display_name:
        raise errors.platform(400, "displayName is required")
    if _groups.name_is_taken(store, body.display_name):
        raise errors.platform(409, "A group with this displayName already exists.")
    members = [_new_member(store, entry) for entry in body.members or ()]
    sent = body.wire(sent=True)
    fields = {name: sent[name] for name in ("displayName", "description", "externalId", "usage") if sent.get(name)}
    return Reply(201, show(store, _groups.create(store, fields, members), members=True))


@route("PATCH", "/groups/{groupId}")
def update_group(request: Request) -> Reply:
    """Update a Group: what is not sent stays; members are added unless their operation is `delete`."""
    store, record = request.store, _group(request)
    _check_made(store, record)
    document = request.document()
    if "Operations" in document:
        document = _from_operations(store, record, document)
    body = parse(_Change, document)
    if body.display_name and _groups.name_is_taken(store, body.display_name, record):
        raise errors.platform(409, "A group with this displayName already exists.")
    members = _changed(store, record, body)
    sent = body.wire(sent=True)
    for name in ("displayName", "description", "externalId", "usage"):
        if name in sent:
            record[name] = sent[name] or (record["displayName"] if name == "displayName" else None)
    record.update({"members": members, "lastModified": store.clock.stamp()})
    return Reply(200, show(store, record, members=True))


@route("DELETE", "/groups/{groupId}")
def delete_group(request: Request) -> Reply:
    """Delete a Group."""
    record = _group(request)
    _check_made(request.store, record)
    del request.store.table(_groups.TABLE)[record["id"]]
    return Reply(204)


def _changed(store: Store, record: Json, body: _Change) -> list[Json]:
    purged = body.purge_all_values is not None and "members" in body.purge_all_values.attributes
    members = [] if purged else list(record["members"])
    for entry in body.members or ():
        if (entry.operation or "add").lower() not in ("add", "delete"):
            raise errors.invalid_value("Invalid field value: members.operation")
        key = _key(store, entry)
        if (entry.operation or "").lower() == "delete":
            members = [one for one in members if one["id"] != key]
        elif key not in (one["id"] for one in members):
            members.append(_new_member(store, entry))
    return members


def _from_operations(store: Store, record: Json, document: Json) -> Json:
    """SCIM operations as the change that they make."""
    before = {
        "displayName": record["displayName"],
        "members": [{"value": entry["id"], "type": entry["type"]} for entry in record["members"]],
    }
    try:
        after = _scim.patched(before, document, frozenset({"members"}))
    except errors.ApiError as refusal:
        details = [part["details"] for part in refusal.body.values() if isinstance(part, dict)]
        raise errors.invalid_value(details[0]) from refusal
    return {**after, "members": after.get("members", []), "purgeAllValues": {"attributes": ["members"]}}


def _new_member(store: Store, entry: _Member) -> Json:
    key = _key(store, entry)
    if not _groups.is_member(store, key):
        raise errors.platform(400, f"Member {entry.id or entry.value} does not exist.")
    return _groups.member(store, key, entry.type)


def _key(store: Store, entry: _Member) -> str:
    """The uuid of a member, out of a person's or a group's id; of a group's two, the one that is not the org's."""
    text = entry.id or entry.value
    if not text:
        raise errors.missing_field("members.id")
    parts = ids.any_uuid(text).split(":")
    return next((part for part in parts if part != store.org["id"]), parts[0])


def _group(request: Request) -> Json:
    """The group of the path, by its id in either order or by the bare uuid."""
    store = request.store
    parts = request.uuid("groupId", "SCIM_GROUP", bare=True).split(":")
    record = next((one for part in parts if (one := _groups.find(store, part))), None)
    if record is None:
        raise errors.not_found()
    return record


def _check_made(store: Store, record: Json) -> None:
    if not _groups.is_made(store, record):
        raise errors.forbidden() if store.switches["location_group_write"] == "403" else errors.not_found()
