"""Floors of a location (developer.webex.com "Locations API"), and the same floors by the path of the deprecated
Workspace Locations API, where the location has its older id.

    locations   {…, floors?: [{id, floorNumber, displayName?}]}
"""

from __future__ import annotations

from functools import partial

from ..core import calling, errors, ids
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from .workspace_locations import legacy_id, legacy_location

KIND = "WORKSPACE_LOCATION_FLOOR"


class _Floor(Body):
    floor_number: int
    display_name: str | None = None


def _show(store: Store, record: Json, floor: Json, *, legacy: bool) -> Json:
    place = legacy_id(store, record) if legacy else ids.encode("LOCATION", record["id"])
    return {**floor, "id": ids.encode(KIND, floor["id"]), "locationId": place}


def _place(request: Request, legacy: bool) -> Json:
    return legacy_location(request) if legacy else calling.location(request)


def _floor(request: Request, record: Json) -> Json:
    key = request.uuid("floorId", KIND)
    found: Json | None = next((one for one in record.get("floors", ()) if one["id"] == key), None)
    if found is None:
        raise errors.not_found()
    return found


def known(record: Json | None, text: str) -> str:
    """The uuid of a floor of that location; 400 for one that it has not."""
    key = ids.parse(text, KIND)
    if record is None or all(one["id"] != key for one in record.get("floors", ())):
        raise errors.platform(400, "Unable to find floor.")
    return key


def list_floors(legacy: bool, request: Request) -> Reply:
    """List Location Floors: not paginated."""
    record = _place(request, legacy)
    return Reply(200, {"items": [_show(request.store, record, one, legacy=legacy) for one in record.get("floors", ())]})


def create_floor(legacy: bool, request: Request) -> Reply:
    """Create a Location Floor; one that is left without a name has none."""
    record, body = _place(request, legacy), parse(_Floor, request.document())
    floor = {"id": request.store.new_id("floors"), **_fields(body)}
    record.setdefault("floors", []).append(floor)
    return Reply(201, _show(request.store, record, floor, legacy=legacy))


def get_floor(legacy: bool, request: Request) -> Reply:
    """Get Location Floor Details."""
    record = _place(request, legacy)
    return Reply(200, _show(request.store, record, _floor(request, record), legacy=legacy))


def update_floor(legacy: bool, request: Request) -> Reply:
    """Update a Location Floor: replaces; the name goes when it is left out."""
    record = _place(request, legacy)
    floor, body = _floor(request, record), parse(_Floor, request.document())
    floor.pop("displayName", None)
    floor.update(_fields(body))
    return Reply(200, _show(request.store, record, floor, legacy=legacy))


def delete_floor(legacy: bool, request: Request) -> Reply:
    """Delete a Location Floor; workspaces on it stay in the location."""
    record = _place(request, legacy)
    floor = _floor(request, record)
    record["floors"].remove(floor)
    for workspace in request.store.workspaces.values():
        if workspace.get("floor") == floor["id"]:
            del workspace["floor"]
    return Reply(204)


def _fields(body: _Floor) -> Json:
    return {name: value for name, value in body.wire().items() if value is not None}


for _path, _legacy in (("/locations", False), ("/workspaceLocations", True)):
    _all = f"{_path}/{{locationId}}/floors"
    route("GET", _all)(partial(list_floors, _legacy))
    route("POST", _all)(partial(create_floor, _legacy))
    route("GET", f"{_all}/{{floorId}}")(partial(get_floor, _legacy))
    route("PUT", f"{_all}/{{floorId}}")(partial(update_floor, _legacy))
    route("DELETE", f"{_all}/{{floorId}}")(partial(delete_floor, _legacy))
