"""Who uses a route group (`…/routeGroups/{id}/usage*`; webex-behaviour.md §14)."""

from __future__ import annotations

from ..core import ids
from ..core.routing import Reply, Request, route
from . import _references
from .route_groups import PATH, find
from .trunk_usage import named, page, places

_GROUP = PATH + "/{routeGroupId}"


@route("GET", _GROUP + "/usage")
def get_route_group_usage(request: Request) -> Reply:
    """Read the Usage of a Routing Group."""
    return Reply(200, _references.counts(request.store, "ROUTE_GROUP", find(request)["id"]))


@route("GET", _GROUP + "/usageCallToExtension")
def list_group_extensions(request: Request) -> Reply:
    """Read the Call to Extension Locations of a Routing Group."""
    rows = places(request, _references.EXTENSIONS, "ROUTE_GROUP", find(request)["id"])
    return page(request, "locations", rows, "locationName")


@route("GET", _GROUP + "/usagePstnConnection")
def list_group_pstn(request: Request) -> Reply:
    """Read the PSTN Connection Locations of a Routing Group."""
    rows = places(request, _references.PSTN, "ROUTE_GROUP", find(request)["id"])
    return page(request, "locations", rows, "locationName")


@route("GET", _GROUP + "/usageDialPlan")
def list_group_dial_plans(request: Request) -> Reply:
    """Read the Dial Plan Locations of a Routing Group: under `locations` stand dial plans, which have none."""
    plans = _references.dial_plans(request.store, "ROUTE_GROUP", find(request)["id"])
    return page(request, "locations", named("DIAL_PLAN", plans), "locationName")


@route("GET", _GROUP + "/usageRouteList")
def list_group_route_lists(request: Request) -> Reply:
    """Read the Route Lists of a Routing Group."""
    store = request.store
    rows = [
        {
            "id": ids.encode("ROUTE_LIST", one["id"]),
            "name": one["name"],
            "locationId": ids.encode("LOCATION", one["location"]),
            "locationName": store.locations[one["location"]]["name"],
        }
        for one in _references.route_lists(store, find(request)["id"])
    ]
    return page(request, "routeLists", rows)
