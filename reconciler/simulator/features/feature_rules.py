"""Selective forwarding rules of a feature (webex-behaviour.md §14). The id of a rule is its name in base64, so it
changes with the name, and rules of the same name in two features have the same id.

Kept in `forwarding.rules` of the feature: [{name, enabled, holidaySchedule?, businessSchedule?, forwardTo{selection,
phoneNumber?}, callsFrom{selection, customNumbers{}}, callsTo{numbers}}].
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field

from ..core import bodies, errors, ids, numbering, switches
from ..core.bodies import Body
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _schedules
from ._feature import Feature

switches.declare(
    "selective_rule_id_kind", "CALL_FORWARDING_SELECTIVE_RULE", "CRITERIA", row="1.7, 14",
    text="the kind in the ids of a feature's forwarding rules; both are documented",
)  # fmt: skip

switches.declare(
    "selective_rule_schedule", "checked", "unchecked", row="14",
    text="whether a forwarding rule can only name schedules that its location has",
)  # fmt: skip

_MAX_NUMBERS = 12
_SCHEDULES = {"holidays": "holidaySchedule", "businessHours": "businessSchedule"}
_features: list[Feature] = []


class _ForwardTo(Body):
    selection: Literal["FORWARD_TO_DEFAULT_NUMBER", "FORWARD_TO_SPECIFIED_NUMBER", "DO_NOT_FORWARD"] = (
        "FORWARD_TO_DEFAULT_NUMBER"
    )
    phone_number: str | None = None


class _CustomNumbers(Body):
    private_number_enabled: bool = False
    unavailable_number_enabled: bool = False
    numbers: list[str] = Field([], max_length=_MAX_NUMBERS)


class _CallsFrom(Body):
    selection: Literal["ANY", "CUSTOM"]
    custom_numbers: _CustomNumbers = Field(default_factory=_CustomNumbers)


class _Number(Body):
    type: Literal["PRIMARY", "ALTERNATE"]
    phone_number: str | None = None
    extension: str | None = None


class _CallsTo(Body):
    numbers: list[_Number] = Field(default_factory=list)


class _Rule(Body):
    name: str = Field(min_length=1)
    enabled: bool = False
    holiday_schedule: str | None = None
    business_schedule: str | None = None
    forward_to: _ForwardTo = Field(default_factory=_ForwardTo)
    calls_from: _CallsFrom
    calls_to: _CallsTo


def register(feature: Feature, parameter: str, path: str) -> None:
    """Serve the rules of a feature under that path; called by feature_forwarding.register."""
    _features.append(feature)

    @route("POST", path)
    def create_rule(request: Request) -> Reply:
        """Create a Selective Call Forwarding Rule for a feature."""
        record = feature.find(request, parameter)
        rule = _checked(request.store, record, bodies.parse(_Rule, request.document()), _rules(record))
        record.setdefault("forwarding", {}).setdefault("rules", []).append(rule)
        return Reply(201, {"id": _id(request.store, rule)})

    @route("GET", path + "/{ruleId}")
    def get_rule(request: Request) -> Reply:
        """Get a Selective Call Forwarding Rule for a feature."""
        return Reply(200, _show(request.store, _find(request, feature.find(request, parameter))))

    @route("PUT", path + "/{ruleId}")
    def update_rule(request: Request) -> Reply:
        """Update a Selective Call Forwarding Rule: merges, and answers 201 with the id, which is new after a rename."""
        record = feature.find(request, parameter)
        rule = _find(request, record)
        body = bodies.merge_nested(_Rule, rule, request.document())
        others = [other for other in _rules(record) if other is not rule]
        rule.update(_checked(request.store, record, body, others))
        return Reply(201, {"id": _id(request.store, rule)})

    @route("DELETE", path + "/{ruleId}")
    def delete_rule(request: Request) -> Reply:
        """Delete a Selective Call Forwarding Rule for a feature."""
        record = feature.find(request, parameter)
        record["forwarding"]["rules"].remove(_find(request, record))
        return Reply(204)


def _rules(record: Json) -> list[Json]:
    found: list[Json] = (record.get("forwarding") or {}).get("rules", [])
    return found


def _value(rule: Json) -> str:
    return base64.urlsafe_b64encode(rule["name"].encode()).decode().rstrip("=")


def _id(store: Store, rule: Json) -> str:
    return ids.encode(store.switches["selective_rule_id_kind"], _value(rule))


def _find(request: Request, record: Json) -> Json:
    value = request.uuid("ruleId", request.store.switches["selective_rule_id_kind"])
    for rule in _rules(record):
        if _value(rule) == value:
            return rule
    raise errors.not_found()


def enabled(store: Store, rules: list[Json], states: dict[str, bool]) -> list[Json]:
    """The rules with those flags changed: all that the forwarding settings can say of them."""
    wanted = {ids.parse(text, store.switches["selective_rule_id_kind"]): state for text, state in states.items()}
    if wanted.keys() - {_value(rule) for rule in rules}:
        raise errors.invalid_value("Invalid field value: callForwarding.rules.id")
    return [{**rule, "enabled": wanted.get(_value(rule), rule["enabled"])} for rule in rules]


def _checked(store: Store, record: Json, body: _Rule, others: list[Json]) -> Json:
    """The rule as it is stored; names are unique in the feature."""
    if any(other["name"] == body.name for other in others):
        status = 409 if store.switches["feature_name_duplicate"] == "conflict" else 400
        raise errors.platform(status, f"The name {body.name} is already in use.")
    target, custom = body.forward_to, body.calls_from.custom_numbers
    if target.selection == "FORWARD_TO_SPECIFIED_NUMBER" and not target.phone_number:
        raise errors.missing_field("forwardTo.phoneNumber")
    rule = body.wire()
    for kind, field in _SCHEDULES.items():
        known = not rule[field] or _schedules.has(store, record["location"], kind, rule[field])
        if not known and store.switches["selective_rule_schedule"] == "checked":
            raise errors.invalid_value(f"Invalid field value: {field}")
    if target.phone_number:
        rule["forwardTo"]["phoneNumber"] = numbering.undashed(target.phone_number)
    rule["callsFrom"]["customNumbers"]["numbers"] = [numbering.undashed(number) for number in custom.numbers]
    for number in rule["callsTo"]["numbers"]:
        if not (number["phoneNumber"] or number["extension"]):
            raise errors.missing_field("callsTo.numbers.phoneNumber")
        if number["phoneNumber"]:
            number["phoneNumber"] = numbering.undashed(number["phoneNumber"])
    return rule


def _national(number: str) -> str:
    """North American numbers read with ten digits only, others `+CC-NSN` (§1.8; the SDK puts +1- back)."""
    return numbering.dashed(number).removeprefix("+1-")


def _without_none(entry: Json, **shown: Any) -> Json:
    return {name: value for name, value in {**entry, **shown}.items() if value is not None}


def _show(store: Store, rule: Json) -> Json:
    calls_from, target = rule["callsFrom"], rule["forwardTo"]
    custom = calls_from["customNumbers"]
    phone = numbering.dashed(target["phoneNumber"]) if target.get("phoneNumber") else None
    shown = {
        "id": _id(store, rule),
        "forwardTo": _without_none(target, phoneNumber=phone),
        "callsFrom": {
            **calls_from,
            "customNumbers": {**custom, "numbers": [_national(number) for number in custom["numbers"]]},
        },
        "callsTo": {
            "numbers": [
                _without_none(one, phoneNumber=_national(one["phoneNumber"]) if one.get("phoneNumber") else None)
                for one in rule["callsTo"]["numbers"]
            ]
        },
    }
    return _without_none(rule, **shown)


def show_row(store: Store, rule: Json) -> Json:
    """A rule as the forwarding settings list it: what it matches is text there."""
    custom = rule["callsFrom"]["customNumbers"]
    callers = ["Any private Number"] if custom["privateNumberEnabled"] else []
    callers += ["Any unavailable number"] if custom["unavailableNumberEnabled"] else []
    callers += [_national(number) for number in custom["numbers"]]
    custom_only = rule["callsFrom"]["selection"] == "CUSTOM"
    called = [one["type"].capitalize() for one in rule["callsTo"]["numbers"]]
    target = {
        "FORWARD_TO_DEFAULT_NUMBER": "Default",
        "FORWARD_TO_SPECIFIED_NUMBER": numbering.dashed(rule["forwardTo"].get("phoneNumber") or ""),
        "DO_NOT_FORWARD": "Do not forward",
    }[rule["forwardTo"]["selection"]]
    return {
        "id": _id(store, rule),
        "name": rule["name"],
        "callsFrom": ", ".join(callers) if custom_only else "All calls",
        "callsTo": ", ".join(called) or "All numbers",
        "forwardTo": target,
        "enabled": rule["enabled"],
    }


@_schedules.on_use
def _followed(store: Store, location: str, kind: str) -> Iterator[tuple[Json, str]]:
    """Where rules hold names of schedules."""
    for feature in _features:
        for record in feature.records(store).values():
            if record["location"] == location:
                yield from ((rule, _SCHEDULES[kind]) for rule in _rules(record))
