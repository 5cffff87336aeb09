"""Events of schedules, of locations and of people (`…/schedules/{type}/{scheduleId}/events`; webex-behaviour.md §12,
§14). An event's id is made of its name and changes with it (§1.7)."""

from __future__ import annotations

from ..core import errors
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _schedules
from ._schedules import FAMILIES, Event, EventOfPerson, Family


def _check_name(record: Json, name: str, event: Json | None) -> None:
    if any(other["name"].lower() == name.lower() and other is not event for other in record["events"]):
        raise errors.platform(400, f"Event {name} already exists in the schedule.")


def _get(request: Request, family: Family) -> Reply:
    """Get Details for a Schedule Event."""
    return Reply(200, family.show_event(family.find_event(request, family.find(request))))


def _create(request: Request, family: Family) -> Reply:
    """Create a Schedule Event."""
    record, event = family.find(request), family.read_event(request.document())
    _check_name(record, event.name, None)
    stored = _schedules.event_record(event, event.name)
    record["events"].append(stored)
    return Reply(201, {"id": family.id_of_event(stored)})


def _new_name(store: Store, family: Family, event: Event | EventOfPerson) -> str:
    if family.of_person and event.new_name is None:
        raise errors.missing_field("newName")
    taken = family.of_person or store.switches["schedule_new_name"] == "taken"
    return event.new_name if event.new_name is not None and taken else event.name


def _update(request: Request, family: Family) -> Reply:
    """Update a Schedule Event: a full replace."""
    record = family.find(request)
    stored, event = family.find_event(request, record), family.read_event(request.document())
    name = _new_name(request.store, family, event)
    _check_name(record, name, stored)
    stored.clear()
    stored.update(_schedules.event_record(event, name))
    return Reply(200, {"id": family.id_of_event(stored)})


def _delete(request: Request, family: Family) -> Reply:
    """Delete a Schedule Event."""
    record = family.find(request)
    record["events"].remove(family.find_event(request, record))
    return Reply(204)


def _serve(family: Family) -> None:
    events = f"{family.one}/events"
    route("POST", events)(lambda request: _create(request, family))
    route("GET", f"{events}/{{eventId}}")(lambda request: _get(request, family))
    route("PUT", f"{events}/{{eventId}}")(lambda request: _update(request, family))
    route("DELETE", f"{events}/{{eventId}}")(lambda request: _delete(request, family))


for _family in FAMILIES:
    _serve(_family)
