"""A changed key looks like a new object: who is it that a create means? A marriage, a room's new sign, a site that an
admin renamed. Where exactly one object that nobody describes fits, it is said (planning/guards/changed_key.py).

    person, workspace   who has the number, or the extension at that location, that the new one is to have
    location            the one with the same address, or where all of its described numbers or people are
    any with a name     one whose name looks the same
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from reconciler.errors import ApiError
from reconciler.inventory.holders import owner_of
from reconciler.inventory.reading import UNREAD
from reconciler.kinds import kind as kind_named
from reconciler.kinds import licensed
from reconciler.kinds.contract.access import Reader, Scope
from reconciler.kinds.contract.kind import Kind
from reconciler.kinds.contract.namesakes import told_apart
from reconciler.kinds.contract.wire import read_document, understood
from reconciler.model.claims import SAME_CLAIM, Fit, takes_over
from reconciler.model.desired import Wanted
from reconciler.model.desired_state import Desired
from reconciler.model.plan import Change
from reconciler.model.remote_id import uuid_of
from reconciler.model.selection import Selection
from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.model.text import folded, lookalike, looks
from reconciler.planning.fits import fits_location, standing
from reconciler.planning.renames import Renames, as_there, asked, judged, named_there


async def as_called(reader: Reader, wanted: Desired, selection: Selection) -> tuple[Desired, Selection]:
    """Desired, and what is selected of it, in the names that the tenant has (planning/renames.py)."""
    renames = await called_otherwise(reader, wanted.resources)
    there = named_there(selection, wanted.resources, renames)
    resources, notices = as_there(wanted.resources, renames), (*wanted.notices, *renames.notices)
    return replace(wanted, resources=resources, notices=notices), there


async def called_otherwise(reader: Reader, resources: Iterable[Wanted]) -> Renames:
    """What becomes of each `was`. Of kinds whose lists cannot be read nothing is said."""
    found: dict[str, Mapping[str, Current]] = {}
    some = asked(resources)
    for name in dict.fromkeys(one.kind for one in some):
        keys = {key for one in some if one.kind == name for key in (one.was, one.key)}
        with suppress(*UNREAD):
            found[name] = await _found(reader, kind_named(name), keys)
    return judged((one for one in some if one.kind in found), lambda kind, key: found[kind].get(key))


async def _found(reader: Reader, kind: Kind, keys: Collection[str]) -> Mapping[str, Current]:
    """Those with these names; of a key that holds a name that may change itself all."""
    if kind.scan is None or len(kind.key_fields) > 1 or kind.name == "location":
        return await reader.all(kind.name)
    rows = await understood(kind.name, kind.scan(reader, Scope(frozenset(keys), frozenset())))
    return {current.key: current for current in told_apart(rows)}


async def locations(reader: Reader, resources: Iterable[Wanted], snapshot: MemorySnapshot) -> dict[str, str]:
    """Locations that desired describes and the tenant does not have, with the one that each of them seems to be."""
    described = [one for one in resources if not one.absent]
    missing = [one for one in described if one.kind == "location" and snapshot.get("location", one.key) is None]
    if not missing or "location" in snapshot.gaps:
        return {}
    known = {one.key for one in described if one.kind == "location"}
    there = (await reader.all("location")).values()
    others = [one for one in there if one.key not in known and not one.candidates]
    return {one.key: found for one in missing if (found := fits_location(one, described, others, snapshot.get))}


async def fitting(
    reader: Reader, changes: Collection[Change], snapshot: MemorySnapshot, described: Collection[str]
) -> dict[str, Fit]:
    """What each create seems to be, by its address."""
    found: dict[str, Fit] = {}
    ids = {uuid_of(one.id) for kind in licensed() for one in snapshot.kinds.get(kind, {}).values()}
    for change in changes:
        kind = kind_named(change.kind)
        if change.action != "create" or change.blocked or not (kind.entitles or kind.listing.alike):
            continue
        owners = {_owner(claim, snapshot) for claim in takes_over(change)} - {None}
        if len(owners) == 1 and (owner := owners.pop()) and owner[0] == change.kind and owner[1] not in ids:
            found[change.address] = Fit(await _address(reader, owner), SAME_CLAIM)
        elif other := lookalike(change.key, snapshot.listed.get(change.kind, ())):
            found[change.address] = Fit(f"{change.kind}/{other}", looks(change.key, other))
    return standing(found, changes, described)


def _owner(claim: str, snapshot: MemorySnapshot) -> tuple[str, str, str] | None:
    space, _, value = claim.partition("::")
    if space == "number":
        number: Current | None = snapshot.get("number", value)
        owner = (number.passing.get("owner") if number else None) or {}
        return owner_of(owner) if owner else None
    return snapshot.owners.get(claim)


async def _address(reader: Reader, owner: tuple[str, str, str]) -> str:
    kind, remote_id, name = owner
    if kind != "person":
        return f"{kind}/{name}"
    try:
        document = await read_document(reader, reader.api.people.ep(remote_id))
        return f"person/{folded(document['emails'][0])}"
    except (ApiError, LookupError):
        return f"the person {name}"
