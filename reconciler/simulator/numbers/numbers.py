"""The number inventory of a location (`…/locations/{id}/numbers`; webex-behaviour.md §4)."""

from __future__ import annotations

from ..core import calling, errors, numbering, switches
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ..locations import pstn

switches.declare(
    "number_add_existing", "conflict", "ignore", row="4, 17.5",
    text="adding a number that is in this location and free: 409 as seen live, or ignored as documented",
)  # fmt: skip

_PATH = "/telephony/config/locations/{locationId}/numbers"


def _texts(body: Json) -> list[str]:
    numbers = body.get("phoneNumbers")
    if not isinstance(numbers, list) or not numbers:
        raise errors.missing_field("phoneNumbers")
    return list(dict.fromkeys(str(number) for number in numbers))


def _fault(number: str, code: str, text: str) -> dict[str, str]:
    return {
        "number": number,
        "errorType": "VERIFICATION",
        "errorCode": code,
        "errorMessage": f"[Error {code}] {text} : {number}",
        "errorTitle": text,
    }


@route("POST", _PATH)
def add_numbers(request: Request) -> Reply:
    """Add Phone Numbers to a Location: 409 for one that is in use, 400 with a list (E6) for malformed ones while
    the others are added. With integrated PSTN it seems to work, which is the documented danger."""
    store, body = request.store, request.document()
    location, _ = pstn.require_calling(request)
    state = body.get("state", "ACTIVE")
    if state not in ("ACTIVE", "INACTIVE"):
        raise errors.invalid_value(f"Invalid value for state: {state}")
    texts = _texts(body)
    if body.get("numberType") == "MOBILE" and len(texts) > 20:
        raise errors.telephony(400, 25085, "Only 20 mobile numbers can be added per request.")
    wanted, faults = [], []
    for text in texts:
        number = numbering.e164(text) if text.startswith("+") else None
        if number is None:
            faults.append(_fault(text, "8362", "DN is invalid"))
        elif number not in store.numbers:
            wanted.append(number)
        elif not _ignorable(store, number, location):
            raise errors.telephony(409, 25223, f"[Error 8363] DN is in use : {number}", inner=8363)
    for number in wanted:
        store.numbers[number] = {"number": number, "location": location, "state": state}
    store.forget_order()
    if faults:
        raise errors.number_list(faults)
    return Reply(201)


def _ignorable(store: Store, number: str, location: str) -> bool:
    free = number not in store.owners and not calling.is_main(store, number)
    return store.switches["number_add_existing"] == "ignore" and free and store.numbers[number]["location"] == location


@route("PUT", _PATH)
def manage_numbers(request: Request) -> Reply:
    """Manage Number State in a location: ACTIVATE (default) or DEACTIVATE, the latter for free numbers only."""
    store, body = request.store, request.document()
    location, connection = pstn.require_calling(request)
    action, numbers = body.get("action", "ACTIVATE"), _texts(body)
    if action not in ("ACTIVATE", "DEACTIVATE"):
        raise errors.invalid_value(f"Invalid value for action: {action}")
    for number in numbers:
        if store.numbers.get(number, {}).get("location") != location:
            raise errors.platform(400, f"Phone number {number} is not in the location.")
    if action == "DEACTIVATE":
        if len(numbers) > 500:
            raise errors.telephony(400, 25085, "At most 500 numbers can be deactivated per request.")
        if connection["type"] in pstn.INTEGRATED:
            raise errors.platform(400, "DEACTIVATE is supported only for non-integrated PSTN.")
        for number in numbers:
            if number in store.owners or calling.is_main(store, number):
                raise errors.platform(400, f"Phone number {number} is assigned and cannot be deactivated.")
    for number in numbers:
        store.numbers[number]["state"] = "ACTIVE" if action == "ACTIVATE" else "INACTIVE"
    return Reply(204)


@route("DELETE", _PATH)
def remove_numbers(request: Request) -> Reply:
    """Remove phone numbers from a location: with a body, at most five, none assigned, not the main number. One
    that does not exist is a 502 whose code stands in the header only."""
    store = request.store
    numbers = _texts(request.document())
    location, connection = pstn.require_calling(request)
    if len(numbers) > 5:
        raise errors.telephony(400, 25085, "At most 5 numbers can be removed per request.")
    if connection["type"] in pstn.INTEGRATED:
        text = "ERR.V.TRM.TMN60004: DELETE number is supported only for non-integrated CCP"
        raise errors.platform(400, text)
    for number in numbers:
        if store.numbers.get(number, {}).get("location") != location:
            raise errors.backend_failure(4251)
        if calling.is_main(store, number):
            raise errors.platform(400, f"Phone number {number} is the main number and cannot be removed.")
        if number in store.owners:
            raise errors.platform(400, f"Phone number {number} is assigned and cannot be removed.")
        if store.held_back(number):
            raise errors.backend_failure(4251)
    for number in numbers:
        del store.numbers[number]
    store.forget_order()
    return Reply(204)
