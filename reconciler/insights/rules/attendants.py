"""Attendants without opening hours, and schedules without use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from reconciler.insights.facts import TenantFacts, texts_under
from reconciler.insights.rule import Hit, Rule, about, place_of

ATTENDANT, SCHEDULE = "auto_attendant", "schedule"
#: What may go by a schedule of its location; all that was read of it is looked through.
_USERS = (
    *(f"{of}{part}" for of in (ATTENDANT, "call_queue", "hunt_group") for part in ("", ".forwarding")),
    "call_queue.holiday_service",
    "call_queue.night_service",
    "call_queue.stranded_calls",
)
_FIELDS = ("business_schedule", "holiday_schedule")


def _without(facts: TenantFacts) -> Iterator[Hit]:
    for current in facts.all(ATTENDANT):
        # only the details say so: a row of the list has no schedule either
        if "business_hours_menu" in current.fields and not current.fields.get("business_schedule"):
            yield about(current, "has no schedule of business hours")


def _missing(facts: TenantFacts) -> Iterator[Hit]:
    there = {(place_of(one), str(one.fields.get("name", "")).casefold()) for one in facts.all(SCHEDULE)}
    for current in facts.all(ATTENDANT):
        for field in _FIELDS:
            name = current.fields.get(field)
            if isinstance(name, str) and name and (place_of(current), name.casefold()) not in there:
                yield about(current, f'{field.replace("_", " ")} "{name}" is not a schedule of its location')


def _unused(facts: TenantFacts) -> Iterator[Hit]:
    used: dict[str, set[str]] = defaultdict(set)
    for kind in _USERS:
        for current in facts.all(kind):
            used[place_of(current)] |= {text.casefold() for text in texts_under(current.fields, "schedule")}
    for one in facts.all(SCHEDULE):
        name = one.fields.get("name")
        if isinstance(name, str) and name.casefold() not in used[place_of(one)]:
            yield about(one, f"no attendant, queue or hunt group at its location goes by it ({one.fields.get('type')})")


RULES = (
    Rule(
        id="attendant-without-schedule",
        severity="warning",
        title="Attendants without business hours",
        why="It plays the same menu at night and on holidays, to callers whom nobody will answer.",
        fix="Give it a schedule of business hours, and one of holidays.",
        needs=(ATTENDANT,),
        check=_without,
    ),
    Rule(
        id="attendant-schedule-missing",
        severity="serious",
        title="Attendants that go by a schedule that does not exist",
        why="Nobody knows which menu it plays when.",
        fix="Make the schedule at the location, or name another one.",
        needs=(ATTENDANT,),
        proven=(SCHEDULE,),
        check=_missing,
    ),
    Rule(
        id="schedule-unused",
        severity="info",
        title="Schedules that nothing goes by",
        why="Somebody changes the opening hours in it, and nothing happens.",
        fix="Use it, or delete it.",
        needs=(SCHEDULE,),
        proven=tuple(user for user in _USERS if user.count(".") == 0 or user.endswith(".forwarding")),
        check=_unused,
    ),
)
