"""`number`: one phone number in the inventory of a location, inactive or active.

API: `/telephony/config/locations/{id}/numbers`, list `/telephony/config/numbers` (webex-behaviour.md §4). One request
takes many numbers, so changes are sent together; an add answers success for what it did not add, so only the list
read afterwards counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from reconciler.errors import ReconcileError
from reconciler.kinds.contract.access import Reader, Scope, Writer
from reconciler.kinds.contract.kind import Batch, Calls, Held, ResourceKind, Rules
from reconciler.kinds.contract.traits import Listing
from reconciler.kinds.contract.wire import e164_number, number_rows
from reconciler.model.address import split_address
from reconciler.model.audit import Audited
from reconciler.model.marks import Key, Ref
from reconciler.model.plan import Change, Member, Operation
from reconciler.model.resource import E164, Resource, Text
from reconciler.model.snapshot import Current, Fields

State = Literal["active", "inactive"]
MOST_IN_A_RANGE = 10_000
#: Up to so many are looked up one by one.
_ALONE = 2


class Number(Resource):
    number: Annotated[E164, Key(), Field(description="E.164, in quotes")]
    location: Annotated[Text, Ref("location", needs=("location.calling", "location.pstn"))] = ""
    state: Annotated[State, Field(description="inactive numbers are in the inventory but take no calls")] = "active"


class NumberEntry(Resource):
    """One number or one range (first and last included) of a location's inventory."""

    number: E164 = ""
    range: Annotated[tuple[E164, E164], Field(description="First and last number")] = ("", "")
    location: Text = ""
    state: State = "active"

    @model_validator(mode="after")
    def _one_or_range(self) -> NumberEntry:
        if len(self.model_fields_set & {"number", "range"}) != 1:
            raise ValueError("give exactly one of number, range")
        if "range" in self.model_fields_set:
            first, last = self.range
            if len(first) != len(last):
                raise ValueError("range: first and last number differ in length")
            if not 0 <= int(last) - int(first) < MOST_IN_A_RANGE:
                raise ValueError(f"range: first must not be after last, and at most {MOST_IN_A_RANGE} numbers")
        return self


def expand(entry: Fields) -> list[Fields]:
    """A range becomes its numbers."""
    if "range" not in entry:
        return [entry]
    first, last = entry["range"]
    rest = {name: value for name, value in entry.items() if name != "range"}
    return [{"number": f"+{digits}", **rest} for digits in range(int(first), int(last) + 1)]


async def scan(reader: Reader, scope: Scope) -> list[Current]:
    """The whole inventory in pages of 2,000, wanted or not, or single look-ups when that is fewer requests."""
    if scope.keys is not None and len(scope.keys) <= 3:
        return list((await _look_up(reader, scope.keys)).values())
    return [_current(row) async for row in number_rows(reader, numberType="NUMBER")]


async def _find_members(reader: Reader, members: list[Member]) -> dict[str, Current]:
    """All of them again: few one by one, more with one list of their location."""
    keys = [split_address(member.address)[1] for member in members]
    if len(keys) <= _ALONE:
        return await _look_up(reader, keys)
    locations = _locations(members)
    found: dict[str, Current] = {}
    for location in locations:
        location_id = await reader.id_of("location", location)
        rows = number_rows(reader, locationId=location_id, numberType="NUMBER")
        found |= {number.key: number for number in [_current(row) async for row in rows]}
    return {key: found[key] for key in keys if key in found}


def _locations(members: list[Member]) -> list[str]:
    return sorted({(member.want.get("location") or member.before.get("location") or "") for member in members})


async def _look_up(reader: Reader, keys: Iterable[str]) -> dict[str, Current]:
    found = {}
    for key in sorted(keys):
        async for row in number_rows(reader, phoneNumber=key):
            number = _current(row)
            if number.key == key:
                found[key] = number
    return found


