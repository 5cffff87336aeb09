"""What a twin needs of a tenant, read from the tenant itself: every list, and in full what the plan comes across.

Only GETs. The lists are those of a whole export; the parts of people and workspaces are read where the plan writes to
them, those of locations where it comes across them. What cannot be read (a scope that the token lacks) is said, and
the rest is rehearsed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.errors import (
    ApiError,
    AuthError,
    ForbiddenError,
    NotEntitledError,
    ReconcileError,
    TemporaryError,
)
from reconciler.kinds import kind as kind_named
from reconciler.kinds import observed
from reconciler.kinds.contract.access import Scope
from reconciler.kinds.contract.kind import Kind, SectionKind
from reconciler.kinds.contract.marks import references
from reconciler.kinds.contract.wire import e164_number, location_of, number_rows, read_document, section_of, understood
from reconciler.model.address import split_address
from reconciler.model.plan import Plan
from reconciler.model.remote_id import uuid_of
from reconciler.model.snapshot import Current
from reconciler.model.text import normal
from reconciler.rehearsal.facts import (
    CALLERS,
    PARK,
    SKELETON,
    VIRTUAL,
    Inventory,
    KnownTenant,
    Line,
    add_places,
    addresses,
    beyond,
    is_feature,
    name_of,
    open_questions,
    parts,
    refers,
    touched,
)
from reconciler.webex.tenant import TenantReader

_KINDS = {"tollFreeNumber": "tollFree", "isServiceNumber": "service"}


async def read(reader: TenantReader, plan: Plan, *, workers: int) -> KnownTenant:
    """All that a twin needs for this plan."""
    known = KnownTenant({"id": plan.org_id, "name": plan.org_name}, unknown=list(open_questions(plan)))
    for name in sorted(SKELETON - {"number"}):
        known.kinds[name] = await _list(reader, known, kind_named(name))
    halves = await _artefact(reader, known, "calling_location", "what other locations have")
    known.halves = {normal(current.key): current for current in halves}
    await _lines(reader, known)
    await _licenses(reader, known)
    wanted = touched(plan)
    await _features(reader, known, beyond(plan))
    for rows in known.kinds.values():
        add_places(wanted, rows)
    known.parts = list(parts(known, wanted, addresses(plan)))
    await _sections(reader, known, workers)
    await _features(reader, known, refers(known))
    await _options(reader, known, wanted.get("location", set()))
    return known


async def _list(reader: TenantReader, known: KnownTenant, kind: Kind) -> list[Current]:
    assert kind.scan is not None
    try:
        return await understood(kind.name, kind.scan(reader, Scope()))
    except ReconcileError as error:
        _say(known, error, f"every {kind.name.replace('_', ' ')}")
        return []


async def _artefact(reader: TenantReader, known: KnownTenant, name: str, what: str) -> list[Current]:
    """The list of an artefact; none where the tenant has no such thing, or the token no right to it, which is said."""
    scan = observed()[name].scan
    assert scan is not None
    try:
        return await understood(name, scan(reader, Scope()))
    except ReconcileError as error:
        _say(known, error, what)
        return []


def _say(known: KnownTenant, error: ReconcileError, what: str) -> None:
    if isinstance(error, AuthError | TemporaryError) and not isinstance(error, ForbiddenError):
        raise error
    if not isinstance(error, NotEntitledError):
        known.unknown.append(f"{what}: {error.what}")


# --- who has which number and extension ---


async def _lines(reader: TenantReader, known: KnownTenant) -> None:
    """One list has every number and almost every extension; two more have what is missing there."""
    try:
        rows = [row async for row in number_rows(reader)]
    except ReconcileError as error:
        _say(known, error, "who has which number and extension")
        rows = []
    by_owner: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        number, place = e164_number(row.get("phoneNumber")), location_of(row)
        if number:
            known.numbers.append(Inventory(number, place, row.get("state") != "INACTIVE", _kind_of(row)))
        if owner := row.get("owner"):
            if owner.get("type") == "VOICE_MESSAGING":
                known.add_portal(place, row.get("extension"), number)
            else:
                by_owner.setdefault(uuid_of(owner["id"]), []).append(row)
    _sort_out(known, by_owner)
    for name, kind in (("call_park_extension", PARK), ("virtual_extension", VIRTUAL)):
        for current in await _artefact(reader, known, name, f"who has an extension ({name.replace('_', ' ')}s)"):
            if place := normal(str(current.fields.get("location") or "")):
                extension = str(current.fields.get("extension") or "")
                known.lines.append(Line(uuid_of(current.id), kind, name_of(current), place, extension))


def _kind_of(row: Mapping[str, Any]) -> str:
    if "MOBILE_NUMBER" in str(row.get("includedTelephonyTypes", "")):
        return "mobile"
    return next((ours for theirs, ours in _KINDS.items() if row.get(theirs)), "")


def _sort_out(known: KnownTenant, by_owner: Mapping[str, list[Mapping[str, Any]]]) -> None:
    """People and workspaces say themselves what their primary number is; the rest of their numbers are alternates, and
    everybody else is a line."""
    members = {uuid_of(current.id): current for kind in CALLERS for current in known.of(kind)}
    for key, rows in by_owner.items():
        numbers = [number for row in rows if (number := e164_number(row.get("phoneNumber")))]
        if key in members:
            primary = members[key].fields.get("phone_number")
            known.alternates[key] = [number for number in numbers if number != primary]
            continue
        owner, place = rows[0]["owner"], location_of(rows[0])
        name = " ".join(part for part in (owner.get("firstName"), owner.get("lastName")) if part)
        extension = next((str(row["extension"]) for row in rows if row.get("extension")), "")
        known.lines.append(Line(key, str(owner.get("type", "")), name, place, extension, numbers))


# --- licences ---


async def _licenses(reader: TenantReader, known: KnownTenant) -> None:
    """Units that are left, which the managed kind does not say."""
    try:
        rows = [row async for row in reader.pages(reader.api.licenses.ep(), "items")]
    except ReconcileError as error:
        _say(known, error, "how many licences are left")
        return
    known.free = {row["id"]: row.get("totalUnits", 0) - row.get("consumedUnits", 0) for row in rows}
    unlimited = (row["id"] for row in rows if row.get("totalUnits", 0) < 0)
    known.free |= dict.fromkeys(unlimited, 1_000_000)


# --- in full what the plan comes across ---


async def _features(reader: TenantReader, known: KnownTenant, wanted: Iterable[str]) -> None:
    """What a plan comes across of kinds that the twin does not begin with, and what that rests on in turn."""
    left, seen = list(wanted), {current.address for current in known.features()}
    while left:
        address = left.pop()
        name, key = split_address(address)
        kind = kind_named(name)
        if address in seen or kind.find is None:
            continue
        seen.add(address)
        try:
            listed = (await reader.all(name)).get(key)
            found = await understood(name, kind.find(reader, key, listed.id)) if listed else None
        except ReconcileError as error:
            _say(known, error, address)
            continue
        if found is not None:
            known.kinds.setdefault(name, []).append(found)
            left += [one.address for one in references(kind, found.fields) if is_feature(one.address)]


async def _sections(reader: TenantReader, known: KnownTenant, workers: int) -> None:
    slots = asyncio.Semaphore(workers)

    async def complete(sections: Iterable[SectionKind], current: Current) -> None:
        async with slots:
            document = current.wire
            for section in sections:
                await _section(reader, known, section, current)
            current.wire = document

    by_owner: dict[str, tuple[list[SectionKind], Current]] = {}
    for section, current in known.parts:
        by_owner.setdefault(current.address, ([], current))[0].append(section)
    await asyncio.gather(*(complete(sections, current) for sections, current in by_owner.values()))


async def _section(reader: TenantReader, known: KnownTenant, section: SectionKind, current: Current) -> None:
    needed = (name.partition(".")[2] for name in section.requires)
    if section.fetch is None or any(current.fields.get(name) is None for name in needed):
        return
    try:
        current.fields[section.section] = await section_of(section, reader, current)
    except ReconcileError as error:
        _say(known, error, f"{section.name}/{current.key}")


async def _options(reader: TenantReader, known: KnownTenant, names: Iterable[str]) -> None:
    """The PSTN options, with the type of each, by which the API decides what may be done with numbers."""
    locations = {current.key: current for current in known.of("location")}
    for name in sorted(names):
        current = locations.get(name)
        if current is None or not current.fields.get("calling"):
            continue
        url = reader.api.telephony.pstn.ep(f"locations/{current.id}/connectionOptions")
        try:
            answer = await read_document(reader, url)
        except ApiError as error:
            _say(known, error, f"PSTN options of {name}")
            continue
        known.options |= {normal(str(option["displayName"])): option for option in answer.get("items", ())}
