"""Calling at a location (`/telephony/config/locations`; webex-behaviour.md §3)."""

from __future__ import annotations

import re

from ..core import calling, errors, ids, numbering, paging, switches
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ..jobs import jobs
from . import pstn

switches.declare(
    "enable_calling_twice", "409", "400", "201", row="3, 17.11",
    text="enabling a location that has calling already; 201 leaves it as it is",
)  # fmt: skip
switches.declare(
    "enable_calling_differs", "ignore", "refuse", "apply", row="17.11",
    text="enabling with name, time zone or address other than /locations has: ignored, 400, or taken over",
)  # fmt: skip
switches.declare(
    "main_number_assigned", "accept", "refuse", row="3, 17.6",
    text="making a number the main one that somebody has: done, as users with the main number show (19604), or 400",
)  # fmt: skip

_LANGUAGE = re.compile(r"^[a-z]{2}_[a-z]{2}$")
_ADDRESS = ("address1", "city", "postalCode", "country")
# shown when set, plain to write
_TEXTS = ("externalCallerIdName", "pAccessNetworkInfo", "chargeNumber")


class _Address(Body):
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


class _Enabled(Body):
    id: str | None = None
    name: str | None = None
    time_zone: str | None = None
    preferred_language: str | None = None
    announcement_language: str | None = None
    address: _Address | None = None


class _CallingLine(Body):
    name: str | None = None
    phone_number: str | None = None


class _Connection(Body):
    type: str | None = None
    id: str | None = None


class _Changes(Body):
    announcement_language: str | None = None
    calling_line_id: _CallingLine | None = None
    connection: _Connection | None = None
    external_caller_id_name: str | None = None
    p_access_network_info: str | None = None
    charge_number: str | None = None
    outside_dial_digit: str | None = None
    routing_prefix: str | None = None
    enforce_outside_dial_digit: bool | None = None
    use_charge_number_for_p_charge_info: bool | None = None


def _calling_line(half: Json) -> Json:
    return {name: value for name, value in half["callingLineId"].items() if value}


def show(store: Store, record: Json) -> Json:
    half = record["calling"]
    body: Json = {
        "id": ids.encode("LOCATION", record["id"]),
        "name": record["name"],
        "announcementLanguage": half["announcementLanguage"],
        "callingLineId": _calling_line(half),
        "externalCallerIdName": half.get("externalCallerIdName", ""),
        "userLimit": half.get("userLimit", calling.USER_LIMIT),
        "defaultDomain": f"{store.org['id'].split('-')[0]}.example.webex.com",
        "enforceOutsideDialDigit": half.get("enforceOutsideDialDigit", False),
        "useChargeNumberForPChargeInfo": half.get("useChargeNumberForPChargeInfo", False),
    }
    for name in ("routingPrefix", "outsideDialDigit", "subscriptionId", "pAccessNetworkInfo", "chargeNumber"):
        if half.get(name):
            body[name] = half[name]
    if (connection := half.get("pstn")) and connection.get("routeType"):
        kind, route_id = connection["routeType"], connection["route"]
        body["connection"] = {"type": kind, "id": ids.encode(kind, route_id)}
    return body


def _row(record: Json) -> Json:
    """The list shows less: no connection, no user limit; `callingLineId` may be empty."""
    half = record["calling"]
    body: Json = {
        "id": ids.encode("LOCATION", record["id"]),
        "name": record["name"],
        "callingLineId": {k: v for k, v in _calling_line(half).items() if k == "phoneNumber"},
        "enforceOutsideDialDigit": half.get("enforceOutsideDialDigit", False),
        "e911SetupRequired": False,
    }
    body.update({name: half[name] for name in ("routingPrefix", "outsideDialDigit") if half.get(name)})
    return body


@route("GET", "/telephony/config/locations")
def list_calling_locations(request: Request) -> Reply:
    """List Locations Webex Calling Details: calling locations only."""
    name = request.query.get("name", "").lower()
    rows = [row for row in request.store.locations.values() if row.get("calling") and name in row["name"].lower()]
    return paging.by_offset(request, rows, "locations", default=2000, limit=2000, show=_row)


