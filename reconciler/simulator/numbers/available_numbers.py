"""Available numbers of locations, people, workspaces and virtual lines (webex-behaviour.md §4, §13).

One line per variant; those of location features stand with the features. What is in no line does not exist and
answers E4. `personId` and `licenseType` are taken and change nothing: a tenant here has no mobile billing plans.
"""

from __future__ import annotations

from ..core import calling, errors, ids
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ..locations import pstn
from . import _available
from ._available import CHARGE, FEATURE, MAIN, MEMBER, PERSON, PRIMARY, TARGET, Rule

_OCI = "UserGetRequestWCV15"
_LOCATION = "/telephony/config/locations/{locationId}"

_OF_LOCATION = {
    "availableNumbers": MAIN,
    "callIntercept/availableNumbers": MAIN,
    "chargeNumber/availableNumbers": CHARGE,
    "emergencyCallbackNumber/availableNumbers": MEMBER,
    "webexGo/availableNumbers": PERSON,
    "singleNumberReach/availableNumbers": PERSON,
    "voicePortal/availableNumbers": FEATURE,
    "queues/dnis/availableNumbers": FEATURE,
    "aiReceptionists/availableNumbers": FEATURE,
}
for _path, _rule in _OF_LOCATION.items():
    _available.serve(f"{_LOCATION}/{_path}", _rule)

# (variant, rule, whose): P person, W workspace, V virtual line
_OF_MEMBER = (
    ("callForwarding", TARGET, "PWV"),
    ("emergencyCallbackNumber", MEMBER, "PWV"),
    ("faxMessage", PERSON, "PWV"),
    ("callIntercept", TARGET, "PW"),
    ("secondary", PERSON, "PW"),
)
_OF_ORGANISATION = (("people/primary", PRIMARY), ("workspaces", PERSON), ("virtualLines", PERSON))


@route("GET", _LOCATION + "/externalCallerId/availableNumbers")
def list_for_caller_id(request: Request) -> Reply:
    """Get the List of Phone Numbers Available for External Caller ID: those of other locations too, where country
    and PSTN provider are the same."""
    calling.calling_half(request)
    here = calling.location(request)["id"]
    store = request.store
    alike = {key for key in store.locations if key == here or _provider(store, key) == _provider(store, here)}
    return _available.reply(request, _available.CALLER_ID, alike)


def _provider(store: Store, location: str) -> tuple[object, ...]:
    connection = pstn.connection_of(store, location)
    if connection is None:  # a location without PSTN is like no other
        return (location,)
    return store.locations[location]["address"].get("country"), connection["type"], connection.get("option")


def _serve_all(path: str, rule: Rule) -> None:
    @route("GET", f"/telephony/config/{path}/availableNumbers")
    def list_available(request: Request) -> Reply:
        """Primary or Available Phone Numbers: of all locations unless `locationId` names one."""
        location = request.query.get("locationId")
        return _available.reply(request, rule, {ids.parse(location, "LOCATION")} if location else None)


def _serve_member(variant: str, rule: Rule, path: str, parameter: str) -> None:
    @route("GET", f"/telephony/config/{path}/{{{parameter}}}/{variant}/availableNumbers")
    def list_available(request: Request) -> Reply:
        """Numbers of the member's own location; the basic tier of workspaces is refused with 405/25409 (§13)."""
        return _available.reply(request, rule, {_member(request, parameter, variant)["location"]})


def _member(request: Request, parameter: str, variant: str) -> Json:
    """The calling block of the member of the path."""
    if parameter == "personId":
        return calling.calling_block(calling.person(request), _OCI)
    if parameter == "workspaceId":
        workspace = calling.workspace(request)
        block = calling.numbered(workspace) if variant == "secondary" else calling.calling_block(workspace, _OCI)
        calling.refuse_basic(request.store, workspace)
        return block
    line = request.store.table("virtual_lines").get(request.uuid(parameter, "VIRTUAL_LINE"))
    if line is None:
        raise errors.not_found()
    return calling.calling_block(line, _OCI)


for _path, _rule in _OF_ORGANISATION:
    _serve_all(_path, _rule)
for _variant, _rule, _whose in _OF_MEMBER:
    for _letter, _path, _parameter in (
        ("P", "people", "personId"),
        ("W", "workspaces", "workspaceId"),
        ("V", "virtualLines", "lineId"),
    ):
        if _letter in _whose:
            _serve_member(_variant, _rule, _path, _parameter)
