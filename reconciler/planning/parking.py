"""Circles: changes that wait for each other's extension, number or prefix. One of them is parked: it gives up what the
others wait for, and gets a value that nobody has until they have moved on. Pure.

    parked          the extension: one that is free there; the number: none, with a free extension where there is no
                    other address; numbers beside: those that stay; a routing prefix: a free one of the same length
    taken back      where the circle could not be closed, the parked one gets again what it had
    unclosable      a circle in which nobody can be parked: its changes cannot be carried out in one plan
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any
from zlib import crc32

from reconciler.errors import ReconcileError
from reconciler.kinds import kind as kind_named
from reconciler.kinds.contract.marks import marks_of
from reconciler.model.address import split_address
from reconciler.model.claims import EXTENSION, PREFIX, claim_of, parts
from reconciler.model.plan import Change, Member, Operation
from reconciler.model.snapshot import Current, Fields

PARK, BACK = "park", "back"
NUMBER = "number"
#: What can be given up for a while.
PARKABLE = frozenset({EXTENSION, NUMBER, PREFIX})
_ADDRESS = ("extension", "phone_number")
#: Extensions while parked: six digits, of which there are so many.
_FIRST, _COUNT = 990_000, 10_000

Needs = dict[str, set[str]]
Held = Callable[[str], str]
Lookup = Callable[[str, str], "Current | None"]


class Unclosable(ReconcileError):
    """A circle in which nobody can be parked; `addresses` are those in it."""

    def __init__(self, circle: list[str]) -> None:
        super().__init__(
            "these changes wait for each other in a circle",
            why=" → ".join(circle),
            do="split them: take out what goes from one to the other, apply, and put it in then",
        )
        self.addresses = sorted({step.partition("#")[0] for step in circle})


def break_circles(by_address: dict[str, Change], needs: Needs, for_claims: Needs) -> dict[str, Member]:
    """Who is parked, by step. Whoever waited for what they free waits for the parking then; what waits for their end,
    like their own sections, which the move behind it may lose, still does. Unclosable where nobody can be."""
    parked: dict[str, Member] = {}
    while True:
        try:
            TopologicalSorter({step: sorted(needs[step]) for step in sorted(needs)}).prepare()
            return parked
        except CycleError as error:
            circle = error.args[1]
        # each comes before the next one in it; who is only waited for as an owner, say, would be parked in vain
        freeing = {one for one, then in pairwise(circle) if one in for_claims.get(then, ())}
        member = _parked(circle, freeing, by_address, parked)
        name, own = f"{member.address}#{PARK}", {step for step in needs if step.partition("#")[0] == member.address}
        for step, freed in for_claims.items():
            if step not in own and not freed.isdisjoint(own):
                needs[step] -= freed & own
                freed -= own
                needs[step].add(name)
        needs[name] = set()
        for step in own:
            needs[step].add(name)
        parked[name] = member


def _parked(circle: list[str], freeing: set[str], by_address: dict[str, Change], parked: dict[str, Member]) -> Member:
    """One of a circle who can be: rather one who keeps an address of their own meanwhile."""
    found: list[tuple[bool, str]] = []
    for address in {step.partition("#")[0] for step in freeing}:
        change = by_address.get(address)
        if change is not None and change.action == "update" and f"{address}#{PARK}" not in parked and value_of(change):
            found.append((_ADDRESS[0] in change.park and _ADDRESS[1] in change.park, address))
    if not found:
        raise Unclosable(circle)
    change = by_address[min(found)[1]]
    # Of all that is to change: who has moved already may have got the same extension again in the new place.
    before = {field: change.before[field] for field in change.want if field in change.before}
    return Member(change.address, value_of(change), before, change.id)


def value_of(change: Change) -> Fields:
    """What the fields that claim something hold while the change is parked; as it was reserved, where it was."""
    if change.park:
        return change.park
    value: Fields = {}
    for field, claim in marks_of(kind_named(change.kind)).own_claims:
        if field not in change.want or not change.before.get(field):
            continue
        if isinstance(change.want[field], list):
            value[field] = sorted(set(change.before[field]) & set(change.want[field]))
        elif claim.space == EXTENSION:
            value[field] = next(_extensions(change.address))
        elif claim.space == NUMBER:
            value[field] = None
        elif claim.space == PREFIX:
            value[field] = next(_prefixes(str(change.before[field])))
    return value


def reserved(changes: Iterable[Change], held: Held, get: Lookup) -> list[Change]:
    """These changes, with what is chosen for all who may have to be parked (`change.park`): what nobody has, holds in
    this plan, or is given for the same reason. `held` says who has a claim, `get` finds what is in the tenant."""
    every, parked = list(changes), dict[str, Change]()
    todo = [change for change in every if not change.blocked and (change.takes or change.frees)]
    taken = {claim for change in todo for claim in (*change.takes, *change.frees)}
    for change in _waited_for(todo):
        value = dict(value_of(change))
        current = get(*split_address(change.address)) if not kind_named(change.kind).owner else None
        if set(value) == {_ADDRESS[1]} and value[_ADDRESS[1]] is None and _has_no_other(current):
            value = {**value, "extension": ""}
            sides = [{**side, "extension": side.get("extension")} for side in (change.want, change.before)]
            change = replace(change, want=sides[0], before=sides[1])
        for space, within, field, choices in _wanted(change, value, current):
            free = (one for one in choices if (claim := claim_of(space, within, one)) not in taken and not held(claim))
            value[field] = next(free, None)
            taken.add(claim_of(space, within, str(value[field])))
        parked[change.address] = replace(change, park=value)
    return [parked.get(change.address, change) for change in every]


def _waited_for(changes: list[Change]) -> list[Change]:
    """The updates that may stand in a circle: others of them wait for what they free, and free what they wait for."""
    left = sorted((change for change in changes if change.action == "update"), key=lambda change: change.address)
    while True:
        takes = {claim for change in left for claim in change.takes if parts(claim)[0] in PARKABLE}
        frees = {claim for change in left for claim in change.frees}
        inside = [one for one in left if not takes.isdisjoint(one.frees) and not frees.isdisjoint(one.takes)]
        if len(inside) == len(left):
            return left
        left = inside


def _has_no_other(current: Current | None) -> bool:
    return current is not None and not current.fields.get("extension")


def _wanted(change: Change, value: Fields, current: Current | None) -> Iterator[tuple[str, str, str, Iterator[str]]]:
    """The fields for which something free is to be found: space, where it is to be free, field, what may do."""
    if "extension" in value:
        place = change.before.get("location") or (current.fields.get("location") if current else None) or ""
        yield EXTENSION, str(place), "extension", _extensions(change.address)
    if "routing_prefix" in value:
        yield PREFIX, "", "routing_prefix", _prefixes(str(change.before["routing_prefix"]))


def _extensions(address: str) -> Iterator[str]:
    start = crc32(address.encode())
    return (str(_FIRST + (start + more) % _COUNT) for more in range(_COUNT))


def _prefixes(like: str) -> Iterator[str]:
    """Of the same length, from the last one down: an extension or a dial plan is seldom there."""
    length = max(2, len(like))
    return (str(one) for one in range(10**length - 2, 10 ** (length - 1), -1) if str(one) != like)


def places(changes: Iterable[Change], get: Lookup) -> set[tuple[str, str]]:
    """Where something free may have to be found for somebody: ("extension", location) and ("routing_prefix", "")."""
    todo = _waited_for([change for change in changes if not change.blocked and (change.takes or change.frees)])
    found = set()
    for change in reserved(todo, lambda claim: "", get):
        current = get(*split_address(change.address)) if change.park and not kind_named(change.kind).owner else None
        found |= {(space, within) for space, within, *_ in _wanted(change, change.park, current)}
    return found


def taken_back(parked: dict[str, Member], waves: dict[str, int]) -> Iterator[Operation]:
    """For each who is parked the operation that gives back what they had, after all that was to follow the parking; it
    is only carried out where that did not come about."""
    for name, member in parked.items():
        last = max(wave for step, wave in waves.items() if step.partition("#")[0] == member.address)
        had: dict[str, Any] = {field: member.before.get(field) for field in member.want}
        kind, own = split_address(member.address)[0], Member(member.address, had, dict(member.want), member.id)
        yield Operation(f"{member.address}#{BACK}", kind, "update", [own], [name], last + 1, BACK)
