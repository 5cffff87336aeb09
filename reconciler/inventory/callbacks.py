"""Emergency callback numbers that a plan touches, read as narrowly as it goes.

dependencies   of whoever loses number, place or calling: who is called back through them
locations      those of the plan, where somebody loses, arrives without a number, or the main number changes
members        all at a location, only where its own number does not last and somebody depends on it
"""

from __future__ import annotations

from collections.abc import Collection, Coroutine, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from reconciler.errors import NotEntitledError
from reconciler.inventory.reading import UNREAD, together
from reconciler.kinds.contract.access import Reader
from reconciler.kinds.contract.owners import LOCATION
from reconciler.kinds.contract.wire import number_rows, setting, understood
from reconciler.model.address import owner_address, split_address
from reconciler.model.callbacks import CallbackLocation, Callbacks, Dependants, LocationMember
from reconciler.model.claims import holder
from reconciler.model.plan import Change
from reconciler.model.remote_id import uuid_of
from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.planning.callback_choices import CALLERS, choices
from reconciler.planning.guards import callbacks as rule

#: How the numbers list names members that have such a setting, and where it stands.
_PATHS = {owner.type: owner.plural for owner in CALLERS.values()}
_NAME = "emergencyCallbackNumber"
_INFO = {
    "DIRECT_LINE": "directLineInfo",
    "LOCATION_ECBN": "locationECBNInfo",
    "LOCATION_MEMBER_NUMBER": "locationMemberInfo",
}
_GAP = "emergency callback number"


async def callbacks(reader: Reader, changes: Collection[Change], snapshot: MemorySnapshot) -> Callbacks:
    """What these changes touch of it; what cannot be read is said for the address that it is about."""
    todo = [one for one in changes if not one.blocked and one.action != "cannot_tell"]
    found = Callbacks()
    await together(_dependants(reader, found, change) for change in rule.takers(todo))
    names = rule.places(todo, snapshot.get)
    new = {one.key for one in todo if one.kind in (LOCATION.name, *LOCATION.requires) and one.action == "create"}
    found.places |= {name: CallbackLocation() for name in names & new}
    locations = await _locations(reader, snapshot, names - new) if names - new else {}
    await together(_place(reader, found, current) for current in locations.values())
    await _members_to_be(reader, found, todo, snapshot)
    crowds, alone = rule.incomplete(todo, snapshot.get, found)
    await together(
        [
            *(_members(reader, found, locations[name]) for name in sorted(crowds & locations.keys())),
            *(_own(reader, found, change) for change in alone),
        ]
    )
    return found


async def _locations(reader: Reader, snapshot: MemorySnapshot, names: Iterable[str]) -> dict[str, Current]:
    """Those that have calling, as far as is known."""
    found = {name: current for name in names if (current := snapshot.get("location", name)) and current.id}
    missing = [name for name in names if name not in found]
    if missing:
        try:
            listed = await reader.all("location")
        except UNREAD as error:
            snapshot.gaps.setdefault(_GAP, error.what)
            return found
        found |= {name: listed[name] for name in missing if name in listed and not listed[name].candidates}
    return {name: one for name, one in found.items() if one.fields.get("calling", "unread") is not None}


async def _told(found: Callbacks, address: str, reading: Coroutine[Any, Any, None]) -> None:
    try:
        await understood(_GAP, reading)
    except (*UNREAD, NotEntitledError) as error:
        found.unread[address] = error.what


async def _dependants(reader: Reader, found: Callbacks, change: Change) -> None:
    async def read() -> None:
        document = await setting(reader, f"{_url(reader, CALLERS[change.kind].plural, change.id)}/dependencies")
        by_default, members = document["isLocationEcbnDefault"], document["dependentMemberCount"]
        found.dependants[change.address] = Dependants(bool(by_default), int(members))

    await _told(found, change.address, read())


