"""Outgoing calling permissions of locations, people and workspaces (webex-behaviour.md §7).

Custom values are kept as a whole set from the moment `useCustomEnabled` is switched on; while it is off, reads show
what is inherited from the location, and written values come to nothing although the answer is a success.
"""

from __future__ import annotations

from ..core import calling, errors, switches
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store

switches.declare(
    "custom_permissions_after_off", "retained", "dropped", row="17.8",
    text="custom outgoing values after useCustomEnabled false and true again",
)  # fmt: skip
switches.declare(
    "unwritable_call_types_shown", "off", "on", row="7",
    text="whether URL_DIALING, UNKNOWN and CASUAL are shown; every write refuses them",
)  # fmt: skip

_ALLOW, _BLOCK = ("ALLOW", True), ("BLOCK", False)
# live order and defaults
DEFAULTS = {
    "INTERNAL_CALL": _ALLOW,
    "TOLL_FREE": _ALLOW,
    "NATIONAL": _ALLOW,
    "INTERNATIONAL": _BLOCK,
    "OPERATOR_ASSISTED": _ALLOW,
    "CHARGEABLE_DIRECTORY_ASSISTED": _ALLOW,
    "SPECIAL_SERVICES_I": _ALLOW,
    "SPECIAL_SERVICES_II": _ALLOW,
    "PREMIUM_SERVICES_I": _BLOCK,
    "PREMIUM_SERVICES_II": _BLOCK,
}
_UNWRITABLE = ("URL_DIALING", "UNKNOWN", "CASUAL")
_ACTIONS = frozenset({"ALLOW", "BLOCK", "AUTH_CODE", "TRANSFER_NUMBER_1", "TRANSFER_NUMBER_2", "TRANSFER_NUMBER_3"})
_OCI = "UserOutgoingCallingPlanPermissionsByTypeGetRequestWCV2"

_LOCATION = "/telephony/config/locations/{locationId}/outgoingPermission"
_PERSON = (
    "/people/{personId}/features/outgoingPermission",
    "/telephony/config/people/{personId}/outgoingPermission",
)
_WORKSPACE = "/workspaces/{workspaceId}/features/outgoingPermission"
_PROFESSIONAL = "/telephony/config/workspaces/{workspaceId}/outgoingPermission"


def _defaults() -> dict[str, Json]:
    return {kind: {"action": action, "transferEnabled": transfer} for kind, (action, transfer) in DEFAULTS.items()}


def _rows(store: Store, values: dict[str, Json]) -> list[Json]:
    shown = dict(values)
    if store.switches["unwritable_call_types_shown"] == "on":
        shown.update({kind: {"action": "ALLOW", "transferEnabled": True} for kind in _UNWRITABLE})
    return [{"callType": kind, **value, "isCallTypeRestrictionEnabled": False} for kind, value in shown.items()]


def _of_location(store: Store, location: str) -> dict[str, Json]:
    half = store.calling_of(location) or {}
    return {**_defaults(), **half.get("outgoingPermission", {})}


def _changes(body: Json) -> dict[str, Json]:
    """The call types of a write body; those of the read that cannot be written are refused (25321)."""
    changes: dict[str, Json] = {}
    for entry in body.get("callingPermissions") or []:
        kind = entry.get("callType")
        if kind in _UNWRITABLE:
            raise errors.telephony(400, 25321, f"Call type {kind} is not allowed.")
        if kind not in DEFAULTS:
            raise errors.invalid_value(f"Invalid value for callType: {kind}")
        if entry.get("action") is not None and entry["action"] not in _ACTIONS:
            raise errors.invalid_value(f"Invalid value for action: {entry['action']}")
        changes[kind] = {name: entry[name] for name in ("action", "transferEnabled") if entry.get(name) is not None}
    return changes


def _merged(values: dict[str, Json], changes: dict[str, Json]) -> dict[str, Json]:
    return {kind: {**value, **changes.get(kind, {})} for kind, value in values.items()}


@route("GET", _LOCATION)
def get_of_location(request: Request) -> Reply:
    """The flags read null here whatever was written."""
    calling.calling_half(request, bare=True)
    values = _of_location(request.store, calling.location(request, bare=True)["id"])
    rows = _rows(request.store, values)
    return Reply(200, {"useCustomEnabled": None, "useCustomPermissions": None, "callingPermissions": rows})


@route("PUT", _LOCATION)
def update_of_location(request: Request) -> Reply:
    """Merges: call types that are not mentioned keep their values."""
    half = calling.calling_half(request, bare=True)
    changes = _changes(request.document())
    values = _of_location(request.store, calling.location(request, bare=True)["id"])
    half["outgoingPermission"] = _merged(values, changes)
    return Reply(204)


def _read(store: Store, block: Json) -> Reply:
    own = block.get("outgoingPermission") or {}
    enabled = bool(own.get("useCustomEnabled"))
    values = own["custom"] if enabled else _of_location(store, block["location"])
    body = {
        "useCustomEnabled": enabled,
        "useCustomPermissions": enabled,
        "callingPermissions": _rows(store, values),
    }
    return Reply(200, body)


def _write(store: Store, block: Json, body: Json) -> Reply:
    changes = _changes(body)
    own = block.setdefault("outgoingPermission", None) or {"useCustomEnabled": False}
    flag = body.get("useCustomEnabled")
    if flag is None:
        flag = body.get("useCustomPermissions")
    if flag is not None:
        own["useCustomEnabled"] = bool(flag)
    if own["useCustomEnabled"]:
        own["custom"] = _merged(own.get("custom") or _of_location(store, block["location"]), changes)
    elif store.switches["custom_permissions_after_off"] == "dropped":
        own.pop("custom", None)
    block["outgoingPermission"] = own
    return Reply(204)


@route("GET", *_PERSON)
def get_of_person(request: Request) -> Reply:
    return _read(request.store, calling.calling_block(calling.person(request), _OCI))


@route("PUT", *_PERSON)
def update_of_person(request: Request) -> Reply:
    block = calling.calling_block(calling.person(request), _OCI)
    return _write(request.store, block, request.document())


@route("GET", _WORKSPACE)
def get_of_workspace(request: Request) -> Reply:
    return _read(request.store, calling.calling_block(calling.workspace(request), _OCI))


@route("PUT", _WORKSPACE)
def update_of_workspace(request: Request) -> Reply:
    block = calling.calling_block(calling.workspace(request), _OCI)
    return _write(request.store, block, request.document())


@route("GET", _PROFESSIONAL)
def get_of_professional(request: Request) -> Reply:
    block = calling.calling_block(calling.workspace(request), _OCI)
    calling.refuse_basic(request.store, calling.workspace(request))
    return _read(request.store, block)


@route("PUT", _PROFESSIONAL)
def update_of_professional(request: Request) -> Reply:
    block = calling.calling_block(calling.workspace(request), _OCI)
    calling.refuse_basic(request.store, calling.workspace(request))
    return _write(request.store, block, request.document())
