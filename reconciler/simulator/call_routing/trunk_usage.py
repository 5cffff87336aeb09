"""Who uses a trunk (`…/trunks/{id}/usage*`; webex-behaviour.md §14). Every list has a key of its own.

`usageRouteGroup` is documented with `inUse` in its rows; the SDK's model does not have it, and refuses it when it is
strict, so it is left out here.
"""

from __future__ import annotations

from ..core import ids, paging
from ..core.routing import Json, Reply, Request, route
from . import _naming, _references
from .trunk_checks import PATH
from .trunks import find

_TRUNK = PATH + "/{trunkId}"


def page(request: Request, key: str, rows: list[Json], name: str = "name") -> Reply:
    """Rows {id, name, …} filtered by name, in the order asked for. `name` is the filter's parameter."""
    rows = [row for row in rows if _naming.matches(request, name, row["name"])]
    rows = _naming.ordered(
        request, rows, {"name": lambda row: str(row["name"]), "locationName": lambda row: str(row["name"])}
    )
    return paging.by_offset(request, rows, key, default=2000, limit=2000)


def places(request: Request, block: str, kind: str, key: str) -> list[Json]:
    store = request.store
    return [_references.place(store, location) for location in _references.locations(store, block, kind, key)]


def named(kind: str, records: list[Json]) -> list[Json]:
    return [{"id": ids.encode(kind, record["id"]), "name": record["name"]} for record in records]


@route("GET", _TRUNK + "/usage")
def get_trunk_usage(request: Request) -> Reply:
    """Get Local Gateway Usage Count."""
    return Reply(200, _references.counts(request.store, "TRUNK", find(request)["id"]))


@route("GET", _TRUNK + "/usageCallToExtension")
def list_trunk_extensions(request: Request) -> Reply:
    """Get Local Gateway Call to On-Premises Extension Usage for a Trunk."""
    return page(request, "locations", places(request, _references.EXTENSIONS, "TRUNK", find(request)["id"]))


@route("GET", _TRUNK + "/usageDialPlan")
def list_trunk_dial_plans(request: Request) -> Reply:
    """Get Local Gateway Dial Plan Usage for a Trunk."""
    plans = _references.dial_plans(request.store, "TRUNK", find(request)["id"])
    return page(request, "dialPlans", named("DIAL_PLAN", plans))


@route("GET", _TRUNK + "/usagePstnConnection")
def list_trunk_pstn(request: Request) -> Reply:
    """Get Locations Using the Local Gateway as PSTN Connection Routing."""
    return page(request, "locations", places(request, _references.PSTN, "TRUNK", find(request)["id"]))


@route("GET", _TRUNK + "/usageRouteGroup")
def list_trunk_route_groups(request: Request) -> Reply:
    """Get Route Groups Using the Local Gateway: the key is in the singular."""
    groups = _references.route_groups(request.store, find(request)["id"])
    return page(request, "routeGroup", named("ROUTE_GROUP", groups))
