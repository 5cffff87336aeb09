"""An export that reads only what changed since the last one: every list, and of all else what can have changed.

The rest is taken from the last snapshot. What can have changed says `changes`; a sample of what was not read can be
read all the same, to see whether that is so.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from reconciler.errors import ApiError, IncompleteError, RefusedError, TemporaryError
from reconciler.inventory.changes import Changes, Part
from reconciler.inventory.managed import read_sections
from reconciler.inventory.observed import ask, complete, pick, sections
from reconciler.inventory.preflight import AUDIT, Preflight
from reconciler.inventory.reading import Reading, together
from reconciler.inventory.whole import conclude, read_lists, read_whole
from reconciler.kinds import observed, sections_of
from reconciler.model.audit import AuditEvent
from reconciler.model.remote_id import uuid_of
from reconciler.model.snapshot import Current
from reconciler.repository.store import StoredSnapshot
from reconciler.webex.audit import LONGEST, SCOPE, audit_events
from reconciler.webex.tenant import TenantReader

#: Clocks differ, and an event can be told later than it happened.
MARGIN = timedelta(minutes=5)


@dataclass(frozen=True)
class LastExport:
    """What is known of the last time: the snapshot, since when to look for events (None, and why), and the fingerprints
    of rows. `sample`: how many percent of what was not read to read all the same; `seed` chooses which."""

    snapshot: StoredSnapshot
    since: datetime | None
    why: str = ""
    prints: dict[str, dict[str, str]] = field(default_factory=dict)
    sample: float = 0.0
    seed: int = 0


@dataclass
class Changed:
    """What came of it. `why`: everything was read, because; then nothing else is said. `missed`: the addresses in the
    sample that had changed although nothing said so."""

    why: str = ""
    since: datetime | None = None
    events: int = 0
    read: int = 0
    kept: int = 0
    sampled: int = 0
    seed: int = 0
    missed: list[str] = field(default_factory=list)


async def read_changed(
    reader: TenantReader, reading: Reading, earlier: LastExport, preflight: Preflight, now: datetime
) -> Changed:
    """Read what changed into the reading's snapshot, and take the rest from the last; or all, where that cannot be."""
    if uuid_of(earlier.snapshot.org.get("id", "")) != uuid_of(reader.org_id):
        raise RefusedError("the snapshot to begin with is of another organisation", do="export without --since")
    told = Changed(
        since=earlier.since,
        seed=earlier.seed,
        why="" if earlier.since else f"it is not known since when: {earlier.why}",
    )
    events: list[AuditEvent] = []
    if not told.why:
        events, told.why = await _events(reader, earlier, preflight, now)
    if told.why:
        await read_whole(reading)
        return told
    told.events = len(events)
    reading.estimate.lists_only = True
    await read_lists(reading)
    changes = Changes(reading, earlier.snapshot, earlier.prints)
    changes.begin(events)
    done: set[Part] = set()
    while more := changes.spread() - done:
        for part in await _read(reading, earlier.snapshot, more):
            changes.differs(part, _before(reading, earlier.snapshot, part), _now(reading, part))
        done |= more
    told.read = len(done)
    left = [part for part in changes.parts if part not in done]
    sample = set(random.Random(earlier.seed).sample(left, ceil(len(left) * earlier.sample / 100)))
    await _verify(reading, earlier.snapshot, sample, told)
    told.kept = len(left) - len(sample)
    unknown = {part for part in left if part not in sample and not _take(reading, earlier.snapshot, part)}
    await _read(reading, earlier.snapshot, unknown)
    conclude(reading)
    return told


async def _events(
    reader: TenantReader, earlier: LastExport, preflight: Preflight, now: datetime
) -> tuple[list[AuditEvent], str]:
    """The events since then; or why they are not known."""
    assert earlier.since is not None
    if preflight.refuses(AUDIT):
        return [], f"the token may not read admin audit events (scope {SCOPE})"
    if earlier.since > now:
        return [], "the snapshot is said to be of a time to come"
    if now - earlier.since > LONGEST - MARGIN:
        return [], "the snapshot is older than a year, and so far back no audit events are told"
    try:
        return await audit_events(reader, earlier.since - MARGIN, now), ""
    except (ApiError, IncompleteError, TemporaryError) as error:
        return [], f"the admin audit events could not be read: {error.what}"


