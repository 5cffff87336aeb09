"""Outgoing calling permissions of locations, people, workspaces and virtual lines (webex-behaviour.md §7).

Custom values are kept as a whole set from the moment `useCustomEnabled` is switched on; while it is off, reads show
what is inherited from the location, and written values come to nothing although the answer is a success.
"""

from __future__ import annotations

from functools import partial
from typing import Literal

from ..core import errors, switches
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ._subjects import CONFIG, FEATURES, LINE, LOCATION, PERSON, WORKSPACE, Family, Subject, find

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
OCI = "UserOutgoingCallingPlanPermissionsByTypeGetRequestWCV2"


class _Permission(Body):
    call_type: str
    action: (
        Literal["ALLOW", "BLOCK", "AUTH_CODE", "TRANSFER_NUMBER_1", "TRANSFER_NUMBER_2", "TRANSFER_NUMBER_3"] | None
    ) = None
    transfer_enabled: bool | None = None


class _Permissions(Body):
    use_custom_enabled: bool | None = None
    use_custom_permissions: bool | None = None
    calling_permissions: list[_Permission] | None = None


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
        kind = entry["callType"]
        if kind in _UNWRITABLE:
            raise errors.telephony(400, 25321, f"Call type {kind} is not allowed.")
        if kind not in DEFAULTS:
            raise errors.invalid_value(f"Invalid value for callType: {kind}")
        changes[kind] = {name: entry[name] for name in ("action", "transferEnabled") if entry.get(name) is not None}
    return changes


def _merged(values: dict[str, Json], changes: dict[str, Json]) -> dict[str, Json]:
    return {kind: {**value, **changes.get(kind, {})} for kind, value in values.items()}


def _read(subject: Subject, family: Family, request: Request) -> Reply:
    """Retrieve Outgoing Calling Permissions Settings. The flags read null for a location whatever was written."""
    target = find(request, subject, family, OCI)
    store = request.store
    if subject is LOCATION:
        enabled, values = None, _of_location(store, target.location)
    else:
        own = target.block.get("outgoingPermission") or {}
        enabled = bool(own.get("useCustomEnabled"))
        values = own["custom"] if enabled else _of_location(store, target.location)
    body = {
        "useCustomEnabled": enabled,
        "useCustomPermissions": enabled,
        "callingPermissions": _rows(store, values),
    }
    return Reply(200, body)


def _write(subject: Subject, family: Family, request: Request) -> Reply:
    """Modify Outgoing Calling Permissions Settings. Merges: call types that are not mentioned keep their values."""
    target = find(request, subject, family, OCI)
    sent = parse(_Permissions, request.document()).wire(sent=True)
    changes = _changes(sent)
    inherited = _of_location(request.store, target.location)
    if subject is LOCATION:
        target.block["outgoingPermission"] = _merged(inherited, changes)
        return Reply(204)
    own = dict(target.block.get("outgoingPermission") or {"useCustomEnabled": False})
    flag = sent.get("useCustomEnabled")
    if flag is None:
        flag = sent.get("useCustomPermissions")
    if flag is not None:
        own["useCustomEnabled"] = flag
    if own["useCustomEnabled"]:
        own["custom"] = _merged(own.get("custom") or inherited, changes)
    elif request.store.switches["custom_permissions_after_off"] == "dropped":
        own.pop("custom", None)
    target.block["outgoingPermission"] = own
    return Reply(204)


_AT: dict[Subject, tuple[Family, ...]] = {
    LOCATION: (CONFIG,),
    PERSON: (FEATURES, CONFIG),
    WORKSPACE: (FEATURES, CONFIG),
    LINE: (CONFIG,),
}
for _subject, _families in _AT.items():
    for _family in _families:
        _template = _subject.path(_family, "outgoingPermission")
        route("GET", _template)(partial(_read, _subject, _family))
        route("PUT", _template)(partial(_write, _subject, _family))
