"""The lines of a device and who can have one ("Get Device Members", "Search Members"). The id in the path is the
`callingDeviceId`."""

from __future__ import annotations

from typing import Literal

from ..core import calling, errors, ids, owners, paging
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _device_models, _devices

_ROOT = "/telephony/config/devices"
_ONE = f"{_ROOT}/{{deviceId}}"
_TABLES = ("people", "workspaces", "virtual_lines")
_LICENSES = {"BCSTD": "PROFESSIONAL_USER", "BCBAS": "BASIC_USER"}


class _Member(Body):
    id: str
    port: int
    primary_owner: bool = False
    line_type: Literal["PRIMARY", "SHARED_CALL_APPEARANCE"] = "PRIMARY"
    line_weight: int = 1
    line_label: str | None = None
    hotline_enabled: bool = False
    hotline_destination: str | None = None
    allow_call_decline_enabled: bool = True
    t38_fax_compression_enabled: bool | None = None


class _Members(Body):
    members: list[_Member] | None = None


@route("GET", f"{_ONE}/members")
def list_members(request: Request) -> Reply:
    """Get Device Members, by port."""
    store, device = request.store, _devices.by_calling_id(request)
    rows = [
        {**_show(store, Owner(*member["owner"])), **{key: value for key, value in member.items() if key != "owner"}}
        for member in sorted(device["members"], key=lambda one: int(one["port"]))
    ]
    for row in rows:
        row.setdefault("hotlineEnabled", False)
    return Reply(200, {"model": device["model"], "members": rows, "maxLineCount": _lines(device)})


@route("PUT", f"{_ONE}/members")
def update_members(request: Request) -> Reply:
    """Update Members on the device: replaces all; without a list only the owner's line stays."""
    store, device = request.store, _devices.by_calling_id(request)
    # the SDK sends no body at all when it has no members
    body = parse(_Members, request.document() if request.body is not None else {})
    if body.members is None:
        device["members"] = [one for one in device["members"] if one["owner"] == device["owner"]]
        return Reply(204)
    members = [_member(store, device, one) for one in body.members]
    ports = [one["port"] for one in members]
    if len(set(ports)) != len(ports) or any(not 1 <= port <= _lines(device) for port in ports):
        raise errors.invalid_value("Invalid field value: members.port")
    if not any(one["owner"] == device["owner"] for one in members):
        raise errors.platform(400, "The primary owner cannot be removed from the device.")
    device["members"] = members
    return Reply(204)


def _lines(device: Json) -> int:
    return int((_device_models.find(device["model"]) or {}).get("numberOfLinePorts", 1))


def _member(store: Store, device: Json, sent: _Member) -> Json:
    owner = find_member(store, sent.id)
    if sent.primary_owner != (list(owner) == device["owner"]):
        raise errors.invalid_value("Invalid field value: members.primaryOwner")
    if sent.hotline_enabled and not sent.hotline_destination:
        raise errors.missing_field("members.hotlineDestination")
    fields = {key: value for key, value in sent.wire().items() if key != "id" and value is not None}
    return {"owner": list(owner), **fields}


def find_member(store: Store, text: str) -> Owner:
    """A person, workspace or virtual line with calling, in whatever encoding."""
    key = ids.any_uuid(text)
    for table in _TABLES:
        record = store.tables.get(table, {}).get(key)
        if record is not None and record.get("calling"):
            return Owner(table, key)
    raise errors.platform(404, f"Could not find a user with id '{text}'.")


@route("GET", f"{_ONE}/availableMembers")
def available_members(request: Request) -> Reply:
    """Search Members: who is not on the device yet."""
    device = _devices.by_calling_id(request)
    return _page(request, _available(request, [member["owner"] for member in device["members"]]))


@route("GET", f"{_ONE}/availableMembers/count")
def count_members(request: Request) -> Reply:
    """Get Count of Members."""
    device = _devices.by_calling_id(request)
    return Reply(200, {"totalCount": len(_available(request, [one["owner"] for one in device["members"]]))})


@route("GET", f"{_ROOT}/availableMembers")
def available_for_any(request: Request) -> Reply:
    """Search for members of any device."""
    return _page(request, _available(request, []))


@route("GET", f"{_ROOT}/availableMembers/count")
def count_for_any(request: Request) -> Reply:
    """Get Count of Available Members."""
    return Reply(200, {"totalCount": len(_available(request, []))})


def _page(request: Request, rows: list[Json]) -> Reply:
    return paging.by_offset(request, rows, "members", default=2000, limit=2000)


def _available(request: Request, taken: list[list[str]]) -> list[Json]:
    """Members with calling by last name, else by `order` (lname or fname); virtual lines own no device."""
    store, query = request.store, request.query
    lines = query.get("usageType") != "DEVICE_OWNER" and not request.flag("excludeVirtualLine")
    tables = [table for table in _TABLES if lines or table != "virtual_lines"]
    rows = [
        _show(store, Owner(table, key))
        for table in tables
        for key, record in store.tables.get(table, {}).items()
        if record.get("calling") and [table, key] not in taken and _wanted(request, record["calling"])
    ]
    name = query.get("memberName", "").lower()
    rows = [row for row in rows if name in f"{row['firstName']} {row['lastName']}".lower()]
    first = query.get("order", "lname").startswith("fname")
    return sorted(rows, key=lambda row: str(row["firstName" if first else "lastName"]).lower())


def _wanted(request: Request, block: Json) -> bool:
    query = request.query
    for name in ("locationId", "deviceLocationId"):
        if name in query and ids.parse(query[name], "LOCATION") != block["location"]:
            return False
    return query.get("phoneNumber", "") in (block.get("number") or "") and query.get("extension", "") in (
        block.get("extension") or ""
    )


def _show(store: Store, owner: Owner) -> Json:
    record, kind = store.table(owner.kind)[owner.id], owners.kind_of(owner)
    block = record["calling"]
    first, last = kind.name(record)
    shown: Json = {
        "id": ids.encode(kind.id_kind, owner.id),
        "memberType": kind.type,
        "firstName": first,
        "lastName": last,
        "lineType": "PRIMARY",
        "allowCallDeclineEnabled": True,
        "location": {
            "id": ids.encode("LOCATION", block["location"]),
            "name": store.locations[block["location"]]["name"],
        },
        "licenseType": _license(store, owner, record),
    }
    if block.get("number"):
        shown["phoneNumber"] = block["number"]
    if block.get("extension"):
        shown |= {"extension": block["extension"], "esn": calling.esn(store, block)}
        if prefix := (store.calling_of(block["location"]) or {}).get("routingPrefix"):
            shown["routingPrefix"] = prefix
    return shown


def _license(store: Store, owner: Owner, record: Json) -> str:
    if owner.kind == "virtual_lines":
        return "VIRTUAL_PROFILE"
    offers = {store.licenses[key]["offer"] for key in record["licenses"]}
    if owner.kind == "workspaces":
        return "PROFESSIONAL_WORKSPACE" if "BCSTD" in offers else "WORKSPACE"
    return next((name for offer, name in _LICENSES.items() if offer in offers), "PROFESSIONAL_USER")
