"""What a plan is made from, asked of the tenant: what desired manages or refers to, and what rests on that."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from reconciler.inventory import renamed, watching
from reconciler.inventory.beside import beside
from reconciler.inventory.callbacks import callbacks
from reconciler.inventory.holders import holders
from reconciler.inventory.managed import license_names, look_up, of_desired, read
from reconciler.model.desired_state import Desired
from reconciler.model.plan import Change
from reconciler.model.selection import Selection
from reconciler.model.snapshot import MemorySnapshot
from reconciler.planning.compare import (
    all_compared,
    not_lifted,
    seen_as_renamed,
    told,
    without_missing,
    without_sections,
)
from reconciler.planning.facts import Facts, described, managed
from reconciler.planning.guards import Population
from reconciler.planning.select import chosen, with_references
from reconciler.webex.connection import Connection, identity
from reconciler.webex.tenant import TenantReader


async def for_plan(
    root: Path,
    reader: TenantReader,
    wanted: Desired,
    selection: Selection,
    lift: Collection[str],
    connection: Connection,
) -> Facts:
    """What the tenant says now. InputError where desired refers to what is nowhere, or names what is there twice."""
    resources = with_references(wanted.resources, selection)
    org = {"id": await identity(reader, wanted.tenant.org.id)}
    current = await read(reader, replace(of_desired(resources), tolerant=True), org, workers=connection.workers)
    places = await renamed.locations(reader, resources, current)
    standing = not_lifted(places, lift)
    seen_as_renamed(current, standing)
    names = await license_names(reader, resources)
    changes = without_sections(all_compared(resources, current, names, isolate=selection.isolate), standing)
    changes = chosen(changes, lambda: wanted.resources, current.get, selection)
    said = described(root, wanted)
    missing = await look_up(reader, changes, set(said.there() if said.there else ()), current)
    changes = without_missing(changes, missing, isolate=selection.isolate)
    facts = await about(reader, changes, current, said.population)
    watch = await watching.look(reader, root, wanted.tenant.watch, wanted.tenant.org.id, wanted.resources)
    fits = await renamed.fitting(reader, changes, current, said.population.addresses())
    return replace(
        facts,
        managed=managed(said.population, lambda: wanted.resources, selection, wanted.aside),
        fits={**fits, **told(places)},
        watch=watch,
        scopes=reader.session.scopes,
        connection=connection,
        tally=reader.session.watching.tally,
    )


async def about(reader: TenantReader, changes: list[Change], current: MemorySnapshot, compared: Population) -> Facts:
    """What is to be known of the tenant beside these changes, which were compared with `current`."""
    return Facts(
        changes,
        compared,
        get=current.get,
        alias=current.alias,
        gaps=current.gaps,
        me=reader.me,
        held=await holders(reader, changes, current),
        callbacks=await callbacks(reader, changes, current),
        beside=await beside(reader, changes, current),
        read=current.of("person", "workspace"),
    )
