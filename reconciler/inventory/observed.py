"""Reading the artefacts that nobody manages: lists first, then what each of their rows or owners has."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import TypeVar

from reconciler.errors import AuthError, ForbiddenError, NotEntitledError, ReconcileError
from reconciler.inventory.status import Status, Statuses
from reconciler.kinds import observed
from reconciler.kinds._kind import Reader
from reconciler.kinds._observed import Observed
from reconciler.model.snapshot import Current, MemorySnapshot

T = TypeVar("T")
#: So many refusals and nothing read: it is the token, not the object, and the rest would be refused too.
_ENOUGH = 3
Done = Callable[[str], None]


async def observe(
    reader: Reader, names: Iterable[str], snapshot: MemorySnapshot, statuses: Statuses, *, workers: int
) -> None:
    """Add these artefacts to a snapshot that has their owners. One that fails leaves a gap; the others are read."""
    chosen = [observed()[name] for name in names]
    slots = asyncio.Semaphore(workers)
    await asyncio.gather(*(_list(reader, one, snapshot, statuses, slots) for one in chosen if one.scan))
    await asyncio.gather(*(_list_each(reader, one, snapshot, statuses, slots) for one in chosen if one.rows))
    await asyncio.gather(*(_ask(reader, one, snapshot, statuses, slots) for one in chosen if one.fetch))
    for current in (current for one in chosen if not one.fetch for current in snapshot.kinds[one.name].values()):
        current.wire = None


async def _list(
    reader: Reader, artefact: Observed, snapshot: MemorySnapshot, statuses: Statuses, slots: asyncio.Semaphore
) -> None:
    status = statuses.of(artefact.name)
    found = snapshot.kinds.setdefault(artefact.name, {})
    try:
        rows = await reader.all(artefact.name)
    except ReconcileError as error:
        _note(error, status, None, "")
    else:
        found.update(rows)
    await _complete(reader, artefact, snapshot, status, slots)


async def _list_each(
    reader: Reader, artefact: Observed, snapshot: MemorySnapshot, statuses: Statuses, slots: asyncio.Semaphore
) -> None:
    """A list that there is per owner only; one that fails leaves those of the other owners."""
    status = statuses.of(artefact.name)
    found = snapshot.kinds.setdefault(artefact.name, {})

    async def ask(owner: Current) -> None:
        assert artefact.rows is not None
        try:
            found.update((current.key, current) for current in await artefact.rows(reader, owner))
        except ReconcileError as error:
            _note(error, status, None, "")

    await each(_until_hopeless(artefact, snapshot, status), ask, slots)
    await _complete(reader, artefact, snapshot, status, slots)


async def _complete(
    reader: Reader, artefact: Observed, snapshot: MemorySnapshot, status: Status, slots: asyncio.Semaphore
) -> None:
    """The details of what was listed."""
    found = snapshot.kinds[artefact.name].values()
    status.count = len(found)

    async def complete(current: Current) -> None:
        assert artefact.detail is not None
        try:
            await artefact.detail(reader, current)
        except ReconcileError as error:
            _note(error, status, current, "details")

    if artefact.detail:
        await each((current for current in found if not current.candidates), complete, slots)
    _gap(artefact, status, snapshot)


async def _ask(
    reader: Reader, artefact: Observed, snapshot: MemorySnapshot, statuses: Statuses, slots: asyncio.Semaphore
) -> None:
    status = statuses.of(artefact.name)
    found = snapshot.kinds.setdefault(artefact.name, {})

    async def ask(owner: Current) -> None:
        assert artefact.fetch is not None
        try:
            part = await artefact.fetch(reader, owner)
        except ReconcileError as error:
            _note(error, status, None, "")
            return
        if part is not None:
            found[part.key] = part
            status.count += 1

    await each(_until_hopeless(artefact, snapshot, status), ask, slots)
    _gap(artefact, status, snapshot)


def asked(artefact: Observed, snapshot: MemorySnapshot) -> tuple[list[Current], int]:
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


def _until_hopeless(artefact: Observed, snapshot: MemorySnapshot, status: Status) -> Iterator[Current]:
    owners, without = asked(artefact, snapshot)
    status.not_entitled += without
    for owner in owners:
        if status.result == "forbidden" and not status.count and status.failed >= _ENOUGH:
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


def _gap(artefact: Observed, status: Status, snapshot: MemorySnapshot) -> None:
    """What is not known to be all is said to be incomplete; so is what belongs to something that is."""
    if status.result == "ok" and artefact.of in snapshot.gaps:
        status.result, status.why = "incomplete", f"{artefact.of} is incomplete"
    if status.result != "ok":
        snapshot.gaps[artefact.name] = status.why


async def each(items: Iterable[T], do: Callable[[T], Awaitable[None]], slots: asyncio.Semaphore) -> None:
    """`do` for each, as many at a time as there are slots for all; no more coroutines than can run."""
    pending = iter(items)

    async def work() -> None:
        for item in pending:
            async with slots:
                await do(item)

    await asyncio.gather(*(work() for _ in range(_WORKERS)))


#: Coroutines per artefact that wait for a slot; the slots, which all artefacts share, say how many run.
_WORKERS = 32
