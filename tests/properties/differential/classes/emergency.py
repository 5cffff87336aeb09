"""Whoever is called back in an emergency loses number, place or calling, and others are to be called back through
somebody else: what was valid before is valid after."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.properties.callback import known, valid
from tests.properties.differential.desk import Desk
from tests.properties.differential.running import Case
from tests.properties.differential.worlds import MESSAGING, World, around, sections, world

ITEM = 9
Json = dict[str, Any]
_MEMBER, _SECTION = "LOCATION_MEMBER_NUMBER", "emergency_callback_number"


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
    _choose(made, callback)
    before: set[str] = set()

    def act(desk: Desk) -> None:
        before.update(valid(desk.server))
        desk.apply()

    def lost(desk: Desk, _: Json) -> Iterator[str]:
        gone = (before - valid(desk.server)) & known(desk.server)
        yield from (f"{one}: its emergency callback number was valid" for one in sorted(gone))

    return Case(made, act, lost)


def _choose(made: World, callback: Json) -> None:
    """Others there choose in the same plan, whoever they had."""
    chance, place = made.chance, callback["calling"]["location"]
    numbered = [f"person/{one['emails'][0]}" for one in made.people(place) if one["calling"].get("number")]
    numbered += [f"person/{callback['emails'][0]}"] if chance.random() < 0.2 else []
    for mate in made.people(place):
        if chance.random() < 0.5:
            others = [one for one in numbered if one != f"person/{mate['emails'][0]}"]
            made.describe("people", {"email": mate["emails"][0], _SECTION: _choice(chance, others, "location_ecbn")})
    if chance.random() < 0.3:
        made.describe(
            "locations", {"name": made.name_of(place), _SECTION: _choice(chance, numbered, "location_number")}
        )


def _choice(chance: Random, members: list[str], rest: str) -> Json:
    if members and chance.random() < 0.7:
        return {"selected": _MEMBER.lower(), "member": chance.choice(members)}
    return {"selected": rest}


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
