"""Route groups and route choices (webex-behaviour.md §14).

Records, in table `route_groups`: {id, name, trunks: [{id, priority}]}. PUT replaces: name and all gateways.
"""

from __future__ import annotations

from pydantic import StrictInt

from ..core import errors, ids, paging
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _naming, _references

PATH = "/telephony/config/premisePstn/routeGroups"
_MOST_TRUNKS = 10


class _Gateway(Body):
    id: str
    priority: StrictInt


class _Group(Body):
    name: str
    local_gateways: list[_Gateway]


def find(request: Request) -> Json:
    """The route group of the path."""
    group = request.store.route_groups.get(request.uuid("routeGroupId", "ROUTE_GROUP"))
    if group is None:
        raise errors.not_found()
    return group


def _row(store: Store, group: Json) -> Json:
    return {
        "id": ids.encode("ROUTE_GROUP", group["id"]),
        "name": group["name"],
        "inUse": _references.in_use(store, "ROUTE_GROUP", group["id"]),
    }


def _read(request: Request, record: Json | None) -> tuple[str, list[Json]]:
    """(name, trunks) of a write body. Without gateways the refusal has words of its own (T:route_group)."""
    store, document = request.store, request.document()
    if "name" in document and not document.get("localGateways"):
        raise errors.missing_fields("localGateways")
    body = parse(_Group, document)
    _naming.check(request, store.route_groups.values(), body.name, record)
    if len(body.local_gateways) > _MOST_TRUNKS:
        raise errors.telephony(400, 25043, f"The number of trunks in a route group cannot exceed {_MOST_TRUNKS}.")
    trunks: list[Json] = []
    for gateway in body.local_gateways:
        key = ids.parse(gateway.id, "TRUNK")
        if key not in store.trunks:
            raise errors.platform(404, f"TRUNK {key} not found")
        if gateway.priority < 1 or any(one["id"] == key for one in trunks):
            raise errors.invalid_value("Invalid field value: localGateways")
        trunks.append({"id": key, "priority": gateway.priority})
    return body.name, trunks


@route("GET", PATH)
def list_route_groups(request: Request) -> Reply:
    """Read the List of Routing Groups."""
    store = request.store
    rows = [group for group in store.route_groups.values() if _naming.matches(request, "name", group["name"])]
    rows = _naming.ordered(request, rows, {"name": lambda row: row["name"]})
    return paging.by_offset(request, rows, "routeGroups", default=2000, limit=2000, show=lambda one: _row(store, one))


@route("POST", PATH)
def create_route_group(request: Request) -> Reply:
    """Create Route Group for an Organization."""
    store = request.store
    name, trunks = _read(request, None)
    record: Json = {"id": store.new_id("route_groups"), "name": name, "trunks": trunks}
    store.route_groups[record["id"]] = record
    return Reply(201, {"id": ids.encode("ROUTE_GROUP", record["id"])})


@route("GET", PATH + "/{routeGroupId}")
def get_route_group(request: Request) -> Reply:
    """Read a Route Group for an Organization, with its gateways in the order in which they were given; without id."""
    store, group = request.store, find(request)
    gateways = [
        {
            "id": ids.encode("TRUNK", member["id"]),
            "name": store.trunks[member["id"]]["name"],
            "locationId": ids.encode("LOCATION", store.trunks[member["id"]]["location"]),
            "priority": member["priority"],
        }
        for member in group["trunks"]
    ]
    organization = _references.organization(store)
    return Reply(200, {"name": group["name"], "organization": organization, "localGateways": gateways})


@route("PUT", PATH + "/{routeGroupId}")
def update_route_group(request: Request) -> Reply:
    """Modify a Route Group for an Organization: the gateways given are all there are afterwards."""
    group = find(request)
    group["name"], group["trunks"] = _read(request, group)
    return Reply(204)


@route("DELETE", PATH + "/{routeGroupId}")
def delete_route_group(request: Request) -> Reply:
    """Remove a Route Group from an Organization; refused while anything uses it."""
    store, group = request.store, find(request)
    _references.refuse_used(store, "ROUTE_GROUP", group)
    del store.route_groups[group["id"]]
    return Reply(204)


@route("GET", "/telephony/config/routeChoices")
def list_route_choices(request: Request) -> Reply:
    """Read the List of Routing Choices: route groups and trunks in one list. A filter by the name of one kind gives
    no routes of the other kind, unless that is asked for too."""
    store, query = request.store, request.query
    filtered = "routeGroupName" in query or "trunkName" in query
    rows = [
        {"id": ids.encode(kind, one["id"]), "name": one["name"], "type": kind}
        for kind, records, parameter in (
            ("ROUTE_GROUP", store.route_groups, "routeGroupName"),
            ("TRUNK", store.trunks, "trunkName"),
        )
        if parameter in query or not filtered
        for one in records.values()
        if _naming.matches(request, parameter, one["name"])
    ]
    rows = _naming.ordered(request, rows, {"routeName": lambda row: row["name"], "routeType": lambda row: row["type"]})
    return paging.by_offset(request, rows, "routeIdentities", default=2000, limit=2000)
