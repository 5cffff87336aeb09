"""CSV files as spreadsheets and editors leave them: what they say is what people are called, or nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.properties.differential.desk import Desk
from tests.properties.differential.running import Case
from tests.properties.differential.worlds import around, world

ITEM = 4
Json = dict[str, Any]
_NAMES = ("Zoë", "José", "Łukasz", "Jürgen", "Chloé", "Ana")
_WAYS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "one byte", "one byte", "one byte", "nul")


def draw(chance: Random) -> Case:
    made = world(chance, people=12)
    way, delimiter = chance.choice(_WAYS), chance.choice(",;\t|")
    names = [one for one in _NAMES if way != "cp1252" or one.encode("cp1252", errors="ignore").decode("cp1252") == one]
    people = chance.sample(made.people(), 4)
    for person in people:
        made.describe("people", {"email": person["emails"][0], "first_name": chance.choice(names), "last_name": "Peña"})
    rows = [["email", "first_name", "last_name"]]
    rows += [[entry["email"], entry["first_name"], entry["last_name"]] for entry in made.desired["people"]]
    text = "".join(delimiter.join(row) + chance.choice(["\n", "\r\n"]) for row in rows)
    text = f"sep={delimiter}\n{text}" if chance.random() < 0.3 else text
    data = _encoded(text, way)
    csv = {"people": made.desired.pop("people")}
    made.desired["people"] = []
    around(made)
    written = made.described
    made.desired["people"] = [*csv["people"], *made.desired["people"]]

    def act(desk: Desk) -> None:
        desk.write("people.csv", data)
        desk.apply()

    def mangled(desk: Desk, before: Json) -> Iterator[str]:
        allowed = {one[name] for one in before["people"] for name in ("firstName", "lastName")}
        allowed |= {entry.get(name) for entry in made.desired["people"] for name in ("first_name", "last_name")}
        for one in desk.state()["people"]:
            yield from (
                f"{way}: {one[n]!r} is nobody's name" for n in ("firstName", "lastName") if one[n] not in allowed
            )

    return Case(made, act, mangled, written=written)


def _encoded(text: str, way: str) -> bytes:
    if way == "one byte":  # somebody has added a line with an editor of another time
        head, end, tail = text.partition("Peña")
        return head.encode() + end.encode("cp1252") + tail.encode()
    if way == "nul":
        return text.replace("Peña", "Peña\0", 1).encode()
    if way in ("utf-16-le", "utf-16-be"):
        return f"\ufeff{text}".encode(way)
    return text.encode(way, errors="ignore")
