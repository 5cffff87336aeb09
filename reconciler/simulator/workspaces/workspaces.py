"""Workspaces (developer.webex.com "Workspaces API"; webex-behaviour.md §13). Names are not unique; extension and
number are never shown here, only by the numbers calls."""

from __future__ import annotations

from typing import Literal

from ..core import calling, errors, ids, paging, switches
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ..locations import floors
from ..locations.workspace_locations import legacy_key
from ._devices import owned

switches.declare(
    "workspace_put_omitted", "kept", "cleared", row="13",
    text="capacity, type and notes that a PUT leaves out: as they were, as seen live, or gone, as documented",
)  # fmt: skip

_CLEARED = ("capacity", "type", "notes")
_KEPT = ("displayName", "calendar", "hotdeskingStatus", "deviceHostedMeetings", "devicePlatform",
         "indoorNavigation")  # fmt: skip


_Calling = Literal[
    "freeCalling", "hybridCalling", "webexCalling", "webexEdgeForDevices", "thirdPartySipCalling", "none"
]
_CHANGEABLE = ("freeCalling", "none", "thirdPartySipCalling", "webexCalling")
_WITHOUT_DEVICES = ("none", "thirdPartySipCalling", "webexCalling")
_Type = Literal["notSet", "focus", "huddle", "meetingRoom", "open", "desk", "other"]


class _WebexCalling(Body):
    location_id: str | None = None
    extension: str | None = None
    phone_number: str | None = None
    licenses: list[str] | None = None


class _CallingBody(Body):
    type: _Calling | None = None
    webex_calling: _WebexCalling | None = None


class _Calendar(Body):
    type: Literal["none", "google", "microsoft"] | None = None
    email_address: str | None = None
    resource_group_id: str | None = None


class _Meetings(Body):
    enabled: bool


class _Map(Body):
    url: str | None = None


class _Workspace(Body):
    display_name: str | None = None
    location_id: str | None = None
    workspace_location_id: str | None = None
    floor_id: str | None = None
    capacity: int | None = None
    type: _Type | None = None
    notes: str | None = None
    calendar: _Calendar | None = None
    hotdesking_status: Literal["on", "off", "none"] | None = None
    supported_devices: Literal["collaborationDevices", "phones"] | None = None
    device_hosted_meetings: _Meetings | None = None
    device_platform: Literal["cisco", "microsoftTeamsRoom"] | None = None
    indoor_navigation: _Map | None = None
    calling: _CallingBody | None = None


def show(store: Store, record: Json) -> Json:
    body: Json = {
        "id": ids.encode("PLACE", record["id"]),
        "orgId": ids.encode("ORGANIZATION", store.org["id"]),
        "displayName": record["displayName"],
    }
    if record.get("location"):
        body["locationId"] = ids.encode("LOCATION", record["location"])
        body["workspaceLocationId"] = ids.encode("WORKSPACE_LOCATION", f"{store.org['id']}#{record['location']}")
    if record.get("floor"):
        body["floorId"] = ids.encode(floors.KIND, record["floor"])
    body.update({name: record[name] for name in _CLEARED if record.get(name) is not None})
    label = "".join(letter for letter in record["displayName"].lower() if letter.isalnum())
    body["sipAddress"] = f"{label}@{store.org.get('domain', 'example.com').split('.')[0]}.rooms.webex.com"
    body["created"] = record["created"]
    body["calling"] = {"type": record.get("callingType", "freeCalling")}
    if body["calling"]["type"] == "webexCalling":
        body["calling"]["webexCalling"] = {"licenses": [calling.license_id(store, k) for k in record["licenses"]]}
    body["calendar"] = record.get("calendar") or {"type": "none"}
    body["hotdeskingStatus"] = record.get("hotdeskingStatus", "off")
    body["supportedDevices"] = record.get("supportedDevices", "collaborationDevices")
    body["deviceHostedMeetings"] = record.get("deviceHostedMeetings") or {"enabled": False}
    body["devicePlatform"] = record.get("devicePlatform", "cisco")
    if record.get("indoorNavigation"):
        body["indoorNavigation"] = record["indoorNavigation"]
    body["health"] = _health(record)
    body["plannedMaintenance"] = {"mode": "off"}
    return body


def _health(record: Json) -> Json:
    issues = [
        {
            "id": f"{name}-not-set",
            "createdAt": record["created"],
            "title": f"The {name} is not set.",
            "description": f"The {name} of the workspace is not set.",
            "recommendedAction": f"Set the {name} of the workspace.",
            "level": "info",
        }
        for name in ("type", "capacity")
        if record.get(name) in (None, "notSet")
    ]
    return {"level": "info", "issues": issues} if issues else {"level": "ok"}


