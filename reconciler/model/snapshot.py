"""Current state: what was read, normalised, and whether the reading is proven complete."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from reconciler.model.text import normal, normalised

Fields = dict[str, Any]
#: The key of one of several that share a name (kinds/contract/namesakes.py).
_NAMESAKE = re.compile(r"(.+) \[[^\[\]]+\]", re.DOTALL)
#: A fact: what a list has beside what can be named, by field, as remote ids. It is shown, and never managed.
UNNAMED = "unnamed"
#: Facts that say, when they are false, what somebody has not: Webex Calling, a location.
LACKING = ("calling", "placed")
#: How a reason in `Current.unknown` begins or ends where the object has no such setting.
NOT_AVAILABLE = "not available for this object"
NO_CALLING, NOT_THERE, NOT_ENABLED = "has no calling", "is not there", "calling is not enabled at this location"
#: Of a section that is only read where it is asked for.
NOT_ASKED = "is not in the snapshot, which is of before it was described: run `reconcile export`"


def not_entitled(why: str) -> bool:
    """Whether a reason in `Current.unknown` says that there is no such setting, as against one that was not read."""
    return why.startswith(NOT_AVAILABLE) or why.endswith((NO_CALLING, NOT_THERE, NOT_ENABLED))


@dataclass(slots=True)
class Current:
    """One resource as it is in the tenant. Its key, fields and facts are in normal form (model/text.py), whatever they
    are made of; `wire` is not.

    Of what is managed and observed `observed` is all that was read, as the inventory shows it, and `fields` what is
    managed of that; else it is None.

    `fields` are in the kind's normal form, sections nested under their names. `facts` are what guards and
    writers need but nobody manages (who owns a number). `unknown` maps a section to the reason why it could
    not be read: such a section is "cannot tell", never "no change". `candidates` has several entries when the name
    is ambiguous; then nothing else is known under it, and each of those who have it has a key of its own. `wire` is the
    document as read, for writes that must send it back.
    `most` is what the tenant says a field may be at most, by dotted path; it is not kept in `state/`.
    `passing` is what a moment later is something else, like somebody's presence: it is shown with what was just read,
    and neither kept nor compared, or no tenant would be as it was yesterday.
    """

    kind: str
    key: str
    id: str
    fields: Fields
    facts: Fields = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    candidates: list[str] = field(default_factory=list)
    wire: Any = None
    most: dict[str, int] = field(default_factory=dict, compare=False)
    passing: Fields = field(default_factory=dict, compare=False, repr=False)
    observed: Fields | None = None

    def __post_init__(self) -> None:
        self.key = normal(self.key)
        self.fields = normalised(self.fields)
        self.facts = normalised(self.facts)

    @property
    def address(self) -> str:
        return f"{self.kind}/{self.key}"

    @property
    def shown(self) -> Fields:
        """All that was read of it."""
        return self.fields if self.observed is None else self.observed

    def in_whole(self) -> Current:
        """The same as an inventory shows it: its fields are all that was read."""
        return self if self.observed is None else replace(self, fields=self.observed, observed=None)


class Listed(Protocol):
    """What has the resources of kinds, by key."""

    def get(self, kind: str, key: str) -> Current | None: ...

    def keys(self, kind: str) -> list[str]: ...


class Snapshot(Listed, Protocol):
    """Where the planner looks things up; `state/` on disk and a reading of the tenant both are one."""

    def incomplete(self, kind: str) -> str:
        """Why the list of this kind is not proven complete; empty when it is."""
        ...


@dataclass(repr=False)  # asyncio.run writes down what came of its task, when it gives Ctrl-C back, and throws it away
class MemorySnapshot:
    """A reading of the tenant, held in memory. `statuses` say what came of reading each kind, section and artefact,
    where that is more than a count: who has none, what was refused (inventory/status.py). `numbered` are locations of
    which some number was seen, wanted or not: they have calling.
    `aliases` are names of resources beside their keys, by kind: alias → key; `listed` are the keys of all that a list
    had, wanted or not; `owners` is who has what a change takes, by claim (model/claims.py): kind, id and name.
    `lengths` say how many extensions of each length a location has, where the list of its numbers was read."""

    org: Mapping[str, str]
    kinds: dict[str, dict[str, Current]] = field(default_factory=dict)
    gaps: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbered: set[str] = field(default_factory=set)
    aliases: dict[str, dict[str, str]] = field(default_factory=dict)
    listed: dict[str, set[str]] = field(default_factory=dict)
    owners: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    lengths: dict[str, Counter[int]] = field(default_factory=dict)

    def get(self, kind: str, key: str) -> Current | None:
        return self.kinds.get(kind, {}).get(key)

    def of(self, *kinds: str) -> list[Current]:
        """All that was read of these kinds."""
        return [current for kind in kinds for current in self.kinds.get(kind, {}).values()]

    def keys(self, kind: str) -> list[str]:
        return sorted(self.kinds.get(kind, ()))

    def alias(self, kind: str, name: str) -> str:
        return self.aliases.get(kind, {}).get(name, "")

    def incomplete(self, kind: str) -> str:
        if kind not in self.kinds:
            return self.gaps.get(kind, "not read")
        return self.gaps.get(kind, "")

    def add(self, current: Current) -> None:
        """Two objects under one key make the key ambiguous: it then names its candidates and nothing else."""
        of_kind = self.kinds.setdefault(current.kind, {})
        for alias in current.facts.get("aliases", ()):
            self.aliases.setdefault(current.kind, {})[alias] = current.key
        other = of_kind.get(current.key)
        if other is None:
            of_kind[current.key] = current
            return
        of_kind[current.key] = one_of((other, current))


def keys_of(snapshot: Listed, kind: str) -> list[str]:
    """The keys of what there is of a kind, without names that several have and are there under keys of their own."""
    keys = snapshot.keys(kind)
    shared = {found[1] for key in keys if key.endswith("]") and (found := _NAMESAKE.fullmatch(key))}
    named = {key for key in shared if (one := snapshot.get(kind, key)) is not None and one.candidates}
    return [key for key in keys if key not in named] if named else keys


def one_of(found: Iterable[Current]) -> Current:
    """Several objects under one key: which there are, and nothing else."""
    some = list(found)
    labels = [label for one in some for label in one.candidates or [_label(one)]]
    return Current(some[0].kind, some[0].key, "", {}, candidates=sorted(labels))


def _label(current: Current) -> str:
    place = current.fields.get("location") or current.fields.get("subscription")
    return f"{current.id}" + (f" in {place}" if place else "")
