"""How many requests an export takes, from what there is: the inventory's formula (performance.md §4), per artefact.

    a list     one request per page of it, and one for an empty one
    details    one request per row of the list
    a part     one request per owner that is asked, and one more per further page of what is told
    names      the list of what others name, where that is not read for itself
    identity   one request: whose token is this

Never more requests than the endpoints need: a test holds an export to this number, and a command can say beforehand,
from the snapshot of yesterday, what an export will take.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import ceil

from reconciler.inventory.observed import asked
from reconciler.kinds import managed, observed, owners, sections_of
from reconciler.kinds.contract.kind import Kind
from reconciler.model.snapshot import Current, MemorySnapshot, keys_of

IDENTITY = "identity"


def expected(snapshot: MemorySnapshot, listed: Mapping[str, dict[str, Current]] | None = None) -> dict[str, int]:
    """Requests by kind, section and artefact for an export that reads what this snapshot holds, without repetitions.
    Sections that a partial snapshot lacks are counted all the same: an export of a kind reads all of its sections.
    `listed` are the lists that were read, by kind: one that is not in the snapshot only gave names to what is."""
    found = {IDENTITY: 1}
    for name in sorted((listed or {}).keys() - snapshot.kinds.keys()):
        found[name] = _for_names(name, (listed or {})[name])
    for owner in owners():
        if owner.name in snapshot.kinds and owner.scan:
            found[owner.name] = _of_kind(owner, snapshot)
            found |= {section.name: 0 for section in sections_of(owner.name).values() if section.always}
            for current in _alone(snapshot, owner.name):
                for section in _sections_asked(owner, current):
                    found[section.name] = found.get(section.name, 0) + 1
    for name, one in observed().items():
        if name in snapshot.kinds:  # of which nothing managed is picked, that is read beside it
            found[name] = _of_artefact(one, snapshot) + (0 if one.picked else found.get(name, 0))
    return found


def _for_names(name: str, rows: dict[str, Current]) -> int:
    """One list, and nothing of what is in it."""
    if name not in observed():
        return _of_kind(managed()[name], MemorySnapshot({}, {name: rows}))
    return _lists(observed()[name], rows.values())


def _of_kind(kind: Kind, snapshot: MemorySnapshot) -> int:
    """The list of a kind; workspaces take a second one, of the numbers that places have."""
    requests = _pages(_count(snapshot, kind.name), kind.page)
    if kind.name == "workspace":
        numbers = (_numbers(current) for current in _alone(snapshot, kind.name))
        requests += _pages(sum(numbers), managed()["number"].page)
    return requests


def _numbers(workspace: Current) -> int:
    first = bool(workspace.fields.get("extension") or workspace.fields.get("phone_number"))
    return first + len((workspace.fields.get("numbers") or {}).get("secondary") or ())


def _sections_asked(owner: Kind, current: Current) -> Iterator[Kind]:
    """Without calling there are no calling settings, and some sections say that others cannot be."""
    for section in sections_of(owner.name).values():
        required = [one.partition(".")[2] for one in section.requires]
        there = all(current.fields.get(name, "unread") is not None for name in required)
        asked = section.always or section.section in current.fields or section.section in current.unknown
        if (
            asked
            and not (section.picked and section.name in observed())
            and there
            and current.facts.get("calling") is not False
        ):
            yield section


def _of_artefact(artefact: Kind, snapshot: MemorySnapshot) -> int:
    found = snapshot.kinds[artefact.name].values()
    details = sum(1 for current in found if not current.candidates) if artefact.detail else 0
    if artefact.scan and not artefact.rows:
        return _lists(artefact, found) + details
    asking, _ = asked(artefact, snapshot)
    if artefact.rows:
        per_owner = _rows_by_location(found)
        return sum(_pages(per_owner.get(owner.key, 0), artefact.page) for owner in asking) + details
    further = (_pages(_rows(artefact, current), artefact.page) - 1 for current in found)
    return len(asking) + sum(further)


def _lists(artefact: Kind, found: Iterable[Current]) -> int:
    rows = list(found)
    if artefact.split:
        with_it = sum(bool(current.fields.get(artefact.split)) for current in rows)
        return _pages(with_it, artefact.page) + _pages(len(rows) - with_it, artefact.page)
    if artefact.open_ended:
        return len(rows) // artefact.page + 1
    count = sum(_rows(artefact, current) for current in rows) if artefact.paged else len(rows)
    return _pages(count, artefact.page)


def _rows(artefact: Kind, current: Current) -> int:
    """How many rows were read into one resource; a document is one."""
    return len(current.fields.get(artefact.paged) or ()) if artefact.paged else 1


def _rows_by_location(found: Iterable[Current]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for current in found:
        place = str(current.fields.get("location"))
        counts[place] = counts.get(place, 0) + 1
    return counts


def _count(snapshot: MemorySnapshot, kind: str) -> int:
    """All objects; a name that several have is none."""
    return len(keys_of(snapshot, kind))


def _alone(snapshot: MemorySnapshot, kind: str) -> Iterator[Current]:
    """All objects, names that several have left out: there is nothing to ask of them."""
    return (current for current in snapshot.kinds[kind].values() if not current.candidates)


def _pages(rows: int, page: int) -> int:
    return max(1, ceil(rows / page))