async def _place(reader: Reader, found: Callbacks, current: Current) -> None:
    async def read() -> None:
        document = await setting(reader, f"{reader.api.telephony.location.ep(current.id)}/features/{_NAME}")
        main, member = document.get("locationInfo") or {}, document.get("locationMemberInfo") or {}
        chosen = document.get("selected") == "LOCATION_MEMBER_NUMBER"
        found.places[current.key] = CallbackLocation(
            main=str(main.get("phoneNumber") or ""),
            main_good=_good(main),
            through=uuid_of(str(member.get("memberId") or "")) if chosen else "",
            good=chosen and _good(member, "LOCATION_MEMBER_NUMBER"),
        )

    await _told(found, current.address, read())


async def _members(reader: Reader, found: Callbacks, current: Current) -> None:
    """Everybody at a location who is called back at all; the numbers list names them."""
    members: dict[str, LocationMember] = {}

    async def read() -> None:
        owners = {}
        async for row in number_rows(reader, locationId=current.id):
            owner = row.get("owner") or {}
            if owner.get("type") in _PATHS:
                owners[uuid_of(str(owner["id"]))] = owner
        await together(one(key, owner) for key, owner in owners.items())
        everybody = tuple(sorted(members.values(), key=lambda member: (member.address, member.id)))
        found.places[current.key] = replace(found.places[current.key], members=everybody)

    async def one(key: str, owner: dict[str, Any]) -> None:
        address = holder(str(owner["type"]), owner.get("firstName"), owner.get("lastName"))
        with suppress(NotEntitledError):  # who cannot call is not called back
            members[key] = await _member(reader, _PATHS[owner["type"]], str(owner["id"]), address)

    await _told(found, current.address, read())


async def _own(reader: Reader, found: Callbacks, change: Change) -> None:
    owner = owner_address(change.address)

    async def read() -> None:
        found.own[owner] = await _member(reader, CALLERS[split_address(owner)[0]].plural, change.id, owner)

    await _told(found, owner, read())


async def _members_to_be(
    reader: Reader, found: Callbacks, changes: Collection[Change], snapshot: MemorySnapshot
) -> None:
    """Whether those have a good number who are chosen anew, and of whom the plan says nothing."""
    ours = {change.address for change in changes}
    to_be = {one.after for one in choices(changes, snapshot.get).values() if one.after != one.owner} - {"", *ours}

    async def one(address: str) -> None:
        kind, key = split_address(address)

        async def read() -> None:
            known = snapshot.get(kind, key)
            remote_id = known.id if known is not None and known.id else await reader.id_of(kind, key)
            found.members[address] = (await _member(reader, CALLERS[kind].plural, remote_id, address)).own

        if kind in CALLERS:
            await _told(found, address, read())

    await together(one(address) for address in sorted(to_be))


async def _member(reader: Reader, path: str, remote_id: str, address: str) -> LocationMember:
    document = await setting(reader, _url(reader, path, remote_id))
    selected = str(document.get("selected"))
    info = document.get(_INFO.get(selected, "defaultInfo")) or {}
    through = document.get("locationMemberInfo") or {}
    chosen = selected == "LOCATION_MEMBER_NUMBER"
    return LocationMember(
        address=address,
        id=uuid_of(remote_id),
        valid=_good(info),
        own=_good(document.get("directLineInfo") or {}, "DIRECT_LINE"),
        through=uuid_of(str(through.get("memberId") or "")) if chosen else "",
        good=chosen and _good(through, "LOCATION_MEMBER_NUMBER"),
    )


def _good(info: dict[str, Any], level: str = "") -> bool:
    """Whether a good number results: by the API's own words, and of that level if one is named."""
    effective = info.get("effectiveLevel", level)
    return info.get("quality", "INVALID") != "INVALID" and effective != "NONE" and level in ("", effective)


def _url(reader: Reader, path: str, remote_id: str) -> str:
    return f"{reader.api.session.BASE}/telephony/config/{path}/{remote_id}/{_NAME}"
