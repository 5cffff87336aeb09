"""Which limit explains what a server let through and refused.

A token bucket of size B, filled at r a second, is empty when it refuses: of everything let through before, seen from
the refusal backwards, B is the most that exceeds r times the time (network calculus: the arrival curve B + r·t). One
refusal thus ties B to r; a second one, after asking at another pace, has another line, and r is where they cross.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: The two lines must be apart by so many requests; with fewer, a few that were under way decide where they cross.
_APART = 40.0
_ENOUGH = 20
_STEP = 0.95


@dataclass(frozen=True)
class Refusal:
    """A request at `at` was refused; `times` are those let through since the refusal before, which was at `since`
    (minus infinity: there was none, or it is not known how much was let through since). All in seconds."""

    at: float
    since: float
    times: tuple[float, ...]

    def least(self) -> float:
        """The lowest rate that can be true: everything let through since the bucket was empty came in since then."""
        return len(self.times) / (self.at - self.since) if math.isfinite(self.since) and self.at > self.since else 0.0

    def pace(self, seconds: float) -> float:
        """Requests a second over the last so many seconds; infinite when there were too few to say."""
        recent = [time for time in self.times if time > self.at - seconds]
        return len(recent) / (self.at - recent[0]) if len(recent) >= 5 and self.at > recent[0] else math.inf

    def size(self, rate: float) -> tuple[float, float]:
        """The bucket that a rate would need to explain this refusal, and how long before it began to run dry."""
        count = len(self.times)
        best, span = 0.0, 0.0
        for number, time in enumerate(self.times):
            over = count - number - rate * (self.at - time)
            if over > best:
                best, span = over, self.at - time
        return best, span


def fitted(refusals: Sequence[Refusal], most: float) -> float | None:
    """The rate that explains the last refusal together with an earlier one; None when they do not tell. `most` is the
    pace at which the last one came, which was too fast."""
    if len(refusals) < 2:
        return None
    last = refusals[-1]
    least = max(last.least(), 1e-3)
    if least >= most:
        return None
    for other in sorted(refusals[:-1], key=lambda other: -abs(_span(last) - _span(other))):
        rate = _crossing(last, other, least, most)
        if rate is not None:
            return rate
    return None


def _span(refusal: Refusal) -> float:
    return refusal.at - refusal.times[0] if refusal.times else 0.0


def _crossing(last: Refusal, other: Refusal, least: float, most: float) -> float | None:
    def apart(rate: float) -> float:
        return last.size(rate)[0] - other.size(rate)[0]

    at_most = apart(most) > 0
    if not at_most and apart(least) <= 0 and len(last.times) >= _ENOUGH and last.least() == least:
        return least  # it had not filled up again: what came in since the refusal before is the rate
    # From above: far below, both would need a bucket as large as all that was let through, and seem to agree on that.
    low = high = most
    while (apart(low) > 0) == at_most:
        if low <= least:
            return None
        low, high = max(low * _STEP, least), low
    for _ in range(8):
        middle = (low + high) / 2
        if (apart(middle) > 0) == at_most:
            high = middle
        else:
            low = middle
    spans = last.size(low)[1], other.size(low)[1]
    return low if low * abs(spans[0] - spans[1]) >= _APART else None
