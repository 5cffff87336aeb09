"""Virtual lines (developer.webex.com "Virtual Line Call Settings"; webex-behaviour.md §14): members like people and
workspaces, with a calling block but without licence or own device. Other settings of theirs stand in `settings/`.

    virtual_lines  {id, firstName, lastName, displayName, location, calling{location, extension, number}, created,
                    settledAt?, directorySearchEnabled?, announcementLanguage?, timeZone?, callerIdFirstName?,
                    callerIdLastName?, callerIdNumber?, externalCallerIdNamePolicy?, customExternalCallerIdName?}
"""

from __future__ import annotations

from ..core import calling, errors, ids, numbering, owners, paging, switches
from ..core.bodies import Body, parse
from ..core.owners import Owner, OwnerKind, person_name
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ..workspaces import owned_devices
from . import _names
from ._feature import Feature

switches.declare(
    "virtual_line_settling", "0s", "10s", row="1.6",
    text="how long after its creation a virtual line cannot be deleted (502)",
)  # fmt: skip

TABLE = "virtual_lines"
LINES = Feature(
    TABLE, "VIRTUAL_LINE", "virtualLines", "virtualLines",
    owners.register(OwnerKind(TABLE, "VIRTUAL_LINE", "VIRTUAL_LINE", name=person_name)),
)  # fmt: skip
_PATH = LINES.collection
_ONE = _PATH + "/{virtualLineId}"
_CALLER_ID = ("callerIdFirstName", "callerIdLastName", "callerIdNumber")
_PLAIN = ("announcementLanguage", "timeZone", *_CALLER_ID)


class Update(Body):
    """Every field may be left out and keeps its value then (§1.9)."""

    first_name: str | None = None
    last_name: str | None = None
    display_name: str | None = None
    phone_number: str | None = None
    extension: str | None = None
    announcement_language: str | None = None
    caller_id_last_name: str | None = None
    caller_id_first_name: str | None = None
    caller_id_number: str | None = None
    time_zone: str | None = None


class Create(Update):
    first_name: str
    last_name: str
    location_id: str


class DirectorySearch(Body):
    enabled: bool


def find(request: Request) -> Json:
    """The virtual line of the path."""
    record = LINES.records(request.store).get(request.uuid("virtualLineId", "VIRTUAL_LINE", bare=True))
    if record is None:
        raise errors.not_found()
    return record


def _check(sent: Json, longest: int) -> None:
    """Names may be longer in an update than in a create; that is how it is documented."""
    for name in ("firstName", "lastName"):
        _names.check_length(name, sent.get(name), longest)
    _names.check_length("callerIdFirstName", sent.get("callerIdFirstName"), 30 if longest == 30 else 128)
    _names.check_length("callerIdLastName", sent.get("callerIdLastName"), longest)
    if sent.get("callerIdNumber") and numbering.e164(sent["callerIdNumber"]) is None:
        raise errors.broadworks(400, 4410, f"Invalid phone number: {sent['callerIdNumber']}")


def _derived(record: Json) -> str:
    return f"{record['firstName']} {record['lastName']}"


@route("POST", _PATH)
def create_virtual_line(request: Request) -> Reply:
    """Create a Virtual Line."""
    store = request.store
    sent = parse(Create, request.document()).wire(sent=True)
    _check(sent, 30)
    location = calling.calling_location(store, sent["locationId"])
    block = LINES.address(store, location, None, sent)
    record: Json = {
        "id": store.new_id(TABLE),
        "firstName": sent["firstName"],
        "lastName": sent["lastName"],
        "location": location,
        "calling": block,
        "created": store.clock.stamp(),
        "directorySearchEnabled": True,
        "announcementLanguage": sent.get("announcementLanguage") or _names.language_of(store, location),
        "timeZone": sent.get("timeZone") or store.locations[location]["timeZone"],
    }
    record.update({name: sent[name] for name in _CALLER_ID if sent.get(name)})
    record["displayName"] = sent.get("displayName") or _derived(record)
    if seconds := store.switches.seconds("virtual_line_settling"):
        record["settledAt"] = store.clock.now() + seconds
    LINES.add(store, record)
    return Reply(201, {"id": LINES.id_of(record)})


@route("PUT", _ONE)
def update_virtual_line(request: Request) -> Reply:
    """Update a Virtual Line: merges. A display name does not follow first and last name (wxcli virtual-lines.md)."""
    store, record = request.store, find(request)
    sent = parse(Update, request.document()).wire(sent=True)
    _check(sent, 64)
    block = LINES.address(store, record["location"], record, sent)
    for name in ("firstName", "lastName", "displayName", *_PLAIN):
        if sent.get(name):
            record[name] = sent[name]
        elif name in _CALLER_ID and name in sent:
            record.pop(name, None)
    LINES.change_address(store, record, block)
    return Reply(204)


@route("DELETE", _ONE)
def delete_virtual_line(request: Request) -> Reply:
    """Delete a Virtual Line. Right after its creation this fails for a while (§1.6: live tests try ten times); with
    which code is not known, so the body carries none."""
    store, record = request.store, find(request)
    if record.get("settledAt", 0) > store.clock.now():
        raise errors.platform(502, "Upstream service returned an error.")
    LINES.remove(store, record)
    return Reply(204)


