"""Who is in which feature of a kind of which everybody can be in one only, of those that a plan puts into one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reconciler.inventory.reading import together
from reconciler.kinds import resource
from reconciler.kinds.contract.access import Reader, Scope
from reconciler.kinds.contract.both import complete, row_of
from reconciler.model.address import split_key
from reconciler.model.plan import Change
from reconciler.model.snapshot import Current
from reconciler.planning.guards.members import held_by


async def memberships(reader: Reader, kind: str, taken: Mapping[str, Change]) -> dict[str, str]:
    """Who else has them, in words, by claim. Members are at the location of their feature, so only those there are
    asked, all of them: no list tells who is in what. Raises as the kind's own reading."""
    declared = resource(kind)
    found: dict[str, str] = {}
    assert declared.scan is not None
    joined = {change.address for change in taken.values()}
    places = {split_key(change.key)[0] for change in taken.values()}
    rows = await declared.scan(reader, Scope(frozenset(change.key for change in taken.values())))
    others = [row for row in rows if row.address not in joined and split_key(row.key)[0] in places]

    async def ask(row: Current) -> None:
        current = row_of(declared, replace(row))
        await complete(declared, reader, current)
        found.update(held_by(current, taken))

    await together(ask(row) for row in others)
    return found