async def _send(writer: Writer, action: str, members: list[Member], found: Mapping[str, Current | None]) -> None:
    first = members[0]
    location = await writer.id_of("location", first.want.get("location") or first.before["location"])
    url = writer.api.telephony.location.ep(f"{location}/numbers")
    body: dict[str, Any] = {"phoneNumbers": [split_address(member.address)[1] for member in members]}
    if action == "create":
        await writer.send("POST", url, {**body, "state": first.want.get("state", "active").upper()})
    elif action == "update":
        if "state" not in first.want:
            raise ReconcileError("it has not moved along with its owner", do="move it in Control Hub")
        verb = "ACTIVATE" if first.want["state"] == "active" else "DEACTIVATE"
        await writer.send("PUT", url, {**body, "action": verb})
    else:
        await writer.send("DELETE", url, body)


def _together(change: Change) -> str:
    """Numbers share a request when they are of one location and go to one state."""
    location = change.want.get("location") or change.facts.get("location", "")
    return f"{location}|{change.want.get('state', '')}"


def refuse(change: Change) -> str:
    """The guards on numbers: what the API would refuse late, or do with harm (behaviour §4, rows 12-15)."""
    if change.action == "create" and not change.want.get("location"):
        return "a new number needs a location"
    if change.want.get("state") == "inactive" and change.facts.get("main"):
        return "it is the location's main number, which takes calls: make another one the main number first"
    return _refuse_removal(change.facts) if change.action == "delete" else ""


def _refuse_removal(facts: Fields) -> str:
    if facts.get("main"):
        return "it is the location's main number"
    if facts.get("telephony") not in (None, [], ["PSTN_NUMBER"]):
        return f"it is a {', '.join(facts['telephony'])} number, ordered elsewhere"
    return ""


def _current(row: dict[str, Any]) -> Current:
    number = e164_number(row.get("phoneNumber")) or ""
    location = (row.get("location") or {}).get("name")
    owner = row.get("owner") or {}
    facts: Fields = {"location": location}
    if row.get("mainNumber"):
        facts["main"] = True
    if owner:
        name = " ".join(part for part in (owner.get("firstName"), owner.get("lastName")) if part)
        facts["owner"] = f"{owner.get('type', 'someone')} {name}".strip()
    if row.get("includedTelephonyTypes"):
        types = row["includedTelephonyTypes"]
        facts["telephony"] = [types] if isinstance(types, str) else types
    state = "inactive" if str(row.get("state", "")).upper() == "INACTIVE" else "active"
    return Current(
        "number",
        number,
        number,
        {"number": number, "location": location, "state": state},
        facts,
        passing={"owner": owner},
    )


def _find_calls(operation: Operation, after: bool, held: Held) -> list[str]:
    """Few are looked up one by one, more take the pages of their location's list."""
    members = list(operation.members)
    if len(members) <= _ALONE:
        return ["GET /telephony/config/numbers"] * len(members)
    changed = {"create": len(members), "delete": -len(members)}.get(operation.action, 0) if after else 0
    pages = [max(1, ceil((held("number", location) + changed) / 2000)) for location in _locations(members)]
    return ["location", *(["GET /telephony/config/numbers"] * sum(pages))]


def _send_calls(operation: Operation) -> list[str]:
    verb = {"create": "POST", "update": "PUT", "delete": "DELETE"}[operation.action]
    return ["location", f"{verb} /telephony/config/locations/{{locationId}}/numbers"]


KIND = ResourceKind(
    name="number",
    listing=Listing(by_location=True, register=True),
    model=Number,
    doc="A phone number in a location's inventory; single or as a range, active or inactive.",
    source="GET /telephony/config/numbers, POST/PUT/DELETE /telephony/config/locations/{id}/numbers",
    requests=("GET /telephony/config/numbers",),
    audited=Audited(("CALLING", "LOCATIONS")),
    plural="numbers",
    aliases=("numeraciones",),
    key="number",
    named_by_key=True,
    shard="location",
    entry=NumberEntry,
    nested_in=("location", "numbers"),
    expand=expand,
    calls=Calls(find=_find_calls, send=_send_calls),
    scan=scan,
    batches={
        "": Batch(
            # Adds have no documented bound for DIDs; 1,000 is what Control Hub takes at once. DELETE takes 5 (§4).
            most={"create": 1000, "update": 500, "delete": 5},
            together=_together,
            find=_find_members,
            send=_send,
            divides=True,
        )
    },
    rules=Rules(refuse=refuse),
)
