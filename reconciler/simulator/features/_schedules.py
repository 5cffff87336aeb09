"""Schedules of locations and of people: their records, their ids, and who uses them (webex-behaviour.md §12, §14).

    schedules         {id, location, type: businessHours|holidays, name, events: [event]}
    person_schedules  {id, person, type, name, events: [event]}
        event         {name, startDate, endDate, startTime?, endTime?, allDayEnabled, recurrence?{}}

Schedules and events are known outside by their names: a Webex id is `SCHEDULE/<base64 of the name>` and the type
stands in the path. So an id changes on rename, and schedules of the same name have the same id in every location
and for both types (§1.7; the ids of the official examples and of live captures decode so). The `id` of a record is
the store's own and never shown.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from ..core import bodies, calling, cascade, errors, ids, switches
from ..core.bodies import Body
from ..core.owners import Owner
from ..core.routing import Json, Request
from ..core.store import Store
from ._times import ByDate, ByDay, DateText, Span

switches.declare(
    "schedule_duplicate", "refuse", "conflict", row="14, 16",
    text="a second schedule of the same name and type: 400 or 409, both with 25030",
)  # fmt: skip
switches.declare(
    "schedule_put_events", "replace", "merge", row="14",
    text="events that a schedule PUT does not list: gone, or kept; without `events` all are kept",
)  # fmt: skip
switches.declare(
    "schedule_new_name", "taken", "ignored", row="14",
    text="`newName` where only `name` is documented, in a PUT of a location's schedule or event: renames, or nothing",
)  # fmt: skip

TYPES = ("businessHours", "holidays")
ScheduleType = Literal["businessHours", "holidays"]
_OCI = "UserScheduleGetListRequest"


class Weekly(Body):
    sunday: bool = False
    monday: bool = False
    tuesday: bool = False
    wednesday: bool = False
    thursday: bool = False
    friday: bool = False
    saturday: bool = False


class Daily(Body):
    recur_interval: Annotated[int, Field(ge=1)]


class WeeklyOfPerson(Weekly):
    recur_interval: Annotated[int, Field(ge=1)]


class Recurrence(Body):
    """What locations know; anything else of a person's recurrence is ignored like every unknown field."""

    recur_for_ever: bool | None = None
    recur_end_date: DateText | None = None
    recur_weekly: Weekly | None = None
    recur_yearly_by_date: ByDate | None = None
    recur_yearly_by_day: ByDay | None = None


class RecurrenceOfPerson(Body):
    recur_for_ever: bool | None = None
    recur_end_date: DateText | None = None
    recur_end_occurrence: int | None = None
    recur_daily: Daily | None = None
    recur_weekly: WeeklyOfPerson | None = None


class Event(Span):
    new_name: Annotated[str, Field(min_length=1)] | None = None
    recurrence: Recurrence | None = None


class EventOfPerson(Span):
    new_name: Annotated[str, Field(min_length=1)] | None = None
    recurrence: RecurrenceOfPerson | None = None

    def check(self) -> None:
        super().check()
        found = self.recurrence
        if found is not None and (found.recur_daily is None) == (found.recur_weekly is None):
            raise errors.invalid_value("Either recurDaily or recurWeekly is required in recurrence")


class Schedule(Body):
    name: Annotated[str, Field(min_length=1, max_length=40)]
    type: ScheduleType
    new_name: Annotated[str, Field(min_length=1, max_length=40)] | None = None


def name_id(name: str) -> str:
    """The value inside an id that is made of a name."""
    return base64.b64encode(name.encode()).decode()


def _same(value: str, name: str) -> bool:
    return value.rstrip("=") == name_id(name).rstrip("=")