def _matches(request: Request, record: Json) -> bool:
    query = request.query
    for name in ("displayName", "supportedDevices"):
        if name in query and record.get(name) != query[name]:
            return False
    place = query.get("locationId") or query.get("workspaceLocationId")  # the latter takes ids of both APIs
    if place and record.get("location") != ids.any_uuid(place).rpartition("#")[2]:
        return False
    if "floorId" in query and record.get("floor") != ids.any_uuid(query["floorId"]):
        return False
    if "calling" in query and record.get("callingType", "freeCalling") != query["calling"]:
        return False
    if "type" in query and (record.get("type") or "notSet") != query["type"]:
        return False
    if "calendar" in query and (record.get("calendar") or {}).get("type", "none") != query["calendar"]:
        return False
    return "capacity" not in query or str(record.get("capacity") or -1) == query["capacity"]


@route("GET", "/workspaces")
def list_workspaces(request: Request) -> Reply:
    """List Workspaces."""
    store = request.store
    rows = [row for row in store.workspaces.values() if _matches(request, row)]
    return paging.by_offset(request, rows, "items", default=100, limit=1000, show=lambda row: show(store, row))


@route("GET", "/workspaces/{workspaceId}")
def get_workspace(request: Request) -> Reply:
    """Get Workspace Details."""
    return Reply(200, show(request.store, calling.workspace(request)))


@route("POST", "/workspaces")
def create_workspace(request: Request) -> Reply:
    """Create a Workspace; without `calling` it is freeCalling."""
    store, body = request.store, parse(_Workspace, request.document()).wire(sent=True)
    if not body.get("displayName"):
        raise errors.platform(400, "displayName is required")
    record: Json = {
        "id": "",
        "created": store.clock.stamp(),
        "supportedDevices": body.get("supportedDevices") or "collaborationDevices",
        "location": _location(store, body),
        "callingType": "freeCalling",
        "licenses": [],
        "calling": None,
    }
    record.update({name: body[name] for name in (*_CLEARED, *_KEPT) if body.get(name) is not None})
    if floor := _floor(store, record["location"], body):
        record["floor"] = floor
    wanted = _wanted_calling(store, record, body.get("calling"))
    record["id"] = store.new_id("workspaces")
    store.workspaces[record["id"]] = record
    _set_calling(store, record, wanted)
    return Reply(201, show(store, record))


@route("PUT", "/workspaces/{workspaceId}")
def update_workspace(request: Request) -> Reply:
    """Update a Workspace: it merges (wxcli devices-workspaces.md, live 2026-10-13). A whole read object can be written
    back, because `calling` without an address changes nothing."""
    store, record = request.store, calling.workspace(request)
    body = parse(_Workspace, request.document()).wire(sent=True)
    if body.get("supportedDevices") not in (None, record["supportedDevices"]):
        raise errors.platform(400, "supportedDevices cannot be changed once configured.")
    location = _location(store, body)
    if location and record.get("location") and location != record["location"]:
        raise errors.platform(400, "locationId cannot be changed once configured.")
    if (body.get("calling") or {}).get("type") == "freeCalling" and record["supportedDevices"] == "phones":
        raise errors.platform(400, "freeCalling is not supported for workspaces with phones.")
    floor = _floor(store, location, body)
    wanted = _wanted_calling(store, record, body.get("calling"))
    _refuse_type(store, record, wanted)
    record["location"] = location or record.get("location")
    if floor:
        record["floor"] = floor
    for name in _CLEARED if store.switches["workspace_put_omitted"] == "cleared" else body:
        if name in _CLEARED:
            record.pop(name, None)
    record.update({name: body[name] for name in (*_CLEARED, *_KEPT) if body.get(name) is not None})
    _set_calling(store, record, wanted)
    return Reply(200, show(store, record))


@route("DELETE", "/workspaces/{workspaceId}")
def delete_workspace(request: Request) -> Reply:
    """Delete a Workspace."""
    store, record = request.store, calling.workspace(request)
    _set_calling(store, record, ("freeCalling", [], None))
    del store.workspaces[record["id"]]
    return Reply(204)


_Wanted = tuple[str, list[str], Json | None]
_REQUIRED = "The following fields are required for this Workspace type"


