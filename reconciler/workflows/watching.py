"""The watch over settings that fraud uses and nobody describes: a finding, never a change.

One question to the audit log since the snapshot was taken; settings are read only of whom it names. What was not at
rest in the snapshot already is counted, from `state/` alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler import store
from reconciler.diff import covers
from reconciler.errors import ApiError, ForbiddenError, IncompleteError, ReconcileError, TemporaryError
from reconciler.inventory.reading import UNREAD
from reconciler.kinds import kinds
from reconciler.kinds._kind import Kind
from reconciler.kinds._wire import section_of, uuid_of
from reconciler.model.desired import Wanted
from reconciler.model.snapshot import Current, Fields
from reconciler.model.watch import Seen, Watch
from reconciler.store import StoredSnapshot
from reconciler.store.taken import taken
from reconciler.webex import audit

if TYPE_CHECKING:
    from reconciler.webex.tenant import TenantReader

_PLAIN = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def watched(names: Iterable[str]) -> list[Kind]:
    """The sections that tenant.yaml names: by kind (`person.forwarding`), or by name, of whoever has one."""
    wanted = set(names)
    return [kind for kind in kinds().values() if kind.owner and kind.fetch and {kind.name, kind.section} & wanted]


def from_state(root: Path, names: Iterable[str], org: str) -> Watch | None:
    """What `state/` alone tells; None where nothing is watched."""
    sections = watched(names)
    snapshot = _snapshot(root, org) if sections else None
    if snapshot is None:
        return None
    return Watch(older=_not_at_rest(root, snapshot, sections), unlooked="the tenant is not asked by an offline plan")


async def look(
    reader: TenantReader, root: Path, names: Iterable[str], org: str, resources: Collection[Wanted]
) -> Watch | None:
    """What changed in the tenant since the snapshot; None where nothing is watched."""
    sections = watched(names)
    if not sections:
        return None
    snapshot, moment = _snapshot(root, org), taken(root)
    since = moment.earliest({kind.owner for kind in sections} & set(snapshot.kinds)) if snapshot else None
    if snapshot is None or since is None:
        return Watch(unlooked=f"nothing to compare with: {moment.why or 'there is no snapshot in state/'}")
    described = {(one.kind, one.key, name) for one in resources for name in one.fields}
    said = sum(_described(kind, resources) for kind in sections)
    found = Watch(older=max(0, _not_at_rest(root, snapshot, sections) - said))
    try:
        events = await audit.audit_events(reader, since, datetime.now(UTC))
    except ForbiddenError:
        found.unlooked = f"the token may not read admin audit events: it lacks the scope {audit.SCOPE}"
        return found
    except (ApiError, IncompleteError, TemporaryError) as error:
        found.unlooked = f"the admin audit events could not be read: {error.what}"
        return found
    targets = {event.target for event in events if event.target}
    for owner in _named(snapshot, {kind.owner for kind in sections}, targets):
        for kind in sections:
            if kind.owner == owner.kind and (owner.kind, owner.key, kind.section) not in described:
                await _compare(reader, kind, owner, found)
    found.new.sort(key=lambda one: one.address)
    return found


async def _compare(reader: TenantReader, kind: Kind, owner: Current, found: Watch) -> None:
    then: Fields = owner.fields.get(kind.section) or {}
    try:
        now = await section_of(kind, reader, Current(owner.kind, owner.key, owner.id, dict(owner.fields))) or {}
    except UNREAD as error:
        found.unlooked = f"{kind.name}/{owner.key} could not be read: {error.what}"
        return
    differs = [name for name in now if now[name] != then.get(name)]
    if differs and not (kind.cleared and covers(now, kind.cleared)):
        was = {name: then.get(name) for name in differs}
        found.new.append(Seen(f"{kind.name}/{owner.key}", was, {name: now[name] for name in differs}))


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
        for file in snapshot.files(kind.owner):
            data = (root / "state" / file).read_bytes()
            begin = f'"{kind.section}":{{'.encode()
            if kind.cleared == {"custom": False}:
                count += data.count(b'"custom":true')
            else:
                count += data.count(begin) - data.count(f'"{kind.section}":{_PLAIN(kind.cleared)}'.encode())
    return count


def _described(kind: Kind, resources: Iterable[Wanted]) -> int:
    """How many of these sections are described as not at rest."""
    said = (one.fields.get(kind.section) for one in resources if one.kind == kind.owner and not one.absent)
    return sum(1 for value in said if _stirs(kind, value))


def _stirs(kind: Kind, value: Mapping[str, object] | None) -> bool:
    return bool(value) and kind.cleared is not None and not covers(kind.cleared, dict(value or {}))
