"""A saved plan is edited, its digest made again, and carried out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.properties.differential.desk import Desk
from tests.properties.differential.oracle import unasked
from tests.properties.differential.running import Case
from tests.properties.differential.worlds import World, around, world

ITEM = 10
Json = dict[str, Any]


def draw(chance: Random) -> Case:
    made = world(chance, people=12)
    kind = chance.choice(["guards", "overrides", "id", "id"])
    if kind == "id":
        return _other_object(made)
    rooms = made.rooms()[:2]
    for room in rooms:
        made.describe("workspaces", {"name": room["displayName"], "state": "absent"})
    around(made)
    protect = chance.random() < 0.5 and kind == "guards"
    strict: Json = (
        {"protect": [f"workspace/{rooms[0]['displayName']}"]} if protect else {"limits": {"delete": {"max": 0}}}
    )

    def act(desk: Desk) -> None:
        plan = desk.root / "plan.json"
        desk.describe(made.described, **strict)
        said = desk.run("plan", "--out", str(plan))
        bound = json.loads(plan.read_text("utf-8"))
        if kind == "overrides":
            lifts = [finding["override"] for finding in bound["findings"] if finding["override"]]
            desk.run("plan", "--out", str(plan), *(part for lift in lifts for part in ("--override", lift)))
        else:
            desk.describe(made.described)
            desk.run("plan", "--out", str(plan))
            desk.describe(made.described, **strict)
            edited = json.loads(plan.read_text("utf-8"))
            plan.write_text(_digested({**edited, "findings": [], "desired": bound["desired"]}), "utf-8")
        assert said.code in (0, 2, 4), said
        desk.apply(str(plan))

    def taken(desk: Desk, before: Json) -> Iterator[str]:
        left = {one["id"] for one in desk.state()["workspaces"]}
        yield from (
            f"workspaces/{one['displayName']}: is gone past its guard" for one in rooms[:1] if one["id"] not in left
        )

    return Case(made, act, taken)


def _other_object(made: World) -> Case:
    """The id of one object stands in the plan under the name of another."""
    chance = made.chance
    plural = chance.choice(["people", "workspaces"])
    if plural == "people":
        one, other = chance.sample(made.people(), 2)
        wish: Json = {"email": one["emails"][0], **chance.choice([{"first_name": "Ours"}, {"extension": "4999"}])}
        if chance.random() < 0.4:
            wish["forwarding"] = {"always": {"destination": "530100"}}
    else:
        one, other = chance.sample(made.tenant["workspaces"], 2)
        wish = {"name": one["displayName"], **chance.choice([{"notes": "Sofa"}, {"state": "absent"}])}
    made.describe(plural, wish)

    def act(desk: Desk) -> None:
        plan = desk.root / "plan.json"
        desk.run("plan", "--out", str(plan))
        if not plan.exists():
            return
        edited = json.loads(plan.read_text("utf-8"))
        (key,) = {change["id"] for change in edited["changes"]} - {""}
        plan.write_text(
            _digested(json.loads(json.dumps(edited).replace(key, _like(key, one["id"], other["id"])))), "utf-8"
        )
        desk.apply(str(plan))

    def beside(desk: Desk, before: Json) -> Iterator[str]:
        yield from unasked(before, desk.state(), made.described)

    return Case(made, act, beside)


def _like(key: str, ours: str, theirs: str) -> str:
    """The same kind of id, of another object: they end in the uuid, in base 64."""
    import base64

    text = base64.b64decode(key + "=" * (-len(key) % 4)).decode()
    return base64.b64encode(text.replace(ours, theirs).encode()).decode().rstrip("=")


def _digested(plan: Json) -> str:
    from reconciler.model.plan import Plan

    return Plan.from_json(plan).dumps()
