"""One desired resource against a reading of the tenant, and references that lead nowhere in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from reconciler.errors import InputError, Problem
from reconciler.kinds.people.license import NAMING, WHICH, LicenseNames
from reconciler.model.claims import SAME_PLACE, Fit
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change, amended
from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.planning.diff import aliased, compare, refused, unread
from reconciler.repository.desired.checks import refuse_doubts


def all_compared(
    resources: Iterable[Wanted], snapshot: MemorySnapshot, licenses: LicenseNames, *, isolate: bool = False
) -> list[Change]:
    """The changes of all of these. InputError where nobody can tell which licence is meant, unless such are set aside
    (`isolate`)."""
    found, doubts = list[Change](), list[tuple[Wanted, str]]()
    for wanted in resources:
        doubt = ""
        if not NAMING.isdisjoint(wanted.fields):
            wanted, doubt = licenses.in_desired(wanted), licenses.doubt(wanted.fields)
        if not doubt:
            found += compared(wanted, snapshot, isolate=isolate)
        elif isolate:
            found.append(refused(wanted, f"{doubt}: {WHICH}"))
        else:
            doubts.append((wanted, doubt))
    refuse_doubts(doubts)
    return found


def compared(wanted: Wanted, snapshot: MemorySnapshot, *, isolate: bool = False) -> list[Change]:
    """The changes of one resource; cannot tell where its list could not be read. InputError for an ambiguous name,
    unless such are set aside (`isolate`)."""
    current = snapshot.get(wanted.kind, wanted.key)
    if current is None and (primary := snapshot.get(wanted.kind, snapshot.alias(wanted.kind, wanted.key))):
        return [aliased(wanted, primary)]
    if current is None and (why := snapshot.gaps.get(wanted.kind)):
        what = "state: absent, but " if wanted.absent else ""
        return [unread(wanted, f"{what}the list of {wanted.kind} could not be read: {why}")]
    if current is not None and current.candidates:
        why = f"{wanted.address} is ambiguous: {len(current.candidates)} in the tenant have that name"
        if isolate:
            return [refused(wanted, f"{why} ({'; '.join(current.candidates)})")]
        raise InputError(
            [Problem(wanted.file, wanted.line, 1, f"{why} ({'; '.join(current.candidates)})", "rename all but one")]
        )
    return compare(wanted, current)


#: Up to so many that refer to the same nothing are named each.
_EACH = 3


def not_lifted(places: Mapping[str, str], lift: Collection[str]) -> dict[str, str]:
    """Those of these locations (name in desired → in the tenant) of which nobody says that they are new ones."""
    return {name: there for name, there in places.items() if f"changed-key:location/{name}" not in lift}


def told(places: Mapping[str, str]) -> dict[str, Fit]:
    """What each of them seems to be, by address."""
    return {f"location/{name}": Fit(f"location/{there}", SAME_PLACE) for name, there in places.items()}


def as_renamed(current: Current, renamed: Mapping[str, str]) -> Current:
    """The same resource, at the name that desired still has of its location (`renamed`: name in the tenant → in
    desired). What is there has not moved because somebody gave its place another name."""
    place, known = str(current.fields.get("location")), str(current.facts.get("location"))
    if place not in renamed and known not in renamed:
        return current
    fields = {**current.fields, "location": renamed[place]} if place in renamed else current.fields
    facts = {**current.facts, "location": renamed[known]} if known in renamed else current.facts
    return replace(current, fields=fields, facts=facts)


def seen_as_renamed(snapshot: MemorySnapshot, places: Mapping[str, str]) -> None:
    """Put all that was read at the names that desired has of its location (`places`: name in desired → in the
    tenant)."""
    renamed = {there: name for name, there in places.items()}
    for found in snapshot.kinds.values() if renamed else ():
        found.update({key: as_renamed(current, renamed) for key, current in found.items()})


def without_sections(changes: Iterable[Change], places: Collection[str]) -> list[Change]:
    """The changes without those of the sections of locations that are not made."""
    return [one for one in changes if not (one.kind.startswith("location.") and one.key in places)]


def without_missing(changes: list[Change], missing: set[str], *, isolate: bool = False) -> list[Change]:
    """The changes. InputError where some refer to what is neither desired nor in the tenant; set aside with
    `isolate`."""
    problems, astray = [], dict[str, dict[str, str]]()
    often = Counter(ref for change in changes for ref in change.refs if ref in missing)
    said: Counter[str] = Counter()
    for change in changes:
        file, _, line = change.source.rpartition(":")
        for ref in change.refs:
            if ref in missing:
                kind, _, key = ref.partition("/")
                what = f"{change.address} refers to {kind} {key!r}, which is neither desired nor in the tenant"
                said[ref] += 1
                if often[ref] > _EACH:
                    what += f", as {often[ref] - 1:,} others do: was it renamed there?"
                    if said[ref] > 1 and not isolate:
                        continue
                if isolate:
                    astray[change.address] = {"blocked": what}
                    continue
                problems.append(Problem(file, int(line), 1, what, "correct the name, or describe it in desired/"))
    if problems:
        raise InputError(sorted(problems, key=Problem.order))
    return amended(changes, astray)
