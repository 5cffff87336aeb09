"""People who cannot be called, or only from inside."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.insights.directory import extension_of, numbers_of
from reconciler.insights.facts import TenantFacts
from reconciler.insights.rule import Hit, Rule, about


def _unreachable(facts: TenantFacts) -> Iterator[Hit]:
    for person in facts.calling_people:
        if not extension_of(person) and not any(numbers_of(person)):
            yield about(person, "has calling, but neither a number nor an extension")


def _no_number(facts: TenantFacts) -> Iterator[Hit]:
    for person in facts.calling_people:
        if extension_of(person) and not any(numbers_of(person)):
            yield about(person, f"has extension {extension_of(person)} and no number")


RULES = (
    Rule(
        id="person-unreachable",
        severity="serious",
        title="People with calling whom nobody can call",
        why="A calling licence is paid for, and the person has neither a number nor an extension to be reached under.",
        fix="Give the person an extension or a phone_number in desired/, or take the calling licence away.",
        needs=("person",),
        check=_unreachable,
    ),
    Rule(
        id="person-without-number",
        severity="info",
        title="People without a number of their own",
        why="They are reached from inside only; callers from outside need an attendant or a colleague.",
        fix="Give them a phone_number from the unassigned ones, if they are to be called from outside.",
        needs=("person",),
        check=_no_number,
    ),
)
