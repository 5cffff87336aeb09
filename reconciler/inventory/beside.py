"""What an approval rests on beside the changes themselves (planning/consent.py): whether a forwarding destination is a
number of the tenant, by which digit a location reaches the outside, how long its extensions are, and what it gives to
whoever is to have nothing of their own. Nothing is asked where what was read for the plan tells already; what cannot be
read is not known, and so not taken for harmless.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from reconciler.errors import NotEntitledError
from reconciler.inventory.reading import UNREAD
from reconciler.kinds import kind as kind_named
from reconciler.kinds.contract.access import Reader, Scope
from reconciler.kinds.contract.kind import Kind
from reconciler.kinds.contract.wire import number_rows, section_of, understood
from reconciler.model.claims import EXTENSION, parts, taken
from reconciler.model.plan import Change
from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.planning.consent import ConsentFacts, place_of
from reconciler.planning.diff import covers

#: So many extensions of a place tell how long they are.
ENOUGH = 3


async def beside(reader: Reader, changes: Collection[Change], snapshot: MemorySnapshot) -> ConsentFacts:
    """What is known of the tenant for these changes; numbers that are found are added to the snapshot."""
    dialled = set(destinations(changes))
    await _numbers(reader, {one for one in dialled if one.startswith("+")}, snapshot)
    digits = await _digits(reader, any(one.isdecimal() for one in dialled))
    await _given(reader, changes, snapshot)
    return ConsentFacts(snapshot.get, digits, await _lengths(reader, changes, snapshot))


def destinations(changes: Iterable[Change]) -> Iterator[str]:
    """Where these changes forward to."""
    for change in changes:
        forwards = kind_named(change.kind).rules.forwards
        if forwards and change.action in ("create", "update") and not change.blocked:
            yield from (new for _, _, new in forwards(change))


def places(changes: Iterable[Change]) -> set[str]:
    """Where these changes take an extension."""
    return {parts(claim)[1] for claim in taken(changes, EXTENSION)} - {""}


def lengths_of(currents: Iterable[Current], wanted: Collection[str]) -> dict[str, Counter[int]]:
    """How many extensions of each length they have, by location."""
    found: dict[str, Counter[int]] = {place: Counter() for place in wanted}
    for current in currents:
        place, extension = current.fields.get("location"), current.fields.get("extension")
        if place in found and extension:
            found[str(place)][len(str(extension))] += 1
    return found


async def _numbers(reader: Reader, wanted: set[str], snapshot: MemorySnapshot) -> None:
    known = snapshot.kinds.get("number", {})
    number = kind_named("number")
    if not (left := wanted - known.keys()) or number.scan is None:
        return
    try:
        found = await understood("number", number.scan(reader, Scope(frozenset(left))))
    except UNREAD:
        return
    snapshot.kinds.setdefault("number", {}).update({one.key: one for one in found if one.key in left})


async def _digits(reader: Reader, needed: bool) -> Mapping[str, str]:
    try:
        listed = await reader.all("calling_location") if needed else {}
    except UNREAD:
        return {}
    return {name: str(one.fields.get("outside_dial_digit") or "") for name, one in listed.items()}


async def _given(reader: Reader, changes: Collection[Change], snapshot: MemorySnapshot) -> None:
    """Into the locations: the section that holds for whoever takes back their own, once a location; of who is to move
    that of where they are, too, as they stay where the move is blocked."""
    by_address = {change.address: change for change in changes}
    given: set[tuple[str, str]] = set()
    for change in changes:
        kind = kind_named(change.kind)
        if kind.rules.opens and kind.inherits and change.action == "update" and covers(change.want, kind.cleared or {}):
            sides: tuple[Mapping[str, Change], ...] = (by_address, {})
            given |= {(kind.inherits, place_of(change, side, snapshot.get)) for side in sides}
    for name, place in sorted(given):
        try:
            await _give(reader, kind_named(name), place, snapshot)
        except (*UNREAD, NotEntitledError):
            continue


async def _give(reader: Reader, section: Kind, place: str, snapshot: MemorySnapshot) -> None:
    location = snapshot.get("location", place) or (await reader.all("location")).get(place)
    if location is None or location.candidates or section.section in {*location.fields, *location.unknown}:
        return
    location.fields[section.section] = await section_of(section, reader, location)
    snapshot.kinds.setdefault("location", {}).setdefault(place, location)


def untold(names: Collection[str], snapshot: MemorySnapshot) -> list[str]:
    """The places of these of which too little was read to tell how long extensions are there."""
    return sorted(place for place, lengths in _told(names, snapshot).items() if lengths.total() < ENOUGH)


def _told(names: Collection[str], snapshot: MemorySnapshot) -> dict[str, Counter[int]]:
    return lengths_of(snapshot.of("person", "workspace"), names)


async def _lengths(reader: Reader, changes: Collection[Change], snapshot: MemorySnapshot) -> dict[str, Counter[int]]:
    found = _told(places(changes), snapshot)
    for place in untold(found, snapshot):
        location = snapshot.get("location", place)
        if place in snapshot.lengths:
            found[place] = snapshot.lengths[place]
        elif location is not None and location.id:
            try:
                rows = [row async for row in number_rows(reader, locationId=location.id)]
            except UNREAD:
                continue
            found[place] = Counter(len(str(row["extension"])) for row in rows if row.get("extension"))
    return found
