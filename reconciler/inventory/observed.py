"""Reading the artefacts that nobody manages: lists first, then what each of their rows or owners has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator

from reconciler.errors import AuthError, ForbiddenError, NotEntitledError, ReconcileError
from reconciler.inventory.managed import read_sections
from reconciler.inventory.reading import Reading, Slots, each, together
from reconciler.inventory.status import Status, Statuses
from reconciler.kinds import observed
from reconciler.kinds.contract.access import Reader
from reconciler.kinds.contract.both import DETAILS, row_of
from reconciler.kinds.contract.both import complete as details_of
from reconciler.kinds.contract.kind import Kind
from reconciler.model.snapshot import Current, MemorySnapshot, keys_of


async def observe(
    reader: Reader, names: Iterable[str], snapshot: MemorySnapshot, statuses: Statuses, *, workers: int
) -> None:
    """Add these artefacts to a snapshot that has their owners. One that fails leaves a gap; the others are read."""
    reading = Reading(reader, snapshot, statuses, Slots(workers))
    wanted = [observed()[name] for name in names]
    for stage in ("scan", "rows", "look"):  # an owner is listed before it is asked
        await together(_observe(reading, one) for one in wanted if getattr(one, stage))
    forget_rows(snapshot)


async def _observe(reading: Reading, artefact: Kind) -> None:
    if not (artefact.picked and artefact.scan and artefact.name in reading.snapshot.kinds):  # else it is read
        await list_artefact(reading, artefact)
        await read_parts(reading, artefact)
    end(reading, artefact)


async def list_artefact(reading: Reading, artefact: Kind) -> None:
    """What there is of an artefact, into the snapshot. One that is a part of something has no list."""
    found = reading.snapshot.kinds.setdefault(artefact.name, {})
    if reading.refuses(artefact.name) or artefact.look:
        return
    if artefact.rows:
        await _list_each(reading, artefact, found)
    else:
        await _list(reading, artefact, found)
    reading.statuses.of(artefact.name).count = len(keys_of(reading.snapshot, artefact.name))
    reading.estimate.listed(artefact.name, len(found), len(found))
    if artefact.detail:
        reading.prints[artefact.name] = {key: row_print(row) for key, row in found.items()}


async def read_parts(reading: Reading, artefact: Kind) -> None:
    """The details of all that was listed, or the part of every owner."""
    if artefact.name in reading.refused:
        return
    if artefact.look:
        await ask(reading, artefact, asked(artefact, reading.snapshot)[0])
    elif reading.choice.has_sections(artefact.name):
        rows = list(alone(reading.snapshot, artefact.name))
        await complete(reading, artefact, rows)
        await sections(reading, artefact, rows)


async def _list(reading: Reading, artefact: Kind, found: dict[str, Current]) -> None:
    try:
        rows = await reading.reader.all(artefact.name)
    except ReconcileError as error:
        _note(error, reading.statuses.of(artefact.name), None, "")
        return
    takes = reading.choice.takes
    found |= {key: row_of(artefact, row) for key, row in rows.items() if takes(artefact.name, key, row.fields)}


async def _list_each(reading: Reading, artefact: Kind, found: dict[str, Current]) -> None:
    """A list that there is per owner only; one that fails leaves those of the other owners."""
    status = reading.statuses.of(artefact.name)

    async def ask_for(owner: Current) -> None:
        assert artefact.rows is not None
        try:
            rows = await artefact.rows(reading.reader, owner)
        except ReconcileError as error:
            _note(error, status, None, "")
        else:
            found.update(
                (row.key, row_of(artefact, row))
                for row in rows
                if reading.choice.takes(artefact.name, row.key, row.fields)
            )

    await each(_until_hopeless(asked(artefact, reading.snapshot)[0], status), ask_for, reading.slots)


async def complete(reading: Reading, artefact: Kind, rows: Iterable[Current]) -> None:
    """The details of rows of a list."""
    status = reading.statuses.of(artefact.name)

    async def complete_one(current: Current) -> None:
        assert artefact.detail is not None
        try:
            await details_of(artefact, reading.reader, current)
        except ReconcileError as error:
            _note(error, status, current, DETAILS)

    if artefact.detail:
        await each((row for row in rows if reading.choice.matches(artefact.name, row.key)), complete_one, reading.slots)


async def sections(reading: Reading, artefact: Kind, rows: Iterable[Current]) -> None:
    """The managed sections of rows of a list, as far as they are chosen."""
    if wanted := reading.choice.sections_of(artefact.name):
        found = (row for row in rows if reading.choice.selects(artefact.name, row.key, row.shown))
        await read_sections(reading, artefact.name, found, dict.fromkeys(wanted))


async def ask(reading: Reading, artefact: Kind, owners: Iterable[Current]) -> None:
    """A part of each of these owners."""
    status, found = reading.statuses.of(artefact.name), reading.snapshot.kinds[artefact.name]

    async def ask_one(owner: Current) -> None:
        assert artefact.look is not None
        try:
            part = await artefact.look(reading.reader, owner)
        except ReconcileError as error:
            _note(error, status, None, "")
            if artefact.name in reading.choice.sections:
                owner.unknown[artefact.section] = error.what
            return
        pick(reading, artefact, owner, part)
        if part is not None:
            found[part.key] = part
            status.count += 1

    wanted = (owner for owner in owners if reading.choice.matches(artefact.name, owner.key))
    await each(_until_hopeless(wanted, status), ask_one, reading.slots)


def pick(reading: Reading, artefact: Kind, owner: Current, part: Current | None) -> None:
    """What is managed of a part into its owner, where that was asked for."""
    if artefact.picked and artefact.name in reading.choice.sections:
        owner.fields[artefact.section] = artefact.picked(part.fields) if part else None


def end(reading: Reading, artefact: Kind) -> None:
    """What is not known to be all is said to be incomplete; so is what belongs to something that is."""
    status, snapshot = reading.statuses.of(artefact.name), reading.snapshot
    if artefact.of:
        status.not_entitled += asked(artefact, snapshot)[1]
    if status.result == "ok" and artefact.of in snapshot.gaps:
        status.result, status.why = "incomplete", f"{artefact.of} is incomplete"
    if status.result != "ok":
        snapshot.gaps[artefact.name] = status.why


def row_print(row: Current) -> str:
    """A fingerprint of what a list says of a resource."""
    said = json.dumps([row.id, row.shown, row.facts, row.candidates], sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def alone(snapshot: MemorySnapshot, name: str) -> Iterator[Current]:
    """All of them, names that several have left out: there is nothing to ask of them."""
    return (current for current in snapshot.kinds[name].values() if not current.candidates)


def forget_rows(snapshot: MemorySnapshot) -> None:
    """Rows of lists are kept until everything that is asked with them was asked."""
    for name in snapshot.kinds.keys() & observed().keys():
        for current in snapshot.kinds[name].values():
            current.wire = None


def asked(artefact: Kind, snapshot: MemorySnapshot) -> tuple[list[Current], int]:
    """The owners to ask, and how many are known without asking to have nothing of the kind, for want of calling."""
    owners = [owner for _, owner in sorted(snapshot.kinds.get(artefact.of, {}).items()) if not owner.candidates]
    able = [owner for owner in owners if not (artefact.calling and owner.facts.get("calling") is False)]
    if artefact.one_per_location is None:
        return able, len(owners) - len(able)
    first: dict[str, Current] = {}
    for owner in sorted(able, key=artefact.one_per_location):
        first.setdefault(str(owner.fields.get("location") or ""), owner)
    first.pop("", None)
    return list(first.values()), 0


def _until_hopeless(owners: Iterable[Current], status: Status) -> Iterator[Current]:
    for owner in owners:
        if status.hopeless:
            return
        yield owner


def _note(error: ReconcileError, status: Status, current: Current | None, part: str) -> None:
    if isinstance(error, AuthError) and not isinstance(error, ForbiddenError):
        raise error
    if isinstance(error, NotEntitledError):
        status.not_entitled += 1
        return
    status.add(error)
    if current is not None:
        current.unknown[part] = error.what
