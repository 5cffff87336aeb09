"""Operating modes ("Features: Operating Modes"; webex-behaviour.md §14): with them hunt groups, queues and attendants
forward by the time of the day (feature_forwarding.py).

    operating_modes  {id, location: uuid | null for the organisation, name, type, sameHoursDaily?{},
                      differentHoursDaily?{}, holidays?: [{id, name, allDayEnabled, startDate, endDate, …}],
                      callForwarding{enabled, destination?, destinationVoicemailEnabled}}
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from ..core import bodies, calling, errors, ids, paging, switches
from ..core.bodies import Body
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ..numbers import _available
from . import feature_forwarding
from ._times import ByDate, ByDay, Span, TimeText

switches.declare(
    "operating_mode_in_use", "vanish", "refuse", row="17.10",
    text="DELETE of an operating mode that a feature forwards by: it vanishes from there, or 400",
)  # fmt: skip

_PATH = "/telephony/config/operatingModes"
ONE = _PATH + "/{modeId}"
_IN_LOCATION = "/telephony/config/locations/{locationId}/operatingModes"
_MOST = 100  # per location, and for the organisation
MOST_HOLIDAYS = 150
_FEATURES = ("hunt_groups", "call_queues", "auto_attendants")
# which part a mode of a type has; any other part that is sent is ignored
_PARTS = {"SAME_HOURS_DAILY": "sameHoursDaily", "DIFFERENT_HOURS_DAILY": "differentHoursDaily", "HOLIDAY": "holidays"}

_available.serve(_IN_LOCATION + "/callForwarding/availableNumbers", _available.TARGET)


class Hours(Body):
    enabled: bool = False
    all_day_enabled: bool = False
    start_time: TimeText | None = None
    end_time: TimeText | None = None


class SameHours(Body):
    monday_to_friday: Hours
    saturday_to_sunday: Hours


class DifferentHours(Body):
    """A day that is left out is a day off."""

    sunday: Hours = Hours()
    monday: Hours = Hours()
    tuesday: Hours = Hours()
    wednesday: Hours = Hours()
    thursday: Hours = Hours()
    friday: Hours = Hours()
    saturday: Hours = Hours()


class Recurrence(Body):
    recur_yearly_by_date: ByDate | None = None
    recur_yearly_by_day: ByDay | None = None


class Holiday(Span):
    all_day_enabled: bool
    recurrence: Recurrence | None = None


class Forwarding(Body):
    enabled: bool = False
    destination: str | None = None
    destination_voicemail_enabled: bool = False


class Mode(Body):
    name: Annotated[str, Field(min_length=1)]
    type: Literal["SAME_HOURS_DAILY", "DIFFERENT_HOURS_DAILY", "HOLIDAY", "NONE"]
    level: Literal["ORGANIZATION", "LOCATION"]
    location_id: str | None = None
    same_hours_daily: SameHours | None = None
    different_hours_daily: DifferentHours | None = None
    holidays: Annotated[list[Holiday], Field(max_length=MOST_HOLIDAYS)] | None = None
    call_forwarding: Forwarding | None = None


def _table(store: Store) -> dict[str, Json]:
    return store.table("operating_modes")


def find(request: Request) -> Json:
    record = _table(request.store).get(request.uuid("modeId", "OPERATING_MODE"))
    if record is None:
        raise errors.not_found()
    return record


def _row(store: Store, record: Json) -> Json:
    forwarding = record["callForwarding"]
    row: Json = {
        "id": ids.encode("OPERATING_MODE", record["id"]),
        "name": record["name"],
        "type": record["type"],
        "level": "LOCATION" if record["location"] else "ORGANIZATION",
        "callForwarding": {**forwarding, "destination": forwarding.get("destination") or ""},
    }
    if location := record["location"]:
        row["location"] = {"id": ids.encode("LOCATION", location), "name": store.locations[location]["name"]}
    return row


def show_holiday(holiday: Json) -> Json:
    return {**holiday, "id": ids.encode("SCHEDULE_EVENT", holiday["id"])}


@route("GET", _PATH)
def list_operating_modes(request: Request) -> Reply:
    """Read the List of Operating Modes: by name, and ten of them unless `max` says more."""
    store, query = request.store, request.query
    rows = [one for one in _table(store).values() if query.get("name", "").lower() in one["name"].lower()]
    if "limitToLocationId" in query:
        location = ids.parse(query["limitToLocationId"], "LOCATION")
        rows = [one for one in rows if one["location"] == location]
    if query.get("limitToOrgLevelEnabled", "").lower() == "true":
        rows = [one for one in rows if one["location"] is None]
    rows.sort(key=lambda one: one["name"].lower(), reverse=query.get("order", "asc").lower().endswith("desc"))
    return paging.by_offset(request, rows, "operatingModes", default=10, limit=100, show=lambda one: _row(store, one))


@route("GET", ONE)
def get_operating_mode(request: Request) -> Reply:
    """Get Details for an Operating Mode."""
    record = find(request)
    shown, part = _row(request.store, record), _PARTS.get(record["type"])
    if part == "holidays":
        shown[part] = [show_holiday(one) for one in record.get(part) or ()]
    elif part:
        shown[part] = record[part]
    return Reply(200, shown)


@route("POST", _PATH)
def create_operating_mode(request: Request) -> Reply:
    """Create an Operating Mode."""
    store, body = request.store, bodies.parse(Mode, request.document())
    location = None
    if body.level == "LOCATION":
        if not body.location_id:
            raise errors.missing_field("locationId")
        location = calling.calling_location(store, body.location_id)
    if sum(one["location"] == location for one in _table(store).values()) >= _MOST:
        raise errors.platform(400, f"No more than {_MOST} operating modes can be created at this level.")
    _need_times(body)
    fields = _checked(store, location, body, None)
    record: Json = {"id": store.new_id("operating_modes"), "location": location, "type": body.type, **fields}
    _table(store)[record["id"]] = record
    return Reply(201, {"id": ids.encode("OPERATING_MODE", record["id"])})


@route("PUT", ONE)
def update_operating_mode(request: Request) -> Reply:
    """Modify an Operating Mode: everything is optional and what is not sent stays; type and level never change.
    Holidays that are sent replace the old ones and have new ids."""
    store, record, document = request.store, find(request), request.document()
    sent = {name: value for name, value in document.items() if value is not None}
    fixed = {"type": record["type"], "level": "LOCATION" if record["location"] else "ORGANIZATION"}
    part = _PARTS.get(record["type"])
    # holidays that are sent have new ids, so those that are not must not be read anew
    merging = ("name", "callForwarding", "sameHoursDaily", "differentHoursDaily")
    kept = {name: record[name] for name in merging if record.get(name) is not None}
    body = bodies.parse(Mode, {**bodies.nested(kept, sent), **fixed})
    fields = _checked(store, record["location"], body, record)
    if part == "holidays" and part not in sent:
        fields[part] = record[part]
    record.update(fields)
    return Reply(204)


@route("DELETE", ONE)
def delete_operating_mode(request: Request) -> Reply:
    """Delete an Operating Mode."""
    store, record = request.store, find(request)
    used = [modes for modes in _forwarded_by(store) if any(one["id"] == record["id"] for one in modes["modes"])]
    if used and store.switches["operating_mode_in_use"] == "refuse":
        raise errors.platform(400, f"Operating mode {record['name']} is in use and cannot be deleted.")
    for modes in used:
        modes["modes"] = [one for one in modes["modes"] if one["id"] != record["id"]]
    del _table(store)[record["id"]]
    return Reply(204)


def _need_times(body: Mode) -> None:
    """A new mode must say when it is on (wxcli call-features-additional.md, live 2026-10-13)."""
    if body.type == "HOLIDAY" and not body.holidays:
        raise errors.telephony(400, 25008, "Missing required field: holidays")
    part = _PARTS.get(body.type)
    hours = {"sameHoursDaily": body.same_hours_daily, "differentHoursDaily": body.different_hours_daily}.get(part or "")
    days = hours.wire().values() if hours else ()
    if part != "holidays" and part and not any(day["enabled"] for day in days):
        what = "at least one enabled with allDayEnabled or Start & End time must be configured."
        raise errors.invalid_value(f"Invalid field value: {part}: {what}")


def _forwarded_by(store: Store) -> list[Json]:
    """The operating modes in the forwarding of all features, as feature_forwarding.py keeps them."""
    records = [record for table in _FEATURES for record in store.table(table).values()]
    found = [(record.get("forwarding") or {}).get("operatingModes") for record in records]
    return [modes for modes in found if modes and modes.get("modes")]


def _checked(store: Store, location: str | None, body: Mode, record: Json | None) -> Json:
    """The fields of the record that the body makes."""
    for other in _table(store).values():
        if other is not record and other["location"] == location and other["name"].lower() == body.name.lower():
            status = 409 if store.switches["feature_name_duplicate"] == "conflict" else 400
            raise errors.platform(status, f"The operating mode {body.name} already exists.")
    forwarding = body.call_forwarding or Forwarding()
    target = feature_forwarding.destination(forwarding.destination, "callForwarding.destination")
    if forwarding.enabled and not target:
        raise errors.missing_field("callForwarding.destination")
    part = _PARTS.get(body.type)
    own: Json = {"callForwarding": {**forwarding.wire(), "destination": target}}
    return {"name": body.name, **own, **({part: _part(store, body, part)} if part else {})}


def _part(store: Store, body: Mode, part: str) -> Any:
    if part == "holidays":
        for one in body.holidays or ():
            one.check()
        return [new_holiday(store, one) for one in body.holidays or ()]
    if part == "sameHoursDaily":
        hours: Body = body.same_hours_daily or SameHours(monday_to_friday=Hours(), saturday_to_sunday=Hours())
    else:
        hours = body.different_hours_daily or DifferentHours()
    for name, value in hours.wire().items():
        if value["enabled"] and not value["allDayEnabled"]:
            for time in ("startTime", "endTime"):
                if value[time] is None:
                    raise errors.missing_field(f"{part}.{name}.{time}")
    return hours.model_dump(by_alias=True, exclude_none=True)


def new_holiday(store: Store, holiday: Holiday, key: str | None = None) -> Json:
    """A checked holiday as it is stored."""
    return {"id": key or store.new_id("holidays"), **holiday.model_dump(by_alias=True, exclude_none=True)}


@route("GET", _IN_LOCATION + "/availableOperatingModes")
def list_available_operating_modes(request: Request) -> Reply:
    """Retrieve the List of Available Operating Modes in a Location: its own and the organisation's; not paged."""
    calling.calling_half(request)
    location = calling.location(request)["id"]
    rows = [one for one in _table(request.store).values() if one["location"] in (None, location)]
    rows.sort(key=lambda one: one["name"].lower())
    shown = [{"id": ids.encode("OPERATING_MODE", one["id"]), "name": one["name"]} for one in rows]
    return Reply(200, {"operatingModes": shown})
