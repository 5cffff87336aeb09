"""Who holds what a plan wants for itself, and whether there is calling where it is wanted: what only the lists of
others can tell. Nothing is asked where the plan itself frees what it takes, or what was read for it tells already.

    extensions         the numbers list, which has the owners of almost all; park and virtual extensions have own lists
    routing prefixes   the list of locations with calling
    places             the same
    carriers           how a location reaches the PSTN (carriers.py)
    members            the features of their kind at the location (memberships.py)
    people             the numbers list again, where a location says that it takes but so many (`Current.most`)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Collection, Iterable, Mapping
from typing import Any

from reconciler.errors import ApiError
from reconciler.inventory.beside import untold
from reconciler.inventory.carriers import carriers
from reconciler.inventory.memberships import memberships
from reconciler.inventory.reading import UNREAD, together
from reconciler.kinds import licensed, with_extensions
from reconciler.kinds.contract.access import Reader
from reconciler.kinds.contract.owners import PERSON, WORKSPACE
from reconciler.kinds.contract.wire import location_of, number_rows, understood
from reconciler.model.claims import EXTENSION, PREFIX, arrivals, claim_of, holder, joins, parts, places, taken
from reconciler.model.plan import Change
from reconciler.model.remote_id import uuid_of
from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.model.text import normal
from reconciler.planning.parking import places as parking_places

#: Up to so many extensions are asked for one by one, and up to so many locations.
FEW = 3
#: What every location says that has no limit of its own: as good as none, and not worth a request.
_ENDLESS = 500_000
_CALLING = "calling_location"


async def holders(reader: Reader, changes: Collection[Change], snapshot: MemorySnapshot) -> dict[str, str]:
    """Who else holds what these changes take, in words, by claim. Of locations that they need and of which nothing else
    is known, `snapshot` says from here on whether they have calling."""
    found: dict[str, str] = {}
    new = {change.key for change in changes if change.kind == "location" and change.action == "create"}
    extensions = {c: change for c, change in taken(changes, EXTENSION).items() if parts(c)[1] not in {"", *new}}
    prefixes, unsure = taken(changes, PREFIX), _unsure(places(changes), snapshot)

    async def add(name: str, reading: Awaitable[dict[str, str]]) -> None:
        try:
            found.update(await understood(name, reading))
        except UNREAD as error:
            snapshot.gaps.setdefault(name, error.what)

    todo = []
    parked = parking_places(changes, snapshot.get)
    in_use = {place for space, place in parked if space == EXTENSION}
    apart = with_extensions().items() if in_use or extensions else ()
    beside = {name: one.named[0] for name, one in apart if one.apart}
    if in_use:
        todo.append(add(EXTENSION, _in_use(reader, in_use, extensions, snapshot)))
        todo += [add(name, _beside(reader, name, label, extensions, in_use)) for name, label in beside.items()]
    elif extensions:
        todo.append(add(EXTENSION, _of_numbers(reader, extensions, snapshot)))
        todo += [add(name, _beside(reader, name, label, extensions)) for name, label in beside.items()]
    if prefixes or unsure or (PREFIX, "") in parked:
        todo.append(add(_CALLING, _of_calling(reader, prefixes, unsure, every=(PREFIX, "") in parked)))
    for place in sorted(arrivals(changes)):
        location = snapshot.get("location", place)
        if location is not None and location.most.get("users", _ENDLESS) < _ENDLESS:
            todo.append(add("people of a location", _count(reader, location)))
    todo += [add(kind, memberships(reader, kind, wanted)) for kind, wanted in joins(changes).items()]
    await together([*todo, carriers(reader, changes, snapshot)])
    return found


async def _count(reader: Reader, location: Current) -> dict[str, str]:
    rows = number_rows(reader, locationId=location.id, ownerType="PEOPLE")
    location.facts["users"] = len({uuid_of(str((row.get("owner") or {}).get("id"))) async for row in rows})
    return {}


def owner_of(owner: Mapping[str, Any]) -> tuple[str, str, str]:
    """Kind, remote id (uuid) and name of who is in a row of the numbers list; the kind is empty for what is no resource
    of ours."""
    kind = next((one.name for one in (PERSON, WORKSPACE) if one.type == owner.get("type")), "")
    names = (normal(str(name)) for name in (owner.get("firstName"), owner.get("lastName")) if name and name != ".")
    return kind, uuid_of(str(owner.get("id", ""))), normal(" ".join(names))


async def _of_numbers(reader: Reader, extensions: Mapping[str, Change], snapshot: MemorySnapshot) -> dict[str, str]:
    found: dict[str, str] = {}
    async for row in _rows(reader, extensions, snapshot):
        claim = claim_of(EXTENSION, location_of(row), str(row.get("extension")))
        owner = row.get("owner") or {}
        if claim in extensions and uuid_of(str(owner.get("id", ""))) != uuid_of(extensions[claim].id):
            found[claim] = _said(owner)
            snapshot.owners[claim] = owner_of(owner)
    return found


async def _in_use(
    reader: Reader, names: Collection[str], extensions: Mapping[str, Change], snapshot: MemorySnapshot
) -> dict[str, str]:
    """As `_of_numbers`, and every extension at these places, where something free is to be found."""
    locations = [(await reader.all("location")).get(name) for name in sorted(names)]
    known = [one.id for one in locations if one is not None and not one.candidates]
    few = len(known) == len(names) <= FEW and {parts(claim)[1] for claim in extensions} <= set(names)
    found: dict[str, str] = {}
    asked: list[dict[str, str]] = [{"locationId": one} for one in known] if few else [{}]
    async for row in _listed(reader, asked, names, snapshot):
        place, owner = location_of(row), row.get("owner") or {}
        claim, remote_id = claim_of(EXTENSION, place, str(row.get("extension"))), uuid_of(str(owner.get("id", "")))
        if claim in extensions and remote_id == uuid_of(extensions[claim].id):
            continue
        if claim in extensions or place in names:
            found[claim] = _said(owner)
            snapshot.owners[claim] = owner_of(owner)
    return found


async def _listed(
    reader: Reader, asked: Iterable[dict[str, str]], names: Iterable[str], snapshot: MemorySnapshot
) -> AsyncIterator[dict[str, Any]]:
    """Rows of whole lists. `snapshot` says from here on how long the extensions at these places are, so that nobody
    asks for them once more."""
    lengths: dict[str, Counter[int]] = {name: Counter() for name in names}
    for filters in asked:
        async for row in number_rows(reader, **filters):
            if row.get("extension") and location_of(row) in lengths:
                lengths[location_of(row)][len(str(row["extension"]))] += 1
            yield row
    snapshot.lengths.update(lengths)


def _said(owner: Mapping[str, Any]) -> str:
    kind = str(owner.get("type", ""))
    names = (
        () if kind == "VOICE_MESSAGING" else (normal(str(owner.get(part) or "")) for part in ("firstName", "lastName"))
    )
    return holder(kind, *names)


async def _rows(reader: Reader, extensions: Iterable[str], snapshot: MemorySnapshot) -> AsyncIterator[dict[str, Any]]:
    """Rows with these extensions among them, in as few requests as it takes. A place whose list is needed anyway, for
    the length of its extensions (beside.py), is asked for it at once."""
    wanted = [parts(claim) for claim in extensions]
    digits, names = sorted({value for _, _, value in wanted}), sorted({place for _, place, _ in wanted})
    few = len(digits) <= FEW
    whole: list[dict[str, str]] = []
    if len(names) <= FEW and (not few or untold(names, snapshot)):
        locations = [(await reader.all("location")).get(name) for name in names]
        known = [one.id for one in locations if one is not None and not one.candidates]
        whole = [{"locationId": one} for one in known] if len(known) == len(names) else []
    if few and not whole:
        for one in digits:
            async for row in number_rows(reader, extension=one):
                yield row
        return
    async for row in _listed(reader, whole or [{}], names, snapshot):
        yield row


async def _beside(
    reader: Reader, name: str, label: str, extensions: Collection[str], in_use: Collection[str] = ()
) -> dict[str, str]:
    """Extensions that stand in no row of the numbers list. A tenant may have no such feature."""
    try:
        listed = await reader.all(name)
    except ApiError as error:
        if error.status in (403, 404):
            return {}
        raise
    rows = (one.fields for one in listed.values())
    claims = {claim_of(EXTENSION, str(row.get("location")), str(row.get("extension"))): row.get(label) for row in rows}
    return {claim: holder(name, claims[claim]) for claim in claims if claim in extensions or parts(claim)[1] in in_use}


async def _of_calling(
    reader: Reader, prefixes: Mapping[str, Change], unsure: Iterable[Current], *, every: bool = False
) -> dict[str, str]:
    calling = await reader.all(_CALLING)
    for current in unsure:
        current.facts["calling"] = current.key in calling
    claims = {claim_of(PREFIX, "", str(one.fields.get("routing_prefix"))): name for name, one in calling.items()}
    asked = {claim: change.key for claim, change in prefixes.items()}
    return {claim: name for claim, name in claims.items() if asked.get(claim, "" if every else name) != name}


def _unsure(names: Iterable[str], snapshot: MemorySnapshot) -> list[Current]:
    """The locations of these of which nothing says that they have calling. Who has calling somewhere says so; a
    workspace can be there without."""
    found = [one for name in names if (one := snapshot.get("location", name)) and "calling" not in one.fields]
    members = (one for kind in licensed() for one in snapshot.kinds.get(kind, {}).values()) if found else ()
    proven = snapshot.numbered | {
        one.fields.get("location") for one in members if one.facts.get("calling") is not False
    }
    return [one for one in found if one.key not in proven]
