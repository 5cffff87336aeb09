"""Route groups and route choices (webex-behaviour.md §14): read only, they come with the tenant."""

from __future__ import annotations

from ..core import errors, ids, paging
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import trunks

_PATH = "/telephony/config/premisePstn/routeGroups"


def _row(store: Store, group: Json) -> Json:
    return {
        "id": ids.encode("ROUTE_GROUP", group["id"]),
        "name": group["name"],
        "inUse": bool(trunks.used_by(store, "ROUTE_GROUP", group["id"])),
    }


@route("GET", _PATH)
def list_route_groups(request: Request) -> Reply:
    """Read the List of Routing Groups."""
    store, name = request.store, request.query.get("name", "").lower()
    rows = [group for group in store.route_groups.values() if name in group["name"].lower()]
    return paging.by_offset(request, rows, "routeGroups", default=2000, limit=2000, show=lambda one: _row(store, one))


@route("GET", _PATH + "/{routeGroupId}")
def get_route_group(request: Request) -> Reply:
    """Read a Route Group for an Organization, with its gateways in the order in which they were given."""
    store = request.store
    group = store.route_groups.get(request.uuid("routeGroupId", "ROUTE_GROUP"))
    if group is None:
        raise errors.not_found()
    gateways = [
        {
            "id": ids.encode("TRUNK", member["id"]),
            "name": store.trunks[member["id"]]["name"],
            "locationId": ids.encode("LOCATION", store.trunks[member["id"]]["location"]),
            "priority": member["priority"],
        }
        for member in group["trunks"]
    ]
    organization = {"id": ids.encode("ORGANIZATION", store.org["id"]), "name": store.org["name"]}
    return Reply(200, {"name": group["name"], "organization": organization, "localGateways": gateways})


@route("GET", "/telephony/config/routeChoices")
def list_route_choices(request: Request) -> Reply:
    """Read the List of Routing Choices: route groups and trunks in one list."""
    store, query = request.store, request.query
    group_name, trunk_name = query.get("routeGroupName", "").lower(), query.get("trunkName", "").lower()
    rows = [
        {"id": ids.encode(kind, one["id"]), "name": one["name"], "type": kind}
        for kind, records, name in (
            ("ROUTE_GROUP", store.route_groups, group_name),
            ("TRUNK", store.trunks, trunk_name),
        )
        for one in records.values()
        if name in one["name"].lower()
    ]
    return paging.by_offset(request, rows, "routeIdentities", default=2000, limit=2000)
