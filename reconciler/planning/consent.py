"""What of a change `--yes` does not approve although it destroys nothing: said when it is planned, from what is known
of the tenant then, and kept in the plan, so that it holds for one that was saved.

said                            where
------------------------------  --------------------------------------------------------------------------------
opens international, … calls    a call type becomes freer than it is, or than anybody knows it to be
forwards outside                to a number that is not in the tenant's inventory, or by the outside dial digit
loses leading zeros             an extension, a routing prefix or a forwarding destination is the old one without them
shortens an extension           nearly all others at its place are longer: a spreadsheet takes zeros away, too
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.kinds import kind as kind_named
from reconciler.kinds.contract.marks import marks_of
from reconciler.model.address import owner_address, split_address
from reconciler.model.claims import EXTENSION, parts
from reconciler.model.plan import Change
from reconciler.model.snapshot import Current, Fields

#: No extension is longer, so that more digits than this are somebody outside.
_LONGEST = 10
#: The part of the others at a place that has to be longer, for a short extension to look like a mistake.
_NEARLY_ALL = 0.9
_LEAST = 3


@dataclass(frozen=True)
class ConsentFacts:
    """What is known of the tenant. `get` finds what is in it; `digits` are outside dial digits by location; `lengths`
    say how many extensions of each length a location has."""

    get: Callable[[str, str], Current | None]
    digits: Mapping[str, str] = field(default_factory=dict)
    lengths: Mapping[str, Mapping[int, int]] = field(default_factory=dict)


def explicit(changes: Iterable[Change], known: ConsentFacts) -> dict[str, list[str]]:
    """What of these changes, which are to be carried out, takes an explicit approval, by address."""
    said: dict[str, list[str]] = {}
    todo = [change for change in changes if change.action in ("create", "update")]
    by_address = {change.address: change for change in todo}
    taken: dict[str, Counter[int]] = {}
    for space, place, digits in (parts(claim) for change in todo for claim in change.takes):
        if space == EXTENSION:
            taken.setdefault(place, Counter())[len(digits)] += 1
    for change in todo:
        kind, place = kind_named(change.kind), place_of(change, by_address, known.get)
        found = list(_numbers(change, place, taken, known))
        if kind.rules.opens:
            found += kind.rules.opens(
                change, _shown(change, known), _inherited(kind.inherits, place, by_address, known)
            )
        if kind.rules.forwards:
            found += _forwarded(kind.rules.forwards(change), place, by_address, known)
        if found:
            said[change.address] = list(dict.fromkeys(found))
    return said


def category(said: str) -> str:
    """`opens international calls`, of what is said of a change."""
    return said.partition(":")[0]


# --- extensions ---


def _numbers(change: Change, place: str, taken: Mapping[str, Counter[int]], known: ConsentFacts) -> Iterator[str]:
    for name, claim in marks_of(kind_named(change.kind)).own_claims:
        new, old = change.want.get(name), change.before.get(name)
        if not isinstance(new, str) or new == old:
            continue
        if isinstance(old, str) and lost_zeros(old, new):
            yield f"loses leading zeros: {name} {old} -> {new}"
            continue
        if claim.space != EXTENSION:
            continue
        others = Counter(known.lengths.get(place, {})) or taken.get(place, Counter()) - Counter({len(new): 1})
        others -= Counter({len(old): 1}) if isinstance(old, str) and place in known.lengths else Counter()
        longer = sum(count for length, count in others.items() if length > len(new))
        if others.total() >= _LEAST and longer >= _NEARLY_ALL * others.total():
            usual = max(others, key=lambda length: others[length])
            yield f"shortens an extension: {name} {new}, where {place} has {usual} digits"


def lost_zeros(old: str, new: str) -> bool:
    """Whether a spreadsheet could have made the new digits out of the old ones."""
    return len(new) < len(old) and old.isdecimal() and old.lstrip("0") == new.lstrip("0")


# --- forwarding ---


def _forwarded(
    branches: Iterable[tuple[str, str, str]], place: str, by_address: Mapping[str, Change], known: ConsentFacts
) -> Iterator[str]:
    for branch, old, new in branches:
        if lost_zeros(old, new):
            yield f"loses leading zeros: {branch} {old} -> {new}"
        if _outside(new, place, by_address, known):
            yield f"forwards outside: {branch} to {new}"


def _outside(destination: str, place: str, by_address: Mapping[str, Change], known: ConsentFacts) -> bool:
    if destination.startswith("+"):
        return f"number/{destination}" not in by_address and known.get("number", destination) is None
    if not destination.isdecimal():
        return False  # a feature code
    calling = by_address.get(f"location.calling/{place}")
    digit = (calling.want.get("outside_dial_digit") if calling else None) or known.digits.get(place, "")
    return len(destination) > _LONGEST or bool(digit and destination.startswith(digit))


# --- what a resource is, and where ---


def place_of(change: Change, by_address: Mapping[str, Change], get: Callable[[str, str], Current | None]) -> str:
    """Where the owner of a change is after the plan; empty where nobody knows."""
    owner = owner_address(change.address)
    kind, key = split_address(owner)
    if kind == "location":
        return key
    own, current = by_address.get(owner, change), get(kind, key)
    sides = (change.want, own.want, own.before, current.fields if current else {})
    return next((str(side["location"]) for side in sides if side.get("location")), "")


def _shown(change: Change, known: ConsentFacts) -> Fields:
    """What is known of a section as it is, managed or not."""
    current = known.get(*split_address(owner_address(change.address)))
    section = kind_named(change.kind).section
    return dict((current.fields.get(section) if current else None) or change.before)


def _inherited(section: str, place: str, by_address: Mapping[str, Change], known: ConsentFacts) -> Fields:
    """What the location gives to whoever has nothing of their own; empty where nobody knows."""
    if not section or not place:
        return {}
    current, change = known.get("location", place), by_address.get(f"{section}/{place}")
    have = (current.fields.get(section.partition(".")[2]) if current else None) or {}
    return {**have, **(change.want if change else {})}
