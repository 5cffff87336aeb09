"""Unknown extensions of a location (`…/internalDialing`; webex-behaviour.md §6)."""

from __future__ import annotations

from ..core import calling, errors, ids
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from . import pstn

_PATH = "/telephony/config/locations/{locationId}/internalDialing"


class _Route(Body):
    id: str | None = None
    type: str | None = None


class _Changes(Body):
    enable_unknown_extension_route_policy: bool | None = None
    unknown_extension_route_identity: _Route | None = None


@route("GET", _PATH)
def get_internal_dialing(request: Request) -> Reply:
    """Read the Internal Dialing configuration: the route's name is added to what was written."""
    stored = calling.calling_half(request).get("internalDialing")
    body: Json = {"enableUnknownExtensionRoutePolicy": stored.get("enabled", True) if stored else False}
    if stored:
        kind, key = stored["routeType"], stored["route"]
        store = request.store
        name = (store.trunks if kind == "TRUNK" else store.route_groups)[key]["name"]
        body["unknownExtensionRouteIdentity"] = {"id": ids.encode(kind, key), "name": name, "type": kind}
    return Reply(200, body)


@route("PUT", _PATH)
def update_internal_dialing(request: Request) -> Reply:
    """Modify the Internal Dialing configuration: replaces; enabling needs a route, nulls are fine otherwise."""
    half, body = calling.calling_half(request), parse(_Changes, request.document()).wire(sent=True)
    enabled, identity = body.get("enableUnknownExtensionRoutePolicy"), body.get("unknownExtensionRouteIdentity")
    if not identity:
        if enabled:
            raise errors.missing_field("unknownExtensionRouteIdentity")
        half["internalDialing"] = None
        return Reply(204)
    found = pstn.premise(request.store, identity, "type", "id")
    stored = {"routeType": found["routeType"], "route": found["route"]}
    half["internalDialing"] = stored if enabled else {**stored, "enabled": False}
    return Reply(204)
