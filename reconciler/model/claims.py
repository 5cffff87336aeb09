"""What changes take for themselves, as `kinds.contract.marks.claims` writes it: `extension:<location>:<digits>`,
`routing_prefix::<digits>`, `number::<E.164>`. Who holds one is said in words, the same from whatever source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import NamedTuple

from reconciler.model.plan import Change
from reconciler.model.text import IN_CASE

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


def joins(changes: Collection[Change]) -> dict[str, dict[str, Change]]:
    """Who joins a feature of which a member can be in one only, by kind: such a claim has the kind's name."""
    kinds = sorted({change.kind for change in changes if any(parts(one)[0] == change.kind for one in change.takes)})
    return {kind: found for kind in kinds if (found := taken(changes, kind))}


def takes_over(change: Change) -> list[str]:
    """The claims by which a new object may be one that is there under another name: its number, its extension."""
    return [claim for claim in change.takes if parts(claim)[0] in (EXTENSION, "number")]


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
