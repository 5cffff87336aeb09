"""What limits of the usual shapes would explain what a server let through and what it refused.

A shape has one number, its rate. All that was let through says how low that can be, each refusal how high: a shape
whose two bounds cross is none. Times are moments of arrival in seconds, as far as a client can tell them: `blur` says
how far off they may be.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

_HALVINGS = 14
_PHASES = 25


class Bounds(NamedTuple):
    """The lowest and the highest rate of a shape, in requests a second."""

    low: float
    high: float

    @property
    def misfit(self) -> float:
        """How far they cross, as a part of the rate; 0: they do not."""
        return max(0.0, self.low / self.high - 1) if self.high > 0 else float("inf")


class LimitShape(Protocol):
    """A kind of limit."""

    def bounds(self, passed: Sequence[float], refused: Sequence[float], most: float, blur: float) -> Bounds:
        """By what was let through and refused, in order; none of them above `most`."""
        ...


@dataclass(frozen=True)
class Bucket:
    """A token bucket that holds what comes in in so many `seconds`, and at least `least`."""

    seconds: float
    least: float = 1.0

    def bounds(self, passed: Sequence[float], refused: Sequence[float], most: float, blur: float) -> Bounds:
        """As `LimitShape`."""
        return Bounds(
            _lowest(lambda rate: self._lets_pass(rate, passed, 0.1 + blur * rate), most),
            _lowest(lambda rate: not self._refuses(rate, passed, refused[-4:], 0.1 + blur * rate), most),
        )

    def _lets_pass(self, rate: float, passed: Sequence[float], off: float) -> bool:
        size = max(self.least, rate * self.seconds)
        tokens, at = size, passed[0] if passed else 0.0
        for time in passed:
            tokens = min(size, tokens + (time - at) * rate) - 1
            at = time
            if tokens < -off:
                return False
        return True

    def _refuses(self, rate: float, passed: Sequence[float], refused: Sequence[float], off: float) -> bool:
        size = max(self.least, rate * self.seconds)
        tokens, at, number = size, passed[0] if passed else 0.0, 0
        for time in passed:
            while number < len(refused) and refused[number] <= time:
                if min(size, tokens + (refused[number] - at) * rate) >= 1 + off:
                    return False
                number += 1
            tokens = max(0.0, min(size, tokens + (time - at) * rate) - 1)
            at = time
        return all(min(size, tokens + (time - at) * rate) < 1 + off for time in refused[number:])


@dataclass(frozen=True)
class Log:
    """So many in any `seconds`: a sliding window."""

    seconds: float

    def bounds(self, passed: Sequence[float], refused: Sequence[float], most: float, blur: float) -> Bounds:
        """As `LimitShape`."""
        length = self.seconds - blur
        largest = max((n + 1 - bisect_right(passed, time - length) for n, time in enumerate(passed)), default=0)
        length = self.seconds + blur
        least = min((bisect_left(passed, time) - bisect_right(passed, time - length) for time in refused),
                    default=most * self.seconds)  # fmt: skip
        return Bounds(min(largest / self.seconds, most), min(least / self.seconds, most))


@dataclass(frozen=True)
class Window:
    """So many in each `seconds` by the clock of the server, of which only the pace is known."""

    seconds: float

    def bounds(self, passed: Sequence[float], refused: Sequence[float], most: float, blur: float) -> Bounds:
        """As `LimitShape`."""
        if not passed or not refused:
            return Bounds(0.0, most)
        starts = (passed[0] + self.seconds * (part / _PHASES - 1) for part in range(_PHASES))
        found = min((self._at(start, passed, refused, blur) for start in starts), key=lambda b: (b.misfit, -b.high))
        return Bounds(min(found.low, most), min(found.high, most))

    def _at(self, start: float, passed: Sequence[float], refused: Sequence[float], blur: float) -> Bounds:
        counts: dict[int, int] = {}
        for time in passed:
            number = int((time - start) // self.seconds)
            counts[number] = counts.get(number, 0) + 1
        least = min(counts.get(int((time - start) // self.seconds), 0) for time in refused)
        return Bounds(max(counts.values()) / self.seconds, least / self.seconds)


@dataclass(frozen=True)
class Opened:
    """So many in each `seconds`, which begin with the first request after the last such time."""

    seconds: float

    def bounds(self, passed: Sequence[float], refused: Sequence[float], most: float, blur: float) -> Bounds:
        """As `LimitShape`."""
        starts, counts = list[float](), list[int]()
        for time in passed:
            if not starts or time >= starts[-1] + self.seconds - blur:
                starts.append(time)
                counts.append(0)
            counts[-1] += 1
        if not starts:
            return Bounds(0.0, most)
        least = most * self.seconds
        for time in refused:
            number = bisect_right(starts, time) - 1
            if number < 0 or time > starts[number] + self.seconds + blur:
                return Bounds(max(counts) / self.seconds, 0.0)
            least = min(least, bisect_left(passed, time) - bisect_left(passed, starts[number]))
        return Bounds(min(max(counts) / self.seconds, most), min(least / self.seconds, most))


def _lowest(holds: Callable[[float], bool], most: float) -> float:
    """The lowest rate up to `most` from which on it holds."""
    low, high = 0.0, most
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