@dataclass(frozen=True)
class Family:
    """Location schedules or person schedules: the same calls under two paths, with small differences.

    `holder` is the field of a record that says whose it is; `parameter` and `type_parameter` are those of the path.
    """

    table: str
    path: str
    holder: str
    parameter: str
    type_parameter: str
    kind: str
    event_kind: str
    event: type[Event] | type[EventOfPerson]

    @property
    def one(self) -> str:
        return f"{self.path}/{{{self.type_parameter}}}/{{scheduleId}}"

    @property
    def of_person(self) -> bool:
        return self.holder == "person"

    def holder_of(self, request: Request) -> str:
        """Whose schedules the path means: a calling location, or a person with calling."""
        if self.of_person:
            person = calling.person(request)
            calling.calling_block(person, _OCI)
            return str(person["id"])
        calling.calling_half(request)
        return str(calling.location(request)["id"])

    def own(self, store: Store, holder: str) -> list[Json]:
        return [record for record in store.table(self.table).values() if record[self.holder] == holder]

    def find(self, request: Request) -> Json:
        holder, kind = self.holder_of(request), request.params[self.type_parameter]
        if kind not in TYPES:
            raise errors.invalid_value("Invalid field value: type")
        value = request.uuid("scheduleId", self.kind)
        for record in self.own(request.store, holder):
            if record["type"] == kind and _same(value, record["name"]):
                return record
        raise errors.not_found()

    def find_event(self, request: Request, record: Json) -> Json:
        value = request.uuid("eventId", self.event_kind)
        for event in record["events"]:
            if _same(value, event["name"]):
                found: Json = event
                return found
        raise errors.not_found()

    def id_of(self, record: Json) -> str:
        return ids.encode(self.kind, name_id(record["name"]))

    def id_of_event(self, event: Json) -> str:
        return ids.encode(self.event_kind, name_id(event["name"]))

    def show_event(self, event: Json) -> Json:
        return {"id": self.id_of_event(event), **event}

    def read_events(self, documents: Any) -> list[Event | EventOfPerson]:
        """The `events` of a body, each checked."""
        if not isinstance(documents, list):
            raise errors.invalid_value("Invalid field value: events")
        return [self.read_event(document) for document in documents]

    def read_event(self, document: Any) -> Event | EventOfPerson:
        event = bodies.parse(self.event, document)
        event.check()
        return event


OF_LOCATION = Family(
    "schedules", "/telephony/config/locations/{locationId}/schedules", "location", "locationId", "type",
    "SCHEDULE", "SCHEDULE_EVENT", Event,
)  # fmt: skip
OF_PERSON = Family(
    "person_schedules", "/people/{personId}/features/schedules", "person", "personId", "scheduleType",
    "USER_SCHEDULE", "USER_SCHEDULE_EVENT", EventOfPerson,
)  # fmt: skip
FAMILIES = (OF_LOCATION, OF_PERSON)


def event_record(event: Event | EventOfPerson, name: str) -> Json:
    """An event as it is stored: under that name, without what is not set."""
    wire = event.model_dump(by_alias=True, exclude_none=True, exclude={"new_name"})
    return {**wire, "name": name}


Place = tuple[Json, str]
Places = Callable[[Store, str, str], Iterator[Place]]
_places: list[Places] = []


def on_use(hook: Places) -> Places:
    """Decorator for who refers to location schedules by name: `hook(store, location, type)` yields every place that
    may hold such a name, as (dict, key)."""
    _places.append(hook)
    return hook


def uses(store: Store, schedule: Json) -> list[Place]:
    """The places that hold the name of this location schedule."""
    return [
        (holder, key)
        for hook in _places
        for holder, key in hook(store, schedule["location"], schedule["type"])
        if holder.get(key) == schedule["name"]
    ]


def has(store: Store, location: str, kind: str, name: str) -> bool:
    """Whether the location has a schedule of that type and name."""
    return any(one["type"] == kind and one["name"] == name for one in OF_LOCATION.own(store, location))


@cascade.on_end
def _forget(store: Store, owner: Owner) -> None:
    """A person who leaves or loses calling has no schedules any more."""
    if owner.kind == "people":
        for record in OF_PERSON.own(store, owner.id):
            del store.table("person_schedules")[record["id"]]
