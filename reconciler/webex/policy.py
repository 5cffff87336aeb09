"""How patient and how fast the transport is: the caps of design §7, and what an answer says about waiting."""

from __future__ import annotations

import email.utils
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.errors import UsageError
from reconciler.webex.pacing import Pace

RETRIES = 12
LONGEST_SLEEP = 300.0
LONGEST_CALL = 1800.0
CALL_TIMEOUT = 120.0
#: A write that has waited longer than this for its turn is not what it was: whoever sent it looks again first.
LOOK_AGAIN = 5.0
#: 0 and the past become a moment, so that no hot loop starts.
_MOMENT = 0.1


@dataclass(frozen=True)
class Policy:
    """Retries of a call, and seconds: of one wait, of a call with all its retries, of one attempt to be answered. What
    is learned of the limits is kept in the repository `root`; None: it is not kept."""

    retries: int = RETRIES
    longest_sleep: float = LONGEST_SLEEP
    longest_call: float = LONGEST_CALL
    call_timeout: float = CALL_TIMEOUT
    pace: Pace = field(default_factory=Pace)
    root: Path | None = None


class _Row:
    """When the first request of a row was begun, on the session's clock."""

    began: float | None = None


_row: ContextVar[_Row | None] = ContextVar("row", default=None)


@contextmanager
def one_row() -> Iterator[None]:
    """All requests in here together may be repeated for as long as one call: an operation that is tried again, or takes
    several requests, does not begin its time anew (1800 s per row, S91)."""
    token = _row.set(_Row())
    try:
        yield
    finally:
        _row.reset(token)


def row_ends(now: float, longest: float) -> float:
    """When the time of this row is up; never, outside of one."""
    row = _row.get()
    if row is None:
        return math.inf
    row.began = now if row.began is None else row.began
    return row.began + longest


def retry_after(value: str, date: str = "", now: Callable[[], float] = time.time) -> float | None:
    """Seconds to wait, from seconds or an HTTP date. None: not said, or not to be understood (`rand(30),add(30)`).
    `date` is when the server says it answered: the clock of this machine may be another one."""
    text = value.strip()
    try:
        seconds = float(text)
    except ValueError:
        until, answered = _moment(text), _moment(date)
        if until is None:
            return None
        seconds = until - (now() if answered is None else answered)
    return max(seconds, _MOMENT) if seconds == seconds else None  # not a number is never itself


def _moment(text: str) -> float | None:
    """Seconds since the epoch of an HTTP date; None for anything else."""
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def rate_of(text: str) -> float:
    """Requests a second of `300/60s`, `300/m` or `5`; UsageError for anything else."""
    units = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
    count, _, period = text.replace(" ", "").partition("/")
    number = period.rstrip("smhin")
    try:
        rate = float(count) / (float(number or 1) * units[period[len(number) :]])
    except (ValueError, KeyError, ZeroDivisionError):
        rate = 0.0
    if not 0 < rate < 1e6:
        raise UsageError(f"not a rate: {text!r}", do="give requests and seconds like 300/60s, or requests a second")
    return rate
