"""The watch over settings that fraud uses and nobody describes: a finding, never a change.

One question to the audit log since a while before the snapshot was taken; settings are read only of whom it names, and
of those made since only what is not at rest counts. What was not at rest in the snapshot already is counted, from
`state/` alone. A part of a setting that desired describes is the plan's; the rest of it is watched.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import ApiError, ForbiddenError, IncompleteError, ReconcileError, TemporaryError
from reconciler.inventory.reading import UNREAD
from reconciler.kinds import kind as kind_named
from reconciler.kinds import managed
from reconciler.kinds.contract.kind import Kind
from reconciler.kinds.contract.owners import OWNERS
from reconciler.kinds.contract.wire import read_document, section_of
from reconciler.model.audit import AuditEvent
from reconciler.model.desired import Wanted
from reconciler.model.remote_id import remote_id, uuid_of
from reconciler.model.selection import ALL, Selection
from reconciler.model.snapshot import Current, Fields
from reconciler.model.text import normal
from reconciler.model.watch import Seen, Watch
from reconciler.planning.diff import covers
from reconciler.repository import store
from reconciler.repository.store import StoredSnapshot
from reconciler.repository.store.taken import taken
from reconciler.webex import audit

if TYPE_CHECKING:
    from reconciler.webex.tenant import TenantReader

#: An event may be told so much later than it happened, when an export has already taken what was before for granted.
_LATE = timedelta(minutes=30)
#: So many new ones are looked at; after a thousand hires an export is due.
_MOST_NEW = 50

_PLAIN = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def watched(names: Iterable[str]) -> list[Kind]:
    """The sections that tenant.yaml names: by kind (`person.forwarding`), or by name, of whoever has one."""
    wanted = set(names)
    if not wanted:
        return []
    return [kind for kind in managed().values() if kind.owner and kind.fetch and {kind.name, kind.section} & wanted]


def from_state(root: Path, names: Iterable[str], org: str) -> Watch | None:
    """What `state/` alone tells; None where nothing is watched."""
    sections = watched(names)
    snapshot = _snapshot(root, org) if sections else None
    if snapshot is None:
        return None
    return Watch(older=_not_at_rest(root, snapshot, sections), unlooked="the tenant is not asked by an offline plan")


def reaches(root: Path, names: Iterable[str], org: str, selection: Selection) -> bool:
    """Whether a selection takes a watched section of somebody in the snapshot, whoever describes it."""
    sections = [] if selection.whole else watched(names)
    snapshot = _snapshot(root, org) if sections else None
    return snapshot is not None and any(
        selection.takes(f"{kind.name}/{key}") for kind in sections for key in snapshot.keys(kind.owner)
    )


async def look(
    reader: TenantReader,
    root: Path,
    names: Iterable[str],
    org: str,
    resources: Collection[Wanted],
    selection: Selection = ALL,
) -> Watch | None:
    """What changed in the tenant since the snapshot, of what is selected; None where nothing is watched. `resources`
    are all of desired."""
    sections = watched(names)
    if not sections:
        return None
    snapshot, moment = _snapshot(root, org), taken(root)
    since = moment.earliest({kind.owner for kind in sections} & set(snapshot.kinds)) if snapshot else None
    if snapshot is None or since is None:
        return Watch(unlooked=f"nothing to compare with: {moment.why or 'there is no snapshot in state/'}")
    said = sum(_described(kind, resources) for kind in sections) if selection.whole else 0
    found = Watch(older=max(0, _not_at_rest(root, snapshot, sections) - said) if selection.whole else 0)
    try:
        events = await audit.audit_events(reader, since - _LATE, datetime.now(UTC))
    except ForbiddenError:
        found.unlooked = f"the token may not read admin audit events: it lacks the scope {audit.SCOPE}"
        return found
    except (ApiError, IncompleteError, TemporaryError) as error:
        found.unlooked = f"the admin audit events could not be read: {error.what}"
        return found
    described = {(one.kind, one.key): one.fields for one in resources}
    targets = {event.target for event in events if event.target}
    known = list(_named(snapshot, {kind.owner for kind in sections}, targets))
    new = [one async for one in _new(reader, snapshot, events, {kind.owner for kind in sections}, found)]
    for owner, then in [*((one, one.fields) for one in known), *((one, None) for one in new)]:
        for kind in sections:
            managed = _managed(described.get((owner.kind, owner.key), {}), kind)
            if kind.owner == owner.kind and managed is not None and selection.takes(f"{kind.name}/{owner.key}"):
                await _compare(reader, kind, owner, then, managed, found)
    found.new.sort(key=lambda one: one.address)
    return found


def _managed(fields: Fields, kind: Kind) -> Collection[str] | None:
    """The fields of a section that desired describes of an owner; None where it describes all of it."""
    section = fields.get(kind.section, {})
    return section if isinstance(section, dict) and "profile" not in section else None


async def _compare(
    reader: TenantReader, kind: Kind, owner: Current, was: Fields | None, managed: Collection[str], found: Watch
) -> None:
    """Note what of a section is not as it `was`, of a new owner (None) what is not at rest."""
    then: Fields = (kind.cleared if was is None else was.get(kind.section)) or {}
    if was is None and kind.cleared is None:
        return  # of a new location's permissions nobody knows which are its own idea
    try:
        now = await section_of(kind, reader, Current(owner.kind, owner.key, owner.id, dict(owner.fields))) or {}
    except UNREAD as error:
        found.unlooked = f"{kind.name}/{owner.key} could not be read: {error.what}"
        return
    differs = [name for name in now if now[name] != then.get(name) and name not in managed]
    if differs and not (kind.cleared and covers(now, kind.cleared)):
        before = {name: then.get(name) for name in differs}
        after = {name: now[name] for name in differs}
        found.new.append(Seen(f"{kind.name}/{owner.key}", before, after, made=was is None))


async def _new(
    reader: TenantReader, snapshot: StoredSnapshot, events: Iterable[AuditEvent], owners: set[str], found: Watch
) -> AsyncIterator[Current]:
    """Whom the events are about and the snapshot does not know: made since then, and still there."""
    ids = {
        owner: {uuid_of(one.id) for key in snapshot.keys(owner) if (one := snapshot.get(owner, key))}
        for owner in owners
    }
    asked = {(owner, event.target) for event in events if event.target and (owner := _owner_of(event, owners))}
    fresh = sorted((owner, target) for owner, target in asked if target not in ids[owner])
    if len(fresh) > _MOST_NEW:
        found.unlooked = (
            f"{len(fresh) - _MOST_NEW} of the {len(fresh)} that are new since the snapshot: reconcile export"
        )
    for owner, target in fresh[:_MOST_NEW]:
        try:
            current = await _made(reader, owner, target)
        except ApiError as error:
            found.unlooked = f"a new {owner} could not be read: {error.what}"
            continue
        if current is not None:
            yield current


async def _made(reader: TenantReader, owner: str, target: str) -> Current | None:
    """Somebody new, by the id in an event; None where they are deleted again. Of whom no id alone gives the key, the
    list does."""
    at = OWNERS.get(owner)
    if at is None or not at.called:
        listed = (await reader.all(owner)).values()
        return next((Current(owner, one.key, one.id, {}) for one in listed if uuid_of(one.id) == target), None)
    try:
        url = f"{reader.api.session.BASE}/{at.plural}/{remote_id(at.type, target)}"
        document = await read_document(reader, url)
    except ApiError as error:
        if error.status == 404:
            return None
        raise
    name = document.get(at.called) or ""
    return Current(owner, normal(str(name[0] if isinstance(name, list) else name)), str(document["id"]), {})


def _owner_of(event: AuditEvent, owners: Iterable[str]) -> str:
    """Which of these kinds an event is about, by the words that the events have for it; empty where it is none."""
    return next((name for name in owners if event.kind.upper() in kind_named(name).audited.targets), "")


def _named(snapshot: StoredSnapshot, owners: set[str], targets: set[str]) -> Iterable[Current]:
    """Whom the events are about, of those that the snapshot knows. Nobody is looked for where there are none."""
    for owner in sorted(owners) if targets else ():
        for key in snapshot.keys(owner):
            current = snapshot.get(owner, key)
            if current is not None and uuid_of(current.id) in targets:
                yield current


def _snapshot(root: Path, org: str) -> StoredSnapshot | None:
    try:
        return store.open(root / "state", org)
    except ReconcileError:
        return None


def _not_at_rest(root: Path, snapshot: StoredSnapshot, sections: Iterable[Kind]) -> int:
    """How many watched sections of the snapshot are not at rest. The lines are canonical, so that bytes can be counted
    where parsing a hundred thousand people would take longer than the plan."""
    count = 0
    for kind in sections:
        if kind.cleared is None:  # of a location's permissions nobody knows which are its own idea
            continue
        files, name = snapshot.section_files(kind.name)
        for file in files:
            data = (root / "state" / file).read_bytes()
            begin = f'"{name}":{{'.encode()
            if kind.cleared == {"custom": False}:
                count += data.count(b'"custom":true')
            else:
                count += data.count(begin) - data.count(f'"{name}":{_PLAIN(kind.cleared)}'.encode())
    return count


def _described(kind: Kind, resources: Iterable[Wanted]) -> int:
    """How many of these sections are described as not at rest."""
    said = (one.fields.get(kind.section) for one in resources if one.kind == kind.owner and not one.absent)
    return sum(1 for value in said if _stirs(kind, value))


def _stirs(kind: Kind, value: Mapping[str, object] | None) -> bool:
    return bool(value) and kind.cleared is not None and not covers(kind.cleared, dict(value or {}))
