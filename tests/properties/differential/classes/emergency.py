"""Whoever is called back in an emergency loses number, place or calling: what was valid before is valid after."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from reconciler.simulator.core import ids
from tests.properties.differential.desk import Desk
from tests.properties.differential.running import Case
from tests.properties.differential.worlds import MESSAGING, World, around, sections, world

ITEM = 9
Json = dict[str, Any]
_MEMBER = "LOCATION_MEMBER_NUMBER"
_INFO = {"LOCATION_NUMBER": "locationInfo", "DIRECT_LINE": "directLineInfo", "LOCATION_ECBN": "locationECBNInfo"}


def draw(chance: Random) -> Case:
    made = world(chance, people=14, locations=2)
    callback = next(one for one in made.people() if one["calling"].get("number"))
    place = callback["calling"]["location"]
    main = made.tenant["locations"][made.places().index(place)]["calling"]["callingLineId"]["phoneNumber"]
    if chance.random() < 0.7:  # then nothing falls back on it
        next(one for one in made.tenant["numbers"] if one["number"] == main)["state"] = "INACTIVE"
    if chance.random() < 0.5:
        made.tenant["switches"]["move_of_callback"] = "accept"
    mates = [one for one in made.people(place) if one is not callback]
    chosen = [mate for mate in mates if chance.random() < 0.5]
    for record in (*chosen, *([made.tenant["locations"][made.places().index(place)]] if chance.random() < 0.6 else [])):
        kept = {"elinExpiryTimeMinutes": 60} if record not in mates else {}
        record["calling"]["ecbn"] = {"selected": _MEMBER, "member": ["people", callback["id"]], **kept}
    _wish(made, callback)
    around(made)
    before: dict[str, bool] = {}

    def act(desk: Desk) -> None:
        before.update(_valid(desk))
        desk.apply()

    def lost(desk: Desk, _: Json) -> Iterator[str]:
        after = _valid(desk)
        yield from (
            f"{name}: its emergency callback number was valid"
            for name in before
            if before[name] and not after.get(name, True)
        )

    return Case(made, act, lost)


def _wish(made: World, callback: Json) -> None:
    chance, block = made.chance, callback["calling"]
    entry: Json = {"email": callback["emails"][0]}
    kind = chance.choice(["number", "other number", "move", "licence", "delete", "swap", "inactive"])
    mate = next(one for one in made.people(block["location"]) if one is not callback)
    if kind == "number":
        entry["phone_number"] = None
    elif kind == "other number":
        entry["phone_number"] = made.free_numbers(block["location"], active=chance.random() < 0.7)[0]
    elif kind == "move":
        target = next(one for one in made.places() if one != block["location"])
        entry |= {"location": made.name_of(target), "extension": made.fresh_extension(), "phone_number": None}
    elif kind == "licence":
        entry["licenses"] = [MESSAGING]
    elif kind == "delete":
        entry["state"] = "absent"
    elif kind == "inactive":
        made.describe("numbers", {"number": block["number"], "state": "inactive"})
    else:
        entry["phone_number"] = None
        made.describe("people", {"email": mate["emails"][0], "phone_number": block["number"]})
    if kind in ("number", "other number", "move"):
        sections(made, entry)
    made.describe("people", entry)


def _valid(desk: Desk) -> dict[str, bool]:
    """Whoever can be called back, as the API says it: effective level and quality of what is chosen."""
    state, found = desk.state(), {}
    for one in state["locations"]:
        path = f"/telephony/config/locations/{ids.encode('LOCATION', one['id'])}/features/emergencyCallbackNumber"
        found[f"location {one['name']}"] = _good(desk.edit("GET", path))
    for table, kind in (("people", "PEOPLE"), ("workspaces", "PLACE")):
        for one in state[table]:
            if one.get("calling") and (one["calling"].get("ecbn") or table == "people"):
                path = f"/telephony/config/{table}/{ids.encode(kind, one['id'])}/emergencyCallbackNumber"
                found[f"{table}/{one['displayName']} {one['id']}"] = _good(desk.edit("GET", path))
    return found


def _good(read: Json) -> bool:
    info = read.get(_INFO.get(read["selected"], "locationMemberInfo")) or {}
    return info.get("effectiveLevel", "NONE") != "NONE" and info.get("quality") != "INVALID"
