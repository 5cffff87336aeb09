"""Reading the tenant into a snapshot: all of it, or no more than a plan needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from reconciler.errors import ApiError, IncompleteError, NotEntitledError, TemporaryError
from reconciler.inventory.reading import UNREAD, Reading, Slots, each, together
from reconciler.inventory.status import Statuses
from reconciler.kinds import always_read, managed, owners, sections_in, sections_of
from reconciler.kinds import kind as kind_named
from reconciler.kinds.contract.access import Reader, Scope
from reconciler.kinds.contract.both import DETAILS, complete, lacking, row_of
from reconciler.kinds.contract.kind import Kind
from reconciler.kinds.contract.marks import marks_of
from reconciler.kinds.contract.namesakes import name_of, told_apart
from reconciler.kinds.contract.wire import section_of, understood
from reconciler.kinds.people.license import LicenseNames
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change
from reconciler.model.snapshot import NO_CALLING, NOT_THERE, Current, MemorySnapshot, keys_of

_ALL = Scope()


@dataclass
class Need:
    """What to read: per kind a scope, per section the keys of its owners (None: all)."""

    kinds: dict[str, Scope] = field(default_factory=dict)
    sections: dict[str, frozenset[str] | None] = field(default_factory=dict)
    tolerant: bool = False


def everything(kinds: Iterable[str] = (), used: Collection[str] = ()) -> Need:
    """The whole tenant, or these kinds, with the sections that are always read and those that are `used`; a list that
    fails leaves a gap."""
    chosen = {name.partition(".")[0] for name in kinds}
    need = Need(tolerant=True)
    for owner in owners():
        if owner.scan and (not chosen or owner.name in chosen):
            need.kinds[owner.name] = Scope()
            asked = (one.name for one in sections_of(owner.name).values() if one.always or one.name in used)
            need.sections |= dict.fromkeys(asked, None)
    return need


def of_desired(resources: Iterable[Wanted]) -> Need:
    """What these resources manage, and nothing else."""
    keys: dict[str, set[str]] = {}
    fields: dict[str, set[str]] = {}
    sections: dict[str, set[str]] = {}
    for wanted in resources:
        keys.setdefault(wanted.kind, set()).add(wanted.key)
        # Of what is deleted all is read: what it holds becomes free for others.
        of_kind = kind_named(wanted.kind).managed.model_fields if wanted.absent else wanted.fields
        fields.setdefault(wanted.kind, set()).update(of_kind)
        described = sections_in(wanted.kind, wanted.fields)
        for section in {**described, **(always_read(wanted.kind) if wanted.absent else {})}.values():
            sections.setdefault(section.name, set()).add(wanted.key)
    return Need(
        kinds={kind: Scope(frozenset(keys[kind]), frozenset(fields[kind])) for kind in keys},
        sections={section: frozenset(owners) for section, owners in sections.items()},
    )


async def read(
    reader: Reader, need: Need, org: dict[str, str], *, workers: int, statuses: Statuses | None = None
) -> MemorySnapshot:
    """The snapshot of what is needed. Without `tolerant` a failed list is an error; with it, a gap."""
    snapshot = MemorySnapshot(org=org)
    reading = Reading(reader, snapshot, statuses or Statuses(), Slots(workers), tolerant=need.tolerant)
    await together(_read_kind(reading, need, name, scope) for name, scope in need.kinds.items())
    name_unlisted(reading)
    return snapshot


def name_unlisted(reading: Reading) -> None:
    """Lists that were only asked for names and could not be read: what refers to what is in them is known, and who it
    is is not."""
    for kind in managed():
        if kind not in reading.snapshot.gaps and (why := reading.reader.unlisted(kind)):
            reading.snapshot.gaps[kind] = why
            reading.statuses.of(kind).add(IncompleteError(why))


async def _read_kind(reading: Reading, need: Need, name: str, scope: Scope) -> None:
    wanted = await read_list(reading, name, scope)
    await read_sections(reading, name, wanted, need.sections)


async def look_up(reader: Reader, changes: Iterable[Change], known: set[str], snapshot: MemorySnapshot) -> set[str]:
    """Which of the references of these changes are neither known nor in the tenant. What is found is added to the
    snapshot; a list that cannot be read is a gap there, and tells nothing of what it lacks."""
    wanted: dict[str, set[str]] = {}
    for change in changes:
        for ref in (*change.refs, *change.carries):
            kind, _, key = ref.partition("/")
            if ref not in known and "." not in kind:
                wanted.setdefault(kind, set()).add(key)
    missing: set[str] = set()
    for owner in owners():
        keys = wanted.get(owner.name)
        if keys and owner.scan:
            try:
                found = await understood(owner.name, _scan(reader, owner, Scope(frozenset(keys))))
            except (ApiError, IncompleteError, TemporaryError) as error:
                snapshot.gaps.setdefault(owner.name, error.what)
                continue
            snapshot.numbered |= _numbered(owner, found)
            missing |= {f"{owner.name}/{key}" for key in keys - {current.key for current in found}}
            there = snapshot.kinds.setdefault(owner.name, {})
            some = keys if owner.name == "number" else {current.key for current in found}
            there |= {current.key: current for current in found if current.key in some and current.key not in there}
    return missing


async def license_names(reader: Reader, resources: Iterable[Wanted]) -> LicenseNames:
    """What licences are called in the tenant, where any are described; none where their list cannot be read."""
    if not any(one.fields.get("licenses") or one.fields.get("license") for one in resources):
        return LicenseNames()
    try:
        return LicenseNames((await reader.all("license")).values())
    except UNREAD:
        return LicenseNames()


async def read_list(reading: Reading, name: str, scope: Scope = _ALL) -> list[Current]:
    """The list of a kind into the snapshot; all that is in it, names that several have left out."""
    snapshot, status, kind = reading.snapshot, reading.statuses.of(name), kind_named(name)
    found = snapshot.kinds.setdefault(name, {})
    if reading.refuses(name):
        return []
    try:
        listed = await understood(kind.name, _scan(reading.reader, kind, scope))
        snapshot.numbered |= _numbered(kind, listed)
        if kind.listing.alike:
            snapshot.listed[name] = {current.key for current in listed}
        for current in listed:
            if kind.picked is None:  # what is left to read of it is asked for with its row
                current.wire = None
            names = (current.key, name_of(name, current.key), *current.facts.get("aliases", ()))
            known = scope.keys is None or not scope.keys.isdisjoint(names)
            if known and reading.choice.takes(name, current.key, current.fields):
                snapshot.add(current)
    except UNREAD as error:
        if not reading.tolerant:
            raise
        snapshot.gaps[name] = error.what
        status.add(error)
        return []
    status.count = len(keys_of(snapshot, name))
    alone = [current for current in found.values() if not current.candidates]
    await _complete(reading, kind, alone, scope)
    for unread in _unread(kind, alone):
        if not reading.tolerant:
            raise unread
        status.add(unread)
    reading.estimate.listed(name, status.count, sum(current.facts.get("calling") is not False for current in alone))
    return alone


async def _complete(reading: Reading, kind: Kind, rows: Iterable[Current], scope: Scope) -> None:
    """The details of rows, where what is managed is not in the list, or the whole is wanted."""

    async def complete_one(current: Current) -> None:
        unread = lacking(kind, current, scope)
        if kind.detail and (unread or scope.fields is None):
            try:
                await understood(kind.name, complete(kind, reading.reader, current))
            except (NotEntitledError, *UNREAD) as error:
                current.unknown |= dict.fromkeys(unread or [DETAILS], error.what)

    if kind.picked:
        await each(rows, complete_one, reading.slots)


def _unread(kind: Kind, listed: Iterable[Current]) -> list[IncompleteError]:
    """Why a part of what is listed is unknown; of names that are, their own list says it (`name_unlisted`)."""
    named = {path[0] for path, ref in marks_of(kind).refs if ref.kinds != ("number",)}
    whys = {why for current in listed for name, why in current.unknown.items() if name not in named}
    return [IncompleteError(why) for why in sorted(whys)]


def _numbered(kind: Kind, listed: Iterable[Current]) -> set[str]:
    return {str(current.facts.get("location")) for current in listed} if kind.name == "number" else set()


async def _scan(reader: Reader, kind: Kind, scope: Scope) -> list[Current]:
    """Kinds that others name are listed once and kept; the rest are read as narrowly as the endpoint allows."""
    if kind.scan is None:
        return []
    if scope.keys is None or kind.listing.small:
        return [_copy(kind, current) for current in (await reader.all(kind.name)).values()]
    return [row_of(kind, row) for row in told_apart(await kind.scan(reader, scope))]


def _copy(kind: Kind, current: Current) -> Current:
    row = row_of(kind, current)
    return replace(
        row,
        fields=dict(row.fields),
        facts=dict(current.facts),
        unknown=dict(current.unknown),
        wire=current.wire,
        most={},
    )


async def read_sections(
    reading: Reading, name: str, owners: Iterable[Current], wanted: Mapping[str, frozenset[str] | None]
) -> None:
    """Sections of resources: of each section those whose keys are wanted (None: all). A section that the token has no
    right to is told once, and where nobody's could be read after a few, the others are not asked."""
    parts = (section.partition(".") for section in wanted)
    among = sections_in(name, (part for owner, _, part in parts if owner == name))
    sections = [section for section in among.values() if section.fetch]
    refused = {section.name for section in sections if reading.refuses(section.name)}

    async def read_of(current: Current) -> None:
        # one after the other: some tell that others cannot exist
        for section in sections:
            keys = wanted[section.name]
            if keys is not None and current.key not in keys:
                continue
            if section.name in refused or reading.statuses.of(section.name).hopeless:
                current.unknown[section.section] = reading.snapshot.gaps[section.name]
            else:
                await _read_section(reading, section, current)
        current.wire = None

    await each(owners, read_of, reading.slots)


async def _read_section(reading: Reading, section: Kind, current: Current) -> None:
    status = reading.statuses.of(section.name)
    why = _absent(section, current)
    if why:
        current.unknown[section.section] = why
        status.not_entitled += 1
        return
    try:
        current.fields[section.section] = await section_of(section, reading.reader, current)
        if unnamed := current.unknown.get(section.section):  # read, but not who is meant in it
            reading.snapshot.gaps.setdefault(section.name, unnamed)
            status.add(IncompleteError(unnamed))
        status.count += current.fields[section.section] is not None
    except NotEntitledError as error:
        current.unknown[section.section] = error.what
        status.not_entitled += 1
    except UNREAD as error:
        if not reading.tolerant:
            raise
        current.unknown[section.section] = error.what
        reading.snapshot.gaps.setdefault(section.name, error.what)
        status.add(error)


def _absent(section: Kind, current: Current) -> str:
    """Why a section cannot be there, as far as that is known without asking."""
    missing = [r for r in section.requires if current.fields.get(r.partition(".")[2], "unread") is None]
    if missing:
        return f"{missing[0]} {NOT_THERE}"
    return f"this {section.owner} {NO_CALLING}" if current.facts.get("calling") is False else ""
