"""A create whose answer is lost, and of which nothing shows for a while: made once, or not said to be made."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.properties.differential.desk import Desk
from tests.properties.differential.running import Case
from tests.properties.differential.worlds import MESSAGING, PROFESSIONAL, World, around, world

ITEM = 2
Json = dict[str, Any]
_LOST: list[Json] = [{"drop": "after"}, {"status": 500, "drop": "after"}, {"status": 504, "drop": "after"}]
#: Seconds until it shows: reads in between see nothing (webex-behaviour.md §1.6, §18).
_LATER = (0, 1, 2, 5, 15, 30)


def draw(chance: Random) -> Case:
    made = world(chance)
    kind = chance.choice(["room", "room", "room", "calling room", "person", "scim", "number", "location"])
    route = _wish(made, kind)
    do = {**chance.choice(_LOST), "later": chance.choice(_LATER)}
    fault = {"match": {"method": "POST", "route": route}, "do": do, "nth": 1, "times": 1}
    around(made)

    def act(desk: Desk) -> None:
        desk.server.faults([fault])
        said = desk.apply()
        desk.server.no_faults()
        if said.code == 3:
            desk.sim.wait(chance.choice([1, 60]))
            desk.run("resume", "--yes")

    return Case(made, act, _doubled)


def _wish(made: World, kind: str) -> str:
    """What is to be created; the route that creates it."""
    chance, place = made.chance, made.places()[0]
    if kind in ("room", "calling room"):
        for n in range(chance.randint(1, 2)):
            entry: Json = {"name": f"Fresh {n}", "notes": "Sofa"}
            if kind == "calling room":
                entry |= {"location": made.name_of(place), "license": PROFESSIONAL, "extension": made.fresh_extension()}
            made.describe("workspaces", entry)
        return "/workspaces"
    if kind == "number":
        entry = {"number": "+15559000001", "location": made.name_of(place), "state": "active"}
        made.describe("numbers", entry)
        return "/telephony/config/locations/{locationId}/numbers"
    if kind == "location":
        address = {"address1": "1 New Road", "city": "Newton", "postal_code": "10001", "state": "NY", "country": "US"}
        entry = {"name": "New Site", "address": address, "time_zone": "America/New_York"}
        made.describe("locations", {**entry, "preferred_language": "en_us"})
        return "/locations"
    entry = {"email": "fresh@example.com", "first_name": "Nia", "last_name": "Fresh", "licenses": [MESSAGING]}
    made.describe("people", entry | ({"provisioning": "scim"} if kind == "scim" else {}))
    return "/identity/scim/{orgId}/v2/Users" if kind == "scim" else "/people"


def _doubled(desk: Desk, before: Json) -> Iterator[str]:
    state = desk.state()
    for table, name in (("workspaces", "displayName"), ("locations", "name")):
        names = [one[name] for one in state[table]]
        yield from (f"{table}/{one}: {names.count(one)} of it" for one in sorted(set(names)) if names.count(one) > 1)
    fresh = [one for one in state["people"] if one["emails"][0] == "fresh@example.com"]
    if len(fresh) > 1:
        yield f"people/fresh@example.com: {len(fresh)} of it"
