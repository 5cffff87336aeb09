"""Whether lists that came to their end are all there is: their counts held against a second source, where there is one
(webex-behaviour.md §1.5: lists are cut off silently). A list that has fewer rows than another place knows of is
incomplete, and nothing is deleted for not being in it.
"""

from __future__ import annotations

from collections import Counter

from reconciler.errors import ApiError, IncompleteError, TemporaryError
from reconciler.inventory.preflight import DIRECTORY, Preflight
from reconciler.inventory.reading import Reading
from reconciler.kinds import licensed
from reconciler.model.remote_id import uuid_of
from reconciler.model.snapshot import MemorySnapshot, keys_of
from reconciler.webex.tenant import TenantReader

#: What the checks ask beside the preflight's questions.
REQUESTS = ("GET /identity/scim/{orgId}/v2/Users", "GET /telephony/config/numbers")


async def cross_check(reader: TenantReader, reading: Reading, asked: Preflight) -> list[str]:
    """Mark kinds incomplete that have fewer rows than there must be; answers what is only worth a note."""
    snapshot = reading.snapshot
    if not reading.choice.narrow:
        await _people(reader, reading, asked)
        await _numbers(reader, reading)
    _members(reading)
    return _licenses(snapshot, asked) if not reading.choice.narrow else []


async def _people(reader: TenantReader, reading: Reading, asked: Preflight) -> None:
    """The directory knows how many users there are, if the token may look there. It was asked before the people were
    read, so that a difference may be somebody who left since: it is asked again."""
    count, said = _count(reading, "person"), _total(asked.answers.get(DIRECTORY.name))
    if count is None or said is None or count >= said:
        return
    url = f"{reader.session.root}/identity/scim/{uuid_of(reader.org_id)}/v2/Users"
    try:
        said = _total(await reader.session.rest_get(url, params={"count": "1"}))
    except (ApiError, TemporaryError):
        return
    if said is not None and count < said:
        _incomplete(reading, "person", f"the list has {count:,} people, the directory (SCIM) {said:,}")


async def _numbers(reader: TenantReader, reading: Reading) -> None:
    """The list of numbers can count itself (`details=true`)."""
    count = _count(reading, "number")
    if count is None:
        return
    url = f"{reader.session.BASE}/telephony/config/numbers"
    try:
        answer = await reader.session.rest_get(url, params={"numberType": "NUMBER", "details": "true", "max": "1"})
    except (ApiError, TemporaryError):
        return  # a second source that is not there proves nothing
    said = (answer.get("count") or {}) if isinstance(answer, dict) else {}
    total = said.get("total")
    if isinstance(total, int) and count < total:
        _incomplete(reading, "number", f"the list has {count:,} numbers, its own count says {total:,}")


def _members(reading: Reading) -> None:
    """A group says how many members it has."""
    members = reading.snapshot.kinds.get("group.members")
    if members is None or "group.members" in reading.snapshot.gaps:
        return
    for key, group in sorted(reading.snapshot.kinds.get("group", {}).items()):
        size, part = group.fields.get("member_size"), members.get(key)
        read = len(part.fields.get("members") or ()) if part else 0
        if isinstance(size, int) and part is not None and read < size:
            _incomplete(reading, "group.members", f"group {key!r} has {size:,} members, its list {read:,}")


def _licenses(snapshot: MemorySnapshot, asked: Preflight) -> list[str]:
    """Who holds a licence need not be in our lists (bots, other services): a difference is worth a note, no more."""
    if {*licensed(), "license"} - snapshot.kinds.keys() or licensed().keys() & snapshot.gaps.keys():
        return []
    held: Counter[str] = Counter()
    for holder in snapshot.of(*licensed()):
        held.update(holder.fields.get("licenses") or ())
        held.update([name] if (name := holder.fields.get("license")) else ())
    notes = []
    keys = {one.id: one.key for one in snapshot.kinds["license"].values()}
    for row in (asked.answers.get("licences") or {}).get("items") or ():
        used, key = row.get("consumedUnits"), keys.get(row.get("id"), str(row.get("name")))
        if isinstance(used, int) and used != (found := held.get(key, 0)):
            notes.append(f"licence {key!r}: {used:,} units are in use, {found:,} holders were read")
    return sorted(notes)


def _count(reading: Reading, name: str) -> int | None:
    """How many objects a list had; None when it was not read whole anyway."""
    found = reading.snapshot.kinds.get(name)
    if found is None or name in reading.snapshot.gaps:
        return None
    return len(keys_of(reading.snapshot, name))


def _total(answer: object) -> int | None:
    total = answer.get("totalResults") if isinstance(answer, dict) else None
    return total if isinstance(total, int) else None


def _incomplete(reading: Reading, name: str, why: str) -> None:
    reading.snapshot.gaps[name] = why
    reading.statuses.of(name).add(IncompleteError(why))
