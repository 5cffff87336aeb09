"""PSTN connection of a location (`/telephony/pstn`; webex-behaviour.md §5). Read and write names differ."""

from __future__ import annotations

from ..core import calling, errors, ids, switches
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store

switches.declare(
    "pstn_type_refused", "400", "409", row="5, 17.7",
    text="PUT of a PSTN connection from or to a type that cannot be set by API",
)  # fmt: skip
switches.declare("pstn_unknown_route", "404", "400", row="17.7", text="a trunk or route group that does not exist")
switches.declare("pstn_unknown_option", "400", "404", row="17.7", text="a PSTN connection option that does not exist")
switches.declare(
    "pstn_empty_route_group", "accept", "refuse", row="17.7", text="a PSTN connection by a route group without trunks"
)
switches.declare(
    "pstn_put_not_calling", "404", "400", row="17.7", text="PUT of a PSTN connection at a location without calling"
)
switches.declare(
    "numbers_without_pstn", "404", "400", row="4, 17.5",
    text="number calls for a location without PSTN connection: the 404 of the PSTN connection itself (E3), or 400",
)  # fmt: skip

_SETTABLE = frozenset({"LOCAL_GATEWAY", "NON_INTEGRATED_CCP"})
INTEGRATED = frozenset({"INTEGRATED_CCP", "CISCO_PSTN"})


class _Connection(Body):
    id: str | None = None
    premise_route_type: str | None = None
    premise_route_id: str | None = None


def premise(store: Store, body: Json, type_key: str, id_key: str) -> Json:
    """A TRUNK or ROUTE_GROUP out of a write body, as it is stored."""
    kind, text = body.get(type_key), body.get(id_key)
    if kind not in ("TRUNK", "ROUTE_GROUP"):
        raise errors.invalid_value(f"Invalid value for {type_key}")
    if not text:
        raise errors.missing_field(id_key)
    key = ids.parse(text, kind)
    if key not in (store.trunks if kind == "TRUNK" else store.route_groups):
        raise errors.platform(int(store.switches["pstn_unknown_route"]), f"{kind} {key} not found")
    empty = kind == "ROUTE_GROUP" and not store.route_groups[key]["trunks"]
    if empty and store.switches["pstn_empty_route_group"] == "refuse":
        raise errors.platform(400, f"{kind} {key} has no trunks")
    return {"type": "LOCAL_GATEWAY", "routeType": kind, "route": key}


def _option(record: Json) -> Json:
    return {
        "id": ids.encode("PSTN_CONNECTION_OPTION", record["id"]),
        "displayName": record["displayName"],
        "pstnConnectionType": record["pstnConnectionType"],
        "pstnServices": record.get("pstnServices", []),
    }


def _half(request: Request) -> tuple[str, Json]:
    """A location without calling answers like one without PSTN: E3 with the bare uuid."""
    key = request.uuid("locationId", "LOCATION")
    half = request.store.calling_of(key)
    if half is None:
        raise errors.pstn_not_configured(key)
    return key, half


@route("GET", "/telephony/pstn/locations/{locationId}/connectionOptions")
def list_options(request: Request) -> Reply:
    """Retrieve PSTN Connection Options for a Location: not paginated."""
    _half(request)
    return Reply(200, {"items": [_option(one) for one in request.store.pstn_options.values()]})


@route("GET", "/telephony/pstn/locations/{locationId}/connection")
def get_connection(request: Request) -> Reply:
    """Retrieve PSTN Connection for a Location: `routeType` and `routeId`."""
    key, half = _half(request)
    connection = half.get("pstn")
    if not connection:
        raise errors.pstn_not_configured(key)
    if not connection.get("routeType"):
        return Reply(200, _option(request.store.pstn_options[connection["option"]]))
    options = request.store.pstn_options.values()
    body = next((_option(one) for one in options if one["pstnConnectionType"] == "LOCAL_GATEWAY"), {})
    body["pstnConnectionType"] = "LOCAL_GATEWAY"
    body["routeType"] = connection["routeType"]
    body["routeId"] = ids.encode(connection["routeType"], connection["route"])
    return Reply(200, body)


@route("PUT", "/telephony/pstn/locations/{locationId}/connection")
def set_connection(request: Request) -> Reply:
    """Setup PSTN Connection for a Location: `{id}` or `{premiseRouteType, premiseRouteId}`."""
    store, body = request.store, parse(_Connection, request.document()).wire(sent=True)
    calling_off = store.calling_of(request.uuid("locationId", "LOCATION")) is None
    if calling_off and store.switches["pstn_put_not_calling"] == "400":
        raise errors.platform(400, "Calling flag not set")
    key, half = _half(request)
    unsettable = int(store.switches["pstn_type_refused"])
    if (half.get("pstn") or {}).get("type") in INTEGRATED:
        raise errors.platform(unsettable, "The PSTN connection type of the location cannot be changed by API.")
    if body.get("premiseRouteType") or body.get("premiseRouteId"):
        half["pstn"] = premise(store, body, "premiseRouteType", "premiseRouteId")
        return Reply(204)
    if not body.get("id"):
        raise errors.missing_field("id")
    option = store.pstn_options.get(ids.parse(body["id"], "PSTN_CONNECTION_OPTION"))
    if option is None:
        status = int(store.switches["pstn_unknown_option"])
        raise errors.platform(status, f"PSTN connection option not found for location {key}")
    if option["pstnConnectionType"] not in _SETTABLE:
        text = f"PSTN connection type {option['pstnConnectionType']} is not supported by API."
        raise errors.platform(unsettable, text)
    if option["pstnConnectionType"] == "LOCAL_GATEWAY":
        raise errors.missing_field("premiseRouteId")
    half["pstn"] = {"type": option["pstnConnectionType"], "option": option["id"]}
    return Reply(204)


def connection_of(store: Store, location: str) -> Json | None:
    """The stored connection of a location, None where none is set."""
    found: Json | None = (store.calling_of(location) or {}).get("pstn")
    return found


def require_calling(request: Request) -> tuple[str, Json]:
    """Location key and PSTN connection for the number calls, which need both (§4)."""
    calling.calling_half(request)
    key = request.uuid("locationId", "LOCATION")
    connection = connection_of(request.store, key)
    if connection is None:
        if request.store.switches["numbers_without_pstn"] == "404":
            raise errors.pstn_not_configured(key)
        raise errors.platform(400, f"PSTN for the location {key} is not configured")
    return key, connection
