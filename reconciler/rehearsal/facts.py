"""What is known of a tenant, from whichever side: enough to build its twin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.kinds import kind as kind_named
from reconciler.kinds import licensed, listed, sections_of
from reconciler.kinds.contract.kind import SectionKind
from reconciler.kinds.contract.marks import marks_of, references
from reconciler.model.address import owner_address, split_key
from reconciler.model.plan import Plan
from reconciler.model.snapshot import Current

PARK, VIRTUAL = "CALL_PARK_EXTENSION", "VIRTUAL_EXTENSION"
#: Who says himself what his extension and his primary number are.
CALLERS = tuple(licensed())
#: The kinds that a twin begins with (document.py). All others are brought in through its API (replay.py), as far as a
#: plan comes across them.
SKELETON = frozenset({*CALLERS, *listed("small"), "number"})
#: What a location can be connected through.
ROUTES = tuple(name for _, ref in marks_of(kind_named("location.pstn")).refs for name in ref.kinds)
#: A section, and whose.
Part = tuple[SectionKind, Current]


@dataclass(slots=True)
class Line:
    """Somebody beside people and workspaces who has numbers or an extension, so that nobody else can. `type` is what
    the numbers list calls its owner; for parks and virtual extensions, which are not in that list, it is ours."""

    id: str
    type: str
    name: str
    location: str
    extension: str = ""
    numbers: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Inventory:
    """A number of a location; `kind` is "tollFree", "mobile", "service" or nothing."""

    number: str
    location: str
    active: bool
    kind: str = ""


@dataclass
class KnownTenant:
    """Locations are named everywhere. `kinds` are all there is of the skeleton but numbers, and what a plan comes
    across of others; `parts` are the sections that it comes across, each with its owner. `halves` are calling locations
    of which only main number and prefixes were read; `portals` the extension of each voice portal; `alternates` the
    numbers of an owner (uuid) beside its primary one; `free` the units left of a licence (remote id), fewer than none
    where it is overdrawn; `options` the PSTN options by display name. `owner` is whose the profiles of people are, in
    the words of tenant.yaml. `unknown` says what could not be told."""

    org: dict[str, str]
    kinds: dict[str, list[Current]] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    numbers: list[Inventory] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    halves: dict[str, Current] = field(default_factory=dict)
    portals: dict[str, str] = field(default_factory=dict)
    alternates: dict[str, list[str]] = field(default_factory=dict)
    free: dict[str, int] = field(default_factory=dict)
    options: dict[str, dict[str, Any]] = field(default_factory=dict)
    owner: str = "webex"
    unknown: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[Current]:
        return self.kinds.get(kind, [])

    def features(self) -> list[Current]:
        """What is here beside the skeleton."""
        return [current for kind, rows in self.kinds.items() if kind not in SKELETON for current in rows]

    def add_portal(self, place: str, extension: str | None, number: str | None) -> None:
        """The extension of a voice portal is a part of its location; a number that it may have is taken like others."""
        if extension:
            self.portals[place] = extension
        if number:
            portal = Line(f"voice portal of {place}", "VOICE_MESSAGING", "Voice Portal", place, numbers=[number])
            self.lines.append(portal)


def addresses(plan: Plan) -> set[str]:
    """What a plan's operations write to."""
    return {member.address for operation in plan.operations for member in operation.members}


def touched(plan: Plan) -> dict[str, set[str]]:
    """The owners that a plan's operations write to, and the locations that they are in or go to: kind → keys."""
    found: dict[str, set[str]] = {}
    for address in addresses(plan):
        kind, _, key = owner_address(address).partition("/")
        found.setdefault(kind, set()).add(key)
    for name in _places(plan):
        found.setdefault("location", set()).add(name)
    return found


def add_places(owners: dict[str, set[str]], rows: Iterable[Current]) -> None:
    """Where those who are touched are now."""
    for current in rows:
        place = current.fields.get("location")
        if place and current.key in owners.get(current.kind, ()):
            owners.setdefault("location", set()).add(place)


def parts(
    known: KnownTenant, wanted: Mapping[str, set[str]], written: set[str]
) -> Iterator[tuple[SectionKind, Current]]:
    """The sections that count, owner by owner: of a location all that others rest on, else those that are written."""
    for kind, keys in wanted.items():
        for current in known.of(kind):
            for section in sections_of(kind).values() if current.key in keys else ():
                if (kind == "location" and section.always) or f"{section.name}/{current.key}" in written:
                    yield section, current


def beyond(plan: Plan) -> list[str]:
    """The addresses beside the skeleton that a plan writes to or refers to."""
    owners = map(owner_address, addresses(plan))
    referred = (ref for change in plan.changes for ref in change.refs)
    return sorted(one for one in {*owners, *referred} if is_feature(one))


def refers(known: KnownTenant) -> list[str]:
    """The addresses beside the skeleton that the sections which count refer to."""
    held = ((kind, owner.fields.get(kind.section)) for kind, owner in known.parts)
    found = {one.address for kind, fields in held if fields for one in references(kind, fields)}
    return sorted(filter(is_feature, found))


def is_feature(address: str) -> bool:
    """Whether this is an object of a kind that a twin does not begin with."""
    kind = address.partition("/")[0]
    return "." not in kind and kind not in SKELETON


def name_of(current: Current) -> str:
    """The name of something whose key may have the location before it."""
    return str(current.fields.get("name") or split_key(current.key)[-1])


def _places(plan: Plan) -> Iterator[str]:
    members = (member for operation in plan.operations for member in operation.members)
    named = (side.get("location") for member in members for side in (member.want, member.before))
    facts = (change.facts.get("location") for change in plan.changes)
    return (name for name in (*named, *facts) if isinstance(name, str) and name)


def of_owner(plan: Plan, owner: str) -> Iterator[str]:
    """What nobody knows of people whom a directory owns, as far as this plan comes across it."""
    people = [one for one in plan.operations if one.kind == "person"] if owner == "directory" else []
    if any(one.action == "delete" for one in people):
        yield "whether the API deletes somebody whom a directory owns, and whether the directory brings them back"
    if any(one.action == "update" and one.step == "" for one in people):
        yield "whether the API takes extension or number of somebody whom a directory owns: the profile goes with them"


def open_questions(plan: Plan) -> Iterator[str]:
    """What no client can read of a tenant, as far as this plan comes across it."""
    operations = plan.operations
    if any(operation.kind == "person" and operation.action == "create" for operation in operations):
        yield "whether an e-mail address belongs to a user of another organisation"
    if any(operation.step == "move" for operation in operations):
        yield "whether another job of the organisation is running just then"
    wants = [member.want for operation in operations for member in operation.members]
    if any("licenses" in want for want in wants):
        yield "rules between licences that no list shows: implicit ones, and those of which one excludes another"