@route("GET", _ONE)
def get_virtual_line(request: Request) -> Reply:
    """Get Details for a Virtual Line; the numbers lack the routing prefix that lists show."""
    store, record = request.store, find(request)
    place = store.locations[record["location"]]
    number = {name: value for name, value in _number(store, record).items() if name not in ("routingPrefix", "esn")}
    return Reply(
        200,
        {
            "id": LINES.id_of(record),
            "firstName": record["firstName"],
            "lastName": record["lastName"],
            "displayName": record["displayName"],
            "directorySearchEnabled": record.get("directorySearchEnabled", True),
            "announcementLanguage": record.get("announcementLanguage") or _names.language_of(store, place["id"]),
            "timeZone": record.get("timeZone") or place["timeZone"],
            "number": number,
            "devices": _devices(store, record),
            "location": {
                "id": ids.encode("LOCATION", place["id"]),
                "name": place["name"],
                "address": dict(place["address"]),
            },
        },
    )


@route("GET", _ONE + "/number")
def get_number(request: Request) -> Reply:
    """Get Phone Number Assigned for a Virtual Line: here the number's key is `directNumber`."""
    number = _number(request.store, find(request))
    shown = {"primary": True}
    if number.get("external"):
        shown["directNumber"] = number["external"]
    if number.get("extension"):
        shown["extension"] = number["extension"]
    return Reply(200, {"phoneNumber": shown})


@route("PUT", _ONE + "/directorySearch")
def update_directory_search(request: Request) -> Reply:
    """Update Directory Search for a Virtual Line."""
    record = find(request)
    record["directorySearchEnabled"] = parse(DirectorySearch, request.document()).enabled
    return Reply(204)


@route("GET", _ONE + "/devices")
def list_devices(request: Request) -> Reply:
    """Get List of Devices Assigned for a Virtual Line: those that have it beside the line of their owner."""
    rows = _devices(request.store, find(request))
    said = {"availableEndpointType": "SHARED_CALL_APPEARANCE", "maxDeviceCount": owned_devices.MOST}
    return Reply(200, {"devices": rows, **said})


def _devices(store: Store, record: Json) -> list[Json]:
    return owned_devices.rows(store, Owner(TABLE, record["id"]), record["calling"])


@route("GET", _ONE + "/dectNetworks")
def list_dect_networks(request: Request) -> Reply:
    """Get List of DECT Networks Handsets for a Virtual Line."""
    find(request)
    return Reply(200, {"dectNetworks": []})


@route("GET", _PATH)
def list_virtual_lines(request: Request) -> Reply:
    """Read the List of Virtual Lines: other fields than the details, `displayName` is not among them."""
    store = request.store
    rows = [record for record in LINES.records(store).values() if _matches(request, record)]
    return paging.by_offset(request, rows, "virtualLines", default=2000, limit=2000, show=lambda row: _row(store, row))


def _number(store: Store, record: Json) -> Json:
    block = record.get("calling") or {}
    shown: Json = {"external": block["number"]} if block.get("number") else {}
    if block.get("extension"):
        shown |= {"extension": block["extension"], "esn": calling.esn(store, block)}
        if prefix := (store.calling_of(block["location"]) or {}).get("routingPrefix"):
            shown["routingPrefix"] = prefix
    return {**shown, "primary": True}


def _row(store: Store, record: Json) -> Json:
    place = store.locations[record["location"]]
    shown: Json = {
        "id": LINES.id_of(record),
        "firstName": record["firstName"],
        "lastName": record["lastName"],
        "callerIdFirstName": record.get("callerIdFirstName") or record["firstName"],
        "callerIdLastName": record.get("callerIdLastName") or record["lastName"],
        "externalCallerIdNamePolicy": record.get("externalCallerIdNamePolicy", "DIRECT_LINE"),
        "number": _number(store, record),
        "location": {"id": ids.encode("LOCATION", place["id"]), "name": place["name"]},
        "numberOfDevicesAssigned": len(_devices(store, record)),
    }
    for name in ("callerIdNumber", "customExternalCallerIdName"):
        if record.get(name):
            shown[name] = record[name]
    return shown


def _matches(request: Request, record: Json) -> bool:
    store, query, block = request.store, request.query, record.get("calling") or {}
    place = store.locations[record["location"]]["name"].lower()
    wanted = {name: request.listed(name) for name in ("locationId", "id", "ownerName", "phoneNumber", "locationName")}
    if wanted["locationId"] and record["location"] not in map(ids.any_uuid, wanted["locationId"]):
        return False
    if wanted["id"] and record["id"] not in map(ids.any_uuid, wanted["id"]):
        return False
    if wanted["ownerName"] and not any(part.lower() in _derived(record).lower() for part in wanted["ownerName"]):
        return False
    if wanted["phoneNumber"] and block.get("number") not in wanted["phoneNumber"]:
        return False
    if wanted["locationName"] and not any(part.lower() in place for part in wanted["locationName"]):
        return False
    held = {"hasDeviceAssigned": False, "hasExtensionAssigned": bool(block.get("extension")),
            "hasDnAssigned": bool(block.get("number"))}  # fmt: skip
    return not any(request.flag(name) and not value for name, value in held.items() if name in query)
