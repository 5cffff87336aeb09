"""How patient and how fast the transport is: the caps of design §7, and what an answer says about waiting."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.errors import UsageError
from reconciler.webex.pacing import Pace

RETRIES = 12
LONGEST_SLEEP = 300.0
LONGEST_CALL = 1800.0
CALL_TIMEOUT = 120.0
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


def retry_after(value: str, now: Callable[[], float] = time.time) -> float | None:
    """Seconds to wait, from seconds or an HTTP date. None: not said, or not to be understood (`rand(30),add(30)`)."""
    text = value.strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(text).timestamp() - now()
        except (TypeError, ValueError, OverflowError):
            return None
    return max(seconds, _MOMENT) if seconds == seconds else None  # not a number is never itself


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
