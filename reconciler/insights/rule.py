"""What a rule is: it looks at a tenant as it was read, and says what is wrong where; why and what to do are its own.

A module in `rules/` holds `RULES`, one or a few that look at the same thing. A rule says nothing where what it needs
was not read: silence is then no praise, and `InsightsFound.silent` names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from reconciler.insights.facts import TenantFacts
from reconciler.model.snapshot import Current

Severity = Literal["info", "warning", "serious", "critical"]
#: From least to worst.
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


@dataclass(frozen=True)
class Hit:
    """One thing that a rule objects to: its address, what is wrong with it, and the location that it is at."""

    address: str
    what: str
    location: str = ""


Check = Callable[[TenantFacts], Iterator[Hit]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`needs` are kinds and artefacts that must have been read; those in `proven` also proven complete, because the
    rule takes it that what is not listed is not there."""

    id: str
    severity: Severity
    title: str
    why: str
    fix: str
    check: Check
    needs: tuple[str, ...] = ()
    proven: tuple[str, ...] = ()

    def lacks(self, facts: TenantFacts) -> tuple[str, ...]:
        """What keeps the rule silent: kinds that were not read, or not proven complete."""
        unread = {kind for kind in self.needs if not facts.read(kind)}
        return tuple(sorted(unread | {kind for kind in self.proven if not facts.proven(kind)}))


@dataclass(frozen=True)
class Insight:
    """A hit with all that a reader wants to know of it."""

    rule: str
    severity: Severity
    address: str
    what: str
    location: str
    title: str
    why: str
    fix: str

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))

    def order(self) -> tuple[int, str, str, str]:
        """Worst first, then by rule and address."""
        return (-SEVERITIES.index(self.severity), self.rule, self.address, self.what)


def about(current: Current, what: str) -> Hit:
    """A hit on a resource, at the location where it is."""
    return Hit(current.address, what, place_of(current))


def place_of(current: Current) -> str:
    """The location that a resource is at; a location is at itself."""
    if current.kind.partition(".")[0] == "location":
        return current.key
    place = current.fields.get("location")
    return place if isinstance(place, str) else ""