def _location(store: Store, body: Json) -> str | None:
    """The location of a write body, by the id of either API."""
    if text := body.get("locationId"):
        key = ids.parse(text, "LOCATION")
    elif text := body.get("workspaceLocationId"):
        key = legacy_key(text)
    else:
        return None
    if key not in store.locations:
        raise errors.platform(400, "Unable to find location.")
    return key


def _floor(store: Store, location: str | None, body: Json) -> str | None:
    """The floor of a write body; it wants its location beside it."""
    if not body.get("floorId"):
        return None
    if location is None:
        raise errors.platform(400, "locationId must be provided when floorId is set.")
    return floors.known(store.locations[location], body["floorId"])


def _refuse_type(store: Store, record: Json, wanted: _Wanted | None) -> None:
    """Which types of calling a PUT takes away and gives, as its description says (OpenAPI, Update a Workspace)."""
    if wanted is None or wanted[0] == record["callingType"]:
        return
    if record["callingType"] not in _CHANGEABLE:
        names = ", ".join(_CHANGEABLE)
        raise errors.platform(400, f"Updating calling is only supported if the existing calling type is {names}.")
    if wanted[0] in _WITHOUT_DEVICES and owned(store, Owner("workspaces", record["id"])):
        raise errors.platform(400, f"Updating calling to {wanted[0]} is not supported if the workspace has devices.")


def _set_calling(store: Store, record: Json, wanted: _Wanted | None) -> None:
    if wanted is None:
        return
    record["callingType"], licenses, block = wanted
    calling.set_licenses(store, record, licenses)
    if block is not record.get("calling"):
        calling.set_calling(store, Owner("workspaces", record["id"]), record, block)
    if block is not None:
        record["location"] = record.get("location") or block["location"]


def _wanted_calling(store: Store, record: Json, body: Json | None) -> _Wanted | None:
    """(type, licences, calling block) out of a write body; None when nothing is to change."""
    if not body:
        return None
    kind = body.get("type") or "freeCalling"
    if kind != "webexCalling":
        return (kind, [], None) if kind != record["callingType"] else None
    details = body.get("webexCalling") or {}
    extension, number = details.get("extension"), details.get("phoneNumber")
    old = record.get("calling")
    if record["callingType"] == "webexCalling" and not (extension or number or details.get("locationId")):
        if not details.get("licenses"):
            return None
        return (kind, _licenses(store, record, details), old)
    licenses = _licenses(store, record, details)
    if calling.has_offer(store, licenses, frozenset({"BCHDO"})):
        if extension or number:
            text = "The following fields cannot be set on this Workspace type [DIRECTORY_NUMBER]"
            raise errors.platform(400, text)
        return kind, licenses, None
    if not (extension or number):
        raise errors.platform(400, f"{_REQUIRED} [DIRECTORY_NUMBER_OR_EXTERNAL_NUMBER]")
    if not details.get("locationId"):
        raise errors.platform(400, "locationId and either phoneNumber or extension are required.")
    location = calling.calling_location(store, details["locationId"])
    if old and old["location"] != location:
        raise errors.platform(400, "locationId cannot be changed once configured.")
    owner = Owner("workspaces", record["id"])
    if extension:
        calling.check_extension(store, location, str(extension), owner)
    taken = calling.check_number(store, location, number, owner) if number else None
    if taken in [alternate["number"] for alternate in (old or {}).get("alternates", ())]:
        raise errors.broadworks(400, 4201, "The phone number is already in use.")
    block = {
        **(old or {}),
        "location": location,
        "extension": str(extension) if extension else None,
        "number": taken,
    }
    return kind, licenses, block


def _licenses(store: Store, record: Json, details: Json) -> list[str]:
    """The licence asked for; else the one held; else Workspaces, as a new one got live; else what has units left."""
    if not details.get("licenses"):
        if record["licenses"]:
            return list(record["licenses"])
        candidates = [
            key
            for offer in ("BCCA", *sorted(calling.WORKSPACE_OFFERS - {"BCCA", "BCHDO"}))
            for key, one in store.licenses.items()
            if one["offer"] == offer
        ]
    else:
        keys = [calling.license_key(store, text) for text in details["licenses"]]
        candidates = [key for key in keys if key and store.licenses[key]["offer"] in calling.WORKSPACE_OFFERS]
        if None in keys or not candidates:
            raise errors.platform(400, "License not recognized")
    for key in candidates:
        if key in record["licenses"] or store.units_left(key) > 0:
            return [key]
    raise errors.platform(400, "No suitable license is available.")
