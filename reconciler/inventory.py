"""Reading the tenant into a snapshot: all of it, or no more than a plan needs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from reconciler.errors import ApiError, IncompleteError, NotEntitledError, TemporaryError
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


async def read(reader: Reader, need: Need, org: dict[str, str], *, workers: int) -> MemorySnapshot:
    """The snapshot of what is needed. Without `tolerant` a failed list is an error; with it, a gap."""
    snapshot = MemorySnapshot(org=org)
    slots = asyncio.Semaphore(workers)
    by_name = {owner.name: owner for owner in owners()}
    await asyncio.gather(
        *(_read_kind(reader, by_name[name], scope, need, snapshot, slots) for name, scope in need.kinds.items())
    )
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


async def _read_kind(
    reader: Reader, kind: Kind, scope: Scope, need: Need, snapshot: MemorySnapshot, slots: asyncio.Semaphore
) -> None:
    snapshot.kinds.setdefault(kind.name, {})
    try:
        for current in await _scan(reader, kind, scope):
            current.wire = None
            if scope.keys is None or current.key in scope.keys:
                snapshot.add(current)
    except (ApiError, IncompleteError, TemporaryError) as error:
        if not need.tolerant:
            raise
        snapshot.gaps[kind.name] = error.what
        return
    await asyncio.gather(
        *(
            _read_sections(reader, kind, current, need, snapshot, slots)
            for current in snapshot.kinds[kind.name].values()
            if not current.candidates
        )
    )


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


async def _read_sections(
    reader: Reader,
    kind: Kind,
    current: Current,
    need: Need,
    snapshot: MemorySnapshot,
    slots: asyncio.Semaphore,
) -> None:
    """The needed sections of one resource, one after the other: some tell that others cannot exist."""
    for name, section in sections_of(kind.name).items():
        wanted = need.sections.get(section.name, frozenset())
        if section.fetch is None or (wanted is not None and current.key not in wanted):
            continue
        missing = [r for r in section.requires if current.fields.get(r.partition(".")[2], "unread") is None]
        if missing:
            current.unknown[name] = f"{missing[0]} is not there"
        elif current.facts.get("calling") is False:
            current.unknown[name] = f"this {kind.name} has no calling"
        else:
            async with slots:
                await _read_section(reader, section, current, need, snapshot)
    current.wire = None


async def _read_section(reader: Reader, section: Kind, current: Current, need: Need, snapshot: MemorySnapshot) -> None:
    assert section.fetch is not None
    try:
        current.fields[section.section] = await section.fetch(reader, current)
    except NotEntitledError as error:
        current.unknown[section.section] = error.what
    except (ApiError, IncompleteError, TemporaryError) as error:
        if not need.tolerant:
            raise
        current.unknown[section.section] = error.what
        snapshot.gaps.setdefault(section.name, error.what)
