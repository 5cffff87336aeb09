"""Usage of numbers: STANDARD, SERVICE or ELIN (`/telephony/pstn/locations/{id}/numbers`; webex-behaviour.md §4). The
synchronous sister of the NUMBER_USAGE_CHANGE job: which numbers can be changed, and an order that changes them.

    numbers gain  {elin?: true}, beside `service` of the job
"""

from __future__ import annotations

from ..core import calling, errors, ids
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ..locations import pstn

_PATH = "/telephony/pstn/locations/{locationId}/numbers"
_MOST = 2000
_USAGE = {"modifyElin": "ELIN", "modifyStandard": "NONE", "modifyService": "SERVICE"}


class _Order(Body):
    numbers: list[str]


def _usage(record: Json) -> str:
    return "ELIN" if record.get("elin") else "SERVICE" if record.get("service") else "NONE"


def _asked(request: Request) -> tuple[str, str]:
    """Location and wanted usage; a location without PSTN answers E3 here (§5)."""
    calling.calling_half(request)
    key = request.uuid("locationId", "LOCATION")
    if pstn.connection_of(request.store, key) is None:
        raise errors.pstn_not_configured(key)
    action = request.query.get("action")
    if action is None:
        raise errors.missing_field("action")
    if action not in _USAGE:
        raise errors.invalid_value(f"Invalid value for action: {action}")
    return key, _USAGE[action]


def _obstacle(store: Store, number: str, location: str, usage: str) -> str | None:
    """What speaks against the change; None when the number is eligible."""
    record = store.numbers.get(number)
    if record is None or record["location"] != location:
        return "NUMBER_NOT_FOUND"
    if number in store.owners or store.held_back(number) or calling.is_main(store, number):
        return "NUMBER_ASSIGNED"
    if record.get("mobile") or record.get("tollFree"):
        return "NUMBER_TYPE_NOT_SUPPORTED"
    return "NUMBER_USAGE_UNCHANGED" if _usage(record) == usage else None


@route("GET", _PATH + "/availableNumbers")
def list_modifiable(request: Request) -> Reply:
    """Get Modifiable Numbers: not paginated, cut off at 2000 candidates."""
    store = request.store
    location, usage = _asked(request)
    candidates = [number for number in store.sorted_numbers() if store.numbers[number]["location"] == location]
    rows = [number for number in candidates[:_MOST] if _obstacle(store, number, location, usage) is None]
    return Reply(200, {"phoneNumbers": [_row(store, number) for number in rows]})


def _row(store: Store, number: str) -> Json:
    record = store.numbers[number]
    return {
        "phoneNumber": number,
        "state": record["state"],
        "isServiceNumber": bool(record.get("service")),
        "tollFreeNumber": False,
        "mainNumber": False,
        "isELIN": bool(record.get("elin")),
        "isReservedNumber": False,
        "telephonyType": "PSTN_NUMBER",
    }


@route("POST", _PATH)
def order_usage(request: Request) -> Reply:
    """Perform Numbers Action: one order, in which each number succeeds or fails by itself."""
    store, body = request.store, parse(_Order, request.document())
    location, usage = _asked(request)
    if not body.numbers:
        raise errors.missing_field("numbers")
    shown: list[Json] = []
    for number in dict.fromkeys(body.numbers):
        fault = _obstacle(store, number, location, usage)
        if fault:
            error = {"number": number, "errorType": "VERIFICATION", "errorTitle": fault}
            shown.append({"number": number, "status": "FAILED", "errors": [error]})
            continue
        record = store.numbers[number]
        record.pop("service", None)
        record.pop("elin", None)
        if usage != "NONE":
            record[usage.lower()] = True
        shown.append({"number": number, "status": "SUCCESS", "usage": usage, "errors": []})
    failed = sum(one["status"] == "FAILED" for one in shown)
    status = "ERROR" if failed == len(shown) else "PARTIAL" if failed else "PROVISIONED"
    order = {"orderId": ids.encode("ORDER", store.new_id("orders")), "status": status, "numbers": shown, "errors": []}
    return Reply(200, {"orders": [order]})
