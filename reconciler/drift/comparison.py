"""Desired, last snapshot and live tenant, field by field: what changed in git, and what changed in the tenant.

    desired ≠ snapshot   live ≠ snapshot   desired ≠ live   state
    ------------------   ---------------   --------------   -------------------------------------------------
    yes                  no                                 pending: changed in git
    no, or unmanaged     yes                                drifted: changed in the tenant
    yes                  yes               no               both: changed to the same value, it is done already
    yes                  yes               yes              conflicting: each side wants something else

An address whose fields are in several of these states is `both`; one conflicting field makes it conflicting. Without
desired state the same comparison tells two snapshots apart (`changed`). Pure: data in, data out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol

from reconciler.kinds import managed, nested, observed, sections_of
from reconciler.kinds.contract.copies import own_fields
from reconciler.kinds.contract.kind import Kind, as_it_is
from reconciler.kinds.contract.marks import marks_of
from reconciler.kinds.people.license import LicenseNames, as_called
from reconciler.model.desired import Wanted
from reconciler.model.remote_id import uuid_of
from reconciler.model.snapshot import Current, Fields, MemorySnapshot, Snapshot
from reconciler.planning.diff import covers, matches


class State(StrEnum):
    PENDING = "pending"
    DRIFTED = "drifted"
    BOTH = "both"
    CONFLICTING = "conflicting"
    CANNOT_TELL = "cannot tell"


class _Nothing:
    """No value on this side: desired does not manage it."""

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING: Any = _Nothing()


@dataclass(frozen=True, slots=True)
class Field:
    """One field on three sides. `path` is dotted, and empty where the object or section itself came or went: its
    values are then whether it is there. `desired` is NOTHING where nobody manages it."""

    path: str
    state: State
    desired: Any
    snapshot: Any
    live: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """One address that is not the same on all three sides. `id` is the remote id of the object, or of a section's
    owner, `place` its location; `source` the place in desired; `why` the reason when it cannot be told."""

    address: str
    kind: str
    key: str
    fields: tuple[Field, ...]
    id: str = ""
    source: str = ""
    place: str = ""
    why: str = ""

    @property
    def state(self) -> State:
        states = {one.state for one in self.fields}
        if not states:
            return State.CANNOT_TELL
        if State.CONFLICTING in states:
            return State.CONFLICTING
        return states.pop() if len(states) == 1 else State.BOTH

    @property
    def drifted(self) -> list[Field]:
        """The fields that somebody else changed, and not to what is desired."""
        return [one for one in self.fields if one.state in (State.DRIFTED, State.CONFLICTING)]

    @property
    def deed(self) -> str:
        """What the tenant did, or is to do: `came`, `went` (the object itself), else `changed`."""
        whole = next((one for one in self.fields if not one.path), None)
        if whole is None or whole.state is State.PENDING:
            return "changed"
        return "came" if whole.live else "went"


@dataclass
class Drift:
    """All differences, by address; how many resources were compared, and why some could not be (kind → reason)."""

    differences: list[Difference] = field(default_factory=list)
    compared: int = 0
    gaps: dict[str, str] = field(default_factory=dict)

    @property
    def drifted(self) -> list[Difference]:
        return [one for one in self.differences if one.drifted]


def classify(pending: bool, drifted: bool, undone: bool) -> State | None:
    """The table above, from `desired ≠ snapshot`, `live ≠ snapshot`, `desired ≠ live`; None: nothing changed."""
    if pending and drifted:
        return State.CONFLICTING if undone else State.BOTH
    if pending:
        return State.PENDING
    return State.DRIFTED if drifted else None


def compare(
    wanted: Iterable[Wanted],
    snapshot: ReadSide,
    live: ReadSide,
    *,
    whole: Collection[str] = (),
    labels: tuple[str, str] = ("snapshot", "tenant"),
    facts: bool = False,
    renamed: Mapping[str, str] = MappingProxyType({}),
) -> Drift:
    """Every desired resource on three sides; of the kinds in `whole` also what nobody manages, field by field.

    A kind whose list is not proven complete on a side is not said to lack anything there. `renamed` are the keys of
    licences in the snapshot that are others in the tenant: nobody holds another for that.
    """
    drift = Drift()
    described = {one.address: one for one in wanted}
    others = ((kind, key) for kind in whole for key in {*snapshot.keys(kind), *live.keys(kind)})
    keys = {(one.kind, one.key) for one in described.values()} | set(others)
    for kind, key in sorted(keys):
        one = described.get(f"{kind}/{key}")
        then = snapshot.get(kind, key)
        sides = (as_called(then, renamed) if then is not None else None, live.get(kind, key))
        if any(
            side is None and reading.incomplete(kind) for side, reading in zip(sides, (snapshot, live), strict=True)
        ):
            continue  # the gap is told, once for the kind
        drift.compared += 1
        drift.differences += differences(kind, key, one, *sides, whole=kind in whole, facts=facts, told=whole)
    listed = {kind for kind, _ in keys} | {*whole}
    owners = listed & managed().keys()
    read = listed | {section for kind in owners for section in _read_sections(kind, described.values(), whole)}
    for name, reading in zip(labels, (snapshot, live), strict=True):
        for kind in read:
            within = nested(kind) or kind not in listed  # read with its owner
            why = reading.gaps.get(kind, "") if within else reading.incomplete(kind)
            if why:
                drift.gaps.setdefault(kind, f"{name}: {why}")
    drift.differences.sort(key=lambda one: one.address)
    return drift


def changed(
    before: MemorySnapshot,
    after: MemorySnapshot,
    names: Collection[str],
    *,
    labels: tuple[str, str],
    facts: bool = False,
) -> Drift:
    """What differs between two snapshots of these kinds; `snapshot` and `live` of its fields are before and after."""
    renamed = LicenseNames(after.of("license")).since(LicenseNames(before.of("license")))
    return compare((), before, after, whole=names, labels=labels, facts=facts, renamed=renamed)


class ReadSide(Snapshot, Protocol):
    """One of the sides that were read: `state/`, or the tenant."""

    @property
    def gaps(self) -> Mapping[str, str]:
        """Why the list of a kind, or a section, is not proven complete."""
        ...


def _read_sections(kind: str, managed: Iterable[Wanted], whole: Collection[str]) -> set[str]:
    sections = sections_of(kind)
    always = {one.name for one in sections.values() if one.always} if kind in whole else set()
    return always | {
        sections[name].name for one in managed if one.kind == kind for name in one.fields if name in sections
    }


def differences(
    kind: str,
    key: str,
    wanted: Wanted | None,
    then: Current | None,
    live: Current | None,
    *,
    whole: bool,
    facts: bool = False,
    told: Collection[str] = (),
) -> list[Difference]:
    """The differences of one resource and of its sections. `whole`: also of fields that nobody manages. `told` are the
    kinds of whose resources everything is told: what an artefact repeats of them is not told again."""
    if then is not None and live is not None:
        if not facts and _alike(wanted, then, live):
            return []
        if (whole and kind in observed()) or kind not in managed():
            want = wanted.fields if wanted is not None else {}
            then, live = (_shown(kind, side, want, told) for side in (then, live))
    there = live or then
    place = str(there.fields.get("location") or "") if there else ""
    about = ((there.id or (then.id if then else "")) if there else "", wanted.source if wanted else "", place)
    if wanted is None and all(side is None or side.candidates for side in (then, live)):
        return []  # whoever has the name has a key of its own, and is compared by that
    for side in (then, live):
        if side is not None and side.candidates:
            why = f"the name is ambiguous: {'; '.join(side.candidates)}"
            return [Difference(f"{kind}/{key}", kind, key, (), *about, why=why)]
    exists = NOTHING if wanted is None else not wanted.absent
    presence = _field("", exists, exists, then is not None, live is not None, differ=_other)
    if then is None or live is None:
        lost = _lost(kind, wanted, then, live) if presence and wanted and not wanted.absent else []
        found = [*([presence] if presence else []), *lost]
        return [Difference(f"{kind}/{key}", kind, key, tuple(found), *about)] if found else []
    whole = whole or (wanted is not None and wanted.absent)
    want = wanted.fields if wanted is not None and not wanted.absent else {}
    sections = sections_of(kind) if kind in managed() else {}
    own = [*([presence] if presence else []), *_own(kind, want, then, live, sections, whole)]
    if then.id and live.id and uuid_of(then.id) != uuid_of(live.id):  # gone, and another one of that name made
        own.append(Field("id", State.DRIFTED, NOTHING, then.id, live.id))
    if facts:
        own += _walk("facts", (NOTHING, NOTHING), then.facts, live.facts, True)
    unread = _unread(want, then, live, sections, whole)
    result = [Difference(f"{kind}/{key}", kind, key, tuple(own), *about, why=unread)] if own or unread else []
    for name, section in sections.items():
        if not section.always and not (name in live.fields or name in live.unknown):
            continue  # nobody asked for it
        if whole or name in want:
            result += _section(section, key, want.get(name, NOTHING), (then, live), about, whole)
    return result


def _alike(wanted: Wanted | None, then: Current, live: Current) -> bool:
    """Whether all three sides are plainly the same, as most are."""
    if then.candidates or live.candidates or then.unknown or live.unknown or then.id != live.id:
        return False
    met = wanted is None or (not wanted.absent and covers(then.fields, wanted.fields))
    return met and then.fields == live.fields and then.shown == live.shown


def _shown(kind: str, side: Current, want: Fields, told: Collection[str]) -> Current:
    """All that was read of an object, and what is described of it as it is described."""
    names = {*want, *(sections_of(kind) if kind in managed() else ())} if side.observed is not None else ()
    fields = own_fields(kind, side.shown, told) | {name: side.fields[name] for name in names if name in side.fields}
    return replace(side, fields=fields, observed=None)


def _own(
    kind: str, want: Fields, then: Current, live: Current, sections: Mapping[str, Kind], whole: bool
) -> Iterator[Field]:
    unread = (then.unknown.keys() | live.unknown.keys()) - sections.keys()
    desired = {name: value for name, value in want.items() if name not in sections and name not in unread}
    names = set(desired)
    if whole and unread:  # one side could not be read whole: what it lacks means nothing
        names |= then.fields.keys() & live.fields.keys()
    elif whole:
        names |= then.fields.keys() | live.fields.keys()
    known = names - sections.keys() - unread
    found = _part(
        None if kind in observed() and not desired else managed().get(kind),
        desired,
        then.fields,
        live.fields,
        known,
        whole,
    )
    yield from (one for one in found if one.path.partition(".")[0] not in unread)


def _unread(want: Fields, then: Current, live: Current, sections: Mapping[str, Kind], whole: bool) -> str:
    """Why a field of the resource itself cannot be compared, of those that are looked at; empty where all can."""
    unknown = {**then.unknown, **live.unknown}
    own = (name for name in unknown if name not in sections and (whole or name in want))
    return next((f"{name}: {unknown[name]}" for name in own), "")


def _section(
    section: Kind, key: str, want: Any, sides: tuple[Current, Current], about: tuple[str, str, str], whole: bool
) -> list[Difference]:
    address, name = f"{section.name}/{key}", section.section
    want = section.cleared if want is None else want
    why = [side.unknown[name] for side in sides if name in side.unknown]
    if why:
        if len(why) == 2 and (want is NOTHING or want == section.cleared):
            return []
        return [Difference(address, section.name, key, (), *about, why=why[-1])]
    then, live = (side.fields.get(name) for side in sides)
    if not section.always and name not in sides[0].fields:  # the snapshot is of a time when nobody asked for it
        then = live
    if then is None or live is None or want is None:
        found = list(_walk("", (want, want), then, live, whole))
    else:
        managed = {} if want is NOTHING else want
        names = {*managed, *then, *live} if whole else set(managed)
        found = list(_part(section, managed, then, live, names, whole))
    return [Difference(address, section.name, key, tuple(found), *about)] if found else []


def _part(
    kind: Kind | None, want: Fields, then: Fields, live: Fields, names: Iterable[str], whole: bool
) -> Iterator[Field]:
    """The fields of a resource or of a section. What is wanted can depend on what is there (`settle`)."""
    settle = kind.rules.settle if kind is not None and want else as_it_is
    before, after = settle(want, then), settle(want, live)
    skip = marks_of(kind).uncompared if kind is not None else frozenset()
    for name in sorted({*names, *before, *after} - skip):
        wants = (before.get(name, NOTHING), after.get(name, NOTHING))
        yield from _walk(name, wants, then.get(name), live.get(name), whole)


def _walk(path: str, wants: tuple[Any, Any], then: Any, live: Any, whole: bool) -> Iterator[Field]:
    """Down to the leaves. `wants` are what is wanted in terms of the snapshot, and of the tenant."""
    before, after = wants
    managed = [] if before is NOTHING else [before]
    sides = [then, live, *managed]
    if (before is after or before == after) and all(type(side) is dict for side in sides) and any(sides):
        for name in sorted({name for side in (sides if whole or not managed else managed) for name in side}):
            wanted = before.get(name, NOTHING) if managed else NOTHING
            below = f"{path}.{name}" if path else name
            yield from _walk(below, (wanted, wanted), then.get(name), live.get(name), whole)
        return
    found = _field(path, before, after, then, live, differ=_unmet)
    if found is not None:
        yield found


def _field(
    path: str, before: Any, after: Any, then: Any, live: Any, *, differ: Callable[[Any, Any], bool]
) -> Field | None:
    pending = before is not NOTHING and differ(before, then)
    undone = after is not NOTHING and differ(after, live)
    state = classify(pending, then != live, undone)
    return None if state is None else Field(path, state, before if after is NOTHING else after, then, live)


def _unmet(want: Any, have: Any) -> bool:
    return not matches(have, want)


def _other(want: Any, have: Any) -> bool:
    return bool(want != have)


def _lost(kind: str, wanted: Wanted, then: Current | None, live: Current | None) -> list[Field]:
    """Of a resource that is on one side only: the wanted fields that the side which has it does not have so. Where
    the tenant lost it these were changed in git; where it came, the tenant has them otherwise."""
    there = then or live
    if there is None:
        return []
    found = []
    skip = marks_of(managed()[kind]).uncompared
    for name, value in sorted(managed()[kind].rules.settle(wanted.fields, there.fields).items()):
        have = there.fields.get(name)
        if name not in skip and name not in there.unknown and _unmet(value, have):
            sides = (have, None) if then is not None else (None, have)
            found.append(Field(name, State.CONFLICTING, value, *sides))
    return found
