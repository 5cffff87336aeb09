"""Locations (`/locations`; webex-behaviour.md §2). Calling is a second, separate life: telephony_locations.py."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..core import calling, errors, ids, paging, switches
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _words, deletion

switches.declare(
    "location_name_case", "heeded", "ignored", row="17.2", text="whether two names of locations may differ in case only"
)
switches.declare("location_name_duplicate", "conflict", "accept", row="17.2", text="a second location of the same name")
switches.declare("location_name_filter", "exact", "prefix", row="17.13", text="GET /locations?name=")

_WRITABLE = ("name", "timeZone", "preferredLanguage", "latitude", "longitude", "notes")
_ADDRESS = ("address1", "address2", "city", "state", "postalCode", "country")
_NEEDED = ("address1", "city", "postalCode", "country")
# texts in the documentation, numbers in the SDK; either is given back as it came
_Degrees = float | Annotated[str, Field(pattern=r"^[+-]?\d{1,3}(\.\d+)?$")]


class _Address(Body):
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


class _Location(Body):
    name: str | None = None
    time_zone: str | None = None
    preferred_language: str | None = None
    announcement_language: str | None = None
    address: _Address | None = None
    latitude: _Degrees | None = None
    longitude: _Degrees | None = None
    notes: str | None = None


def show(store: Store, record: Json) -> Json:
    """`announcementLanguage` is not shown here, only by the telephony location (FB#8)."""
    body: Json = {
        "id": ids.encode("LOCATION", record["id"]),
        "name": record["name"],
        "orgId": ids.encode("ORGANIZATION", store.org["id"]),
        "timeZone": record["timeZone"],
        "preferredLanguage": record["preferredLanguage"],
        "address": dict(record["address"]),
    }
    body.update({name: record[name] for name in ("latitude", "longitude", "notes") if record.get(name) is not None})
    return body


@route("GET", "/locations")
def list_locations(request: Request) -> Reply:
    """List Locations, filtered by name (exact or prefix: a switch) and id."""
    store, name = request.store, request.query.get("name")
    rows = list(store.locations.values())
    if name is not None:
        prefix = store.switches["location_name_filter"] == "prefix"
        rows = [row for row in rows if row["name"] == name or (prefix and row["name"].startswith(name))]
    if "id" in request.query:
        wanted = {ids.any_uuid(text) for text in request.listed("id")}
        rows = [row for row in rows if row["id"] in wanted]
    return paging.by_offset(request, rows, "items", default=1000, limit=1000, show=lambda row: show(store, row))


@route("POST", "/locations")
def create_location(request: Request) -> Reply:
    """Create a Location: the whole object comes back, though only the id is promised."""
    store, body = request.store, _body(request)
    for name in ("name", "timeZone", "preferredLanguage"):
        if not body.get(name):
            raise errors.missing_field(name)
    address = body.get("address") or {}
    for name in _NEEDED:
        if not address.get(name):
            raise errors.missing_field(f"address.{name}")
    _words.check(store, body)
    check_name(store, body["name"], None)
    record: Json = {"id": store.new_id("locations"), "calling": None}
    _merge(record, body)
    store.locations[record["id"]] = record
    return Reply(200, show(store, record))


@route("GET", "/locations/{locationId}")
def get_location(request: Request) -> Reply:
    """Get Location Details."""
    return Reply(200, show(request.store, calling.location(request)))


@route("PUT", "/locations/{locationId}")
def update_location(request: Request) -> Reply:
    """Update a Location: merges, but an address that is sent replaces the old one: what it leaves out
    and what is empty is cleared (T:locations). Of what every address needs the old value stays."""
    record, body = calling.location(request), _body(request)
    _words.check(request.store, body)
    if body.get("name") is not None:
        check_name(request.store, body["name"], record)
    _merge(record, body)
    return Reply(204)


@route("DELETE", "/locations/{locationId}")
def delete_location(request: Request) -> Reply:
    """Delete a Location: 409 while calling is enabled and for a while after, or a trunk stands in it. Workspaces lose
    their location."""
    remove(request.store, calling.location(request))
    return Reply(204)


def remove(store: Store, record: Json) -> None:
    """What deleting a location does."""
    if deletion.is_referenced(store, record):
        raise errors.platform(409, "Location is being referenced, cannot be deleted")
    for workspace in store.workspaces.values():
        if workspace.get("location") == record["id"]:
            workspace["location"] = None
            workspace.pop("floor", None)
    del store.locations[record["id"]]


def _body(request: Request) -> Json:
    return parse(_Location, request.document()).wire(sent=True)


def check_name(store: Store, name: str, record: Json | None) -> None:
    """At most 256 characters, 80 once calling is enabled; a second one of the same name is a switch (§17.2)."""
    if not name or len(name) > (80 if record and record.get("calling") else 256):
        raise errors.telephony(400, 25110, "name cannot be less than 1 or greater than 80 characters.")
    spelled = str.casefold if store.switches["location_name_case"] == "ignored" else str
    taken = any(spelled(other["name"]) == spelled(name) and other is not record for other in store.locations.values())
    if taken and store.switches["location_name_duplicate"] == "conflict":
        raise errors.platform(409, f"Location with name {name} already exists")


def _merge(record: Json, body: Json) -> None:
    record.update({name: body[name] for name in _WRITABLE if body.get(name) is not None})
    sent = body.get("address")
    if sent is None:
        return
    before = record.get("address") or {}
    kept = {name: before[name] for name in _NEEDED if before.get(name)}
    record["address"] = kept | {name: sent[name] for name in _ADDRESS if sent.get(name)}
