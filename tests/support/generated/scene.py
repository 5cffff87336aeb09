"""One section of one owner: described, read, and found out about."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import TypeVar

from reconciler.kinds import kinds, resource, section
from reconciler.kinds.contract.access import Reader
from reconciler.kinds.contract.wire import section_of
from reconciler.model.snapshot import Current, Fields
from reconciler.webex.connection import Connection
from tests.support.generated.document import Document, Path, differing
from tests.support.generated.tenant import Surroundings, furnish, owner_of
from tests.support.generated.values import Values, fields_of
from tests.support.live import Live

T = TypeVar("T")
#: Lists of what settings can name.
_NAMED = ("person", "workspace", "virtual_line", "number", "location", "trunk", "route_group")


@dataclass(frozen=True)
class Leaves:
    """Which leaves of the document each managed field is made of, which fields change with it, and which leaves
    nobody manages. Where a leaf changes several fields (a flag by which all are inherited) it is that field's which has
    no leaf of its own."""

    of: dict[str, set[Path]] = field(default_factory=dict)
    linked: dict[str, set[str]] = field(default_factory=dict)
    unmanaged: dict[Path, set[Path]] = field(default_factory=dict)


class Scene:
    def __init__(self, live: Live, name: str) -> None:
        self.live, self.kind = live, section(name)
        furnish(live.server, self.kind.owner)
        self.owner, self.around = self._asked(self._looked)
        self.values = Values(self.kind, self.owner, self.around)

    def describe(self, want: Fields | None) -> None:
        self.live.describe({self.plural: [self.entry(want)]})

    @property
    def plural(self) -> str:
        return resource(self.kind.owner).plural

    def entry(self, want: Fields | None) -> Fields:
        """The owner in a desired file, with this section."""
        return resource(self.kind.owner).named(self.owner.key) | {self.kind.section: want}

    def read(self, elsewhere: Connection | None = None) -> Fields:
        """The managed view, as a plan reads it, here or in another tenant with the same owner."""
        return self._asked(self._read_there if elsewhere else self._read, elsewhere)

    def implied(self) -> set[str]:
        """Fields that others bring along, as they are at rest: to say both would be to say two things."""
        rest, settle = self.read(), self.kind.rules.settle
        others = ({field: self.values.other(field, rest.get(field))} for field in fields_of(self.kind))
        wants = list(map(self.values.company, others))
        return {field for want in wants for field in settle(want, rest).keys() - want.keys()}

    def everything_else(self, implied: Collection[str] = ()) -> Fields:
        """Every field another value than it has, but for those that are implied."""
        return {field: value for field, value in self.values.all_other(self.read()).items() if field not in implied}

    def one_else(self, field: str) -> Fields:
        """One field another value than it has, with what it is only valid together with."""
        return self.values.company({field: self.values.other(field, self.read().get(field))})

    def document(self) -> Document:
        texts = [*("copies@example.com", "other.copies@example.com", "Reception", "Front Desk", "1001", "1002"),
                 *self.around.numbers(self.owner)[:2]]  # fmt: skip
        return Document(self.live.server, self.kind, self.owner, texts, self._members())

    def leaves(self, document: Document) -> Leaves:
        return self._asked(lambda reader: self._tried(reader, document))

    async def _tried(self, reader: Reader, document: Document) -> Leaves:
        tried: dict[Path, tuple[set[str], set[Path]]] = {}
        before, managed = document.leaves(), await self._read(reader)
        for path in document.set:
            changed: set[Path] = set()
            fields: set[str] = set()
            for _ in document.variants(path):
                changed |= differing(before, document.leaves())
                now = await self._read(reader)
                fields |= {name for name in managed.keys() | now.keys() if managed.get(name) != now.get(name)}
            tried[path] = fields, changed
        found = Leaves(unmanaged={path: changed for path, (fields, changed) in tried.items() if not fields})
        for name in {name for fields, _ in tried.values() for name in fields}:
            least = min(len(fields) for fields, _ in tried.values() if name in fields)
            own = [one for one in tried.values() if name in one[0] and len(one[0]) == least]
            found.linked[name] = set().union(*(fields for fields, _ in own))
            found.of[name] = set().union(*(changed for _, changed in own))
        return found

    async def _read(self, reader: Reader, remote_id: str = "") -> Fields:
        current = Current(self.kind.owner, self.owner.key, remote_id or self.owner.id, {})
        found = await section_of(self.kind, reader, current)
        assert found is not None, f"{self.kind.name}: {self.owner.address} has none"
        return found

    async def _read_there(self, reader: Reader) -> Fields:
        """By name: what a twin has made has an id of its own."""
        return await self._read(reader, (await reader.all(self.kind.owner))[self.owner.key].id)

    async def _looked(self, reader: Reader) -> tuple[Current, Surroundings]:
        lists = {kind: await reader.all(kind) for kind in _NAMED if kind in kinds()}
        return await owner_of(reader, self.kind), Surroundings(lists)

    def _members(self) -> list[str]:
        place = self.owner.key if self.owner.kind == "location" else self.owner.fields.get("location")
        people = self.around.lists["person"].values()
        found = [one.id for one in people if one.fields.get("location") == place and one.fields.get("phone_number")]
        return [one for one in found if one != self.owner.id][:2]

    def _asked(self, question: Callable[[Reader], Awaitable[T]], elsewhere: Connection | None = None) -> T:
        async def answer() -> T:
            async with (elsewhere or self.live.tenant).reader() as reader:
                await reader.identify()
                return await question(reader)

        return asyncio.run(answer())
