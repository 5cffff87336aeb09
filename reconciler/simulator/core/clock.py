"""The tenant's clock: real time until a test moves it, so that nothing that takes hours has to be waited for."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()  # later moments cannot be written
_FASTEST = 1_000_000


class Clock:
    """Seconds since the epoch. It runs at `speed` times real time; at speed 0 it stands until it is moved."""

    def __init__(self) -> None:
        self._held = 0.0
        self.restore(None)

    def now(self) -> float:
        return self._held or self._base + (time.monotonic() - self._since) * self.speed

    @contextmanager
    def held(self) -> Iterator[float]:
        """One request happens at one moment, so that carrying it out again at that moment does the very same."""
        self._held = round(self.now(), 3)  # as it is kept
        try:
            yield self._held
        finally:
            self._held = 0.0

    def stamp(self, moment: float | None = None) -> str:
        """That moment or now, as the API writes it: milliseconds and Z."""
        when = datetime.fromtimestamp(self.now() if moment is None else moment, UTC)
        return when.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    def advance(self, seconds: float) -> None:
        """Move on; a clock never goes back."""
        if not (_is_number(seconds) and seconds >= 0):
            raise ValueError(f"the clock only moves forward, not by {seconds}")
        self._pin(self.now() + seconds)

    def run(self, speed: float) -> None:
        """From here on at that speed; 0 stops it."""
        if not (_is_number(speed) and 0 <= speed <= _FASTEST):
            raise ValueError(f"not a speed: {speed}; it is 0 to {_FASTEST} times real time")
        self._pin(self.now())
        self.speed = float(speed)

    def at(self, moment: float) -> None:
        """Stand at that moment, for the replay of what was done then."""
        self._pin(moment)

    def restore(self, kept: dict[str, Any] | None) -> None:
        """As `kept()` gave it; None is real time."""
        kept = kept or {}
        self.speed = float(kept.get("speed", 1))
        self._pin(float(kept["now"]) if "now" in kept else time.time() + float(kept.get("ahead", 0)))

    def kept(self) -> dict[str, Any] | None:
        """What makes this clock again: how far ahead of real time it runs, or where it stood; None is real time."""
        if self.speed != 1:
            return {"now": round(self.now(), 3), "speed": self.speed}
        ahead = round(self.now() - time.time())
        return {"ahead": ahead} if ahead > 0 else None

    def _pin(self, moment: float) -> None:
        if not 0 <= moment <= _LATEST:
            raise ValueError("the clock does not go beyond the year 9998")
        # milliseconds, as it is kept: a clock that stands is the same one after a restart
        self._base, self._since = round(moment, 3), time.monotonic()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
