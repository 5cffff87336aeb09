"""Somebody with two addresses is described by the one that is not the primary."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.properties.differential.desk import Desk
from tests.properties.differential.running import Case
from tests.properties.differential.worlds import around, world

ITEM = 5
Json = dict[str, Any]


def draw(chance: Random) -> Case:
    made = world(chance, people=chance.choice([6, 14]))
    person = chance.choice(made.people())
    alias = "old.name@example.com"
    person["emails"] = [*person["emails"], alias]
    kind = chance.choice(["name", "name", "extension", "create", "delete"])
    entry: Json = {"email": alias}
    if kind == "delete":
        entry["state"] = "absent"
    elif kind == "create":
        entry |= {"first_name": "Old", "last_name": "Name"}
    elif kind == "extension":
        entry["extension"] = made.fresh_extension()
    else:
        entry["display_name"] = "Old Name"
    made.describe("people", entry)
    made.used.add(str(person["emails"][0]))
    around(made, most=chance.choice([2, 9]))
    settings = {"protect": [f"person/{person['emails'][0]}"]} if chance.random() < 0.3 else {}

    def taken(desk: Desk, before: Json) -> Iterator[str]:
        now = {one["id"]: one for one in desk.state()["people"]}
        if person["id"] not in now:
            yield f"people/{person['emails'][0]}: was deleted by their alias"
        elif now[person["id"]]["emails"][0] != person["emails"][0]:
            yield f"people/{person['emails'][0]}: the login is {now[person['id']]['emails']} now"
        elif now[person["id"]]["displayName"] == "Old Name":
            yield f"people/{person['emails'][0]}: was written by their alias"
        yield from (f"people/{alias}: a second account" for one in now.values() if one["emails"][0] == alias)

    def act(desk: Desk) -> None:
        if desk.apply().code == 4:  # that entry alone is in the way
            desk.apply("--exclude", f"person/{alias}")

    others = [one for one in made.desired["people"] if one["email"] != alias]
    return Case(made, act, taken, settings=settings, right={**made.described, "people": others})
