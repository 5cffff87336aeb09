"""Finding an operation's resources in the tenant as they are now, and sending its write."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.applying.verdicts import Found
from reconciler.errors import NotEntitledError, ReconcileError, StaleError
from reconciler.kinds import kind as kind_named
from reconciler.kinds.contract.access import Reader, Writer
from reconciler.kinds.contract.kind import Kind
from reconciler.kinds.contract.wire import section_of, understood
from reconciler.model.address import owner_address, split_address
from reconciler.model.plan import Member, Operation
from reconciler.model.remote_id import uuid_of
from reconciler.model.snapshot import Current
from reconciler.planning.diff import covers
from reconciler.planning.order import RENAME
from reconciler.planning.renames import new_key


class Nameless:
    """Reads through another reader, but asks no list for the names behind ids."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.api, self.org_id = reader, reader.api, reader.org_id

    async def all(self, kind: str) -> Mapping[str, Current]:
        return await self.reader.all(kind)

    async def id_of(self, kind: str, name: str) -> str:
        return await self.reader.id_of(kind, name)

    async def name_of(self, kind: str, remote_id: str) -> str:
        """The part of the id that is the same in every encoding."""
        return uuid_of(remote_id)

    def unlisted(self, kind: str) -> str:
        return ""  # ids are what is compared

    async def address_of(self, remote_id: str, kinds: tuple[str, ...]) -> str:
        return uuid_of(remote_id)

    async def get(self, url: str, **params: str) -> Any:
        return await self.reader.get(url, **params)

    def pages(self, url: str, key: str, **params: str) -> AsyncIterator[dict[str, Any]]:
        return self.reader.pages(url, key, **params)


@dataclass
class Reach:
    """Finds and sends through one writer; it remembers the owners of sections, so that each is looked up once."""

    writer: Writer
    _owners: dict[str, Current] = field(default_factory=dict)

    async def find(self, operation: Operation) -> Found:
        """What is there now, for every member; IncompleteError for answers of a form that the kind does not know."""
        kind = kind_named(operation.kind)
        if batch := kind.batches.get(operation.step):
            current = await understood(kind.name, batch.find(self.writer, list(operation.members)))
            return {m.address: current.get(split_address(m.address)[1]) for m in operation.members}
        member = operation.members[0]
        return {member.address: await understood(kind.name, self._one(kind, member))}

    async def look(self, operation: Operation) -> Current | None:
        """What is there now of one resource or section by itself, whatever else is read together elsewhere; of what is
        to be created, by its name, whatever id it has got."""
        kind, member = kind_named(operation.kind), operation.members[0]
        if operation.action == "create" and kind.find:
            return await understood(kind.name, kind.find(self.writer, split_address(member.address)[1], ""))
        return await understood(kind.name, self._one(kind, member))

    async def glance(self, address: str, remote_id: str) -> Current | None:
        """A resource or a section as it is now, only to be compared with itself: ids of what it refers to stay ids."""
        name, key = split_address(address)
        kind, reader = kind_named(name), Nameless(self.writer)
        if kind.fetch is None:
            assert kind.find is not None
            return await understood(name, kind.find(reader, key, remote_id))
        current = Current(kind.owner, key, remote_id, {})
        section = await understood(name, kind.fetch(reader, current))
        current.fields |= {kind.section: section} if section is not None else {}
        return current

    async def send(self, operation: Operation, members: list[Member], found: Found) -> None:
        """One write. After an answer that nobody understands (IncompleteError) the reading back tells what it did."""
        await understood(operation.kind, self._sent(operation, members, found))

    async def _one(self, kind: Kind, member: Member) -> Current | None:
        if kind.fetch:
            return await self._section(kind, member)
        assert kind.find is not None
        known = self._owners.get(member.address)
        remote_id = known.id if known and (kind.listing.new_id or not member.id) else member.id
        key = split_address(member.address)[1]
        meant = (key, new_key(kind.name, key, member.want))
        one = await kind.find(self.writer, key, remote_id)
        if one is None and kind.listing.new_id and meant[1] != key:
            one = await kind.find(self.writer, meant[1], "")
        if one is not None and remote_id and not one.candidates and one.key not in meant:
            where = f"{kind.name}/{one.key}"
            raise StaleError(f"the id of {member.address} in this plan is that of {where}", do="plan again")
        if one is not None:
            self._owners[member.address] = _who(one)
        return one

    async def _section(self, kind: Kind, member: Member) -> Current | None:
        """The owner with this section read afresh into its fields; None where the section does not exist."""
        owner = await self._owner(kind, member)
        current = replace(owner, fields={}, wire=None)
        try:
            section = await section_of(kind, self.writer, current)
        except NotEntitledError as error:
            if kind.cleared is not None and covers(kind.cleared, member.want):
                section = dict(kind.cleared)  # what was to be taken away is gone with the owner's calling
            else:
                raise ReconcileError(error.what, do="give it calling, or a licence that has this setting") from None
        if section is not None:
            current.fields[kind.section] = section
        return current

    async def _owner(self, kind: Kind, member: Member) -> Current:
        """The owner of a section: its id is in the plan, or known since it was created, or looked up by key."""
        address = owner_address(member.address)
        key = split_address(address)[1]
        if member.id:
            return Current(kind.owner, key, member.id, {})
        if address not in self._owners:
            find = kind_named(kind.owner).find
            found = await find(self.writer, key, "") if find else None
            if found is None:
                raise ReconcileError(f"{address} is not there", do="plan again")
            self._owners[address] = _who(found)
        return self._owners[address]

    async def _sent(self, operation: Operation, members: list[Member], found: Found) -> None:
        kind, writer = kind_named(operation.kind), self.writer.on_behalf(operation.id)
        if batch := kind.batches.get(operation.step):
            await batch.send(writer, operation.action, members, found)
            return
        member = members[0]
        current = found[member.address]
        if kind.write:
            assert current is not None
            await kind.write(writer, current, current.fields.get(kind.section), member.want)
        elif operation.action == "create" and kind.create and current is None:
            await kind.create(writer, split_address(member.address)[1], member.want)
            writer.forget(kind.name)
        elif operation.action == "delete" and kind.delete and current is not None:
            await kind.delete(writer, current)
        elif kind.update and current is not None:
            await kind.update(writer, current, kind.rules.settle(member.want, current.fields))
            if operation.step == RENAME:
                writer.forget(kind.name)
        else:
            raise ReconcileError(f"{operation.kind} has no {operation.action}")


def _who(current: Current) -> Current:
    """Its identity alone: a run of 20,000 rows would hold every document that it has read."""
    return replace(current, fields={}, wire=None)
