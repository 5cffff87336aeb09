"""The number inventory of a location (`…/locations/{id}/numbers`; webex-behaviour.md §4)."""

from __future__ import annotations

from typing import Literal

from ..core import calling, errors, numbering, switches
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ..locations import pstn

switches.declare(
    "number_add_existing", "conflict", "ignore", row="4, 17.5",
    text="adding a number that is in this location and free: 409 as seen live, or ignored as documented",
)  # fmt: skip

switches.declare(
    "numbers_add_integrated", "accept", "refuse", "partial", row="4, 17.5",
    text="adding numbers where the PSTN is integrated: done, 400, or 201 while every second one is silently lost",
)  # fmt: skip
switches.declare(
    "number_not_in_location", "400", "404", row="4", text="changing the state of a number that the location has not"
)
switches.declare(
    "number_deactivate_refused", "400", "409", row="4", text="deactivating a number that is assigned, or integrated"
)
switches.declare(
    "number_remove_refused", "400", "409", "502", row="4, 17.6", text="removing an assigned number or the main number"
)
switches.declare(
    "number_remove_integrated", "400", "403", row="4, 16", text="removing a number where the PSTN is integrated"
)

_PATH = "/telephony/config/locations/{locationId}/numbers"


class _Numbers(Body):
    phone_numbers: list[str]


class _Added(_Numbers):
    state: Literal["ACTIVE", "INACTIVE"] | None = None
    number_type: Literal["DID", "TOLLFREE", "MOBILE"] | None = None
    number_usage_type: Literal["NONE", "SERVICE"] | None = None


class _Managed(_Numbers):
    action: Literal["ACTIVATE", "DEACTIVATE"] | None = None


def _texts(body: _Numbers) -> list[str]:
    if not body.phone_numbers:
        raise errors.missing_field("phoneNumbers")
    return list(dict.fromkeys(body.phone_numbers))


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
    store, body = request.store, parse(_Added, request.document())
    location, connection = pstn.require_calling(request)
    texts = _texts(body)
    if body.number_type == "MOBILE" and len(texts) > 20:
        raise errors.telephony(400, 25085, "Only 20 mobile numbers can be added per request.")
    wanted, faults = [], []
    for text in texts:
        number = numbering.e164(text) if text.startswith("+") else None
        if number is None or numbering.too_long(number):
            faults.append(_fault(text, "8362", "DN is invalid"))
        elif number not in store.numbers:
            wanted.append(number)
        elif not _ignorable(store, number, location):
            raise errors.telephony(409, 25223, f"[Error 8363] DN is in use : {number}", inner=8363)
    if connection["type"] in pstn.INTEGRATED and body.number_type != "MOBILE":
        wanted = _integrated(store, wanted)
    for number in wanted:
        store.numbers[number] = {"number": number, "location": location, **_kind(body)}
    store.forget_order()
    if faults:
        raise errors.number_list(faults)
    return Reply(201)


def _kind(body: _Added) -> Json:
    record: Json = {"state": body.state or "ACTIVE"}
    if body.number_type in ("TOLLFREE", "MOBILE"):
        record["tollFree" if body.number_type == "TOLLFREE" else "mobile"] = True
    if body.number_usage_type == "SERVICE":
        record["service"] = True
    return record


def _integrated(store: Store, wanted: list[str]) -> list[str]:
    """What is left of numbers that an integrated carrier should have brought itself."""
    position = store.switches["numbers_add_integrated"]
    if position == "refuse":
        raise errors.platform(400, "Numbers cannot be added where the PSTN connection is integrated.")
    return wanted[::2] if position == "partial" else wanted


def _ignorable(store: Store, number: str, location: str) -> bool:
    free = number not in store.owners and not calling.is_main(store, number)
    return store.switches["number_add_existing"] == "ignore" and free and store.numbers[number]["location"] == location


@route("PUT", _PATH)
def manage_numbers(request: Request) -> Reply:
    """Manage Number State in a location: ACTIVATE (default) or DEACTIVATE, the latter for free numbers only. Mobile
    numbers have no part in it."""
    store, body = request.store, parse(_Managed, request.document())
    location, connection = pstn.require_calling(request)
    numbers = _texts(body)
    for number in numbers:
        if store.numbers.get(number, {}).get("location") != location:
            status = int(store.switches["number_not_in_location"])
            raise errors.platform(status, f"Phone number {number} is not in the location.")
    if body.action == "DEACTIVATE":
        _check_deactivation(store, numbers, connection)
    for number in numbers:
        if not store.numbers[number].get("mobile"):
            store.numbers[number]["state"] = "INACTIVE" if body.action == "DEACTIVATE" else "ACTIVE"
    return Reply(204)


def _check_deactivation(store: Store, numbers: list[str], connection: Json) -> None:
    status = int(store.switches["number_deactivate_refused"])
    if len(numbers) > 500:
        raise errors.telephony(400, 25085, "At most 500 numbers can be deactivated per request.")
    if connection["type"] in pstn.INTEGRATED:
        raise errors.platform(status, "DEACTIVATE is supported only for non-integrated PSTN.")
    for number in numbers:
        if number in store.owners or calling.is_main(store, number):
            raise errors.platform(status, f"Phone number {number} is assigned and cannot be deactivated.")
        if store.numbers[number].get("mobile"):
            raise errors.platform(status, f"Phone number {number} is a mobile number and cannot be deactivated.")


@route("DELETE", _PATH)
def remove_numbers(request: Request) -> Reply:
    """Remove phone numbers from a location: with a body, at most five, none assigned, not the main number. One
    that does not exist is a 502 whose code stands in the header only."""
    store = request.store
    numbers = _texts(parse(_Numbers, request.document()))
    location, connection = pstn.require_calling(request)
    if len(numbers) > 5:
        raise errors.telephony(400, 25085, "At most 5 numbers can be removed per request.")
    if connection["type"] in pstn.INTEGRATED:
        text = "ERR.V.TRM.TMN60004: DELETE number is supported only for non-integrated CCP"
        raise errors.platform(int(store.switches["number_remove_integrated"]), text)
    for number in numbers:
        if store.numbers.get(number, {}).get("location") != location:
            raise errors.backend_failure(4251)
        if calling.is_main(store, number):
            raise _not_removable(store, f"Phone number {number} is the main number and cannot be removed.")
        if number in store.owners:
            raise _not_removable(store, f"Phone number {number} is assigned and cannot be removed.")
        if store.held_back(number):
            raise errors.backend_failure(4251)
    for number in numbers:
        del store.numbers[number]
    store.forget_order()
    return Reply(204)


def _not_removable(store: Store, text: str) -> errors.ApiError:
    status = int(store.switches["number_remove_refused"])
    return errors.backend_failure(4251) if status == 502 else errors.platform(status, text)
