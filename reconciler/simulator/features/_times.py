"""Dates, times and yearly recurrences as schedules and operating modes write them: `2026-12-25`, `09:00`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ..core import errors
from ..core.bodies import Body


def _date(text: str) -> str:
    return datetime.strptime(text, "%Y-%m-%d").strftime("%Y-%m-%d")


def _time(text: str) -> str:
    return datetime.strptime(text, "%H:%M").strftime("%H:%M")


DateText = Annotated[str, AfterValidator(_date)]
TimeText = Annotated[str, AfterValidator(_time)]
Month = Literal["JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER",
                "NOVEMBER", "DECEMBER"]  # fmt: skip
Day = Literal["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"]
Week = Literal["FIRST", "SECOND", "THIRD", "FOURTH", "LAST"]


class ByDate(Body):
    day_of_month: Annotated[int, Field(ge=1, le=31)]
    month: Month


class ByDay(Body):
    day: Day
    week: Week
    month: Month


class Span(Body):
    """From a date to a date, all day or from a time to a time."""

    name: Annotated[str, Field(min_length=1)]
    start_date: DateText
    end_date: DateText
    start_time: TimeText | None = None
    end_time: TimeText | None = None
    all_day_enabled: bool | None = None

    def check(self) -> None:
        """Times are needed unless the day is whole; a whole day keeps none."""
        if self.end_date < self.start_date:
            raise errors.invalid_value("Invalid field value: endDate")
        if self.all_day_enabled:
            self.start_time = self.end_time = None
            return
        self.all_day_enabled = False
        for name, value in (("startTime", self.start_time), ("endTime", self.end_time)):
            if value is None:
                raise errors.missing_field(name)
