"""What hunt groups and call queues have in common: names, caller id name, address with alternates, agents, and a PUT
that merges down into nested objects (webex-behaviour.md §14).

Records: {id, location, name, enabled, languageCode, timeZone, firstName, lastName, directLineCallerIdName{},
dialByName?, alternateNumberSettings{distinctiveRingEnabled}, callPolicies{}, agents: see _agents.py,
calling: {location, extension, number, alternates}, forwarding?: see feature_forwarding.py, …}.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field, field_validator

from ..core import bodies, calling, errors, ids, switches
from ..core.bodies import Body
from ..core.owners import Owner
from ..core.routing import Json, Request
from ..core.store import Store
from . import _agents
from ._agents import Agent
from ._feature import Feature

switches.declare(
    "group_required_fields", "live", "documented", row="14",
    text="documented: a hunt group needs `enabled` and `agents`, a queue its `overflow`, routing type, bounce and "
    "ring, and the services of a queue all their flags; live tests and the SDK's examples leave these out",
)  # fmt: skip

RingPattern = Literal["NORMAL", "LONG_LONG", "SHORT_SHORT_LONG", "SHORT_LONG_SHORT"]
_LANGUAGES = {"en": "English", "de": "German", "es": "Spanish", "fr": "French", "it": "Italian", "pt": "Portuguese"}


class Alternate(Body):
    phone_number: str
    ring_pattern: RingPattern = "NORMAL"


class AlternateSettings(Body):
    distinctive_ring_enabled: bool = True
    alternate_numbers: list[Alternate] = Field(default_factory=list, max_length=10)


class CallerName(Body):
    selection: Literal["DISPLAY_NAME", "CUSTOM_NAME"] = "DISPLAY_NAME"
    custom_name: str | None = None


class Group(Body):
    """The fields of both; `callPolicies` is each one's own."""

    name: str = Field(min_length=1)
    phone_number: str | None = None
    extension: str | None = None
    enabled: bool = True
    language_code: str | None = None
    time_zone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    direct_line_caller_id_name: CallerName = Field(default_factory=CallerName)
    dial_by_name: str | None = None
    alternate_number_settings: AlternateSettings = Field(default_factory=AlternateSettings)
    agents: list[Agent]

    @field_validator("dial_by_name")
    @classmethod
    def _plain(cls, value: str | None) -> str | None:
        if value and (not value.isascii() or set(value) & set('%+\\"')):
            raise ValueError("character not allowed")
        return value


Check = Callable[[Json], None]
_ELSEWHERE = {"agents", "phoneNumber", "extension"}  # kept in another form than they are sent


def create(request: Request, feature: Feature, model: type[Group], document: Json, check: Check) -> Json:
    """Enter the record that a POST makes and answer it; nothing changes before everything is checked. `check` looks
    through the fields that the record keeps and may clean them."""
    store, place = request.store, calling.location(request)
    half = calling.group(request)
    body = bodies.parse(model, document)
    feature.check_name(store, place["id"], body.name, None)
    kept = _kept(body)
    check(kept)
    block = _address(store, feature, place["id"], None, body, document)
    members = _agents.checked(store, body.agents, kept["callPolicies"]["policy"])
    record = {"id": store.new_id(feature.table), "location": place["id"], "calling": block, **kept, "agents": members}
    record["languageCode"] = body.language_code or half["announcementLanguage"]
    record["timeZone"] = body.time_zone or place["timeZone"]
    # defaults that are filled in once: they do not follow a later rename (T:huntgroup test_002)
    record["firstName"] = body.first_name or "."
    record["lastName"] = body.last_name or block["number"] or body.name
    feature.add(store, record)
    return record


