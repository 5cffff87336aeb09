"""Call pickups of a location (developer.webex.com "Features: Call Pickup"; webex-behaviour.md §14).

call_pickups   {id, location, name, notificationType, notificationDelayTimerSeconds, agents: [[table, uuid]]}
"""

from __future__ import annotations

from typing import Literal

from ..core import calling, cascade, errors
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _line_members, _names
from ._named_feature import NamedFeature

PICKUPS = NamedFeature("call_pickups", "CALL_PICKUP", "callPickups", "callPickups")
_PATH = PICKUPS.in_location
_ONE = _PATH + "/{callPickupId}"


class Update(Body):
    """Agents are id strings; a list replaces the list that is there."""

    name: str | None = None
    notification_type: Literal["NONE", "AUDIO_ONLY", "VISUAL_ONLY", "AUDIO_AND_VISUAL"] | None = None
    notification_delay_timer_seconds: int | None = None
    agents: list[str] | None = None


class Create(Update):
    name: str


def _changes(store: Store, location: str, record: Json | None, sent: Json) -> Json:
    """What a write changes, checked; null is as good as not sent."""
    changes = {name: value for name, value in sent.items() if value is not None}
    _names.check_length("name", changes.get("name"), 80)
    if "name" in changes:
        PICKUPS.check_name(store, location, changes["name"], record)
    if "agents" in changes:
        changes["agents"] = _line_members.parse(store, changes["agents"], location)
        _refuse_others(store, record, changes["agents"])
    return changes


def _refuse_others(store: Store, record: Json | None, agents: _line_members.Members) -> None:
    """Nobody is in two pickup groups: 400/4471 (§16)."""
    for other in PICKUPS.records(store).values():
        if other is not record and any(pair in other["agents"] for pair in agents):
            raise errors.broadworks(400, 4471, "The user is already assigned to another call pickup group.")


@route("GET", _PATH)
def list_call_pickups(request: Request) -> Reply:
    """Read the List of Call Pickups: of one location, there is no other list."""
    return PICKUPS.of_location(request)


@route("POST", _PATH)
def create_call_pickup(request: Request) -> Reply:
    """Create a Call Pickup; only the name is needed."""
    calling.group(request)
    store, location = request.store, calling.location(request)["id"]
    changes = _changes(store, location, None, parse(Create, request.document()).wire(sent=True))
    record: Json = {
        "id": store.new_id("call_pickups"),
        "location": location,
        "notificationType": "NONE",
        "notificationDelayTimerSeconds": 6,
        "agents": [],
        **changes,
    }
    PICKUPS.add(store, record)
    return Reply(201, {"id": PICKUPS.id_of(record)})


@route("GET", _ONE)
def get_call_pickup(request: Request) -> Reply:
    """Get Details for a Call Pickup."""
    store, record = request.store, PICKUPS.find(request, "callPickupId")
    return Reply(
        200,
        {
            "id": PICKUPS.id_of(record),
            "name": record["name"],
            "notificationType": record["notificationType"],
            "notificationDelayTimerSeconds": record["notificationDelayTimerSeconds"],
            "agents": _line_members.show_agents(store, record["agents"]),
        },
    )


@route("PUT", _ONE)
def update_call_pickup(request: Request) -> Reply:
    """Update a Call Pickup: fields that are not sent stay. Answers the id, which is new after a rename."""
    store, record = request.store, PICKUPS.find(request, "callPickupId")
    record |= _changes(store, record["location"], record, parse(Update, request.document()).wire(sent=True))
    return Reply(200, {"id": PICKUPS.id_of(record)})


@route("DELETE", _ONE)
def delete_call_pickup(request: Request) -> Reply:
    """Delete a Call Pickup."""
    PICKUPS.remove(request.store, PICKUPS.find(request, "callPickupId"))
    return Reply(204)


@route("GET", _PATH + "/availableUsers")
def list_available_users(request: Request) -> Reply:
    """Get available agents from Call Pickups."""
    return _line_members.available(request, PICKUPS, "callPickupName")


@cascade.on_end
def forget_member(store: Store, owner: Owner) -> None:
    _line_members.forget(PICKUPS.records(store).values(), owner, "agents")