async def _verify(reading: Reading, old: StoredSnapshot, sample: set[Part], told: Changed) -> None:
    """Read parts that should be what they were; a kind in which one is not is not known to be right."""
    told.sampled = len(sample)
    for name, key in sorted(await _read(reading, old, sample)):
        told.missed.append(f"{name}/{key}")
        why = f"--verify-sample found a change that nothing had told of: {name}/{key}"
        reading.snapshot.gaps[name] = why
        reading.statuses.of(name).add(IncompleteError(why))


async def _read(reading: Reading, old: StoredSnapshot, parts: Collection[Part]) -> list[Part]:
    """Read these parts; those that are not what they were."""
    by_name: dict[str, list[str]] = {}
    for name, key in sorted(parts):
        by_name.setdefault(name, []).append(key)
    work: list[Coroutine[Any, Any, None]] = []
    for name, keys in by_name.items():
        reading.estimate.fixed += len(keys) * (len(reading.choice.sections_of(name)) or 1)
        work.append(_read_of(reading, name, keys))
    await together(work)
    return [part for part in sorted(parts) if not _same(_before(reading, old, part), _now(reading, part), part[0])]


async def _read_of(reading: Reading, name: str, keys: list[str]) -> None:
    if name not in observed():
        rows = [reading.snapshot.kinds[name][key] for key in keys]
        await read_sections(reading, name, rows, dict.fromkeys(reading.choice.sections_of(name)))
        return
    artefact = observed()[name]
    of = reading.snapshot.kinds[artefact.of if artefact.look else name]
    rows = [of[key] for key in keys]
    await (ask if artefact.look else complete)(reading, artefact, rows)
    if not artefact.look:
        await sections(reading, artefact, rows)


def _before(reading: Reading, old: StoredSnapshot, part: Part) -> Current | None:
    return old.get(part[0], _key(reading, part)) if part[0] in old.kinds else None


def _now(reading: Reading, part: Part) -> Current | None:
    return reading.snapshot.kinds[part[0]].get(_key(reading, part))


def _key(reading: Reading, part: Part) -> str:
    """What one owner is asked for a whole location lies under the location's name."""
    name, key = part
    artefact = observed().get(name)
    if artefact is None or artefact.one_per_location is None:
        return key
    return str(reading.snapshot.kinds[artefact.of][key].fields.get("location") or "")


def _same(old: Current | None, new: Current | None, name: str) -> bool:
    if old is None or new is None:
        return old is new
    if name in observed() and (old.id, old.shown, old.unknown) != (new.id, new.shown, new.unknown):
        return False
    return all(
        (old.fields.get(part), old.unknown.get(part)) == (new.fields.get(part), new.unknown.get(part))
        for part in sections_of(name)
    )


def _take(reading: Reading, old: StoredSnapshot, part: Part) -> bool:
    """Take a part from the last snapshot; whether that has it."""
    name, _ = part
    before, now = _before(reading, old, part), _now(reading, part)
    if name not in observed():
        assert now is not None
        return before is not None and _take_sections(reading, name, before, now)
    status = reading.statuses.of(name)
    if (artefact := observed()[name]).look:
        pick(reading, artefact, reading.snapshot.kinds[artefact.of][part[1]], before)
        if before is None:
            status.not_entitled += 1
        else:
            reading.snapshot.kinds[name][before.key] = before
            status.count += 1
        return True
    if before is None or now is None:
        return False
    chosen = reading.choice.sections_of(name)
    parts = sections_of(name)
    now.fields = {field: value for field, value in before.fields.items() if field not in parts}
    now.observed = before.observed
    return not chosen or _take_sections(reading, name, before, now)


def _take_sections(reading: Reading, name: str, before: Current, now: Current) -> bool:
    chosen = reading.choice.sections_of(name)
    wanted = {part: section for part, section in sections_of(name).items() if section.name in chosen}
    if any(part not in before.fields and part not in before.unknown for part in wanted):
        return False  # a section that the version of then did not know
    for part, section in wanted.items():
        status = reading.statuses.of(section.name)
        if part in before.fields:
            now.fields[part] = before.fields[part]
            status.count += before.fields[part] is not None
        else:
            now.unknown[part] = before.unknown[part]
            status.not_entitled += 1
    return True
