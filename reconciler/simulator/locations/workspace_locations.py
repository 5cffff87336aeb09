"""The locations by their older API (developer.webex.com "Workspace Locations API", deprecated): the same places, seen
as where workspaces stand. The id is that of the organisation and of the location, `<org>#<location>` (§1.7).

What this API does not know of a location that is created here (time zone, language) is as in a location that nobody
has set up: UTC, en_US. Coordinates are required to create one; places of `/locations` may have none.
"""

from __future__ import annotations

from ..core import errors, ids
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _words, locations

_KIND = "WORKSPACE_LOCATION"
_PATH = "/workspaceLocations"


class _Location(Body):
    display_name: str
    address: str
    country_code: str
    latitude: float
    longitude: float
    city_name: str | None = None
    notes: str | None = None


def legacy_id(store: Store, record: Json) -> str:
    return ids.encode(_KIND, f"{store.org['id']}#{record['id']}")


def legacy_key(text: str) -> str:
    """The uuid of the location in such an id."""
    return ids.parse(text, _KIND).rpartition("#")[2]


def legacy_location(request: Request) -> Json:
    """The location of the path."""
    found = request.store.locations.get(legacy_key(request.params["locationId"]))
    if found is None:
        raise errors.not_found()
    return found


def _show(store: Store, record: Json) -> Json:
    address = record["address"]
    shown = {
        "id": legacy_id(store, record),
        "locationId": ids.encode("LOCATION", record["id"]),
        "displayName": record["name"],
        "address": address.get("address1", ""),
        "countryCode": address.get("country", ""),
        "cityName": address.get("city"),
        "notes": record.get("notes"),
        **{name: float(record[name]) for name in ("latitude", "longitude") if record.get(name) is not None},
    }
    return {name: value for name, value in shown.items() if value is not None}


@route("GET", _PATH)
def list_workspace_locations(request: Request) -> Reply:
    """List Workspace Locations: not paginated."""
    store, query = request.store, request.query
    rows = [_show(store, record) for record in store.locations.values()]
    asked = {name: query[name] for name in ("displayName", "address", "countryCode", "cityName") if name in query}
    return Reply(200, {"items": [row for row in rows if all(row.get(name) == text for name, text in asked.items())]})


@route("POST", _PATH)
def create_workspace_location(request: Request) -> Reply:
    """Create a Workspace Location."""
    store, body = request.store, _checked(request)
    locations.check_name(store, body.display_name, None)
    record: Json = {"id": store.new_id("locations"), "calling": None, "timeZone": "UTC", "preferredLanguage": "en_US"}
    _write(record, body)
    store.locations[record["id"]] = record
    return Reply(201, _show(store, record))


@route("GET", f"{_PATH}/{{locationId}}")
def get_workspace_location(request: Request) -> Reply:
    """Get a Workspace Location Details."""
    return Reply(200, _show(request.store, legacy_location(request)))


@route("PUT", f"{_PATH}/{{locationId}}")
def update_workspace_location(request: Request) -> Reply:
    """Update a Workspace Location: replaces; city and notes go when they are left out."""
    record, body = legacy_location(request), _checked(request)
    locations.check_name(request.store, body.display_name, record)
    _write(record, body)
    return Reply(200, _show(request.store, record))


@route("DELETE", f"{_PATH}/{{locationId}}")
def delete_workspace_location(request: Request) -> Reply:
    """Delete a Workspace Location: its workspaces lose their location."""
    locations.remove(request.store, legacy_location(request))
    return Reply(204)


def _checked(request: Request) -> _Location:
    body = parse(_Location, request.document())
    _words.check(request.store, {"address": {"country": body.country_code}})
    return body


def _write(record: Json, body: _Location) -> None:
    record["name"] = body.display_name
    address = {**record.get("address", {}), "address1": body.address, "country": body.country_code}
    address["city"] = body.city_name
    record["address"] = {name: value for name, value in address.items() if value is not None}
    record.update({"latitude": body.latitude, "longitude": body.longitude})
    record.pop("notes", None)
    if body.notes is not None:
        record["notes"] = body.notes
