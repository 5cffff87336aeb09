"""Two or three exchange extensions, numbers or places, with settings that are described and settings that are not."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.properties.differential.running import Case
from tests.properties.differential.worlds import World, around, sections, world

ITEM = 1
Json = dict[str, Any]


def draw(chance: Random) -> Case:
    made = world(chance, people=chance.randint(8, 14), locations=2)
    kind = chance.choice(["extensions", "numbers", "both", "places", "places", "places", "rooms"])
    members = _places(made) if kind == "places" else _of_one_place(made, rooms=kind == "rooms")
    for record, other in zip(members, [*members[1:], members[0]], strict=True):
        ours, theirs = record["calling"], other["calling"]
        if chance.random() < 0.6:  # else a move takes away what nobody describes, and does not end with 0
            record["calling"] |= {"forwarding": None, "outgoingPermission": None, "alternates": []}
        room = "displayName" in record and "emails" not in record
        entry: Json = {"name": record["displayName"]} if room else {"email": record["emails"][0]}
        if kind in ("extensions", "both", "places", "rooms"):
            entry["extension"] = theirs["extension"]
        if kind in ("numbers", "both") and theirs.get("number"):
            entry["phone_number"] = theirs["number"]
        if kind == "places":
            entry["location"] = made.name_of(theirs["location"])
            if ours["location"] != theirs["location"]:
                entry["phone_number"] = chance.choice([None, *made.free_numbers(theirs["location"])[:1]])
                made.used.add(str(entry["phone_number"]))
        sections(made, entry, likely=0.6)
        made.describe("workspaces" if room else "people", entry)
    around(made)
    return Case(made, lambda desk: desk.apply() and None)


def _of_one_place(made: World, *, rooms: bool) -> list[Json]:
    place = made.chance.choice(made.places())
    here = [*made.people(place), *(made.rooms(place) if rooms else [])]
    return made.chance.sample(here, min(len(here), made.chance.randint(2, 3)))


def _places(made: World) -> list[Json]:
    """Two of two places, and perhaps a third one of either."""
    first, second = made.places()
    members = [made.chance.choice(made.people(first)), made.chance.choice(made.people(second))]
    others = [one for one in made.people() if one not in members]
    return [*members, *made.chance.sample(others, min(len(others), made.chance.randint(0, 1)))]
