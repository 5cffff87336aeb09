"""When an operating mode is on, by its own hours or holidays and the clock of the location."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from ..core.routing import Json
from ..core.store import Store

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER",
           "DECEMBER")  # fmt: skip
_WEEKS = {"FIRST": 0, "SECOND": 1, "THIRD": 2, "FOURTH": 3}


def local(store: Store, location: str) -> datetime:
    """Now, where the location is."""
    return datetime.fromtimestamp(store.clock.now(), ZoneInfo(store.locations[location]["timeZone"]))


def is_on(mode: Json, now: datetime) -> bool:
    """Whether the mode's own schedule says so; a mode without one is on only by hand."""
    if mode["type"] == "HOLIDAY":
        return any(_on_holiday(one, now) for one in mode.get("holidays") or ())
    if mode["type"] == "SAME_HOURS_DAILY":
        part = "mondayToFriday" if now.weekday() < 5 else "saturdayToSunday"
        return _within((mode.get("sameHoursDaily") or {}).get(part), now)
    if mode["type"] == "DIFFERENT_HOURS_DAILY":
        return _within((mode.get("differentHoursDaily") or {}).get(_DAYS[now.weekday()]), now)
    return False


def _within(hours: Json | None, now: datetime) -> bool:
    if not hours or not hours.get("enabled"):
        return False
    return bool(hours.get("allDayEnabled")) or hours["startTime"] <= now.strftime("%H:%M") < hours["endTime"]


def _on_holiday(holiday: Json, now: datetime) -> bool:
    first, last = date.fromisoformat(holiday["startDate"]), date.fromisoformat(holiday["endDate"])
    today = now.date()
    if first <= today <= last:
        return holiday["allDayEnabled"] or _within({"enabled": True, **holiday}, now)
    recurrence = holiday.get("recurrence") or {}
    return (
        today > last
        and _recurs(recurrence, today)
        and (holiday["allDayEnabled"] or _within({"enabled": True, **holiday}, now))
    )


def _recurs(recurrence: Json, today: date) -> bool:
    if by_date := recurrence.get("recurYearlyByDate"):
        return (today.day, today.month) == (by_date["dayOfMonth"], _MONTHS.index(by_date["month"]) + 1)
    if by_day := recurrence.get("recurYearlyByDay"):
        if _MONTHS[today.month - 1] != by_day["month"] or _DAYS[today.weekday()] != by_day["day"].lower():
            return False
        last = (today.day + 7) > _days_of(today)
        return last if by_day["week"] == "LAST" else (today.day - 1) // 7 == _WEEKS[by_day["week"]]
    return False


def _days_of(today: date) -> int:
    following = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    return (following - date(today.year, today.month, 1)).days
