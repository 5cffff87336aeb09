"""What a twin needs of a tenant, from the snapshot in `state/`: without a request, and with more left unknown.

The managed kinds say almost all. Who else has numbers and extensions stands in artefacts, where they were exported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.kinds import kind as kind_named
from reconciler.kinds import observed
from reconciler.kinds.contract.marks import references
from reconciler.model.address import split_address
from reconciler.model.plan import Plan
from reconciler.model.remote_id import uuid_of
from reconciler.model.snapshot import Current
from reconciler.rehearsal.facts import (
    CALLERS,
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
from reconciler.repository.store import StoredSnapshot

_EXTENSION = ("extension", "number.extension")  # of virtual lines it is one level deeper
_PORTALS = "location.voice_portal"


def recall(snapshot: StoredSnapshot, plan: Plan) -> KnownTenant:
    """All that the snapshot has for this plan."""
    known = KnownTenant({"id": plan.org_id, "name": plan.org_name}, unknown=list(open_questions(plan)))
    for name in sorted(SKELETON - {"number"}):
        known.kinds[name] = list(_rows(known, snapshot, name))
    taken = _alternates(known)
    for name in _holders():
        known.lines += [_line(current, name.upper()) for current in _rows(known, snapshot, name)]
    for current in _rows(known, snapshot, _PORTALS):
        known.add_portal(current.key, current.fields.get("extension"), current.fields.get("phone_number"))
    known.unknown += _unread(snapshot)
    taken |= {number for line in known.lines for number in line.numbers}
    _inventory(known, snapshot, taken)
    _licenses(known)
    _options(known, plan)
    _came_across(known, snapshot, plan)
    return known


def _holders() -> list[str]:
    """The kinds beside people and workspaces whose objects have numbers or extensions. In capitals it is what the
    numbers list calls such an owner."""
    return [
        name
        for name, kind in observed().items()
        if not kind.owner and name not in SKELETON and any(column.path in _EXTENSION for column in kind.columns)
    ]


def _came_across(known: KnownTenant, snapshot: StoredSnapshot, plan: Plan) -> None:
    """What is brought in, beside the lists: of other kinds what the plan writes to, and what that rests on."""
    wanted = touched(plan)
    _features(known, snapshot, beyond(plan))
    for rows in known.kinds.values():
        add_places(wanted, rows)
    known.parts = [(one, owner) for one, owner in parts(known, wanted, addresses(plan)) if one.section in owner.fields]
    _features(known, snapshot, refers(known))


def _features(known: KnownTenant, snapshot: StoredSnapshot, wanted: Iterable[str]) -> None:
    left, seen = list(wanted), {current.address for current in known.features()}
    while left:
        address = left.pop()
        name, key = split_address(address)
        kind = kind_named(name)
        if address in seen or kind.find is None or name not in snapshot.kinds:
            continue
        seen.add(address)
        if found := snapshot.get(name, key):
            known.kinds.setdefault(name, []).append(found)
            left += [one.address for one in references(kind, found.fields) if is_feature(one.address)]


def _unread(snapshot: StoredSnapshot) -> Iterator[str]:
    """Who may have numbers and extensions without being known."""
    lacking: dict[str, list[str]] = {}
    for name in (*_holders(), _PORTALS):
        if why := snapshot.incomplete(name):
            lacking.setdefault(why, []).append(f"{name.removeprefix('location.').replace('_', ' ')}s")
    for why, names in lacking.items():
        yield f"numbers and extensions of {', '.join(names)}: {why}"


def _rows(known: KnownTenant, snapshot: StoredSnapshot, name: str) -> Iterator[Current]:
    for key in snapshot.keys(name) if name in snapshot.kinds else ():
        current = snapshot.get(name, key)
        if current is not None and current.candidates and name == "license":
            continue  # each of them has a key of its own, by which it is held
        if current is not None and current.candidates:
            known.unknown.append(f"{current.address}: {len(current.candidates)} have that name")
        elif current is not None:
            yield current


def _alternates(known: KnownTenant) -> set[str]:
    """Secondary numbers stand with their owners; all that people and workspaces have."""
    taken: set[str] = set()
    for kind in CALLERS:
        for current in known.of(kind):
            secondary = list((current.fields.get("numbers") or {}).get("secondary") or ())
            known.alternates[uuid_of(current.id)] = secondary
            taken.update(secondary, filter(None, [current.fields.get("phone_number")]))
    return taken


def _line(current: Current, kind: str) -> Line:
    fields: dict[str, Any] = current.fields
    at = fields.get("number") or {}  # virtual lines have both one level deeper
    number = fields.get("phone_number") if kind != VIRTUAL else None  # theirs are outside
    found = filter(None, [number or at.get("external")])
    extension = str(fields.get("extension") or at.get("extension") or "")
    return Line(uuid_of(current.id), kind, name_of(current), str(fields.get("location") or ""), extension, list(found))


def _inventory(known: KnownTenant, snapshot: StoredSnapshot, taken: set[str]) -> None:
    """The numbers, and a line for whoever has one without standing in any other list."""
    for current in _rows(known, snapshot, "number"):
        fields, facts = current.fields, current.facts
        kind = "mobile" if "MOBILE_NUMBER" in (facts.get("telephony") or ()) else ""
        place = str(fields.get("location") or "")
        known.numbers.append(Inventory(current.key, place, fields.get("state") != "inactive", kind))
        if facts.get("owner") and current.key not in taken:
            known.lines.append(Line(f"owner of {current.key}", "", str(facts["owner"]), place, "", [current.key]))


def _licenses(known: KnownTenant) -> None:
    """What is not held by anybody in the snapshot counts as left."""
    held = Counter(name for person in known.of("person") for name in person.fields.get("licenses") or ())
    held.update(name for place in known.of("workspace") if (name := place.fields.get("license")))
    for license in known.of("license"):
        known.free[license.id] = license.fields.get("total", 0) - held[license.key]


def _options(known: KnownTenant, plan: Plan) -> None:
    """Providers are known by name, where somebody has one; of what type they are is not, so all, those that the plan
    wants too, are taken for such as can be set."""
    wants = (member.want for operation in plan.operations for member in operation.members)
    wanted = sorted({want["provider"] for want in wants if want.get("provider")})
    held = {provider for one in known.of("location") if (provider := (one.fields.get("pstn") or {}).get("provider"))}
    for provider in [*sorted(held), *(name for name in wanted if name not in held)]:
        doubt = (
            f"the API can change a location whose PSTN is {provider}" if provider in held else f"{provider} can be had"
        )
        known.unknown.append(f"whether {doubt}")
        option = {"id": provider, "displayName": provider, "pstnConnectionType": "NON_INTEGRATED_CCP"}
        known.options[provider] = option
