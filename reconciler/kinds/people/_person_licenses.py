"""Licences of people: `PATCH /licenses/users` adds and removes them without the profile, which `PUT /people`
writes whole and which, in some organisations, a directory owns (webex-behaviour.md §9).

Removals take effect before additions. A calling licence comes with a location and an extension or a number, and so does
Customer Assist (T:cx_essential). Adding one that is held changes nothing, so none is. 206 is a success in part: the
reading back tells what is missing.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from reconciler.kinds.contract.access import Reader, Writer
from reconciler.kinds.people._person_calls import calls
from reconciler.kinds.people.license import plain_name
from reconciler.model.plan import Change
from reconciler.model.snapshot import Current, Fields

STEP = "licenses"
#: What to do where a PUT is refused because somebody else owns what it writes beside.
OWNED = (
    "a directory owns the profile, which this request writes with extension and number: change them in Control Hub, "
    "and set identity: directory in tenant.yaml, so that plans say so"
)
#: By which somebody is called.
ADDRESS = ("extension", "phone_number")
PROFESSIONAL, STANDARD = "Webex Calling - Professional", "Webex Calling - Standard"
#: Not calling licences, and given with calling properties all the same; the name changed in January 2026.
_ASSISTED = ("Customer Experience", "Customer Assist", "CX Essentials")


def fields_of(change: Change) -> frozenset[str]:
    """What of a change goes with its licences: who gets calling gets a place and an address with it, who loses it loses
    them; nothing where no licence changes."""
    wanted = change.want.get("licenses")
    if change.action != "update" or wanted is None:
        return frozenset()
    before, after = calls(change.before.get("licenses") or ()), calls(wanted)
    with_them = {"licenses"} | ({*ADDRESS} if before != after else set()) | ({"location"} if after > before else set())
    return frozenset(change.want) & with_them


def refuse(change: Change) -> str:
    """Why the API would refuse the licences of a change: one calling tier, of one subscription, and none that is less
    than the one before."""
    wanted = change.want.get("licenses") or ()
    tiers = [name for name in wanted if plain_name(name) in (PROFESSIONAL, STANDARD)]
    if len(tiers) > 1:
        return f"{' and '.join(tiers)} cannot be had together (400404): choose one"
    return downgrade(change.before.get("licenses") or (), wanted) if change.action == "update" else ""


def downgrade(before: Collection[str], after: Collection[str]) -> str:
    """Why the API would refuse another tier, empty where it would not (400112)."""
    had, has = (set(map(plain_name, held)) for held in (before, after))
    if PROFESSIONAL in had and STANDARD in has and PROFESSIONAL not in has:
        return f"{PROFESSIONAL} cannot become {STANDARD} (400112): take calling away first, which loses its settings"
    return ""


async def names_of(reader: Reader, held: list[str]) -> dict[str, str]:
    """Id by name. A licence that is held but in no list of the organisation cannot be named, so nobody manages it."""
    names = {await reader.name_of("license", remote_id): remote_id for remote_id in held}
    return {name: remote_id for name, remote_id in names.items() if name != remote_id}


async def ids_of(writer: Writer, names: list[str], held: list[str]) -> list[str]:
    """Ids for names, and what is held but cannot be named: a PUT that left it out would take it away."""
    known = await names_of(writer, held)
    unnamed = [remote_id for remote_id in held if remote_id not in known.values()]
    wanted = [known[name] if name in known else await writer.id_of("license", name) for name in names]
    return [*wanted, *unnamed]


async def assign(writer: Writer, current: Current, want: Fields) -> None:
    """Add and remove what differs from what is held; nothing is sent where nothing does."""
    held = current.wire.get("licenses") or []
    wanted = await ids_of(writer, want["licenses"], held)
    removed = [{"id": remote_id, "operation": "remove"} for remote_id in held if remote_id not in wanted]
    added = [remote_id for remote_id in wanted if remote_id not in held]
    names = {remote_id: await writer.name_of("license", remote_id) for remote_id in added}
    calling = await _properties(writer, current, want) if any(map(_needs_address, names.values())) else {}
    entries = [
        {"id": remote_id, "operation": "add", **({"properties": calling} if _needs_address(names[remote_id]) else {})}
        for remote_id in added
    ]
    if removed or entries:
        body = {"personId": current.id, "licenses": [*removed, *entries]}
        await writer.send("PATCH", writer.api.licenses.ep("users"), body)


def _needs_address(name: str) -> bool:
    return calls((name,)) or any(word in name for word in _ASSISTED)


async def _properties(writer: Writer, current: Current, want: Fields) -> dict[str, Any]:
    """Place and address as they are to be; of who calls already, as they are."""
    place = current.wire.get("locationId") if current.wire else None
    if want.get("location"):
        place = await writer.id_of("location", want["location"])
    sides = {**{name: current.fields.get(name) for name in ADDRESS}, **{n: want[n] for n in ADDRESS if n in want}}
    named = {"locationId": place, "extension": sides["extension"], "phoneNumber": sides["phone_number"]}
    return {name: value for name, value in named.items() if value}
