"""Emergency callback numbers over the time of a plan: which numbers call somebody back before, after and in between.

A source is a number that may call back. Who has one that no write of the plan touches is safe in every state that a run
can stop in. Else what takes one away waits for what gives another; where that cannot be, the taker is to blame.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from reconciler.kinds import kind as kind_named
from reconciler.model.address import owner_address, split_address
from reconciler.model.callbacks import CallbackLocation, Callbacks, LocationMember
from reconciler.model.plan import Change
from reconciler.model.remote_id import uuid_of
from reconciler.planning.callback_choices import CALLERS, CallbackChoice, choices
from reconciler.planning.guards.proposal import Get
from reconciler.planning.taking import loses_calling, moves, taken_away

_WRITTEN = frozenset({"create", "update", "delete"})


@dataclass(frozen=True)
class CallbackSource:
    """Whether a number calls back `before` and `after`; which changes take it away, and which make it good. `gap`: it
    is away for a while, because its owner is parked."""

    before: bool
    after: bool
    takers: tuple[Change, ...] = ()
    makers: tuple[Change, ...] = ()
    gap: bool = False


@dataclass
class Fate:
    """What becomes of somebody: `lost` without a number in the end, or a `gap` in between; whom that is owed to, and
    which change has to wait for which so that there is none."""

    lost: bool = False
    gap: bool = False
    blamed: list[Change] = field(default_factory=list)
    waits: list[tuple[Change, Change]] = field(default_factory=list)


def last_number(change: Change) -> str:
    """The number that somebody has before a change."""
    kept = next((ref for ref in change.carries if ref.startswith("number/")), "")
    return str(change.before.get("phone_number") or kept.removeprefix("number/"))


def takes(change: Change) -> bool:
    """Whether a change takes number, place or calling from somebody who has a number."""
    if change.kind not in CALLERS or change.action not in ("update", "delete") or not last_number(change):
        return False
    return "phone_number" in change.want or taken_away(change) is not None


def arrives(change: Change) -> bool:
    """Whether somebody begins to call at a location with this change, who did not before."""
    return change.action == "create" or ("location" in change.want and not change.before.get("location"))


def can_call(change: Change, get: Get) -> bool:
    """Whether somebody who was not to lose it can call after a change: a workspace can be somewhere without calling."""
    current, entitles = get(change.kind, change.key), kind_named(change.kind).entitles
    had = current is not None and current.facts.get("calling") is True
    return had or entitles is None or bool(entitles(change.want))


def place_before(change: Change, get: Get) -> str:
    if "location" in change.before or change.action == "create":
        return str(change.before.get("location") or "")
    current = get(change.kind, change.key)
    return str((current.fields.get("location") if current else "") or "")


def place_after(change: Change, get: Get) -> str:
    return str(change.want.get("location") or place_before(change, get))


class Timeline:
    """The changes of a plan, and which numbers are good before and after them."""

    def __init__(self, changes: Iterable[Change], get: Get, known: Callbacks) -> None:
        self.changes = [one for one in changes if one.action in _WRITTEN and not one.blocked]
        self.get, self.known = get, known

    @cached_property
    def by_address(self) -> dict[str, Change]:
        return {change.address: change for change in self.changes}

    @cached_property
    def _by_id(self) -> dict[str, Change]:
        return {uuid_of(change.id): change for change in self.changes if change.kind in CALLERS and change.id}

    @cached_property
    def choices(self) -> dict[str, CallbackChoice]:
        """What is chosen anew, by the address of who is called back."""
        return choices(self.changes, self.get)

    @cached_property
    def _choice_by_id(self) -> dict[str, CallbackChoice]:
        return {uuid_of(one.change.id): one for one in self.choices.values() if one.change.id}

    @cached_property
    def _freed_by(self) -> dict[str, Change]:
        return {claim: change for change in self.changes for claim in change.frees}

    @cached_property
    def _carriers(self) -> dict[str, Change]:
        return {address: change for change in self.changes for address in change.carries}

    def callers(self) -> Iterator[Change]:
        """The changes of number or place of those who can call afterwards."""
        for change in self.changes:
            if change.kind not in CALLERS or change.action == "delete" or loses_calling(change):
                continue
            moved = {"phone_number", "location"} & change.want.keys() and place_after(change, self.get)
            if moved and can_call(change, self.get):
                yield change

    def change_of(self, remote_id: str) -> Change | None:
        return self._by_id.get(uuid_of(remote_id)) if remote_id else None

    def place_of(self, owner: str) -> str:
        """Where somebody is who can call, after the plan."""
        kind, key = split_address(owner)
        change = self.by_address.get(owner)
        if kind == "location":
            return key
        if change is not None:
            return place_after(change, self.get)
        current = self.get(kind, key)
        return str((current.fields.get("location") if current else "") or "")

    def let_go(self) -> Iterator[tuple[Change, Change]]:
        """Who loses a number through which somebody is called back, and the choice of another, which comes first."""
        for choice in self.choices.values():
            taker = self.by_address.get(choice.before) if choice.moved and choice.before != choice.owner else None
            if taker is not None and takes(taker) and not self._needs(choice.change, taker):
                yield taker, choice.change

    # --- sources -----------------------------------------------------------------------------------------------

    def place(self, place: CallbackLocation, name: str) -> list[CallbackSource]:
        """Of a location, for itself and for everybody there."""
        choice = self.choices.get(f"location/{name}")
        return [*self.through(place.through, choice, good=place.good), self._main(place, name)]

    def of_place(self, place: CallbackLocation, name: str) -> Fate:
        return self.fate(self.place(place, name))

    def through(self, remote_id: str, choice: CallbackChoice | None, *, good: bool) -> list[CallbackSource]:
        """The number of whoever was chosen, and of whom a change of that chooses."""
        old = [self.member(remote_id, good=good)] if remote_id else []
        if choice is None or not choice.moved:
            return old
        gone = [replace(one, after=False, takers=(*one.takers, choice.change)) for one in old]
        return [*self._chosen(choice), *gone]

    def through_of(self, member: LocationMember) -> list[CallbackSource]:
        return self.through(member.through, self._choice_by_id.get(uuid_of(member.id)), good=member.good)

    def _chosen(self, choice: CallbackChoice) -> list[CallbackSource]:
        """The number of who is chosen anew; the own one is a source in any case."""
        if choice.after in ("", choice.owner):
            return []
        change = self.by_address.get(choice.after)
        good = self.known.members.get(choice.after, True)
        one = CallbackSource(good, good) if change is None else self._of(change, good=good)
        return [CallbackSource(False, one.after, (), (choice.change, *one.makers), one.gap)]

    def _main(self, place: CallbackLocation, name: str) -> CallbackSource:
        change = self.by_address.get(f"location.calling/{name}")
        if change is not None and change.want.get("main_number"):
            _, after, makers = self._state(change.want["main_number"])
            return CallbackSource(
                place.main_good, after, () if after else (change,), (change, *makers) if after else ()
            )
        before, after, makers = self._state(place.main, known=place.main_good)
        return CallbackSource(before, after, makers=makers)

    def member(self, remote_id: str, *, good: bool) -> CallbackSource:
        """The number of somebody, for others at the same location."""
        change = self.change_of(remote_id)
        return CallbackSource(good, good) if change is None else self._of(change, good=good)

    def _of(self, change: Change, *, good: bool) -> CallbackSource:
        """The number of somebody whom a change is about."""
        if taken_away(change):  # nobody is called back through them any more, whatever their number
            return CallbackSource(good, False, (change,))
        if change.action == "update" and "phone_number" not in change.want and not last_number(change):
            return CallbackSource(good, good)  # it is not about the number
        own = self.own(change)
        return CallbackSource(good and own.before, own.after, own.takers, own.makers, own.gap)

    def own(self, change: Change) -> CallbackSource:
        """The own number of whoever a change is about, for themselves."""
        had = last_number(change)
        stays = change.action != "delete" and not loses_calling(change)
        has = str(change.want.get("phone_number", had) or "") if stays else ""
        known = self.known.own.get(change.address)
        before = bool(had) and (known is None or known.own)
        if not has:
            return CallbackSource(before, False, (change,) if had else ())
        if has == had:
            good, after, makers = self._state(has, known=before)
            return CallbackSource(good, after, makers=makers)
        _, after, makers = self._state(has)
        gap = bool(had) and self._circular(change)
        if gap or not after:
            return CallbackSource(before, after, (change,), (change, *makers) if after else (), gap)
        return CallbackSource(before, True, makers=(change, *makers))

    def themselves(self, change: Change, place: CallbackLocation, name: str) -> list[CallbackSource]:
        """Of whoever a change is about, at the place where they are afterwards."""
        there, known = self.place(place, name), self.known.own.get(change.address)
        if arrives(change) or moves(change):  # has nothing of the new place before, and needs it from then on
            there = [CallbackSource(False, one.after and not one.takers, (), one.makers) for one in there]
            choice = self.choices.get(change.address)
            there += self._chosen(choice) if choice is not None else []
        elif known is not None:
            there += self.through_of(known)
        return [self.own(change), *there]

    def _state(self, number: str, *, known: bool = True) -> tuple[bool, bool, tuple[Change, ...]]:
        """(good before, good after, what makes it good) of a number; `known` where nobody has read the inventory."""
        change, current = self.by_address.get(f"number/{number}"), self.get("number", number)
        before = current.fields.get("state") == "active" if current and current.fields.get("state") else known
        if change is None:
            return before, before, ()
        if change.action == "create":
            return False, change.want.get("state", "active") == "active", (change,)
        after = change.action != "delete" and change.want.get("state", "active" if before else "inactive") == "active"
        return before, after, (change,) if after and not before else ()

    # --- what becomes of somebody ------------------------------------------------------------------------------

    def fate(self, sources: list[CallbackSource], *, of: Change | None = None) -> Fate:
        """What becomes of who has these sources; `of` is the change of that one, where there is one: it is what has to
        wait."""
        if any(one.before and one.after and not one.takers for one in sources):
            return Fate()
        takers = list({id(c): c for one in sources if one.before for c in one.takers}.values())
        takers += [of] if of is not None and of not in takers else []
        lasting = [one for one in sources if one.after and not one.gap]
        for one in lasting:
            waits = [(taker, maker) for taker in takers for maker in one.makers if taker is not maker]
            if not any(self._needs(maker, taker) for taker, maker in waits):
                return Fate(waits=waits)
        gap = any(one.after for one in sources)
        return Fate(lost=not gap, gap=gap, blamed=takers)

    def _before(self, change: Change) -> Iterator[Change]:
        """The changes that are carried out before one, as far as references, owners and claims tell."""
        for address in (*change.refs, owner_address(change.address)):
            if (found := self.by_address.get(address)) is not None and found is not change:
                yield found
        yield from (self._freed_by[claim] for claim in change.takes if claim in self._freed_by)
        if change.address in self._carriers:
            yield self._carriers[change.address]

    def _needs(self, change: Change, other: Change) -> bool:
        """Whether one has to wait for the other already."""
        seen, queue = {id(change)}, [change]
        while queue:
            for found in self._before(queue.pop()):
                if found is other:
                    return True
                if id(found) not in seen:
                    seen.add(id(found))
                    queue.append(found)
        return False

    def _circular(self, change: Change) -> bool:
        """Whether it waits for itself, so that somebody in the circle is parked without a number."""
        return any(found is change or self._needs(found, change) for found in self._before(change))
