"""Devices (developer.webex.com "Devices API"; webex-behaviour.md §1.5, §1.6): lists stop at 100 without a word, phones
of the 9800 series are created with an empty 204 and appear later."""

from __future__ import annotations

from typing import Literal
from zlib import crc32

from pydantic import Field

from ..core import calling, errors, ids, paging, switches
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _device_models, _devices

switches.declare(
    "device_create_lag", "0s", "120s", row="1.6", text="how long a new device of the 9800 series is in no list"
)
switches.declare(
    "device_mac_in_use", "400", "409", row="16", text="creating a device whose MAC is in use: the status beside 5675"
)

_LIMIT = 100
_WEEK = 7 * 24 * 3600
_MOST_PHONES = 5  # of a professional workspace
_PHONE: Json = {"errorCodes": [], "capabilities": [], "permissions": []}


class _New(Body):
    mac: str
    model: str
    workspace_id: str | None = None
    person_id: str | None = None
    password: str | None = None


class _Activation(Body):
    workspace_id: str | None = None
    person_id: str | None = None
    model: str | None = None


class _Tags(Body):
    op: Literal["add", "remove", "replace"]
    path: Literal["tags"]
    value: list[str] = Field([])


def _location(store: Store, device: Json) -> str | None:
    """A device stands where its owner is."""
    table, key = device["owner"]
    record = store.table(table)[key]
    found: str | None = (record.get("calling") or {}).get("location") or record.get("location")
    return found


def show(store: Store, device: Json) -> Json:
    table, key = device["owner"]
    owner = store.table(table)[key]
    name, kind = ("personId", "PEOPLE") if table == "people" else ("workspaceId", "PLACE")
    body: Json = {
        "id": ids.encode("DEVICE", device["id"]),
        "callingDeviceId": ids.encode("CALLING_DEVICE", device["callingId"]),
        "webexDeviceId": ids.encode("DEVICE", device["id"]),
        "displayName": owner["displayName"],
        name: ids.encode(kind, key),
        "orgId": ids.encode("ORGANIZATION", store.org["id"]),
        **_PHONE,
        "connectionStatus": device["status"],
        "product": device["product"],
        "type": device["type"],
        "tags": list(device["tags"]),
        "primarySipUrl": "",
        "sipUrls": [],
        "software": "sip.1.0",
        "upgradeChannel": "stable",
        "created": device["created"],
        "managedBy": "CISCO",
        "devicePlatform": "cisco",
        # no plannedMaintenance: an object in the document, a text for the SDK, and phones have none
    }
    if mac := device.get("mac"):
        body["mac"] = mac  # bare for phones; RoomOS devices have colons
        body["serial"] = f"SIM{mac[-8:]}"
    if location := _location(store, device):
        body["locationId"] = ids.encode("LOCATION", location)
        body["workspaceLocationId"] = ids.encode("WORKSPACE_LOCATION", f"{store.org['id']}#{location}")
    return body


def _matches(request: Request, device: Json, row: Json) -> bool:
    query = request.query
    for name in ("displayName", "connectionStatus", "product", "type", "serial", "software", "upgradeChannel",
                 "devicePlatform"):  # fmt: skip
        if name in query and row.get(name) != query[name]:
            return False
    for name in ("personId", "workspaceId"):
        if name in query and (name not in row or ids.any_uuid(query[name]) != device["owner"][1]):
            return False
    place = query.get("locationId") or query.get("workspaceLocationId")
    if place and ids.any_uuid(place).rpartition("#")[2] != _location(request.store, device):
        return False
    if "mac" in query and _devices.mac_of(query["mac"]) != device.get("mac"):
        return False
    if "plannedMaintenance" in query and query["plannedMaintenance"] != "off":
        return False
    wanted = {"tags": "tag", "errorCodes": "errorCode", "capabilities": "capability", "permissions": "permission"}
    return all(set(request.listed(name)) <= set(row[key]) for key, name in wanted.items())


@route("GET", "/devices")
def list_devices(request: Request) -> Reply:
    """List Devices: at most 100 and never a Link header, so the rest is cut off silently (FB#23); `start` goes on."""
    size, start = paging.page_size(request, _LIMIT, _LIMIT), request.query.get("start", "0")
    if not start.isdecimal():
        raise errors.platform(400, f"Invalid value for start: {start}")
    store = request.store
    rows = [(device, show(store, device)) for device in _devices.all_of(store)]
    found = [row for device, row in rows if _matches(request, device, row)]
    return Reply(200, paging.body(request, "items", found[int(start) : int(start) + size]))


