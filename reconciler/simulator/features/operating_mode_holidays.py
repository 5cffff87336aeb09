"""Holidays of operating modes of the type HOLIDAY ("Features: Operating Modes"). Their ids are of the kind of schedule
events, but stay on rename."""

from __future__ import annotations

from ..core import bodies, errors
from ..core.routing import Json, Reply, Request, route
from .operating_modes import MOST_HOLIDAYS, ONE, Holiday, find, new_holiday, show_holiday

_HOLIDAYS = ONE + "/holidays"


def _holidays(request: Request) -> list[Json]:
    """The holidays of the mode of the path, which must be of that type."""
    record = find(request)
    if record["type"] != "HOLIDAY":
        raise errors.platform(400, "The operating mode has no holidays.")
    found: list[Json] = record["holidays"]
    return found


def _find_holiday(request: Request) -> Json:
    key = request.uuid("holidayId", "SCHEDULE_EVENT")
    for holiday in _holidays(request):
        if holiday["id"] == key:
            return holiday
    raise errors.not_found()


def _read(request: Request, stored: Json | None = None) -> Holiday:
    kept = {name: value for name, value in (stored or {}).items() if name not in request.document()}
    body = bodies.parse(Holiday, {**kept, **request.document()})
    body.check()
    return body


@route("POST", _HOLIDAYS)
def create_holiday(request: Request) -> Reply:
    """Create an Operating Mode Holiday; no more than 150."""
    holidays, body = _holidays(request), _read(request)
    if len(holidays) >= MOST_HOLIDAYS:
        raise errors.platform(400, f"No more than {MOST_HOLIDAYS} holidays can be created.")
    holidays.append(new_holiday(request.store, body))
    return Reply(201, {"id": show_holiday(holidays[-1])["id"]})


@route("GET", _HOLIDAYS + "/{holidayId}")
def get_holiday(request: Request) -> Reply:
    """Get details for an Operating Mode Holiday."""
    return Reply(200, show_holiday(_find_holiday(request)))


@route("PUT", _HOLIDAYS + "/{holidayId}")
def update_holiday(request: Request) -> Reply:
    """Modify an Operating Mode Holiday: what is not sent stays."""
    stored = _find_holiday(request)
    body = _read(request, stored)
    changed = new_holiday(request.store, body, stored["id"])
    stored.clear()
    stored.update(changed)
    return Reply(204)


@route("DELETE", _HOLIDAYS + "/{holidayId}")
def delete_holiday(request: Request) -> Reply:
    """Delete an Operating Mode Holiday."""
    holiday = _find_holiday(request)
    _holidays(request).remove(holiday)
    return Reply(204)
