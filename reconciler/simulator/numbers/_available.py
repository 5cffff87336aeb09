"""What every `…/availableNumbers` answers: the numbers that may be chosen for a purpose, in pages of 2000 under
`phoneNumbers` (webex-behaviour.md §1.5, §4; the rules are those of the official descriptions).

A resource with variants under its own path adds one line per variant:

    _available.serve("/telephony/config/locations/{locationId}/huntGroups/availableNumbers", _available.FEATURE)
    _available.serve("…/huntGroups/callForwarding/availableNumbers", _available.TARGET)

or, where the location is not in the path, `return _available.reply(request, _available.PERSON, location)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..core import calling, ids, paging
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import number_list
from .number_list import Row


@dataclass(frozen=True)
class Rule:
    """Which numbers one variant offers. The state never matters: ACTIVE and INACTIVE are both offered."""

    assigned: bool | None  # True: numbers with an owner; False: free ones; None: both
    service: bool = True  # service numbers too, not only standard ones
    toll_free: bool = True
    mobile: bool = False
    locations: bool = False  # each row says where its number is
    owners: frozenset[str] | None = None  # tables of those whose numbers it offers, None: anybody's


FEATURE = Rule(assigned=False)  # a number of its own: hunt group, queue, attendant, paging, voicemail group, portal
PERSON = Rule(
    assigned=False, service=False, toll_free=False
)  # second number, fax number, Webex Go, workspace, virtual line
PRIMARY = Rule(assigned=False, service=False, toll_free=False, mobile=True)  # first number of a person
TARGET = Rule(assigned=True)  # forwarding and intercept go to a number that somebody has
_MEMBERS = frozenset({"people", "workspaces", "virtual_lines", "hunt_groups"})  # as the calling OpenAPI names them
MEMBER = Rule(assigned=True, service=False, toll_free=False, owners=_MEMBERS)  # emergency callback
MAIN = Rule(assigned=None)  # main number and intercept of a location
CHARGE = Rule(assigned=None, toll_free=False)
CALLER_ID = Rule(assigned=None, mobile=True, locations=True)


def serve(path: str, rule: Rule) -> None:
    """Register the GET of one variant whose path has a `{locationId}`."""

    @route("GET", path)
    def list_available(request: Request) -> Reply:
        return of_location(request, rule)


def of_location(request: Request, rule: Rule) -> Reply:
    """One page for the location of the path, which must have calling."""
    calling.calling_half(request)
    return reply(request, rule, {calling.location(request)["id"]})


def reply(request: Request, rule: Rule, locations: set[str] | None) -> Reply:
    """One page for these locations; None is all of the organisation."""
    store = request.store
    chosen = list(_chosen(request, rule, locations))
    return paging.by_offset(
        request, chosen, "phoneNumbers", default=2000, limit=2000, show=lambda row: show(store, row, rule)
    )


def _chosen(request: Request, rule: Rule, locations: set[str] | None) -> Iterator[Row]:
    """`phoneNumber` is a list, `ownerName` a part of the name, `extension` one extension."""
    store, numbers = request.store, set(request.listed("phoneNumber"))
    owner_name, extension = request.query.get("ownerName", "").lower(), request.query.get("extension")
    candidates = [number for number in numbers if number in store.numbers] if numbers else store.sorted_numbers()
    for row in number_list.rows(store, candidates):
        if locations is not None and row.location not in locations:
            continue
        if not _suits(store, row, rule) or (extension is not None and row.extension != extension):
            continue
        if owner_name and (row.owner is None or owner_name not in number_list.owner_name(store, row.owner)):
            continue
        yield row


def _suits(store: Store, row: Row, rule: Rule) -> bool:
    """The main number is offered like any other, and a number that was just given up is not free yet (§1.6)."""
    record = store.numbers[row.number]
    unsuitable = (
        (record.get("mobile") and not rule.mobile)
        or (record.get("service") and not rule.service)
        or (record.get("tollFree") and not rule.toll_free)
        or record.get("elin")
    )
    if unsuitable:
        return False
    if rule.assigned is None:
        return True
    if rule.assigned:
        return row.owner is not None and (rule.owners is None or row.owner.kind in rule.owners)
    return row.owner is None and not store.held_back(row.number)


def show(store: Store, row: Row, rule: Rule) -> Json:
    """An available number; its owner and extension only where the variant offers assigned ones."""
    record = store.numbers[row.number]
    body: Json = {
        "phoneNumber": row.number,
        "state": record["state"],
        "isMainNumber": calling.is_main(store, row.number),
        "tollFreeNumber": bool(record.get("tollFree")),
        "telephonyType": "MOBILE_NUMBER" if record.get("mobile") else "PSTN_NUMBER",
        "isServiceNumber": bool(record.get("service")),
    }
    if rule.locations:
        body["location"] = {"id": ids.encode("LOCATION", row.location), "name": store.locations[row.location]["name"]}
    if row.extension:
        body["extension"] = row.extension
    if row.owner is not None:
        body["owner"] = number_list.show_owner(store, row.owner)
    return body
