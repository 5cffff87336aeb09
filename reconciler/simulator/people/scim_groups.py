"""SCIM 2.0 groups (`/identity/scim/{orgId}/v2/Groups`; webex-behaviour.md §10): the same groups as `/groups`."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ..core import errors
from ..core.bodies import Body
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _groups, _scim
from ._scim_filter import refused

_PATH = f"{_scim.ROOT}/Groups"
_CORE = "urn:ietf:params:scim:schemas:core:2.0:Group"
_WEBEX = "urn:scim:schemas:extension:cisco:webexidentity:2.0:Group"
_MEMBERS = "urn:scim:schemas:extension:cisco:webexidentity:2.0:GroupMembers"
_FILTERED = ("displayName", "id", "externalId", "members", "members.value", "meta.lastModified", "meta.created",
             f"{_WEBEX}:usage")  # fmt: skip
_KEPT = ("owners", "managedBy")


class _Member(Body):
    value: str
    type: str | None = None


class _Extension(Body):
    usage: str | None = None
    owners: list[Json] | None = None
    managed_by: list[Json] | None = None


class _Group(Body):
    display_name: str
    external_id: str | None = None
    members: list[_Member] | None = None
    webex: _Extension | None = Field(None, alias=_WEBEX)


def show(request: Request, record: Json, *, members: bool) -> Json:
    store = request.store
    body: Json = {"schemas": [_CORE, _WEBEX], "displayName": record["displayName"], "id": record["id"]}
    if record.get("externalId"):
        body["externalId"] = record["externalId"]
    entries = _groups.visible(store, record)[: _groups.MOST_MEMBERS] if members else []
    if entries:
        body["members"] = [_show_member(request, entry) for entry in entries]
    body["meta"] = _scim.meta(request, "Group", record)
    body[_WEBEX] = {
        "usage": record["usage"],
        **{name: record[name] for name in _KEPT if record.get(name)},
        "provisionSource": "API",
        "meta": {"organizationId": store.org["id"]},
    }
    return body


def _show_member(request: Request, entry: Json) -> Json:
    kind = "Users" if entry["type"] == "user" else "Groups"
    return {
        "type": entry["type"],
        "value": entry["id"],
        "display": _groups.name_of(request.store, entry),
        "$ref": f"{request.root}/identity/scim/{request.store.org['id']}/v2/{kind}/{entry['id']}",
    }


@route("GET", _PATH)
def search_groups(request: Request) -> Reply:
    """Search groups; members only with includeMembers=true."""
    _scim.check(request)
    members = request.flag("includeMembers")
    rows = _groups.records(request.store)
    return _scim.search(request, rows, lambda record: show(request, record, members=members), _FILTERED)


@route("POST", _PATH)
def create_group(request: Request) -> Reply:
    """Create a group."""
    _scim.check(request)
    store, body = request.store, _scim.parse(_Group, _scim.document(request))
    fields, members = _fields(store, body, None), _members(store, body, [])
    record = _groups.create(store, fields, members)
    return Reply(201, show(request, record, members=True))


@route("GET", _PATH + "/{groupId}")
def get_group(request: Request) -> Reply:
    """Get a group, with up to 500 members."""
    members = "members" not in request.listed("excludedAttributes")
    return Reply(200, show(request, _group(request), members=members))


@route("GET", _PATH + "/{groupId}/Members")
def list_members(request: Request) -> Reply:
    """Get Group Members: one-based startIndex, count up to 500, filtered by memberType."""
    record = _group(request)
    kind = request.query.get("memberType")
    rows = [row for row in _groups.visible(request.store, record) if kind in (None, row["type"])]
    first = _scim.whole(request, "startIndex", 1, 1)
    count = min(_scim.whole(request, "count", _groups.MOST_MEMBERS), _groups.MOST_MEMBERS)
    page = [_show_member(request, row) for row in rows[first - 1 : first - 1 + count]]
    body = {
        "schemas": [_MEMBERS],
        "displayName": record["displayName"],
        "memberSize": len(rows),
        "itemsPerPage": len(page),
        "startIndex": first,
        "members": page,
    }
    return Reply(200, body)


@route("PUT", _PATH + "/{groupId}")
def update_group(request: Request) -> Reply:
    """Update a group with PUT: replaces everything, members too."""
    record = _group(request, writing=True)
    _write(request, record, _scim.document(request))
    return Reply(200, show(request, record, members=True))


@route("PATCH", _PATH + "/{groupId}")
def patch_group(request: Request) -> Reply:
    """Update a group with PATCH."""
    record = _group(request, writing=True)
    before = show(request, {**record, "members": []}, members=False)
    before["members"] = [{"value": entry["id"], "type": entry["type"]} for entry in record["members"]]
    _write(request, record, _scim.patched(before, _scim.document(request), frozenset({"members"})))
    return Reply(200, show(request, record, members=True))


@route("DELETE", _PATH + "/{groupId}")
def delete_group(request: Request) -> Reply:
    """Delete a group."""
    record = _group(request, writing=True)
    del request.store.table(_groups.TABLE)[record["id"]]
    return Reply(204)


def _group(request: Request, *, writing: bool = False) -> Json:
    _scim.check(request)
    store = request.store
    record = _groups.find(store, request.params["groupId"])
    if record is None:
        raise _scim.not_found()
    if writing and not _groups.is_made(store, record):
        if store.switches["location_group_write"] == "403":
            raise errors.scim(403, "Sorry, you don't have sufficient privileges", "200003")
        raise _scim.not_found()
    return record


def _write(request: Request, record: Json, document: Json) -> None:
    store, body = request.store, _scim.parse(_Group, document)
    fields, members = _fields(store, body, record), _members(store, body, record["members"])
    for name in ("externalId", *_KEPT):
        record.pop(name, None)
    record.update({**fields, "members": members, "lastModified": store.clock.stamp()})


def _fields(store: Store, body: _Group, record: Json | None) -> Json:
    if not body.display_name:
        raise refused("displayName is required.")
    if _groups.name_is_taken(store, body.display_name, record):
        raise _scim.conflict(f"Group with displayName {body.display_name} already exists.")
    extension: dict[str, Any] = body.webex.wire(sent=True) if body.webex else {}
    fields = {"displayName": body.display_name, "externalId": body.external_id, **extension}
    return {name: value for name, value in fields.items() if value and name != "meta"}


def _members(store: Store, body: _Group, before: list[Json]) -> list[Json]:
    """The members of a write; those who were members stay as they were, the others may be hidden for a while."""
    known = {entry["id"]: entry for entry in before}
    chosen: dict[str, Json] = {}
    for entry in body.members or ():
        key = entry.value.lower()
        if not _groups.is_member(store, key):
            raise refused(f"Member {entry.value} does not exist.")
        chosen[key] = known.get(key) or _groups.member(store, key, entry.type)
    return list(chosen.values())