@route("GET", "/devices/{deviceId}")
def get_device(request: Request) -> Reply:
    """Get Device Details."""
    return Reply(200, show(request.store, _devices.by_id(request)))


@route("POST", "/devices")
def create_device(request: Request) -> Reply:
    """Create a Device by MAC Address."""
    store, body = request.store, parse(_New, request.document())
    model, mac = _device_models.find(body.model), _devices.mac_of(body.mac)
    if model is None:
        raise errors.invalid_value("Invalid field value: model")
    if mac is None:
        raise errors.telephony(400, 25220, f"[Error 25220] Invalid MAC address: {body.mac}")
    owner = _owner(store, body.person_id, body.workspace_id, calls=True)
    if _devices.has_mac(store, mac):
        raise errors.broadworks(int(store.switches["device_mac_in_use"]), 5675, "MAC Address is in use.")
    if model["manufacturer"] == "THIRD_PARTY" and not body.password:
        raise errors.missing_field("password")
    device = _devices.add(store, owner, {**_fields(model), "mac": mac, "status": "connected", "method": "MAC_ADDRESS"})
    if model["familyDisplayName"] != "Cisco 9800":
        return Reply(200, show(store, device))
    if seconds := store.switches.seconds("device_create_lag"):
        device["hiddenUntil"] = store.clock.now() + seconds
    return Reply(204)


@route("POST", "/devices/activationCode")
def create_activation_code(request: Request) -> Reply:
    """Create a Device Activation Code. A phone is there at once and activating; without a model the code is for a
    RoomOS device, which appears when it is switched on, that is never."""
    store, body = request.store, parse(_Activation, request.document())
    model = _device_models.find(body.model) if body.model else None
    if body.model and (model is None or "ACTIVATION_CODE" not in model["onboardingMethod"]):
        raise errors.invalid_value("Invalid field value: model")
    owner = _owner(store, body.person_id, body.workspace_id, calls=model is not None)
    if owner.kind == "workspaces" and store.workspaces[owner.id].get("callingType") in ("none", "thirdPartySipCalling"):
        store.workspaces[owner.id]["callingType"] = "freeCalling"
    if model is not None:
        _devices.add(store, owner, {**_fields(model), "status": "activating", "method": "ACTIVATION_CODE"})
    expiry = store.clock.now() + _WEEK
    code = f"{crc32(owner.id.encode()):010d}{int(expiry) % 1_000_000:06d}"
    return Reply(200, {"code": code, "expiryTime": store.clock.stamp(expiry)})


@route("PATCH", "/devices/{deviceId}")
def modify_tags(request: Request) -> Reply:
    """Modify Device Tags: add to them, replace them, or remove all of them."""
    device, body = _devices.by_id(request), parse(_Tags, request.document())
    kept = device["tags"] if body.op == "add" else []
    device["tags"] = list(dict.fromkeys([*kept, *(body.value if body.op != "remove" else [])]))
    return Reply(200, show(request.store, device))


@route("DELETE", "/devices/{deviceId}")
def delete_device(request: Request) -> Reply:
    """Delete a Device."""
    del request.store.table(_devices.TABLE)[_devices.by_id(request)["id"]]
    return Reply(204)


def _full() -> errors.ApiError:
    """A workspace with as many phones as its licence takes (wxcli devices-workspaces.md, live 2026-10-13)."""
    body = {"errorCode": "2022", "message": "Exceeded max number of devices", "trackingId": errors.tracking_id()}
    return errors.ApiError(400, body, 2022)


def _fields(model: Json) -> Json:
    return {"model": model["model"], "product": model["displayName"], "type": "phone"}


def _owner(store: Store, person: str | None, workspace: str | None, *, calls: bool) -> Owner:
    """Either a person or a workspace. A phone wants calling, and a Standard licence has one phone only."""
    if bool(person) == bool(workspace):
        raise errors.platform(400, "Either workspaceId or personId is required.")
    table, text = ("people", person) if person else ("workspaces", workspace)
    record = store.table(table).get(ids.parse(str(text), "PEOPLE" if person else "PLACE", bare=bool(person)))
    if record is None:
        raise errors.not_found()
    owner = Owner(table, record["id"])
    if calls:
        calling.calling_block(record, "UserAccessDeviceAddRequest")
        held = len([one for one in _devices.owned(store, owner) if one["type"] == "phone"])
        if table == "workspaces":
            basic = calling.has_offer(store, record["licenses"], calling.BASIC_OFFERS)
            if held >= (1 if basic else _MOST_PHONES):
                raise _full()
        elif held and calling.has_offer(store, record["licenses"], frozenset({"BCBAS"})):
            raise errors.platform(400, "A user with a Standard license can have one device only.")
    return owner
