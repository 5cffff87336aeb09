"""Everything that was chosen, read at once: lists of all kinds, pages of one beside details of another, as many
requests at a time as there are workers. What is a part of something waits for the list of that, and for nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from reconciler.inventory.managed import read_list, read_sections
from reconciler.inventory.observed import alone, complete, end, forget_rows, list_artefact
from reconciler.inventory.reading import Reading, together
from reconciler.kinds import observed, sections_of
from reconciler.kinds._kind import Scope
from reconciler.kinds._observed import Observed


async def read_whole(reading: Reading) -> None:
    """Read what the reading's choice says into its snapshot; what fails leaves a gap, and the rest is read."""
    choice = reading.choice
    listed = {name: asyncio.Event() for name in (*choice.managed, *choice.artefacts)}
    work: list[Coroutine[Any, Any, None]] = [_kind(reading, name, listed[name]) for name in choice.managed]
    work += [_artefact(reading, observed()[name], listed) for name in choice.artefacts]
    await together(work)
    conclude(reading)


def conclude(reading: Reading) -> None:
    """When all is read: what belongs to something incomplete is that too, so owners come first."""
    artefacts = [observed()[name] for name in reading.choice.artefacts]
    for artefact in sorted(artefacts, key=_depth):
        end(reading, artefact)
    forget_rows(reading.snapshot)


def _depth(artefact: Observed) -> int:
    return 1 + _depth(observed()[artefact.of]) if artefact.of in observed() else 0


async def _kind(reading: Reading, name: str, listed: asyncio.Event) -> None:
    found = await read_list(reading, name, Scope(reading.choice.keys(name)))
    listed.set()
    if reading.choice.has_sections(name):
        found = [one for one in found if reading.choice.selects(name, one.key, one.fields)]
        every = dict.fromkeys(section.name for section in sections_of(name).values())
        await read_sections(reading, name, found, every)


async def _artefact(reading: Reading, artefact: Observed, listed: dict[str, asyncio.Event]) -> None:
    if artefact.of in listed:
        await listed[artefact.of].wait()
    has_details = await list_artefact(reading, artefact)
    listed[artefact.name].set()
    if has_details and reading.choice.has_sections(artefact.name):
        await complete(reading, artefact, alone(reading.snapshot, artefact.name))
