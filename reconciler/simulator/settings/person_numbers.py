"""Numbers of a person (webex-behaviour.md §11). Read and write have other paths, other field names, and the write
is a delta: ADD and DELETE of secondary numbers. The primary one changes through people and licences only."""

from __future__ import annotations

from typing import Literal

from ..core import calling, errors
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store, numbers_of

_MOST = 10
_RINGS = frozenset({"NORMAL", "LONG_LONG", "SHORT_SHORT_LONG", "SHORT_LONG_SHORT"})


class Delta(Body):
    """One number to add or to remove; the SDK says `external` where the documentation says `directNumber`."""

    action: Literal["ADD", "DELETE"] | None = None
    primary: bool | None = None
    direct_number: str | None = None
    external: str | None = None
    extension: str | None = None
    ring_pattern: str | None = None


class _Changes(Body):
    phone_numbers: list[Delta]
    enable_distinctive_ring_pattern: bool | None = None


def rows(store: Store, block: Json, number_key: str) -> list[Json]:
    """Primary number and extension first, then the secondary numbers in the order in which they came."""
    first: Json = {"primary": True}
    if block.get("number"):
        first[number_key] = block["number"]
    if block.get("extension"):
        first["extension"] = block["extension"]
        first["esn"] = calling.esn(store, block)
        if prefix := (store.calling_of(block["location"]) or {}).get("routingPrefix"):
            first["routingPrefix"] = prefix
    shown = [first] if block.get("number") or block.get("extension") else []
    for alternate in block.get("alternates", ()):
        row = {"primary": False, number_key: alternate["number"]}
        if number_key == "directNumber" and alternate.get("ringPattern"):
            row["ringPattern"] = alternate["ringPattern"]
        shown.append(row)
    return shown


def apply_delta(store: Store, owner: Owner, block: Json, entries: list[Json]) -> None:
    """All of the delta or nothing."""
    alternates = [dict(alternate) for alternate in block.get("alternates", ())]
    for entry in entries:
        text, action = entry.get("directNumber") or entry.get("external"), entry.get("action")
        if entry.get("primary") or (text and text == block.get("number")):
            raise errors.platform(400, "The primary number cannot be changed.")
        if action not in ("ADD", "DELETE"):
            raise errors.missing_field("phoneNumbers.action")
        if not text:
            raise errors.missing_field("phoneNumbers.directNumber")
        held = [alternate["number"] for alternate in alternates]
        if action == "DELETE":
            if text not in held:
                raise errors.platform(400, f"Phone number {text} is not assigned.")
            alternates = [alternate for alternate in alternates if alternate["number"] != text]
            continue
        number = calling.check_number(store, block["location"], text, None if text not in held else owner)
        if number in held:
            raise errors.broadworks(400, 4201, "The phone number is already in use.")
        if len(alternates) >= _MOST:
            raise errors.platform(400, f"At most {_MOST} alternate numbers.")
        ring = entry.get("ringPattern") or "NORMAL"
        if ring not in _RINGS:
            raise errors.invalid_value(f"Invalid value for ringPattern: {ring}")
        alternates.append({"number": number, "ringPattern": ring})
    before = set(numbers_of(block))
    store.release(block)
    block["alternates"] = alternates
    store.hold(owner, block)
    store.hold_back(owner, before - set(numbers_of(block)))


@route("GET", "/people/{personId}/features/numbers")
def get_numbers(request: Request) -> Reply:
    """Get a List of Phone Numbers for a Person. 404/4003 without calling, not 400."""
    block = _block(request)
    shown = rows(request.store, block, "directNumber")
    return Reply(200, {"distinctiveRingEnabled": block.get("distinctiveRing", True), "phoneNumbers": shown})


@route("PUT", "/telephony/config/people/{personId}/numbers")
def update_numbers(request: Request) -> Reply:
    """Assign or Unassign numbers to a person."""
    block, body = _block(request), parse(_Changes, request.document()).wire(sent=True)
    apply_delta(request.store, Owner("people", calling.person(request)["id"]), block, body["phoneNumbers"])
    if body.get("enableDistinctiveRingPattern") is not None:
        block["distinctiveRing"] = bool(body["enableDistinctiveRingPattern"])
    return Reply(204)


def _block(request: Request) -> Json:
    key = request.uuid("personId", "PEOPLE", bare=True)
    block: Json | None = request.store.people.get(key, {}).get("calling")
    if not block:
        raise errors.telephony(404, 4003, "User not found.")
    return block
