"""How fast to ask: one pacer for each API family, shared by all workers of a token (performance.md §4).

Webex publishes no quota, so each family learns its own. Asking begins at a cautious rate that grows until the first
429. Two or three refusals tell a limit whose refusals are cheap (`_measured`); after that, and where they are dear,
they tell it by `limits.py`, or, until they do, the rate is cut and climbs back. `Retry-After` closes the family for
everybody. The longer it is, the dearer a refusal, so everything that could bring one slows with it. Once the limit is
known the rate stays just below, and only after a long quiet time a little more is tried. Nothing here knows a clock or
sleeps: seconds come in and go out, so that tests run in virtual time.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace

from reconciler.webex.limits import Refusal, fitted, saved_up

#: Requests a second in a family of which nothing is known: 300 a minute is the one number that is written anywhere.
FIRST_RATE = 5.0
#: Where to begin and where to stay, as parts of a known limit.
BEGIN, STAY = 0.95, 0.99
#: From this `Retry-After` on, in seconds, a refusal is dear.
DEAR = 5.0
#: Seconds of unused time that may be made up for: a late wake-up, not more, or a pause becomes a burst.
CREDIT = 0.05
_SLOWEST, _FASTEST = 0.02, 1e6
_LONGEST_GUESS = 60.0
#: In units of `Retry-After`, or of the time of a few requests if that is longer: to climb back, and to be without a
#: refusal before more is tried; and how much more in one unit.
_CLIMB, _QUIET, _PROBE = 5.0, 300.0, 0.002
#: The same while what was learned has not been found twice, and how near makes it the same.
_QUIET_FIRST, _AGREE = 20.0, 0.1
_FEW = 5.0
#: Where so many got through since the last refusal, it was only a little too fast.
_NEAR = 20
_MEMORY, _REFUSALS, _FORGET = 2048, 4, 1800.0
#: First contact: how fast the rate grows (in a second by a factor of e to this power, as far as it is used), and in how
#: many seconds the gap to what was too fast is closed afterwards.
_GROWTH, _CLOSE = 0.4, 8.0
#: From the first rate on, a refusal more is cheap: less is taken to be saved up. Below the other there is nothing to
#: measure, because hardly anything gets through between two refusals.
_BRISK, _LOW = 25.0, 2.0
#: So many refusals, or so much of all answers, may come of it; none is provoked beyond.
_SPARE, _SPARE_PART = 3, 0.01
#: Around the one quota that is written anywhere (300 a minute) nobody hurries: it may be there at once.
_QUOTA, _NEAR_QUOTA = range(290, 360), 25.0
#: After so many it is rather so many a minute than a second.
_MANY, _MINUTE = 650, 60.0


@dataclass(frozen=True)
class Limit:
    """What is known of a family: requests a second, and the seconds for which the server sends away."""

    rate: float
    retry_after: float = 1.0


@dataclass(frozen=True)
class Pace:
    """What the operator asks for: a share of every limit, a limit that is given and never passed (requests a second;
    infinite: none), seconds between two requests. `first` is the rate in a family of which nothing is known."""

    share: float = 1.0
    rate: float = math.inf
    interval: float = 0.0
    first: float = FIRST_RATE

    def flat_out(self) -> Pace:
        """The same, but begin without a limit and learn it at the first refusal."""
        return replace(self, first=math.inf)


class Family:
    """The pacer of one family: `delay`, then `sent` when a request goes, `accepted` or `refused` when it is answered.
    Times are seconds of one clock that never goes back."""

    def __init__(self, pace: Pace, known: Limit | None = None) -> None:
        self._pace = pace
        self._given = pace.rate < math.inf
        self._known = Limit(pace.rate, known.retry_after if known else 1.0) if self._given else known
        self._retry_after = self._known.retry_after if self._known else 1.0
        self._ramp = self._known is None
        self._next = self._gate = self._cut_at = self._last = self._empty = -math.inf
        self._quiet = math.inf
        self._row = 0
        self._guessed = False
        self._met = self._answers = self._refused = 0
        self._most = _FASTEST
        self._small = False
        self._until = math.inf
        self._patience = _QUIET if self._known else _QUIET_FIRST
        self._sent: deque[float] = deque(maxlen=_MEMORY)
        self._refusals: deque[Refusal] = deque(maxlen=_REFUSALS)
        self.rate = min(pace.first, _FASTEST)
        self._goal = _FASTEST
        if self._known:
            self._stay_below(self._known.rate * pace.share)

    @property
    def learned(self) -> Limit | None:
        """What there is to keep for the next time; None while nothing was learned, or the limit was given."""
        if self._given:
            return None
        return Limit(self.rate, self._retry_after) if self._guessed else self._known

    def delay(self, now: float) -> float:
        """Seconds until the next request may go; 0 when it may go now."""
        return _left(max(self._gate, self._next), now)

    def sent(self, now: float) -> None:
        """A request goes now."""
        if not self._ramp:
            self._climb(now)
        rate = min(self.rate, _NEAR_QUOTA) if self._ramp and self._answers in _QUOTA else self.rate
        self._next = max(self._next, now - CREDIT) + 1 / rate
        self._last = now
        self._sent.append(now)

    def accepted(self) -> None:
        """A request was let through, whatever came of it."""
        self._row = 0
        self._answers += 1
        if self._ramp:
            self.rate = min(self.rate + _GROWTH, _FASTEST)

    def refused(self, now: float, sent: float, retry_after: float | None) -> float:
        """A request that went at `sent` was answered 429: the seconds until the family is open again. `retry_after` is
        None where the answer does not say it so that it can be understood."""
        first = sent > self._cut_at  # the others that were under way then tell nothing new
        self._row += first
        self._refused += 1
        wait = min(2.0 ** (self._row - 1), _LONGEST_GUESS) if retry_after is None else retry_after
        self._gate = max(self._gate, now + wait)
        if sent in self._sent:
            self._sent.remove(sent)
        if first:
            self._retry_after = max(wait, 0.1)
            self._learn(sent)
            self._cut_at = now
        return wait

    # --- what a refusal teaches ---

    def _learn(self, sent: float) -> None:
        full = len(self._sent) == _MEMORY
        times = tuple(time for time in self._sent if time <= sent)
        self._sent = deque((time for time in self._sent if time > sent), _MEMORY)
        refusal = Refusal(sent, -math.inf if full else self._empty, times)
        while self._refusals and self._refusals[0].at < sent - _FORGET:
            self._refusals.popleft()
        self._refusals.append(refusal)
        self._empty = sent
        if self._measured(refusal):
            return
        # While the rate grew, what it was shortly before is the safer guess; what it was at last, the faster one.
        pace = min(self.rate, refusal.pace(2.0 if self._retry_after >= DEAR else 0.5))
        rate = fitted(list(self._refusals), pace)
        if rate is None:
            self._cut(pace, refusal)
        elif self._shared() and self._known:
            self._stay_below(rate)  # what the others leave is no limit: it is theirs that is to be given back
            self._goal = self._known.rate * self._pace.share * STAY
        else:
            agrees = self._known is not None and abs(rate / self._known.rate - 1) < _AGREE
            self._patience = min(self._patience * 4, _QUIET) if agrees else _QUIET_FIRST
            self._known = Limit(rate, self._retry_after)
            self._stay_below(rate * self._pace.share)
            self._guessed = False
        self._ramp = False
        self._quiet = math.inf

    def _measured(self, refusal: Refusal) -> bool:
        """First contact, where refusals are cheap. The first one tells the limit if it is so many in a second, the next
        one what came in since, because then nothing was left; where that is more, hardly anything is saved up, and the
        limit is what it was refused at."""
        if self._given or self._retry_after >= DEAR or not (self._ramp or self._met):
            return False
        if self._met and refusal.least() < _LOW:
            self._met = 0
            return False
        if not self._met:
            self._until = refusal.at + _MINUTE
        self._met += 1
        self._ramp = False
        self._quiet = math.inf
        pace = min(self.rate, refusal.pace(0.5))
        if self._met == 1:
            limit, self._most = saved_up(refusal, 1.0 if pace < _BRISK else 0.75, pace), pace
            if len(refusal.times) > _MANY:
                limit = min(limit, len(refusal.times) / (_MINUTE + refusal.at - refusal.times[0]))
        else:
            came = refusal.least()
            self._small = self._small or (self._known is not None and came > 1.1 * self._known.rate)
            limit, self._most = (0.95 * pace, pace * 1.05) if self._small else (came, came * 1.05)
        self._known = Limit(max(limit, _SLOWEST), self._retry_after)
        self.rate = max(limit * (STAY if self._met > 1 and not self._small else 0.97), _SLOWEST)
        self._goal = self.rate
        return True

    def _spare(self) -> bool:
        return self._refused + 2 <= max(_SPARE, _SPARE_PART * self._answers)

    def _shared(self) -> bool:
        return self._given or self._pace.share < 1

    def _cut(self, pace: float, refusal: Refusal) -> None:
        """It is not known how much too fast it was; the climb ends where it was refused."""
        pace = min(pace, self._goal) if pace < math.inf and pace < _FASTEST else 2 * FIRST_RATE
        near = len(refusal.times) > _NEAR and not self._ramp
        if near and self._retry_after >= DEAR and refusal.at - refusal.times[0] > 2 * _CLIMB * self._retry_after:
            self._stay_below(pace * STAY)  # it had gone well for long: only the last bit was too much
            return
        self._guessed = not self._shared()
        self._goal = pace
        self.rate = max(pace * (0.5 if self._retry_after >= DEAR else 0.93 if near else 0.7), _SLOWEST)

    def _stay_below(self, limit: float) -> None:
        self.rate = max(limit * BEGIN, _SLOWEST)
        self._goal = max(limit * STAY, _SLOWEST)

    def _climb(self, now: float) -> None:
        """Towards the goal; after a long quiet time the goal itself, unless the operator gave it."""
        used = min(now - self._last, 2 / self.rate)
        if self._met and now > self._until:
            self._met = 0
            self._stay_below(self.rate)
        elif self._met and self._spare():
            self.rate += (self._most - self.rate) * -math.expm1(-used / _CLOSE)
        if self._met:
            return
        unit = max(self._retry_after, _FEW / self.rate)
        self.rate += (self._goal - self.rate) * -math.expm1(-used / (_CLIMB * unit))
        if self._quiet == math.inf:
            self._quiet = now + self._patience * unit
        elif now > self._quiet and not self._shared():
            self._goal = min(self._goal * (1 + _PROBE * used / unit), _FASTEST)
            self._known = Limit(max(self.rate, self._known.rate if self._known else 0.0), self._retry_after)


class Pacer:
    """The families of one token, and the pause between any two of its requests."""

    def __init__(self, pace: Pace, known: Mapping[str, Limit] | None = None) -> None:
        self.pace = pace
        self._known = dict(known or {})
        self.families: dict[str, Family] = {}
        self._next = -math.inf

    def family(self, name: str) -> Family:
        if name not in self.families:
            self.families[name] = Family(self.pace, self._known.get(name))
        return self.families[name]

    def remember(self, known: Mapping[str, Limit]) -> None:
        """What is known from earlier runs, for the families that were not asked yet or have refused nothing yet."""
        self._known.update(known)
        for name in known:
            if name in self.families and self.families[name].learned is None:
                del self.families[name]

    def delay(self, name: str, now: float) -> float:
        return max(self.family(name).delay(now), _left(self._next, now))

    def sent(self, name: str, now: float) -> None:
        self.family(name).sent(now)
        self._next = now + self.pace.interval

    def learned(self) -> dict[str, Limit]:
        """What is to be kept for the next run."""
        return {name: limit for name, family in self.families.items() if (limit := family.learned)}


def _left(until: float, now: float) -> float:
    """A rest too small for the clock to move by is none, or it would be waited for endlessly."""
    return until - now if until - now > 1e-6 else 0.0


def family_of(path: str) -> str:
    """The part of a path that says what is limited: `/telephony/config`, `/people`, `/identity`."""
    parts = path.removeprefix("/v1").split("/")
    return "/".join(parts[: 3 if parts[1:2] == ["telephony"] else 2])
