"""What a twin does not begin with is brought in as a tenant gets it: through the API, by the writes of the kinds.

So nothing here knows a kind by name, and a new one is carried without an edit. What cannot be carried is said: nobody
learns from a twin that differs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from reconciler.errors import ReconcileError
from reconciler.kinds import kind as kind_named
from reconciler.kinds.contract.access import Writer
from reconciler.kinds.contract.kind import Kind, SectionKind
from reconciler.kinds.contract.wire import section_of, understood
from reconciler.model.address import split_address
from reconciler.model.plan import Plan
from reconciler.model.remote_id import uuid_of
from reconciler.model.snapshot import Current, Fields
from reconciler.planning.diff import covers, matches
from reconciler.rehearsal.facts import KnownTenant, is_feature

#: Seconds after which every write shows (webex-behaviour.md §1.6).
_SHOWN = 60.0


@dataclass
class Replay:
    """Brings into a twin what is known of its tenant. `ids` are those that the twin gave, by uuid in the tenant."""

    writer: Writer
    advance: Callable[[float], None]
    ids: dict[str, str] = field(default_factory=dict)

    async def bring(self, known: KnownTenant) -> dict[str, str]:
        """By address what is not on the twin as it is in the tenant, and why. What rests on something else comes after
        it: whatever was refused is tried again as long as something came in."""
        left: dict[str, tuple[SectionKind | None, Current]] = {one.address: (None, one) for one in known.features()}
        left |= {f"{kind.name}/{owner.key}": (kind, owner) for kind, owner in known.parts}
        refused: dict[str, str] = {}
        while left:
            refused = {one: why for one, (kind, current) in left.items() if (why := await self._one(kind, current))}
            if len(refused) == len(left):
                break
            left = {address: left[address] for address in refused}
        return refused

    def plan(self, plan: Plan) -> Plan:
        """The plan with the ids of the twin."""
        operations = [
            replace(one, members=[replace(member, id=self.id_of(member.id)) for member in one.members])
            for one in plan.operations
        ]
        return replace(plan, operations=operations)

    def id_of(self, remote_id: str) -> str:
        """The id on the twin of what has this one in the tenant; in the skeleton it is the same."""
        return self.ids.get(uuid_of(remote_id), remote_id)

    async def _one(self, kind: SectionKind | None, current: Current) -> str:
        try:
            return await (self._section(kind, current) if kind else self._resource(current))
        except ReconcileError as error:
            return f"{error.what}; {error.why}" if error.why else error.what

    # --- a section of somebody ---

    async def _section(self, kind: SectionKind, current: Current) -> str:
        want, write = current.fields.get(kind.section), kind.write
        if not want or write is None:
            return ""
        if kind.inherits and kind.cleared is not None and covers(want, kind.cleared):
            want = kind.cleared  # the rest is what the location has
        owner = Current(current.kind, current.key, self.id_of(current.id), {})
        now = await section_of(kind, self.writer, owner)
        lacking = _lacking(now or {}, want)
        if not lacking:
            return ""
        await understood(kind.name, write(self.writer, owner, now, lacking))
        return await self._shown(lacking, lambda: section_of(kind, self.writer, owner))

    # --- an object of its own ---

    async def _resource(self, current: Current) -> str:
        kind = kind_named(current.kind)
        want = {name: value for name, value in current.fields.items() if name in kind.managed.model_fields}
        found = await self._found(kind, current)
        if found is None:
            if kind.create is None:
                return "nobody can create such a thing"
            given = {name: value for name, value in want.items() if value is not None}
            await understood(kind.name, kind.create(self.writer, current.key, given))
            self.writer.forget(kind.name)
            found = await self._found(kind, current)
        if found is None:
            self.advance(_SHOWN)
            found = await self._found(kind, current)
        if found is None:
            return "it was created, and is not there"
        self.ids[uuid_of(current.id)] = found.id
        lacking = _lacking(found.fields, want)
        if lacking and kind.update:
            await understood(kind.name, kind.update(self.writer, found, lacking))
        return await self._shown(lacking, lambda: self._fields(kind, current)) if lacking else ""

    async def _found(self, kind: Kind, current: Current) -> Current | None:
        assert kind.find is not None
        return await understood(kind.name, kind.find(self.writer, current.key, ""))

    async def _fields(self, kind: Kind, current: Current) -> Fields | None:
        found = await self._found(kind, current)
        return found.fields if found else None

    async def _shown(self, want: Fields, read: Callable[[], Awaitable[Fields | None]]) -> str:
        """Which of these fields are not there after a write, however late it shows."""
        if not _lacking(await read() or {}, want):
            return ""
        self.advance(_SHOWN)
        return ", ".join(sorted(_lacking(await read() or {}, want)))


def _lacking(have: Fields, want: Fields) -> Fields:
    return {name: value for name, value in want.items() if not matches(have.get(name), value)}


async def unfounded(plan: Plan, writer: Writer) -> dict[str, str]:
    """By address the changes that rest on something which the twin has not, though the plan does not create it."""
    created = {change.address for change in plan.changes if change.action == "create"}
    there: dict[str, Mapping[str, Current]] = {}
    found: dict[str, str] = {}
    for address, ref in _referring(plan):
        kind, key = split_address(ref)
        if ref in created:
            continue
        try:
            there.setdefault(kind, await writer.all(kind))
        except ReconcileError:
            there.setdefault(kind, {})
        if key not in there[kind]:
            found[address] = f"there is no {ref} on it"
    return found


def _referring(plan: Plan) -> Iterator[tuple[str, str]]:
    return ((change.address, ref) for change in plan.changes for ref in change.refs if is_feature(ref))
