"""The numbers of a route list (`…/routeLists/{id}/numbers`; webex-behaviour.md §14): added and deleted by a list of
actions. The answer is empty when all went well, else 200 with what was wrong with which number."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, StrictBool

from ..core import calling, numbering, paging, switches
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store, numbers_of
from .route_lists import PATH, TABLE, find

switches.declare(
    "route_list_numbers_with_errors", "good_ones", "nothing", row="14",
    text="which numbers a list of actions applies when some are refused: the good ones, or none",
)  # fmt: skip
switches.declare(
    "route_list_number_key", "number", "phoneNumber", row="14",
    text="how a refused number is named: as the SDK reads it, or as the API's description has it",
)  # fmt: skip

_NUMBERS = PATH + "/{routeListId}/numbers"
# The words that validateNumbers has for the same states (§4).
_TEXTS = {
    "DUPLICATE_IN_LIST": "[Error 8360] Duplicate DN in the request : {}",
    "UNAVAILABLE": "[Error 8361] DN is unavailable : {}",
    "INVALID": "[Error 8362] DN is invalid : {}",
    "DUPLICATE": "[Error 8363] DN is in use : {}",
}


class _Action(Body):
    number: str
    action: Literal["ADD", "DELETE"]


class _Actions(Body):
    numbers: list[_Action] = Field(default_factory=list)
    delete_all_numbers: StrictBool = False


@route("GET", _NUMBERS)
def list_route_list_numbers(request: Request) -> Reply:
    """Get Numbers assigned to a Route List: plain strings."""
    rows, part = numbers_of(find(request)["calling"]), request.query.get("number", "")
    rows = [number for number in rows if part in number]
    for term in request.listed("order"):
        rows = sorted(rows, reverse=term.lower().endswith("desc"))
    return paging.by_offset(request, rows, "numbers", default=2000, limit=2000)


@route("PUT", _NUMBERS)
def update_route_list_numbers(request: Request) -> Reply:
    """Modify Numbers for Route List. `deleteAllNumbers` makes the list of actions be ignored."""
    store, record = request.store, find(request)
    body = parse(_Actions, request.document())
    if body.delete_all_numbers:
        _set(store, record, [])
        return Reply(204)
    after, wrong = _apply(store, record, body.numbers)
    if not wrong or store.switches["route_list_numbers_with_errors"] == "good_ones":
        _set(store, record, after)
    if not wrong:
        return Reply(204)
    key = store.switches["route_list_number_key"]
    rows = [{key: number, "numberStatus": status, "message": _TEXTS[status].format(number)} for number, status in wrong]
    return Reply(200, {"numberStatus": rows})


def _apply(store: Store, record: Json, actions: list[_Action]) -> tuple[list[str], list[tuple[str, str]]]:
    """(numbers afterwards, refused numbers with their status)."""
    after, wrong, seen = numbers_of(record["calling"]), [], set()
    country = store.locations[record["location"]]["address"].get("country", "")
    for action in actions:
        number = numbering.e164(action.number, country)
        if number is None:
            wrong.append((action.number, "INVALID"))
        elif number in seen:
            wrong.append((number, "DUPLICATE_IN_LIST"))
        elif action.action == "DELETE":
            if number in after:
                after.remove(number)
            else:
                wrong.append((number, "UNAVAILABLE"))
        elif fault := _fault(store, record, number):
            wrong.append((number, fault))
        else:
            after.append(number)
        seen.add(number)
    return after, wrong


def _fault(store: Store, record: Json, number: str) -> str | None:
    """What keeps a number from being added: it must be in the list's location and nobody's."""
    if number in store.owners or calling.is_main(store, number):
        return "DUPLICATE"
    known = store.numbers.get(number)
    if known is None or known["location"] != record["location"]:
        return "UNAVAILABLE"
    return "UNAVAILABLE" if store.held_back(number, Owner(TABLE, record["id"])) else None


def _set(store: Store, record: Json, numbers: list[str]) -> None:
    block = {**record["calling"], "alternates": [{"number": number} for number in numbers]}
    calling.set_calling(store, Owner(TABLE, record["id"]), record, block)
