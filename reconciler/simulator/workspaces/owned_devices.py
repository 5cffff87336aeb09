"""The devices of one person or workspace, their hoteling and compression ("Device Call Settings"; webex-behaviour.md
§13): refused without calling (4003). Workspaces of the basic tier have them too (wxcli devices-workspaces.md).

Kept in the calling block, and gone with it: `deviceHoteling` {enabled, limitGuestUse, guestHoursLimit?} and
`deviceCompression` ON|OFF.
"""

from __future__ import annotations

from typing import Literal

from ..core import calling, errors, ids, owners
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _device_models, _devices

_PERSON = "/telephony/config/people/{personId}/devices"
_WORKSPACE = "/telephony/config/workspaces/{workspaceId}/devices"
_REQUEST = "UserAccessDeviceGetListWithDeviceOwnerRequestWCV3"
MOST, _MOST_OWNED = 35, 5
_APPLICATIONS = ("browser", "desktop", "tablet", "mobile")


class _Hoteling(Body):
    enabled: bool
    limit_guest_use: bool = False
    guest_hours_limit: int | None = None


class _PersonHoteling(Body):
    hoteling: _Hoteling


class _Compression(Body):
    compression: Literal["ON", "OFF"]


def _person(request: Request) -> tuple[Owner, Json]:
    record = calling.person(request)
    return Owner("people", record["id"]), calling.calling_block(record, _REQUEST)


def _workspace(request: Request) -> tuple[Owner, Json]:
    record = calling.workspace(request)
    block = calling.calling_block(record, _REQUEST)
    return Owner("workspaces", record["id"]), block


@route("GET", _PERSON)
def list_of_person(request: Request) -> Reply:
    """Get Person Devices: own ones, and those with a shared line."""
    owner, block = _person(request)
    standard = calling.has_offer(request.store, request.store.people[owner.id]["licenses"], frozenset({"BCBAS"}))
    owned = 1 if standard else _MOST_OWNED
    return Reply(200, _list(request.store, owner, block, owned))


@route("GET", _WORKSPACE)
def list_of_workspace(request: Request) -> Reply:
    """Get Workspace Devices."""
    owner, block = _workspace(request)
    return Reply(200, _list(request.store, owner, block, _MOST_OWNED))


def _list(store: Store, owner: Owner, block: Json, most_owned: int) -> Json:
    return {"devices": rows(store, owner, block), "maxDeviceCount": MOST, "maxOwnedDeviceCount": most_owned}


def rows(store: Store, owner: Owner, block: Json) -> list[Json]:
    """The devices on which somebody with this calling block has a line, as telephony calls show them."""
    return [_show(store, device, member, block) for device, member in _devices.on_devices(store, owner)]


def _show(store: Store, device: Json, member: Json, block: Json) -> Json:
    owner = Owner(*device["owner"])
    kind, record = owners.kind_of(owner), store.table(owner.kind)[owner.id]
    first, last = kind.name(record)
    location = (record.get("calling") or block)["location"]
    row: Json = {
        "id": ids.encode("CALLING_DEVICE", device["callingId"]),
        "description": [*device["tags"], device["product"]],
        "model": device["model"],
        "modelType": (_device_models.find(device["model"]) or {}).get("type", "MPP"),
        "primaryOwner": member["primaryOwner"],
        "type": member["lineType"],
        "owner": {
            "id": ids.encode(kind.id_kind, owner.id),
            "type": kind.type,
            "firstName": first,
            "lastName": last,
            "location": {"id": ids.encode("LOCATION", location), "name": store.locations[location]["name"]},
        },
        "activationState": "ACTIVATING" if device["status"] == "activating" else "ACTIVATED",
    }
    if device.get("mac"):
        row["mac"] = device["mac"]
    if member["primaryOwner"] and member["lineType"] == "PRIMARY":
        row["hoteling"] = dict(block.get("deviceHoteling") or {"enabled": False, "limitGuestUse": False})
    return row


@route("PUT", f"{_PERSON}/settings/hoteling")
def hoteling_of_person(request: Request) -> Reply:
    """Modify Hoteling Settings for a Person's Primary Devices: wrapped, unlike those of a workspace."""
    block = _person(request)[1]
    return _set_hoteling(parse(_PersonHoteling, request.document()).hoteling, block)


@route("PUT", _WORKSPACE)
def hoteling_of_workspace(request: Request) -> Reply:
    """Modify Workspace Devices: their hoteling."""
    block = _workspace(request)[1]
    return _set_hoteling(parse(_Hoteling, request.document()), block)


def _set_hoteling(body: _Hoteling, block: Json) -> Reply:
    if body.limit_guest_use and body.guest_hours_limit is None:
        raise errors.missing_field("guestHoursLimit")
    block["deviceHoteling"] = {name: value for name, value in body.wire().items() if value is not None}
    return Reply(204)


@route("GET", f"{_PERSON}/settings")
def settings_of_person(request: Request) -> Reply:
    """Get Device Settings for a Person."""
    return Reply(200, {"compression": _person(request)[1].get("deviceCompression", "OFF")})


@route("PUT", f"{_PERSON}/settings")
def set_settings_of_person(request: Request) -> Reply:
    """Update Device Settings for a Person."""
    return _set_compression(request, _person(request)[1])


@route("GET", f"{_WORKSPACE}/settings")
def settings_of_workspace(request: Request) -> Reply:
    """Get Device Settings for a Workspace."""
    return Reply(200, {"compression": _workspace(request)[1].get("deviceCompression", "OFF")})


@route("PUT", f"{_WORKSPACE}/settings")
def set_settings_of_workspace(request: Request) -> Reply:
    """Update Device Settings for a Workspace."""
    return _set_compression(request, _workspace(request)[1])


def _set_compression(request: Request, block: Json) -> Reply:
    block["deviceCompression"] = parse(_Compression, request.document()).compression
    return Reply(204)


@route("GET", f"{_PERSON}/count")
def count_of_person(request: Request) -> Reply:
    """Get User Devices Count: own devices, and one for all applications together."""
    owner, block = _person(request)
    stored = (block.get("settings") or {}).get("applications") or {}
    applications = sum(bool(stored.get(f"{name}ClientEnabled", True)) for name in _APPLICATIONS)
    owned = len(_devices.owned(request.store, owner))
    return Reply(200, {"totalDeviceCount": owned + bool(applications), "applicationsCount": applications})
