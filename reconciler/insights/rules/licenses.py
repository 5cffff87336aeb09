"""Licences: none left, too few, or nobody has one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reconciler.insights.facts import TenantFacts
from reconciler.insights.rule import Hit, Rule, about

#: From so many percent on a licence is nearly used up; of fewer units than `_FEW` a percentage says nothing.
NEARLY = 90
_FEW = 10


def _held(facts: TenantFacts) -> Counter[str]:
    held: Counter[str] = Counter()
    for person in facts.all("person"):
        held.update(person.fields.get("licenses") or ())
    held.update(license for workspace in facts.all("workspace") if (license := workspace.fields.get("license")))
    return held


def _units(facts: TenantFacts) -> Iterator[tuple[Hit, int, int]]:
    """Every licence with units of its own: where to report it, how many are held, how many there are. Less than none
    is how the API says that there is no limit."""
    held = _held(facts)
    for license in facts.all("license"):
        total = license.fields.get("total")
        if isinstance(total, int) and total >= 0:
            yield about(license, f"{held[license.key]:,} of {total:,} are held"), held[license.key], total


def _unused(facts: TenantFacts) -> Iterator[Hit]:
    return (hit for hit, held, total in _units(facts) if total and not held)


def _over(facts: TenantFacts) -> Iterator[Hit]:
    return (hit for hit, held, total in _units(facts) if held > total)


def _nearly(facts: TenantFacts) -> Iterator[Hit]:
    return (hit for hit, held, total in _units(facts) if total >= _FEW and total * NEARLY <= held * 100 <= total * 100)


RULES = (
    Rule(
        id="license-unused",
        severity="info",
        title="Licences that nobody has",
        why="They are paid for and not used.",
        fix="Assign them, or give them back at the next renewal.",
        needs=("license",),
        proven=("person", "workspace"),
        check=_unused,
    ),
    Rule(
        id="license-over",
        severity="serious",
        title="More licences held than there are",
        why="Cisco counts the overage, and the next assignment may be refused.",
        fix="Order more units, or take the licence from those who do not need it.",
        needs=("license", "person"),
        check=_over,
    ),
    Rule(
        id="license-nearly-used",
        severity="warning",
        title="Licences that are nearly used up",
        why=f"{NEARLY} % or more are held: a plan that adds people will fail in the middle.",
        fix="Order more units before the next people come.",
        needs=("license", "person"),
        check=_nearly,
    ),
)
