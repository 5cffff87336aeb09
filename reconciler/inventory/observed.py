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
    await asyncio.gather(*(_ask(reader, one, snapshot, statuses, slots) for one in chosen if one.fetch))
    for current in (current for one in chosen if one.scan for current in snapshot.kinds[one.name].values()):
        current.wire = None


async def _list(
    reader: Reader, artefact: Observed, snapshot: MemorySnapshot, statuses: Statuses, slots: asyncio.Semaphore
) -> None:
    status = statuses.of(artefact.name)
    snapshot.kinds.setdefault(artefact.name, {})
    try:
        rows = (await reader.all(artefact.name)).values()
    except AuthError:
        raise
    except ReconcileError as error:
        status.add(error)
        snapshot.gaps[artefact.name] = error.what
        return
    for row in rows:
        snapshot.add(row)
    status.count = len(rows)

    async def complete(current: Current) -> None:
        assert artefact.detail is not None
        try:
            await artefact.detail(reader, current)
        except ReconcileError as error:
            _note(error, status, current, "details")

    if artefact.detail:
        await each((row for row in rows if not row.candidates), complete, slots)
        _gap(artefact.name, status, snapshot)


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

    await each(_asked(artefact, snapshot, status), ask, slots)
    _gap(artefact.name, status, snapshot)
    if artefact.of in snapshot.gaps:
        snapshot.gaps.setdefault(artefact.name, f"{artefact.of} is incomplete")
        status.result = status.result if status.result != "ok" else "incomplete"


def _asked(artefact: Observed, snapshot: MemorySnapshot, status: Status) -> Iterator[Current]:
    """The owners to ask; those without calling are known to have none of its settings."""
    for owner in snapshot.kinds.get(artefact.of, {}).values():
        if owner.candidates:
            continue
        if artefact.calling and owner.facts.get("calling") is False:
            status.not_entitled += 1
        elif status.result != "forbidden" or status.count or status.failed < _ENOUGH:
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


def _gap(name: str, status: Status, snapshot: MemorySnapshot) -> None:
    if status.result != "ok":
        snapshot.gaps[name] = status.why


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
