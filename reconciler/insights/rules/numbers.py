"""Numbers that are paid for and not used, and numbers that are given to somebody and take no calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from reconciler.insights.directory import Directory
from reconciler.insights.facts import TenantFacts
from reconciler.insights.rule import Hit, Rule, about
from reconciler.model.ranges import is_number, ranges
from reconciler.model.wording import counted

_SHOWN = 4


def _unassigned(facts: TenantFacts) -> Iterator[Hit]:
    free: dict[str, list[str]] = defaultdict(list)
    total: dict[str, int] = defaultdict(int)
    owned = facts.derived(Directory).by_number
    for number in facts.all("number"):
        place = str(number.fields.get("location") or "")
        total[place] += 1
        if not number.facts.get("owner") and not number.facts.get("main") and number.key not in owned:
            free[place].append(number.key)
    for place, numbers in sorted(free.items()):
        spelled = ranges(number for number in numbers if is_number(number))
        more = f" and {len(spelled) - _SHOWN} more ranges" if len(spelled) > _SHOWN else ""
        what = f"{len(numbers):,} of {counted(total[place], 'number')} unassigned: {', '.join(spelled[:_SHOWN])}{more}"
        yield Hit(f"location/{place}" if place else "number/", what, place)


def _inactive(facts: TenantFacts) -> Iterator[Hit]:
    for number in facts.all("number"):
        if number.fields.get("state") == "inactive":
            owners = facts.derived(Directory).by_number.get(number.key) or []
            owner = owners[0] if owners else number.facts.get("owner") or ""
            if owner or number.facts.get("main"):
                whose = f"belongs to {owner}" if owner else "is the main number of its location"
                yield about(number, f"{whose} and is inactive")


RULES = (
    Rule(
        id="unassigned-numbers",
        severity="info",
        title="Numbers that nobody has",
        why="Numbers in the inventory are paid for; nobody answers a call to one that is not assigned.",
        fix="Assign them, keep them as a reserve on purpose, or give them back to the carrier.",
        needs=("number",),
        check=_unassigned,
    ),
    Rule(
        id="inactive-number-assigned",
        severity="serious",
        title="Assigned numbers that are inactive",
        why="An inactive number takes no calls: whoever has it is not reached under it.",
        fix="Set the number's state to active, once the carrier has ported it.",
        needs=("number",),
        check=_inactive,
    ),
)
