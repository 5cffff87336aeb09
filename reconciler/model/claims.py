"""What changes take for themselves, as `kinds.contract.marks.claims` writes it: `extension:<location>:<digits>`,
`routing_prefix::<digits>`, `number::<E.164>`. Who holds one is said in words, the same from whatever source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from reconciler.model.desired import Wanted
from reconciler.model.plan import Change
from reconciler.model.snapshot import Current
from reconciler.model.text import IN_CASE, skeleton

EXTENSION, PREFIX = "extension", "routing_prefix"
#: Not a thing that somebody has, but a turn: what takes an emergency callback number away waits for what replaces it,
#: whole and in every case (planning/guards/callbacks.py).
CALLBACK = "emergency_callback"
_WRITTEN = ("create", "update")
_WORDS = {
    "PEOPLE": "person",
    "PLACE": "workspace",
    "VOICE_MESSAGING": "voice portal",
    "GROUP_PAGING": "paging group",
}


def claim_of(space: str, within: str, value: str) -> str:
    return f"{space}:{within}:{value}"


def parts(claim: str) -> tuple[str, str, str]:
    """(space, within, value)."""
    space, _, rest = claim.partition(":")
    within, _, value = rest.rpartition(":")
    return space, within, value


class Turn(NamedTuple):
    """That one change waits for another, whose address `giver` is: as a claim that it takes and the other frees."""

    claim: str
    taker: str
    giver: str


def in_turn(changes: Iterable[Change], turns: Iterable[Turn]) -> list[Change]:
    """The changes with these claims on both sides, by which their operations are ordered."""
    takes, frees = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for turn in turns:
        takes[turn.taker].add(turn.claim)
        frees[turn.giver].add(turn.claim)
    return [
        replace(one, takes=sorted({*one.takes, *takes[one.address]}), frees=sorted({*one.frees, *frees[one.address]}))
        if one.address in takes or one.address in frees
        else one
        for one in changes
    ]


def taken(changes: Iterable[Change], space: str) -> dict[str, Change]:
    """What these changes take of a space and no other of them gives up: claim → who takes it."""
    todo = [change for change in changes if not change.blocked]
    freed = {claim for change in todo for claim in change.frees}
    return {
        claim: change
        for change in todo
        for claim in (change.takes if change.action in _WRITTEN else ())
        if claim not in freed and parts(claim)[0] == space
    }


def takes_over(change: Change) -> list[str]:
    """The claims by which a new object may be one that is there under another name: its number, its extension."""
    return [claim for claim in change.takes if parts(claim)[0] in (EXTENSION, "number")]


def fits_location(
    wanted: Wanted, described: Iterable[Wanted], others: Iterable[Current], get: Callable[[str, str], Current | None]
) -> str:
    """The one of other locations that a described one seems to be, which is not there: with its address, or where all
    that is described at it is. Empty where none or several fit."""
    address = _address(wanted.fields.get("address") or {})
    same = {one.key for one in others if address and _address(one.fields.get("address") or {}) == address}
    if not same:
        here = [
            one for one in described if one.kind in ("number", "person") and one.fields.get("location") == wanted.key
        ]
        found = [current.fields.get("location") for one in here if (current := get(one.kind, one.key))]
        same = {one.key for one in others if len(found) > 1 and set(found) == {one.key}}
    return same.pop() if len(same) == 1 else ""


def _address(fields: Mapping[str, Any]) -> tuple[str, ...]:
    parts = tuple(skeleton(str(fields.get(name) or "")) for name in ("address1", "city", "postal_code"))
    return parts if all(parts[:2]) else ()


def places(changes: Iterable[Change]) -> set[str]:
    """The locations in which these changes need calling, where they do not see to that themselves."""
    todo = [change for change in changes if not change.blocked and change.action in _WRITTEN]
    made = {change.key for change in todo if change.kind == "location.calling"}
    needed = (ref.partition("/") for change in todo for ref in change.refs)
    return {name for kind, _, name in needed if kind == "location.calling"} - made


def arrivals(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """The people who come to each location."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        if change.kind == "person" and change.action in _WRITTEN and not change.blocked and change.want.get("location"):
            found.setdefault(str(change.want["location"]), []).append(change)
    return found


def numbered(changes: Iterable[Change]) -> dict[str, str]:
    """The changes that add, remove or deactivate a number, by address: at which location."""
    return {
        change.address: str(change.want.get("location") or change.facts.get("location") or "")
        for change in changes
        if change.kind == "number" and not change.blocked and _in_or_out(change)
    }


def carrying(changes: Iterable[Change]) -> set[str]:
    """The locations between which numbers move along with their owners."""
    moving = [change for change in changes if not change.blocked and change.carries]
    return {str(side.get("location") or "") for change in moving for side in (change.before, change.want)}


def _in_or_out(change: Change) -> bool:
    return change.action in ("create", "delete") or (
        change.action == "update" and change.want.get("state") == "inactive"
    )


def holder(kind: str, *names: object) -> str:
    """Somebody in words: `hunt group Sales`, of the type that the numbers list gives. A dot stands for no name."""
    words = _WORDS.get(kind, kind.lower().replace("_", " ")) or "somebody"
    return " ".join([words, *(str(name) for name in names if name and name != ".")])


#: How a create is seen to be another: by what it claims, or by all that is at a location.
SAME_CLAIM = "which has the same number or extension"
SAME_PLACE = "which has the same address, numbers or people"


class Fit(NamedTuple):
    """What a create seems to be: the address of another resource, and how that is seen, in words."""

    other: str
    how: str

    @property
    def in_case(self) -> bool:
        """Whether only a tenant that heeds case tells the two apart."""
        return self.how == IN_CASE

    def in_words(self) -> str:
        return f"{self.other}, {self.how}"


def standing(fits: Mapping[str, Fit], changes: Iterable[Change], described: Collection[str]) -> dict[str, Fit]:
    """Those of the fits (by the address of a create) that are one, and creates in one plan that differ in case only.
    What is described is no old name of another; that a tenant may ignore case concerns it all the same."""
    apart = {address: fit for address, fit in fits.items() if fit.in_case or fit.other not in described}
    return {**_twins_in_case(changes), **apart}


def _twins_in_case(changes: Iterable[Change]) -> dict[str, Fit]:
    """Of creates in one plan whose names differ in case only, all but the first, with that one."""
    first: dict[tuple[str, str], str] = {}
    found = {}
    for change in changes:
        if change.action == "create" and not change.blocked and change.kind in ("workspace", "location"):
            before = first.setdefault((change.kind, change.key.casefold()), change.key)
            if before != change.key:
                found[change.address] = Fit(f"{change.kind}/{before}", IN_CASE)
    return found
