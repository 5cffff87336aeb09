"""Emergency callback numbers: no write of a plan leaves somebody without a good one who had one, in whatever state the
run stops.

What takes a number, a place or calling from somebody through whom others are called back waits for what replaces it
(`turns`); where nothing does, it is blocked, by its own name and never for a whole plan. Who had none before, and
who is called back by another number from then on, is only told (`warnings`). The API itself documents that it moves
nobody who is a callback (27967, 27968).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reconciler.model.callbacks import CallbackLocation, Callbacks, Dependants, LocationMember
from reconciler.model.claims import CALLBACK, Turn, claim_of
from reconciler.model.plan import Change, Finding
from reconciler.planning.callback_choices import CALLERS, CallbackChoice, is_choice
from reconciler.planning.guards._callback_sources import (
    CallbackSource,
    Fate,
    Timeline,
    arrives,
    place_after,
    place_before,
    takes,
)
from reconciler.planning.guards.proposal import Get, Proposal
from reconciler.planning.taking import moves

RULE = "emergency-callback"
#: Up to so many are named.
_NAMED = 3
_NONE = "no good number calls it back after an emergency call: give it one, or"


@dataclass
class Judgement:
    """`left` are, by the address of who is to blame, those left without a number, and `between` those who have none for
    a while; `waits` are (taker, what replaces it); `none` are changed ones who had no good number and get none."""

    left: dict[str, list[str]] = field(default_factory=dict)
    between: dict[str, list[str]] = field(default_factory=dict)
    waits: list[tuple[Change, Change]] = field(default_factory=list)
    none: list[str] = field(default_factory=list)

    def add(self, who: str, fate: Fate, *, had: bool = True) -> None:
        """What becomes of somebody; `had`: a good number called them back before."""
        if (fate.lost or fate.gap) and had:
            side = self.left if fate.lost else self.between
            for change in fate.blamed:
                side.setdefault(change.address, []).append(who)
        self.waits += fate.waits if had else []


def check(proposal: Proposal) -> Iterator[Finding]:
    known = proposal.callbacks
    if known is None:
        return
    found = judged(proposal.changes, proposal.get, known)
    for change in proposal.changes:
        left, between = found.left.get(change.address, []), found.between.get(change.address, [])
        if left or between:
            when = "" if left else " while numbers are swapped"
            why = f"no good emergency callback number is left for {_some(left or between)}{when}"
        elif moves(change) and (dependants := known.dependants.get(change.address)):
            code = "27967" if dependants.members else "27968"
            why = f"others are called back through it in an emergency, and the API does not move it then ({code})"
        else:
            continue
        yield Finding(RULE, change.address, why, _mend(change, proposal.get), f"{RULE}:{change.address}")


def warnings(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """(address of a change, what to know about it) where nothing is blocked."""
    known = proposal.callbacks
    if known is None:
        return
    none, taking = set(judged(proposal.changes, proposal.get, known).none), takers(proposal.changes)
    touched = {*known.unread, *known.dependants, *none}
    for change in proposal.changes if touched else ():
        address = change.address
        about = [address]
        if change.kind in CALLERS and any(one.startswith("location/") for one in known.unread):
            about += [f"location/{place(change, proposal.get)}" for place in (place_before, place_after)]
        for why in dict.fromkeys(known.unread[one] for one in about if one in known.unread):
            yield address, f"whether emergency callback numbers rest on it cannot be told: {why}"
        dependants = known.dependants.get(address)
        if dependants and change in taking:
            yield address, f"in an emergency {_said(dependants)} called back through it, and otherwise from then on"
        if address in none:
            yield address, f"{_NONE} {place_after(change, proposal.get)} an active main number"


def turns(changes: Iterable[Change], get: Get, known: Callbacks | None) -> Iterator[Turn]:
    """What takes a callback number away waits for what replaces it."""
    timeline = Timeline(changes, get, known or Callbacks())
    waits = [*(judged(changes, get, known).waits if known is not None else []), *timeline.let_go()]
    pairs = sorted({(taker.address, maker.address) for taker, maker in waits})
    for number, (taker, maker) in enumerate(pairs, 1):
        yield Turn(claim_of(CALLBACK, "", str(number)), taker, maker)


def takers(changes: Iterable[Change]) -> list[Change]:
    """Those of these changes that take number, place or calling from somebody who has a number: who is called back
    through them matters."""
    return [one for one in changes if takes(one)]


def places(changes: Iterable[Change], get: Get) -> set[str]:
    """The locations of which it matters how they are called back."""
    timeline = Timeline(changes, get, Callbacks())
    names = {place_before(one, get) for one in takers(timeline.changes)}
    for change in timeline.callers():
        own = timeline.own(change)
        if own.takers or not own.after:
            names.add(place_after(change, get))
    names |= {one.key for one in timeline.changes if one.kind == "location.calling" and one.want.get("main_number")}
    names |= {timeline.place_of(choice.owner) for choice in timeline.choices.values()}
    return names - {""}


def incomplete(changes: Iterable[Change], get: Get, known: Callbacks) -> tuple[set[str], list[Change]]:
    """What is to be read beside the locations: those of which all members matter, because somebody depends on a number
    that does not last; and the changed ones of whom it matters what they had before, who could call then."""
    timeline = Timeline(changes, get, known)
    crowds = {name for name, place in known.places.items() if place.valid and _ends(timeline.of_place(place, name))}
    crowds |= {name for name, _, fate in _holders(timeline) if _ends(fate)}
    alone = [one for one, fate in _changed(timeline) if one.id and _ends(fate) and not arrives(one)]
    alone += [choice.change for choice, fate in _choosing(timeline) if choice.change.id and _ends(fate)]
    return crowds, alone


def judged(changes: Iterable[Change], get: Get, known: Callbacks) -> Judgement:
    """What becomes of all of whom something is known."""
    timeline, found = Timeline(changes, get, known), Judgement()
    if not known.places:
        return found
    for name, place in known.places.items():
        fate = timeline.of_place(place, name)
        unnamed = f"all at {name} who have no number of their own"
        found.add(unnamed if place.members is None else f"location/{name}", fate, had=place.valid)
        for member in place.members or ():
            if timeline.change_of(member.id) is None:
                found.add(member.address, timeline.fate(_sources(timeline, place, name, member)), had=member.valid)
    for name, dependants, fate in _holders(timeline):
        if known.places[name].members is None:
            found.add(f"{dependants.members} at {name}", fate)
    for choice, fate in _choosing(timeline):
        if (own := known.own.get(choice.owner)) is not None:
            found.add("itself", fate, had=own.valid)
    for change, fate in _changed(timeline):
        own = known.own.get(change.address)
        had = not arrives(change) and (own is None or own.valid)
        found.add("itself", fate, had=had)
        if fate.lost and not had:
            found.none.append(change.address)
    return found


def _ends(fate: Fate) -> bool:
    return fate.lost or fate.gap


def _sources(timeline: Timeline, place: CallbackLocation, name: str, member: LocationMember) -> list[CallbackSource]:
    return [CallbackSource(member.own, member.own), *timeline.through_of(member), *timeline.place(place, name)]


def _holders(timeline: Timeline) -> Iterator[tuple[str, Dependants, Fate]]:
    """Those through whom members are called back, with their place before, and what becomes of these members."""
    for address, dependants in timeline.known.dependants.items():
        change = timeline.by_address.get(address)
        name = place_before(change, timeline.get) if change is not None else ""
        place = timeline.known.places.get(name)
        if change is not None and place is not None and dependants.members:
            sources = [timeline.member(change.id, good=True), *timeline.place(place, name)]
            yield name, dependants, timeline.fate(sources)


def _choosing(timeline: Timeline) -> Iterator[tuple[CallbackChoice, Fate]]:
    """Those for whom another number is chosen and whose own stays, where their place is known and not everybody there
    is."""
    beside = {change.address for change in timeline.callers()} if timeline.choices else set()
    for choice in timeline.choices.values():
        name = timeline.place_of(choice.owner)
        if choice.owner == f"location/{name}":
            continue
        place, known = timeline.known.places.get(name), timeline.known.own.get(choice.owner)
        if place is not None and place.members is None and choice.owner not in beside:
            own = known or LocationMember(choice.owner, choice.change.id, valid=False)
            yield choice, timeline.fate(_sources(timeline, place, name, own))


def _changed(timeline: Timeline) -> Iterator[tuple[Change, Fate]]:
    """Those who are changed and can call afterwards, where their place is known."""
    for change in timeline.callers():
        name = place_after(change, timeline.get)
        place = timeline.known.places.get(name)
        if place is not None:
            yield change, timeline.fate(timeline.themselves(change, place, name), of=change)


def _mend(change: Change, get: Get) -> str:
    if is_choice(change.kind):
        return "choose another one, whose number is active, or give the location an active main number in this plan"
    if change.kind == "location.calling":
        return "choose an active main number, or activate this one first"
    name = place_before(change, get) or "its location"
    return (
        f"choose another number first (Control Hub: Locations, {name}, Calling, Emergency callback number), or give "
        f"{name} an active main number in this plan"
    )


def _said(dependants: Dependants) -> str:
    """`its location and 2 others there are`."""
    others = f"{dependants.members} other{'s' if dependants.members > 1 else ''} there" if dependants.members else ""
    who = " and ".join([*(["its location"] if dependants.place else []), *([others] if others else [])])
    return f"{who} {'are' if dependants.members > 1 or (dependants.place and others) else 'is'}"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
