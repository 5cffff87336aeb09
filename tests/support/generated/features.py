"""One feature of a location, from its declaration: described, made and read."""

from __future__ import annotations

import asyncio

from reconciler import pipeline
from reconciler.inventory.choice import chosen
from reconciler.kinds import kinds, managed, resource
from reconciler.kinds.contract.feature import Feature
from reconciler.model.applied import Applied
from reconciler.model.snapshot import Current, Fields
from reconciler.repository import store
from tests.support.budget import check_calls
from tests.support.generated.tenant import Surroundings
from tests.support.generated.values import Values, fields_of
from tests.support.live import Live

FEATURES = [name for name, kind in managed().items() if not kind.owner and issubclass(kind.managed, Feature)]
PLACE, NAME = "London HQ", "Front Desk"


class Made:
    """One feature that desired state describes, in a tenant of its own."""

    def __init__(self, live: Live, name: str) -> None:
        self.live, self.kind = live, resource(name)
        self.entry: Fields = {"location": PLACE, "name": NAME}
        around = asyncio.run(self._around())
        self.values = Values(self.kind, Current(name, self.kind.key_of(self.entry), "", dict(self.entry)), around)
        self.fields = [field for field in fields_of(self.kind) if field not in self.kind.key_fields]
        self.members = [field for field in self.fields if isinstance(self.other(field), list)]

    def other(self, field: str, have: object = None, turn: int = 0) -> object:
        return self.values.other(field, have, turn=turn)

    def apply(self, **fields: object) -> Applied:
        """Describe it with these fields beside those that it has, and apply that."""
        self.entry = {name: value for name, value in (self.entry | fields).items() if name != "was"}
        self.live.describe({self.kind.plural: [self.entry | fields]})
        plan = self.live.plan()
        self.live.forget()
        assert len(plan.changes) == 1, plan.changes
        assert not plan.changes[0].blocked, plan.changes[0].blocked
        applied = self.live.apply(plan)
        assert {one.verdict for one in applied.outcomes} == {"verified"}, [one.why for one in applied.outcomes]
        check_calls(plan, self.live.requests())
        self.live.describe({self.kind.plural: [self.entry]})
        if "state" not in fields:
            assert not self.live.plan().changes, f"{fields}: there is something to do again"
        return applied

    def read(self) -> Fields:
        exported = asyncio.run(pipeline.export(self.live.tenant, choice=chosen([self.kind.name, "location"])))
        store.write(self.live.root / "state", exported.snapshot)
        return dict(exported.snapshot.kinds[self.kind.name][self.kind.key_of(self.entry)].fields)

    async def _around(self) -> Surroundings:
        async with self.live.tenant.reader() as reader:
            await reader.identify()
            wanted = ("person", "workspace", "virtual_line", "number", "location", "call_park_extension", "hunt_group")
            return Surroundings({one: await reader.all(one) for one in wanted if one in kinds()})


def made_in(live: Live, name: str) -> Made:
    """One that is to be made, where there is something for a park to have."""
    for number in ("6191", "6192"):
        path = f"/telephony/config/locations/{_place(live)}/callParkExtensions"
        live.server.edit("POST", path, {"name": f"Park {number}", "extension": number})
    return Made(live, name)


def _place(live: Live) -> str:
    (key,) = [one["id"] for one in live.state()["locations"] if one["name"] == PLACE]
    return live.remote("LOCATION", key)
