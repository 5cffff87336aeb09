"""Hunt groups (`huntGroups`; webex-behaviour.md §14). Table `hunt_groups`, described in _group.py, with
{huntGroupCallerIdForOutgoingCallsEnabled, callPolicies: {policy, waitingEnabled, groupBusyEnabled, …, noAnswer{},
busyRedirect{}, businessContinuityRedirect{}}}."""

from __future__ import annotations

from pydantic import Field

from ..core import errors, numbering, owners, switches
from ..core.bodies import Body
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ..numbers import _available
from . import _group, feature_forwarding
from ._agents import Policy
from ._feature import Feature, show_address, show_location

switches.declare(
    "voicemail_destination_prefix", "hidden", "shown", row="14",
    text="whether *55, which `destinationVoicemailEnabled` puts before a hunt group's destination, is read back",
)  # fmt: skip

_OWNER = owners.register(owners.OwnerKind("hunt_groups", "HUNT_GROUP", "HUNT_GROUP"))
HUNT_GROUPS = Feature("hunt_groups", "HUNT_GROUP", "huntGroups", "huntGroups", _OWNER)
_ONE = HUNT_GROUPS.in_location + "/{huntGroupId}"
_MAX_RINGS = 20
_PREFIX = "*55"
_FLAGS = {"noAnswer": "forwardEnabled", "busyRedirect": "enabled", "businessContinuityRedirect": "enabled"}

feature_forwarding.register(HUNT_GROUPS, "huntGroupId")
_available.serve(HUNT_GROUPS.in_location + "/availableNumbers", _available.FEATURE)
_available.serve(HUNT_GROUPS.in_location + "/alternate/availableNumbers", _available.FEATURE)
_available.serve(HUNT_GROUPS.in_location + "/callForwarding/availableNumbers", _available.TARGET)


class _NoAnswer(Body):
    """What the server fills in was read back of a group that was made with `policy` alone (wxcli, live 2026-10-13)."""

    next_agent_enabled: bool = False
    next_agent_rings: int = Field(5, ge=0, le=_MAX_RINGS)
    forward_enabled: bool = False
    number_of_rings: int = Field(15, ge=0, le=_MAX_RINGS)
    destination: str | None = None
    destination_voicemail_enabled: bool = False


class _Redirect(Body):
    enabled: bool = False
    destination: str | None = None
    destination_voicemail_enabled: bool = False


class _Policies(Body):
    policy: Policy
    waiting_enabled: bool = False
    group_busy_enabled: bool = False
    allow_members_to_control_group_busy_enabled: bool = False
    no_answer: _NoAnswer = Field(default_factory=_NoAnswer)
    busy_redirect: _Redirect = Field(default_factory=_Redirect)
    business_continuity_redirect: _Redirect = Field(default_factory=_Redirect)


class _HuntGroup(_group.Group):
    call_policies: _Policies
    hunt_group_caller_id_for_outgoing_calls_enabled: bool = False


def _document(request: Request) -> Json:
    """The body; the documentation still has `alternateNumbers` and `distinctiveRing` side by side, where reads have
    them inside `alternateNumberSettings`."""
    document = request.document()
    older = {"alternateNumbers": "alternateNumbers", "distinctiveRing": "distinctiveRingEnabled"}
    sent = {new: document[old] for old, new in older.items() if document.get(old) is not None}
    settings = document.get("alternateNumberSettings")
    if not sent or not isinstance(settings, dict | None):
        return document
    return {**document, "alternateNumberSettings": {**sent, **(settings or {})}}


@route("GET", HUNT_GROUPS.collection)
def list_hunt_groups(request: Request) -> Reply:
    """Read the List of Hunt Groups: no agents, and only here the location."""
    return HUNT_GROUPS.list(request, _row)


def _row(store: Store, record: Json) -> Json:
    shown = {"id": HUNT_GROUPS.id_of(record), "name": record["name"], "enabled": record["enabled"]}
    return {**shown, **show_location(store, record), **show_address(store, record)}


@route("POST", HUNT_GROUPS.in_location)
def create_hunt_group(request: Request) -> Reply:
    """Create a Hunt Group. The SDK's `HuntGroup.create` and its example script catch_tns.py send no agents."""
    document = _document(request)
    if request.store.switches["group_required_fields"] == "documented":
        for field in ("agents", "enabled"):
            if field not in document:
                raise errors.missing_field(field)
    document = {"agents": [], **document}
    record = _group.create(request, HUNT_GROUPS, _HuntGroup, document, _check)
    return Reply(201, {"id": HUNT_GROUPS.id_of(record)})


@route("GET", _ONE)
def get_hunt_group(request: Request) -> Reply:
    """Get Details for a Hunt Group."""
    record = HUNT_GROUPS.find(request, "huntGroupId")
    shown = _group.show(request.store, HUNT_GROUPS, record)
    shown["huntGroupCallerIdForOutgoingCallsEnabled"] = record["huntGroupCallerIdForOutgoingCallsEnabled"]
    return Reply(200, {**shown, "callPolicies": _show_policies(request.store, record["callPolicies"])})


@route("PUT", _ONE)
def update_hunt_group(request: Request) -> Reply:
    """Update a Hunt Group: merges, also within `callPolicies` (T:huntgroup)."""
    record = HUNT_GROUPS.find(request, "huntGroupId")
    _group.update(request, HUNT_GROUPS, record, _HuntGroup, _document(request), _check)
    return Reply(204)


@route("DELETE", _ONE)
def delete_hunt_group(request: Request) -> Reply:
    """Delete a Hunt Group; numbers that lead to it from elsewhere are not looked for (§14)."""
    HUNT_GROUPS.remove(request.store, HUNT_GROUPS.find(request, "huntGroupId"))
    return Reply(204)


def _check(kept: Json) -> None:
    """The three destinations; each is needed where its block is on."""
    for name, flag in _FLAGS.items():
        block, field = kept["callPolicies"][name], f"callPolicies.{name}.destination"
        sent = (block["destination"] or "").removeprefix(_PREFIX)
        block["destination"] = feature_forwarding.destination(sent, field)
        if block[flag] and not block["destination"]:
            raise errors.missing_field(field)


def _show_policies(store: Store, policies: Json) -> Json:
    shown = {name: _show_block(store, value) if isinstance(value, dict) else value for name, value in policies.items()}
    shown["noAnswer"]["systemMaxNumberOfRings"] = _MAX_RINGS
    return shown


def _show_block(store: Store, block: Json) -> Json:
    number = block["destination"]
    if not number:
        return _group.without_none(block)
    prefixed = block["destinationVoicemailEnabled"] and store.switches["voicemail_destination_prefix"] == "shown"
    return {**block, "destination": (_PREFIX if prefixed else "") + numbering.dashed(number)}