@route("POST", "/telephony/config/locations")
def enable_calling(request: Request) -> Reply:
    """Enable a Location for Webex Calling: every field of the location again, languages in lower case."""
    store, body = request.store, parse(_Enabled, request.document()).wire(sent=True)
    for name in ("id", "name", "timeZone", "preferredLanguage", "announcementLanguage", "address"):
        if not body.get(name):
            raise errors.missing_field(name)
    for name in _ADDRESS:
        if not body["address"].get(name):
            raise errors.missing_field(f"address.{name}")
    if body["address"].get("address2") == "":
        raise errors.invalid_value("Invalid value for address.address2")
    for name in ("preferredLanguage", "announcementLanguage"):
        if not _LANGUAGE.match(body[name]):
            raise errors.platform(400, "Invalid Language Code")
    key = ids.parse(body["id"], "LOCATION")
    if key not in store.locations:
        raise errors.not_found()
    record = store.locations[key]
    if len(body["name"]) > 80:
        raise errors.telephony(400, 25110, "name cannot be less than 1 or greater than 80 characters.")
    if record.get("calling"):
        if store.switches["enable_calling_twice"] == "201":
            return Reply(201, {"id": ids.encode("LOCATION", key)})
        status = int(store.switches["enable_calling_twice"])
        raise errors.platform(status, "Location is already enabled for Webex Calling")
    _reconcile(store, record, body)
    portal = "9000"
    record["calling"] = {
        "announcementLanguage": body["announcementLanguage"],
        "callingLineId": {"name": record["name"]},
        "enforceOutsideDialDigit": False,
        "voicePortal": portal,
    }
    store.extensions[key] = {portal: Owner("voicePortal", key)}
    return Reply(201, {"id": ids.encode("LOCATION", key)})


def _reconcile(store: Store, record: Json, body: Json) -> None:
    """What becomes of data that says something else than /locations does."""
    changed: Json = {name: body[name] for name in ("name", "timeZone") if body[name] != record[name]}
    address = {**record["address"], **{name: value for name, value in body["address"].items() if value is not None}}
    if address != record["address"]:
        changed["address"] = address
    if changed and store.switches["enable_calling_differs"] == "refuse":
        raise errors.platform(400, f"The location has another {next(iter(changed))}.")
    if store.switches["enable_calling_differs"] == "apply":
        record.update(changed)


@route("GET", "/telephony/config/locations/{locationId}")
def get_calling_location(request: Request) -> Reply:
    """Get Location Webex Calling Details: 404 where calling is off."""
    calling.calling_half(request)
    return Reply(200, show(request.store, calling.location(request)))


@route("PUT", "/telephony/config/locations/{locationId}")
def update_calling_location(request: Request) -> Reply:
    """Update a Location's Webex Calling Details: merges; read-only fields are ignored. A changed routing prefix
    holds at once, and its job is answered with `batchJobId`."""
    store, body = request.store, parse(_Changes, request.document()).wire(sent=True)
    half, key = calling.calling_half(request), calling.location(request)["id"]
    language = body.get("announcementLanguage")
    if language is not None and not _LANGUAGE.match(language):
        raise errors.platform(400, "Invalid Language Code")
    for name in ("outsideDialDigit", "routingPrefix"):
        if body.get(name) == "":
            raise errors.invalid_value(f"Invalid value for {name}")
    prefix, prefix_before = body.get("routingPrefix"), half.get("routingPrefix")
    _check_prefix(store, key, prefix)
    connection = pstn.premise(store, body["connection"], "type", "id") if body.get("connection") else None

    # the only part that can still refuse comes first
    if body.get("callingLineId"):
        _set_calling_line(store, key, half, body["callingLineId"])
    if language:
        half["announcementLanguage"] = language
    for name in ("outsideDialDigit", "routingPrefix", *_TEXTS):
        if name in body:
            half[name] = body[name]
    for name in ("enforceOutsideDialDigit", "useChargeNumberForPChargeInfo"):
        if body.get(name) is not None:
            half[name] = body[name]
    if connection:
        half["pstn"] = connection
    if prefix and prefix != prefix_before:
        job = jobs.start(store, "updateRoutingPrefix", location=key)
        return Reply(200, {"batchJobId": ids.encode("JOB_ID", job["id"])})
    return Reply(204)


@route("DELETE", "/telephony/config/locations/{locationId}")
def no_such_delete(request: Request) -> Reply:
    """Calling is switched off by a job; this does not exist and says 404, not 405 (PROV2)."""
    raise errors.no_route(request.path)


def _check_prefix(store: Store, key: str, prefix: str | None) -> None:
    if prefix is None:
        return
    if not prefix.isdigit() or not 2 <= len(prefix) <= 7:
        raise errors.invalid_value("Invalid value for routingPrefix")
    for other, record in store.locations.items():
        if other != key and (record.get("calling") or {}).get("routingPrefix") == prefix:
            raise errors.backend_list(400, 5600, f"The routing prefix {prefix} is already in use.")


def _set_calling_line(store: Store, key: str, half: Json, changes: Json) -> None:
    """A number outside the location's inventory makes the whole block a success without effect; a new number
    without a name clears the name (§3)."""
    line, text = half["callingLineId"], changes.get("phoneNumber")
    if text and text != line.get("phoneNumber"):
        if numbering.e164(text) != text or store.numbers.get(text, {}).get("location") != key:
            return
        if text in store.owners and store.switches["main_number_assigned"] == "refuse":
            raise errors.broadworks(400, 4201, "The phone number is already in use.")
        line["phoneNumber"] = text
        line.pop("name", None)
    if changes.get("name"):
        line["name"] = changes["name"]
