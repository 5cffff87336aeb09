"""Rules of the user's own and changes to ours: the model of `desired/insights.yaml`, and what its conditions mean.

    disable: [person-without-number]
    severity: {unassigned-numbers: warning}
    rules:
      - id: directors-forward
        kind: person
        severity: warning
        when: [{field: display_name, matches: "(?i)director"}, {field: forwarding.always, missing: true}]
        why: Directors are reached by their assistants.
        fix: Set forwarding.always of this person.

Paths go through lists: a condition holds when it holds for one of the values there. All conditions of a rule must hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from reconciler.insights.facts import TenantFacts
from reconciler.insights.patterns import found as matches
from reconciler.insights.patterns import mistake
from reconciler.insights.rule import Hit, Rule, Severity, about
from reconciler.model.resource import Text
from reconciler.model.snapshot import Current

Value = str | bool | int | float
Long = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


def _spelled(pattern: str, words: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f'"{text}" is not {words}')
        return text

    return AfterValidator(check)


RuleId = Annotated[Text, _spelled(r"[a-z0-9]+(-[a-z0-9]+)*", "lower case words with hyphens, like my-rule")]
FieldPath = Annotated[Text, _spelled(r"\w+(\.\w+)*", "the path of a field, like forwarding.always")]


def _regex(text: str) -> str:
    if wrong := mistake(text):
        raise ValueError(f"not a regular expression of RE2: {wrong}")
    return text


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Condition(_Part):
    """One thing that must be so: a field, and exactly one test of it."""

    field: Annotated[FieldPath, Field(description="Path of the field, like forwarding.always; `key` is the key")]
    equals: Annotated[Value, Field(description="It is this value")] = ""
    not_equals: Annotated[Value, Field(description="It is not this value, or is not there")] = ""
    missing: Annotated[bool, Field(description="true: it is empty or not there; false: it is there")] = True
    present: Annotated[bool, Field(description="true: it is there; false: it is empty or not there")] = True
    matches: Annotated[str, AfterValidator(_regex), Field(max_length=500, description="A pattern of RE2")] = ""
    in_: Annotated[list[Value], Field(alias="in", description="It is one of these")] = []
    not_in: Annotated[list[Value], Field(description="It is none of these, or is not there")] = []
    less_than: Annotated[float, Field(allow_inf_nan=False, description="It is a number below this")] = 0
    more_than: Annotated[float, Field(allow_inf_nan=False, description="It is a number above this")] = 0
    count_less_than: Annotated[int, Field(ge=1, description="A list of fewer items")] = 1
    count_more_than: Annotated[int, Field(ge=0, description="A list of more items")] = 0

    @model_validator(mode="after")
    def _one_test(self) -> Condition:
        if len(self.model_fields_set) != 2:
            tests = ", ".join(name.rstrip("_") for name in type(self).model_fields if name != "field")
            raise ValueError(f"give exactly one test beside the field: {tests}")
        return self

    @property
    def test(self) -> str:
        """The name of the one test."""
        (name,) = self.model_fields_set - {"field"}
        return name


class OwnRule(_Part):
    """One rule over the resources of a kind or an artefact."""

    id: Annotated[RuleId, Field(description="Lower case words with hyphens")]
    kind: Annotated[Text, Field(description="Kind or artefact, like person or hunt_group")]
    severity: Severity = "warning"
    title: Annotated[Text, Field(description="What is found, as a heading; default: the id")] = ""
    when: Annotated[list[Condition], Field(min_length=1, description="All of these must hold")]
    why: Annotated[Long, Field(description="What is bad about it")]
    fix: Annotated[Long, Field(description="What to do")]


class Tuning(_Part):
    """`desired/insights.yaml`."""

    disable: Annotated[list[RuleId], Field(description="Rules that are not run")] = []
    severity: Annotated[dict[RuleId, Severity], Field(description="Other severities, by rule")] = {}
    rules: Annotated[list[OwnRule], Field(description="Rules of your own")] = []


NOTHING = Tuning()


def compiled(tuning: Tuning) -> list[Rule]:
    """The user's rules in the form of ours."""
    return [
        Rule(
            id=own.id,
            severity=own.severity,
            title=own.title or own.id.replace("-", " ").capitalize(),
            why=own.why,
            fix=own.fix,
            check=_check(own),
            needs=(own.kind,),
        )
        for own in tuning.rules
    ]


def _check(own: OwnRule) -> Callable[[TenantFacts], Iterator[Hit]]:
    def check(facts: TenantFacts) -> Iterator[Hit]:
        for current in facts.all(own.kind):
            if _unread(current, own):
                continue
            if all(holds(condition, values(current, condition.field)) for condition in own.when):
                yield about(current, "; ".join(_said(current, condition) for condition in own.when))

    return check


def _unread(current: Current, own: OwnRule) -> bool:
    """Whether a section that a condition looks at could not be read: then nothing is known, and nothing said."""
    return any(condition.field.partition(".")[0] in current.unknown for condition in own.when)


def values(current: Current, path: str) -> list[Any]:
    """What stands at a path, through lists; empty values do not count. `facts.…` is what is read beside fields."""
    found: list[Any] = [{"key": current.key, "facts": current.facts, **current.fields}]
    parts = path.split(".")
    for number, part in enumerate(parts):
        found = [value.get(part) for value in found if isinstance(value, dict)]
        if number < len(parts) - 1:
            found = [one for value in found for one in (value if isinstance(value, list) else [value])]
    return [value for value in found if value not in (None, "", [], {})]


def holds(condition: Condition, found: list[Any]) -> bool:
    """Whether a condition is true of the values at its path."""
    flat = [one for value in found for one in (value if isinstance(value, list) else [value])]
    want = getattr(condition, condition.test)
    match condition.test:
        case "missing":
            return bool(found) is not want
        case "present":
            return bool(found) is want
        case "equals":
            return any(_same(one, want) for one in flat)
        case "not_equals":
            return not any(_same(one, want) for one in flat)
        case "in_":
            return any(_same(one, wanted) for one in flat for wanted in want)
        case "not_in":
            return not any(_same(one, wanted) for one in flat for wanted in want)
        case "matches":
            return any(matches(want, one) for one in flat if isinstance(one, str))
        case "less_than":
            return any(one < want for one in flat if _number(one))
        case "more_than":
            return any(one > want for one in flat if _number(one))
        case "count_less_than":
            return len(flat) < int(want)
        case _:
            return len(flat) > int(want)


def _same(one: Any, other: Any) -> bool:
    """`true` is not 1, as YAML has it."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _said(current: Current, condition: Condition) -> str:
    found = values(current, condition.field)
    if not found:
        return f"{condition.field} is missing"
    if len(found) == 1 and isinstance(found[0], (str, bool, int, float)):
        value = str(found[0]).lower() if isinstance(found[0], bool) else str(found[0])
        return f"{condition.field} is {value[:100]}"
    count = sum(len(value) if isinstance(value, list) else 1 for value in found)
    return f"{condition.field} has {count} value{'s' if count != 1 else ''}"