def update(request: Request, feature: Feature, record: Json, model: type[Group], document: Json, check: Check) -> None:
    """Merge the body of a PUT into the record; addresses and agents only where they are sent."""
    store = request.store
    body = bodies.merge_nested(model, wire(record), document)
    feature.check_name(store, record["location"], body.name, record)
    kept = _kept(body)
    check(kept)
    for name in ("firstName", "lastName", "languageCode", "timeZone"):
        kept[name] = kept[name] or record[name]
    block = _address(store, feature, record["location"], record, body, document)
    policy = kept["callPolicies"]["policy"]
    if "agents" in document:
        members = _agents.checked(store, body.agents, policy)
    else:
        members = [dict(agent) for agent in record["agents"]]
        _agents.check_limit(len(members), policy)
        if policy == "WEIGHTED" != record["callPolicies"]["policy"]:
            _agents.share_out(members)
    feature.change_address(store, record, block)
    record.update(kept, agents=members)


def wire(record: Json) -> Json:
    """The stored record in the form of a write body."""
    block = record["calling"]
    alternates = [
        {"phoneNumber": one["number"], "ringPattern": one["ringPattern"]} for one in block.get("alternates", ())
    ]
    settings = {**record["alternateNumberSettings"], "alternateNumbers": alternates}
    members = [{**agent, "id": ids.encode("PEOPLE", agent["id"])} for agent in record["agents"]]
    own = {name: value for name, value in record.items() if name not in ("id", "location", "calling", "forwarding")}
    return {**own, "alternateNumberSettings": settings, "agents": members}


def _kept(body: Group) -> Json:
    """The fields that the record keeps as they are sent."""
    caller = body.direct_line_caller_id_name
    if caller.selection == "CUSTOM_NAME" and not caller.custom_name:
        raise errors.missing_field("directLineCallerIdName.customName")
    sent = {name: value for name, value in body.wire().items() if name not in _ELSEWHERE}
    return {**sent, "alternateNumberSettings": {
        "distinctiveRingEnabled": body.alternate_number_settings.distinctive_ring_enabled}}  # fmt: skip


def _address(store: Store, feature: Feature, place: str, record: Json | None, body: Group, document: Json) -> Json:
    """The calling block: primary number and extension, and the alternates if they were sent."""
    sent: dict[str, Any] = {"phoneNumber": body.phone_number, "extension": body.extension}
    block = feature.address(store, place, record, {name: sent[name] for name in sent if name in document})
    if record is None or "alternateNumberSettings" in document:
        owner = Owner(feature.table, record["id"]) if record else None
        taken = [block["number"]]
        block["alternates"] = []
        for one in body.alternate_number_settings.alternate_numbers:
            number = calling.check_number(store, place, one.phone_number, owner)
            if number in taken:
                raise errors.broadworks(400, 4201, "The phone number is already in use.")
            taken.append(number)
            block["alternates"].append({"number": number, "ringPattern": one.ring_pattern})
    return block


def show(store: Store, feature: Feature, record: Json) -> Json:
    """The common part of the details; what is not set is not there."""
    block = record["calling"]
    shown = {
        "id": feature.id_of(record),
        "name": record["name"],
        "enabled": record["enabled"],
        "phoneNumber": block["number"],
        "extension": block["extension"],
        "language": _LANGUAGES.get(record["languageCode"][:2].lower()),
        "languageCode": record["languageCode"],
        "firstName": record["firstName"],
        "lastName": record["lastName"],
        "timeZone": record["timeZone"],
        "directLineCallerIdName": without_none(record["directLineCallerIdName"]),
        "dialByName": record["dialByName"],
        "alternateNumberSettings": {
            **record["alternateNumberSettings"],
            "alternateNumbers": [
                {"phoneNumber": one["number"], "ringPattern": one["ringPattern"], "tollFreeNumber": False}
                for one in block["alternates"]
            ],
        },
        "agents": [_agents.show(store, agent) for agent in record["agents"]],
    }
    return without_none(shown)


def without_none(entry: Json) -> Json:
    return {name: value for name, value in entry.items() if value is not None}
