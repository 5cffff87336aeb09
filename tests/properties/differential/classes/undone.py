"""A run that takes calling away is undone: where undo ends with 0, the tenant is as it was."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.properties.differential.desk import Desk
from tests.properties.differential.running import Case
from tests.properties.differential.worlds import MESSAGING, around, world

ITEM = 12
Json = dict[str, Any]


def draw(chance: Random) -> Case:
    made = world(chance, people=12)
    for person in chance.sample(made.people(), chance.randint(1, 3)):
        licenses: Any = chance.choice([[MESSAGING], {"Webex Calling - Professional": False}])
        made.describe("people", {"email": person["emails"][0], "licenses": licenses})
    around(made, most=chance.choice([0, 3]))

    def act(desk: Desk) -> bool:
        if desk.apply().code:
            return False
        desk.sim.wait(60)
        return desk.approving("undo", "last").code == 0

    return Case(made, act, right={})
