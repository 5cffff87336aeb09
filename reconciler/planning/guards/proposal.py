"""What the rules look at: the changes that are proposed, and what is known beside them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from reconciler.model.callbacks import Callbacks
from reconciler.model.claims import Fit
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change
from reconciler.model.snapshot import Current
from reconciler.model.tenant import EarlierProtection
from reconciler.planning.taking import Loss, taken_away

Get = Callable[[str, str], Current | None]
Uses = Callable[[Collection[str]], Mapping[str, str]]
Resources = Callable[[], Iterable[Wanted]]


def _nowhere(kind: str, key: str) -> Current | None:
    return None


def _nobody() -> Collection[str]:
    return ()


def _unheld(claim: str) -> str:
    return ""


def nobody_uses(addresses: Collection[str]) -> Mapping[str, str]:
    return {}


def _no_alias(kind: str, name: str) -> str:
    return ""


@dataclass(frozen=True)
class Population:
    """How many resources are compared; which, is worked out only when a rule asks for it."""

    count: int
    addresses: Callable[[], Collection[str]] = _nobody


@dataclass(frozen=True)
class Proposal:
    """Changes, and everything that a rule may hold against them. What is not known is left out, and objects to nothing.

    `settings` is tenant.yaml as it was set, `earlier` what it protected before; `gaps` say which lists are not proven
    complete, by kind; `get` finds what is in the tenant by kind and key; `me` are id (uuid) and e-mails of the person
    whose token it is; `described` are the addresses that desired wants to be there, None where nobody can tell; `held`
    says who else has what a change takes (model/claims.py), in words, empty for what is free or not known; `callbacks`
    are the emergency callback numbers that it touches, None where nobody has asked; `alias` gives the key of what has a
    name beside it; `fits` says what a create seems to be, by its address; `uses`
    of addresses who is described to refer to them; `resources` are all that is described.
    """

    changes: Sequence[Change]
    settings: Mapping[str, Any] = field(default_factory=dict)
    managed: Population = Population(0)
    gaps: Mapping[str, str] = field(default_factory=dict)
    get: Get = _nowhere
    me: frozenset[str] = frozenset()
    described: Callable[[], Collection[str]] | None = None
    earlier: Callable[[], EarlierProtection] = EarlierProtection
    held: Callable[[str], str] = _unheld
    callbacks: Callbacks | None = None
    referred: Mapping[str, Collection[str]] = field(default_factory=dict)
    alias: Callable[[str, str], str] = _no_alias
    fits: Mapping[str, Fit] = field(default_factory=dict)
    uses: Uses = nobody_uses
    resources: Resources = tuple

    def open(self) -> Proposal:
        """The same without the changes that are blocked already."""
        return replace(self, changes=[change for change in self.changes if not change.blocked])

    @cached_property
    def by_address(self) -> dict[str, Change]:
        return {change.address: change for change in self.changes}

    @cached_property
    def taking(self) -> list[tuple[Change, Loss]]:
        """The changes that take something away from somebody, with what they take."""
        return [(change, taken) for change in self.changes if (taken := taken_away(change))]

    @cached_property
    def carried(self) -> set[str]:
        """The addresses of numbers that move along with whoever has them."""
        return {address for change in self.changes for address in change.carries}

    @cached_property
    def freed(self) -> set[str]:
        """The claims that some change frees."""
        return {claim for change in self.changes for claim in change.frees}

    def location_of(self, change: Change) -> str:
        """Where the resource of a change is, or will be; empty when nobody knows."""
        if change.kind.partition(".")[0] == "location":
            return change.key
        owner = f"{change.kind.partition('.')[0]}/{change.key}"
        own = self.by_address.get(owner, change)
        current = self.get(*owner.split("/", 1))
        sides = (change.want, own.want, current.fields if current else {}, own.before)
        return next((str(side["location"]) for side in sides if side.get("location")), "")
