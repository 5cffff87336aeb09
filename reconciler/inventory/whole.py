"""Everything that was chosen, read at once: lists of all kinds, pages of one beside details of another, as many
requests at a time as there are workers. What is a part of something waits for the list of that, and for nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from reconciler.inventory.managed import name_unlisted, read_list, read_sections
from reconciler.inventory.observed import end, forget_rows, list_artefact, read_parts
from reconciler.inventory.reading import Reading, together
from reconciler.kinds import observed
from reconciler.kinds.contract.access import Scope
from reconciler.kinds.contract.kind import Kind


async def read_whole(reading: Reading) -> None:
    """Read what the reading's choice says into its snapshot; what fails leaves a gap, and the rest is read."""
    await _read(reading, lists_only=False)
    conclude(reading)


async def read_lists(reading: Reading) -> None:
    """Only the lists of all that."""
    await _read(reading, lists_only=True)


async def _read(reading: Reading, *, lists_only: bool) -> None:
    choice = reading.choice
    listed = {name: asyncio.Event() for name in (*choice.managed, *choice.artefacts)}
    work: list[Coroutine[Any, Any, None]] = [_kind(reading, name, listed[name], lists_only) for name in choice.managed]
    work += [_artefact(reading, observed()[name], listed, lists_only) for name in choice.artefacts]
    await together(work)


def conclude(reading: Reading) -> None:
    """When all is read: what belongs to something incomplete is that too, so owners come first."""
    artefacts = [observed()[name] for name in reading.choice.artefacts]
    for artefact in sorted(artefacts, key=_depth):
        end(reading, artefact)
    name_unlisted(reading)
    forget_rows(reading.snapshot)


def _depth(artefact: Kind) -> int:
    return 1 + _depth(observed()[artefact.of]) if artefact.of in observed() else 0


async def _kind(reading: Reading, name: str, listed: asyncio.Event, lists_only: bool) -> None:
    found = await read_list(reading, name, Scope(reading.choice.keys(name)))
    listed.set()
    if reading.choice.has_sections(name) and not lists_only:
        found = [one for one in found if reading.choice.selects(name, one.key, one.fields)]
        every = dict.fromkeys(reading.choice.sections_of(name))
        await read_sections(reading, name, found, every)


async def _artefact(reading: Reading, artefact: Kind, listed: dict[str, asyncio.Event], lists_only: bool) -> None:
    if artefact.of in listed:
        await listed[artefact.of].wait()
    await list_artefact(reading, artefact)
    listed[artefact.name].set()
    if not lists_only:
        await read_parts(reading, artefact)
