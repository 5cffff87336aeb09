"""How fast to ask: one pacer for each API family, shared by all workers of a token (performance.md §4).

Webex publishes no quota, so each family learns its own. Asking begins at a cautious rate that doubles every second
until the first 429; then the refusals tell the rate (`limits.py`), or, until they do, the rate is cut and climbs back.
`Retry-After` closes the family for everybody. The longer it is, the dearer a refusal, so everything that could bring
one slows with it. Once the rate is known it is kept just below, and only after a long quiet time a little more is
tried. Nothing here knows a clock or sleeps: seconds come in, seconds go out, so tests run in virtual time.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from reconciler.webex.limits import Refusal, fitted

#: Requests a second in a family of which nothing is known: 300 a minute is the one number that Cisco ever wrote.
FIRST_RATE = 5.0
#: A server that answers with every wait the same is taken to mean it up to here; beyond, a refusal is dear.
_DEAR = 5.0
#: Unused time that may be made up for: as much as one late wake-up, or the pause becomes a burst.
_CREDIT = 0.05
#: Where to begin and where to stay, as parts of a limit: near enough to be fast, far enough not to meet it.
BEGIN, STAY = 0.95, 0.99
_SLOWEST = 0.02
_MEMORY = 4096
_REFUSALS = 4
_FORGET = 1800.0


@dataclass(frozen=True)
class Limit:
    """What is known of a family: requests a second, and how long the server sends away whoever asks too fast."""

    rate: float
    retry_after: float = 1.0


@dataclass(frozen=True)
class Pace:
    """What the operator asks for: a share of every limit, a rate that is never passed, a pause between requests in
    seconds. `first` is the rate where nothing is known; infinite means as fast as the answers come."""

    share: float = 1.0
    rate: float = math.inf
    interval: float = 0.0
    first: float = FIRST_RATE


class Family:
    """The pacer of one family. `delay` and `sent` when a request goes, `accepted` or `refused` when it is answered."""

    def __init__(self, pace: Pace, known: Limit | None = None) -> None:
        self._pace = pace
        self._most = pace.rate * STAY if known is None else min(pace.rate * STAY, math.inf)
        self._retry_after = known.retry_after if known else 1.0
        self.learned = known
        self._learning = known is None and pace.rate == math.inf
        self._next = -math.inf
        self._last = -math.inf
        self._gate = -math.inf
        self._quiet_since: float | None = None
        self._row = 0
        self._cuts = 0
        self._sent: deque[float] = deque(maxlen=_MEMORY)
        self._refusals: deque[Refusal] = deque(maxlen=_REFUSALS)
        if known is not None:
            self._goal = min(self._most, known.rate * pace.share * STAY)
            self.rate = min(self._goal, known.rate * pace.share * BEGIN)
        elif self._learning:
            self.rate, self._goal = pace.first, math.inf
        else:
            self.rate = self._goal = self._most * pace.share

    def delay(self, now: float) -> float:
        """Seconds until the next request may go; 0 when it may go now."""
        return max(self._gate, self._next) - now if max(self._gate, self._next) > now else 0.0

    def sent(self, now: float) -> None:
        """A request goes now."""
        self._climb(now)
        self._next = max(self._next, now - _CREDIT) + 1 / self.rate
        self._last = now
        self._sent.append(now)

    def accepted(self) -> None:
        """A request was let through, whatever came of it."""
        self._row = 0
        if self._learning:
            self.rate += math.log(2)  # doubles every second as long as the rate is really used

    def refused(self, now: float, sent: float, retry_after: float | None) -> float:
        """A request that went at `sent` was answered with 429: the seconds until this family is open again.
        `retry_after` is None where the answer does not say it in a way that can be understood."""
        same = sent <= self._gate_set
        if not same:
            self._row += 1
        wait = retry_after if retry_after is not None else min(2.0 ** (self._row - 1), 60.0)
        return wait
