"""Route lists (`/telephony/config/premisePstn/routeLists`; webex-behaviour.md §14): numbers of a location that are
reached through a route group.

Records, in table `route_lists`: {id, name, location, routeGroup, calling: {location, extension: null, number: null,
alternates: [{number}]}}; the block holds the list's numbers, so that nobody else can have them and the numbers list
shows ROUTE_LIST as their owner. Names that a deleted list left behind: `route_list_ghosts` {id, name}.
"""

from __future__ import annotations

from ..core import calling, errors, ids, owners, paging, switches
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _naming, _references

PATH = "/telephony/config/premisePstn/routeLists"
TABLE = "route_lists"

switches.declare(
    "route_list_ghost_names", "off", "on", row="14, 16 (27601)",
    text="whether the name of a deleted route list stays taken, though no list shows it",
)  # fmt: skip

owners.register(owners.OwnerKind(TABLE, "ROUTE_LIST", "ROUTE_LIST"))


class _New(Body):
    name: str
    location_id: str
    route_group_id: str


class _Changes(Body):
    name: str | None = None
    route_group_id: str | None = None


def find(request: Request) -> Json:
    """The route list of the path."""
    record = request.store.table(TABLE).get(request.uuid("routeListId", "ROUTE_LIST"))
    if record is None:
        raise errors.not_found()
    return record


def _check_name(store: Store, name: str, record: Json | None = None) -> None:
    """27601 for a name that another list has, or had (the ghost is an observation, no documented rule)."""
    if not name.strip():
        raise errors.missing_field("name")
    others = [one for one in store.table(TABLE).values() if one is not record]
    ghosts = store.table("route_list_ghosts").values() if store.switches["route_list_ghost_names"] == "on" else ()
    if any(one["name"].lower() == name.lower() for one in (*others, *ghosts)):
        raise errors.broadworks(400, 27601, f"Route List name {name} already exists.")


def _route_group(store: Store, text: str) -> str:
    key = ids.parse(text, "ROUTE_GROUP")
    if key not in store.route_groups:
        raise errors.platform(404, f"ROUTE_GROUP {key} not found")
    return key


def _row(store: Store, record: Json) -> Json:
    return {
        "id": ids.encode("ROUTE_LIST", record["id"]),
        "name": record["name"],
        "locationId": ids.encode("LOCATION", record["location"]),
        "locationName": store.locations[record["location"]]["name"],
        "routeGroupId": ids.encode("ROUTE_GROUP", record["routeGroup"]),
        "routeGroupName": store.route_groups[record["routeGroup"]]["name"],
    }


@route("GET", PATH)
def list_route_lists(request: Request) -> Reply:
    """Read the List of Route Lists."""
    store = request.store
    wanted = {ids.parse(text, "LOCATION") for text in request.listed("locationId")}
    rows = [
        record
        for record in store.table(TABLE).values()
        if _naming.matches(request, "name", record["name"]) and (not wanted or record["location"] in wanted)
    ]
    rows = _naming.ordered(request, rows, {"name": lambda row: row["name"], "locationId": lambda row: row["location"]})
    return paging.by_offset(request, rows, "routeLists", default=2000, limit=2000, show=lambda one: _row(store, one))


@route("POST", PATH)
def create_route_list(request: Request) -> Reply:
    """Create a Route List: without numbers, they are added afterwards."""
    store = request.store
    body = parse(_New, request.document())
    location = calling.calling_location(store, body.location_id)
    group = _route_group(store, body.route_group_id)
    _check_name(store, body.name)
    record: Json = {"id": store.new_id(TABLE), "name": body.name, "location": location, "routeGroup": group}
    record["calling"] = {"location": location, "extension": None, "number": None, "alternates": []}
    store.table(TABLE)[record["id"]] = record
    return Reply(201, {"id": ids.encode("ROUTE_LIST", record["id"])})


@route("GET", PATH + "/{routeListId}")
def get_route_list(request: Request) -> Reply:
    """Get a Route List: location and route group as objects, where the list has flat fields."""
    store, record = request.store, find(request)
    group = {
        "id": ids.encode("ROUTE_GROUP", record["routeGroup"]),
        "name": store.route_groups[record["routeGroup"]]["name"],
    }
    return Reply(
        200,
        {
            "id": ids.encode("ROUTE_LIST", record["id"]),
            "name": record["name"],
            "location": _references.place(store, record["location"]),
            "routeGroup": group,
        },
    )


@route("PUT", PATH + "/{routeListId}")
def update_route_list(request: Request) -> Reply:
    """Modify a Route List: name and route group, each stays when left out; the location is for good."""
    store, record = request.store, find(request)
    body = parse(_Changes, request.document())
    if body.name is not None:
        _check_name(store, body.name, record)
    group = record["routeGroup"] if body.route_group_id is None else _route_group(store, body.route_group_id)
    record.update({"name": record["name"] if body.name is None else body.name, "routeGroup": group})
    return Reply(204)


@route("DELETE", PATH + "/{routeListId}")
def delete_route_list(request: Request) -> Reply:
    """Delete a Route List; its numbers go back to the location."""
    store, record = request.store, find(request)
    calling.set_calling(store, Owner(TABLE, record["id"]), record, None)
    del store.table(TABLE)[record["id"]]
    if store.switches["route_list_ghost_names"] == "on":
        ghost = {"id": store.new_id("route_list_ghosts"), "name": record["name"]}
        store.table("route_list_ghosts")[ghost["id"]] = ghost
    return Reply(204)
