"""Which number emergency services call back: what was chosen, and what takes its place where that is no good.

By the vendor's documentation (OpenAPI of the calling API, `effectiveLevel` and `effectiveValue`: "applying fallback
rules as necessary"): the chosen number; else the one at the location level; else the user's own, if valid; else the
location's main number; else none. A number that is inactive, or not there, is INVALID.

    location's half  {…, ecbn?: {selected, member: [table, uuid] | null, elinExpiryTimeMinutes}}
    calling block    {…, ecbn?: {selected, member: [table, uuid] | null, elinEnabled?, elinForWebexAppEnabled?}}
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..core.owners import Owner
from ..core.routing import Json
from ..core.store import Store

DIRECT, LOCATION_ECBN, LOCATION, MEMBER = "DIRECT_LINE", "LOCATION_ECBN", "LOCATION_NUMBER", "LOCATION_MEMBER_NUMBER"
DEFAULT: Json = {"selected": LOCATION, "member": None, "elinExpiryTimeMinutes": 60}


class Level(NamedTuple):
    """A level that may give the number, and the number that it has; None where it has none."""

    name: str
    number: str | None


def quality(store: Store, number: str | None) -> str:
    record = store.numbers.get(number or "", {})
    if record.get("state") != "ACTIVE":
        return "INVALID"
    owner = store.owners.get(number or "")
    return "RECOMMENDED" if owner is not None and owner.kind in ("people", "workspaces") else "NOT_RECOMMENDED"


def effective(store: Store, levels: Iterable[Level]) -> Json:
    """{effectiveLevel, effectiveValue?, quality} of the first level whose number is good, NONE where none is."""
    for level in levels:
        if level.number and (found := quality(store, level.number)) != "INVALID":
            return {"effectiveLevel": level.name, "effectiveValue": level.number, "quality": found}
    return {"effectiveLevel": "NONE", "quality": "INVALID"}


def of_location(store: Store, location: str) -> Json:
    """What was chosen for a location."""
    stored: Json = (store.calling_of(location) or {}).get("ecbn") or DEFAULT
    return stored


def main_of(store: Store, location: str) -> Level:
    number = (store.calling_of(location) or {}).get("callingLineId", {}).get("phoneNumber")
    return Level(LOCATION, number)


def number_of_member(store: Store, location: str, member: list[str] | None) -> str | None:
    """The number of a member that was chosen, while it is in that location."""
    block = (store.table(member[0]).get(member[1]) or {}).get("calling") if member else None
    return block.get("number") if block and block["location"] == location else None


def at_location(store: Store, location: str) -> list[Level]:
    """How a location is called back, in order."""
    main, stored = main_of(store, location), of_location(store, location)
    if stored["selected"] != MEMBER:
        return [main]
    return [Level(MEMBER, number_of_member(store, location, stored["member"])), main]


def at_member(store: Store, block: Json, first: str, member: list[str] | None = None) -> list[Level]:
    """How somebody is called back whose choice is `first`: direct line, the location's, or that of a member."""
    location = block["location"]
    chosen, own = of_location(store, location), Level(DIRECT, block.get("number"))
    level = LOCATION_ECBN if chosen["selected"] == MEMBER else LOCATION
    place = Level(level, at_location(store, location)[0].number)
    rest = [place, own, main_of(store, location)]
    if first == DIRECT:
        return [own, *rest]
    return [Level(MEMBER, number_of_member(store, location, member)), *rest] if first == MEMBER else rest


def chosen(block: Json) -> Json:
    """What was written for a member, else the own number, else the location's."""
    found: Json | None = block.get("ecbn")
    return found or {"selected": DIRECT if block.get("number") else LOCATION_ECBN}


def named(store: Store, location: str) -> tuple[Owner | None, str | None]:
    """(member, number) that a location shows as its callback, whether they are any good or not."""
    stored = of_location(store, location)
    if stored["selected"] == MEMBER:
        member = stored["member"]
        gone = member is None or member[1] not in store.table(member[0])
        return None if gone else Owner(*member), number_of_member(store, location, member)
    number = main_of(store, location).number
    return store.owners.get(number or ""), number
