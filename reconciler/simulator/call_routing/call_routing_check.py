"""Test Call Routing (`actions/testCallRouting/invoke`): who would be reached by that call, and how.

Emergency numbers are never translated and never blocked (help.webex.com/nib9o6h: translation patterns are not applied
to emergency calls).
"""

from __future__ import annotations

from typing import Literal

from pydantic import StrictBool

from ..core import calling, errors, ids, numbering
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store, numbers_of
from . import _outgoing_permission, _references, destinations, dial_patterns, translation_patterns

_OCI = "UserGetRequestWCV15"


class _Call(Body):
    originator_id: str
    originator_type: Literal["PEOPLE", "USER", "TRUNK"]  # the description says PEOPLE, live tests send USER
    originator_number: str | None = None
    destination: str
    include_applied_services: StrictBool = False


@route("POST", "/telephony/config/actions/testCallRouting/invoke")
def check_call_routing(request: Request) -> Reply:
    """Test Call Routing, from a person or from a trunk."""
    store, body = request.store, parse(_Call, request.document())
    dialled = body.destination.strip()
    if not dialled:
        raise errors.missing_field("destination")
    if body.originator_type == "TRUNK":
        return Reply(200, _from_trunk(store, body, dialled))
    return Reply(200, _from_person(store, body, dialled))


def _from_person(store: Store, body: _Call, dialled: str) -> Json:
    block = _calling_of(store, body.originator_id)
    location, services = block["location"], []
    translated = None if destinations.emergency(store, location, dialled) else _translation(store, location, dialled)
    answer = destinations.find(store, location, translated[1] if translated else dialled)
    if translated:
        services.append({"translationPattern": _applied(translated[0], dialled)})
    if found := _outgoing_permission.verdict(store, block, dialled, answer):
        answer["isRejected"] = answer["isRejected"] or found.rejected
        services.append(found.service)
    if services and body.include_applied_services:
        answer["appliedServices"] = services
    return answer


def _translation(store: Store, location: str, dialled: str) -> tuple[Json, str] | None:
    outside = (store.calling_of(location) or {}).get("outsideDialDigit") or ""
    return translation_patterns.translation(store, location, dialled, outside)


def _calling_of(store: Store, text: str) -> Json:
    key = ids.parse(text, "PEOPLE")
    if key not in store.people:
        raise errors.not_found()
    return calling.calling_block(store.people[key], _OCI)


def _applied(pattern: Json, dialled: str) -> Json:
    return {
        "configurationLevel": "ORGANIZATION" if pattern["location"] is None else "LOCATION",
        "name": pattern["name"],
        "matchingPattern": pattern["matchingPattern"],
        "replacementPattern": pattern["replacementPattern"],
        "matchedNumber": dialled,
        "translatedNumber": pattern["replacementPattern"],
    }


def _from_trunk(store: Store, body: _Call, dialled: str) -> Json:
    key = ids.parse(body.originator_id, "TRUNK")
    if key not in store.trunks:
        raise errors.not_found()
    trunk = store.trunks[key]
    answer = destinations.find(store, trunk["location"], dialled)
    if not body.originator_number:
        return answer
    return {**answer, "callSourceInfo": _source(store, trunk, body.originator_number.strip(), dialled)}


def _source(store: Store, trunk: Json, number: str, dialled: str) -> Json:
    """Who calls in through a trunk: a number of a route list, of a dial plan, or one that is not known. Whoever comes
    from the PSTN reaches numbers only, no extensions: 111602 (T:telephony_call_routing test_006, test_008)."""
    for one in store.table("route_lists").values():
        block = {"routeType": "ROUTE_GROUP", "route": one["routeGroup"]}
        if number in numbers_of(one["calling"]) and _references.through(store, block, trunk["id"]):
            route_list = {"routeListName": one["name"], "routeListId": ids.encode("ROUTE_LIST", one["id"])}
            return {"callSourceType": "ROUTE_LIST", **route_list}
    hit = dial_patterns.match(store, number)
    if hit and _references.through(store, hit[0], trunk["id"]):
        plan, pattern = hit
        return {
            "callSourceType": "DIAL_PATTERN",
            "dialPlanName": plan["name"],
            "dialPattern": pattern,
            "dialPlanId": ids.encode("DIAL_PLAN", plan["id"]),
        }
    policy = (store.calling_of(trunk["location"]) or {}).get("internalDialing") or {}
    short = number.isdigit() and 2 <= len(number) <= 6
    if short and policy.get("enabled", True) and _references.through(store, policy, trunk["id"]):
        return {"callSourceType": "UNKNOWN_EXTENSION"}
    if numbering.e164(dialled) is None:
        text = f"This call is an inbound PSTN call from unknown number {number} in standard mode"
        raise errors.telephony(400, 111602, text)
    return {"callSourceType": "UNKNOWN_NUMBER"}
