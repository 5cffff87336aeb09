"""One reading of the tenant under way: where from, what of it, what there is so far, and how many things at a time.

All reading of kinds and artefacts goes through this; `managed` and `observed` say how each of the two is read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from reconciler.errors import ApiError, ForbiddenError, IncompleteError, RefusedError, TemporaryError
from reconciler.inventory.choice import EVERYTHING, Choice
from reconciler.inventory.estimate import Estimate
from reconciler.inventory.status import Statuses
from reconciler.kinds.contract.access import Reader
from reconciler.model.snapshot import MemorySnapshot

T = TypeVar("T")
#: What leaves a gap where one may be left: all else ends the reading.
UNREAD = (ApiError, IncompleteError, RefusedError, TemporaryError)


class Slots(asyncio.Semaphore):
    """As many things at a time as there are workers, for everything that is read."""

    def __init__(self, workers: int) -> None:
        super().__init__(workers)
        self.workers = workers


@dataclass
class Reading:
    """`tolerant`: what cannot be read leaves a gap, instead of being an error. `refused` are the names of kinds,
    sections and artefacts for which the token lacks a right, known beforehand, so that nobody asks. `prints` are the
    fingerprints of rows that have details, by name and key: what a list said before it was completed."""

    reader: Reader
    snapshot: MemorySnapshot
    statuses: Statuses
    slots: Slots
    tolerant: bool = True
    choice: Choice = EVERYTHING
    refused: Mapping[str, ForbiddenError] = field(default_factory=dict)
    estimate: Estimate = field(default_factory=Estimate)
    prints: dict[str, dict[str, str]] = field(default_factory=dict)

    def refuses(self, name: str) -> bool:
        """Whether this cannot be read for want of a right; if so, its status says it."""
        error = self.refused.get(name)
        if error is None:
            return False
        self.statuses.of(name).add(error)
        self.snapshot.gaps[name] = error.what
        return True


async def each(items: Iterable[T], do: Callable[[T], Awaitable[None]], slots: Slots) -> None:
    """`do` for each, as many at a time as there are slots for all; no more coroutines than can run."""
    pending = iter(items)

    async def work() -> None:
        for item in pending:
            async with slots:
                await do(item)

    await together(work() for _ in range(slots.workers))


async def together(coroutines: Iterable[Coroutine[Any, Any, None]]) -> None:
    """All of them at once; the first error ends the others, and is the one that is raised."""
    tasks = [asyncio.ensure_future(one) for one in coroutines]
    try:
        await asyncio.gather(*tasks)
    finally:
        left = [task for task in tasks if not task.done()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
