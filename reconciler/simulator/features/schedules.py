"""Schedules of locations (`/telephony/config/locations/{locationId}/schedules`, "Location Call Settings: Schedules")
and of people (`/people/{personId}/features/schedules`, "User Call Settings"); webex-behaviour.md §12, §14.

A person's list also shows the schedules of the person's location; the details of those are not found there. A
person's schedule may not have name and type of a location schedule, the other way round nothing is said.
"""

from __future__ import annotations

from ..core import bodies, errors, paging, switches
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _schedules
from ._feature import show_location
from ._schedules import FAMILIES, OF_LOCATION, Family, Schedule

switches.declare(
    "schedule_in_use", "refuse", "dangle", "clear", row="17.10",
    text="DELETE of a schedule that an attendant or a forwarding rule names: 400; deleted, and the name dangles; "
    "deleted, and named no longer",
)  # fmt: skip


def _row(store: Store, family: Family, record: Json) -> Json:
    row: Json = {"id": family.id_of(record), "name": record["name"], "type": record["type"]}
    if not family.of_person:
        return {**row, **show_location(store, record)}
    return {**row, "level": "PEOPLE" if "person" in record else "LOCATION"}


def _visible(store: Store, family: Family, holder: str) -> list[Json]:
    """What a list shows: for a person the schedules of the location too."""
    own = family.own(store, holder)
    if family.of_person:
        own += OF_LOCATION.own(store, store.people[holder]["calling"]["location"])
    return own


def _check_name(store: Store, family: Family, holder: str, name: str, kind: str, record: Json | None) -> None:
    for other in _visible(store, family, holder):
        if other is not record and other["type"] == kind and other["name"].lower() == name.lower():
            status = 409 if store.switches["schedule_duplicate"] == "conflict" else 400
            raise errors.telephony(status, 25030, f"Schedule {name} already exists.")


def _check_unique(events: list[Json]) -> None:
    names = [event["name"].lower() for event in events]
    if len(set(names)) < len(names):
        raise errors.platform(400, "Event names must be unique within a schedule.")


def _list(request: Request, family: Family) -> Reply:
    """Read the List of Schedules, List of Schedules for a Person."""
    store, query = request.store, request.query
    holder = family.holder_of(request)
    rows = [
        record
        for record in _visible(store, family, holder)
        if query.get("name", "").lower() in record["name"].lower()
        and query.get("type", record["type"]) == record["type"]
    ]
    return paging.by_offset(
        request, rows, "schedules", default=2000, limit=2000, show=lambda row: _row(store, family, row)
    )


def _get(request: Request, family: Family) -> Reply:
    """Get Details for a Schedule."""
    record = family.find(request)
    shown: Json = {"id": family.id_of(record), "name": record["name"], "type": record["type"]}
    return Reply(200, {**shown, "events": [family.show_event(event) for event in record["events"]]})


def _create(request: Request, family: Family) -> Reply:
    """Create a Schedule."""
    store, holder, document = request.store, family.holder_of(request), request.document()
    body = bodies.parse(Schedule, document)
    events = [_schedules.event_record(event, event.name) for event in family.read_events(document.get("events") or [])]
    _check_name(store, family, holder, body.name, body.type, None)
    _check_unique(events)
    record: Json = {
        "id": store.new_id(family.table),
        family.holder: holder,
        "type": body.type,
        "name": body.name,
        "events": events,
    }
    store.table(family.table)[record["id"]] = record
    return Reply(201, {"id": family.id_of(record)})


def _new_name(store: Store, family: Family, body: Schedule) -> str:
    """A person's schedule is renamed by `newName`, which is required; a location's by `name`."""
    if family.of_person:
        if body.new_name is None:
            raise errors.missing_field("newName")
        return body.new_name
    return body.new_name if body.new_name and store.switches["schedule_new_name"] == "taken" else body.name


def _changed_events(store: Store, family: Family, record: Json, document: Json) -> list[Json]:
    """Events are found by `name` and renamed by `newName`; no `events`, no change (T:person_schedules)."""
    if document.get("events") is None:
        kept: list[Json] = record["events"]
        return kept
    sent = family.read_events(document["events"])
    events = [_schedules.event_record(event, event.new_name or event.name) for event in sent]
    if store.switches["schedule_put_events"] == "merge":
        named = {event.name for event in sent}
        events = [event for event in record["events"] if event["name"] not in named] + events
    _check_unique(events)
    return events


def _update(request: Request, family: Family) -> Reply:
    """Update a Schedule; the id changes with the name, and who uses the schedule sees the new name."""
    store, record, document = request.store, family.find(request), request.document()
    body = bodies.parse(Schedule, document if family.of_person else {**document, "type": record["type"]})
    name = _new_name(store, family, body)
    events = _changed_events(store, family, record, document)
    _check_name(store, family, record[family.holder], name, record["type"], record)
    if not family.of_person:
        for holder, key in _schedules.uses(store, record):
            holder[key] = name
    record.update({"name": name, "events": events})
    return Reply(200, {"id": family.id_of(record)})


def _delete(request: Request, family: Family) -> Reply:
    """Delete a Schedule."""
    store, record = request.store, family.find(request)
    used = [] if family.of_person else _schedules.uses(store, record)
    if used and store.switches["schedule_in_use"] == "refuse":
        raise errors.platform(400, f"Schedule {record['name']} is in use and cannot be deleted.")
    if store.switches["schedule_in_use"] == "clear":
        for holder, key in used:
            holder[key] = None
    del store.table(family.table)[record["id"]]
    return Reply(204)


def _serve(family: Family) -> None:
    route("GET", family.path)(lambda request: _list(request, family))
    route("POST", family.path)(lambda request: _create(request, family))
    route("GET", family.one)(lambda request: _get(request, family))
    route("PUT", family.one)(lambda request: _update(request, family))
    route("DELETE", family.one)(lambda request: _delete(request, family))


for _family in FAMILIES:
    _serve(_family)
