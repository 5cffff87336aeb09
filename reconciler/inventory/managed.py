"""Reading the tenant into a snapshot: all of it, or no more than a plan needs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from reconciler.errors import ApiError, IncompleteError, NotEntitledError, TemporaryError
from reconciler.inventory.status import Statuses
from reconciler.kinds import kind as kind_named
from reconciler.kinds import owners, sections_of
from reconciler.kinds._kind import Kind, Reader, Scope
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change
from reconciler.model.snapshot import Current, MemorySnapshot


@dataclass
class Need:
    """What to read: per kind a scope, per section the keys of its owners (None: all)."""

    kinds: dict[str, Scope] = field(default_factory=dict)
    sections: dict[str, frozenset[str] | None] = field(default_factory=dict)
    tolerant: bool = False


def everything(kinds: Iterable[str] = ()) -> Need:
    """The whole tenant, or these kinds and all of their sections; a list that fails leaves a gap."""
    chosen = {name.partition(".")[0] for name in kinds}
    need = Need(tolerant=True)
    for owner in owners():
        if owner.scan and (not chosen or owner.name in chosen):
            need.kinds[owner.name] = Scope()
            need.sections |= dict.fromkeys((section.name for section in sections_of(owner.name).values()), None)
    return need


def of_desired(resources: Iterable[Wanted]) -> Need:
    """What these resources manage, and nothing else."""
    keys: dict[str, set[str]] = {}
    fields: dict[str, set[str]] = {}
    sections: dict[str, set[str]] = {}
    for wanted in resources:
        keys.setdefault(wanted.kind, set()).add(wanted.key)
        # Of what is deleted all is read: what it holds becomes free for others.
        of_kind = kind_named(wanted.kind).model.model_fields if wanted.absent else wanted.fields
        fields.setdefault(wanted.kind, set()).update(of_kind)
        for name, section in sections_of(wanted.kind).items():
            if name in wanted.fields or wanted.absent:
                sections.setdefault(section.name, set()).add(wanted.key)
    return Need(
        kinds={kind: Scope(frozenset(keys[kind]), frozenset(fields[kind])) for kind in keys},
        sections={section: frozenset(owners) for section, owners in sections.items()},
    )


@dataclass
class _Reading:
    """One reading under way: where from, what for, and what there is so far."""

    reader: Reader
    need: Need
    snapshot: MemorySnapshot
    statuses: Statuses
    slots: asyncio.Semaphore


async def read(
    reader: Reader, need: Need, org: dict[str, str], *, workers: int, statuses: Statuses | None = None
) -> MemorySnapshot:
    """The snapshot of what is needed. Without `tolerant` a failed list is an error; with it, a gap."""
    snapshot = MemorySnapshot(org=org)
    reading = _Reading(reader, need, snapshot, statuses or Statuses(), asyncio.Semaphore(workers))
    by_name = {owner.name: owner for owner in owners()}
    await asyncio.gather(*(_read_kind(reading, by_name[name], scope) for name, scope in need.kinds.items()))
    return snapshot


async def look_up(reader: Reader, changes: Iterable[Change], known: set[str]) -> set[str]:
    """Which of the references of these changes are neither known nor in the tenant."""
    wanted: dict[str, set[str]] = {}
    for change in changes:
        for ref in change.refs:
            kind, _, key = ref.partition("/")
            if ref not in known and "." not in kind:
                wanted.setdefault(kind, set()).add(key)
    missing: set[str] = set()
    for owner in owners():
        keys = wanted.get(owner.name)
        if keys and owner.scan:
            found = await _scan(reader, owner, Scope(frozenset(keys)))
            missing |= {f"{owner.name}/{key}" for key in keys - {current.key for current in found}}
    return missing


async def _read_kind(reading: _Reading, kind: Kind, scope: Scope) -> None:
    snapshot, status = reading.snapshot, reading.statuses.of(kind.name)
    found = snapshot.kinds.setdefault(kind.name, {})
    try:
        for current in await _scan(reading.reader, kind, scope):
            current.wire = None
            if scope.keys is None or current.key in scope.keys:
                snapshot.add(current)
    except (ApiError, IncompleteError, TemporaryError) as error:
        if not reading.need.tolerant:
            raise
        snapshot.gaps[kind.name] = error.what
        status.add(error)
        return
    status.count = len(found)
    wanted = [current for current in found.values() if not current.candidates]
    await asyncio.gather(*(_read_sections(reading, kind, current) for current in wanted))


async def _scan(reader: Reader, kind: Kind, scope: Scope) -> list[Current]:
    """Kinds that others name are listed once and kept; the rest are read as narrowly as the endpoint allows."""
    if kind.scan is None:
        return []
    if scope.keys is None or kind.name in _SMALL:
        return [_copy(current) for current in (await reader.all(kind.name)).values()]
    return await kind.scan(reader, scope)


#: Kinds whose one list request also resolves names: reading them whole costs nothing extra.
_SMALL = frozenset({"location", "license", "trunk", "route_group"})


def _copy(current: Current) -> Current:
    return Current(
        current.kind, current.key, current.id, dict(current.fields), dict(current.facts), candidates=current.candidates
    )


async def _read_sections(reading: _Reading, kind: Kind, current: Current) -> None:
    """The needed sections of one resource, one after the other: some tell that others cannot exist."""
    for name, section in sections_of(kind.name).items():
        wanted = reading.need.sections.get(section.name, frozenset())
        if section.fetch is None or (wanted is not None and current.key not in wanted):
            continue
        missing = [r for r in section.requires if current.fields.get(r.partition(".")[2], "unread") is None]
        if missing:
            current.unknown[name] = f"{missing[0]} is not there"
        elif current.facts.get("calling") is False:
            current.unknown[name] = f"this {kind.name} has no calling"
        else:
            async with reading.slots:
                await _read_section(reading, section, current)
            continue
        reading.statuses.of(section.name).not_entitled += 1
    current.wire = None


async def _read_section(reading: _Reading, section: Kind, current: Current) -> None:
    assert section.fetch is not None
    status = reading.statuses.of(section.name)
    try:
        current.fields[section.section] = await section.fetch(reading.reader, current)
        status.count += current.fields[section.section] is not None
    except NotEntitledError as error:
        current.unknown[section.section] = error.what
        status.not_entitled += 1
    except (ApiError, IncompleteError, TemporaryError) as error:
        if not reading.need.tolerant:
            raise
        current.unknown[section.section] = error.what
        reading.snapshot.gaps.setdefault(section.name, error.what)
        status.add(error)
