"""First contact with a limit that nobody knows: find it within the first seconds, at the cost of a few refusals.

before a refusal   the rate grows with every answer, from 300 a minute, the one quota that is written anywhere
refused            the shapes of shapes.py that explain everything let through and refused so far are candidates: the
                   slowest of them is gone on with, and the rate climbs, while refusals may be spared, to the fastest
spared             three refusals, or one in a hundred of what half a minute brings; so many requests may be under way
                   at an untried rate, because a window that is full refuses all of them
long `Retry-After` or a bucket that stays empty: a window; what it let through since it opened is its quota
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort

from reconciler.webex.shapes import Bounds, Bucket, LimitShape, Log, Opened, Window

#: Requests a second in a family of which nothing is known, and the slowest limit that is guessed before it is proven.
FIRST_RATE, SLOWEST = 5.0, 4.75
#: How near to what was found.
STAY = 0.97
#: From this `Retry-After` on, in seconds, it is no bucket that is filled at some requests a second; and from this on a
#: refusal is dear, unless it is the end of a window.
LONG, DEAR = 2.5, 5.0
WINDOWS = (10.0, 60.0)
_SECOND = Bucket(1.0)
_SHAPES: tuple[LimitShape, ...] = (
    _SECOND, Bucket(0.0, 10.0), Bucket(0.0, 2.0), Window(1.0), Opened(1.0), Log(1.0), Bucket(60.0)
)  # fmt: skip
#: Growth with each answer; climbing, in a second by a factor of e to this power: after one refusal, after more, above
#: the fastest candidate, and after a quota so large that it may be a minute's.
_GROWTH, _CLIMB, _AGAIN, _CREEP, _MINUTE, _SLOW = 0.42, 0.2, 0.1, 0.03, 0.7, 0.02
_A_MINUTES = 280
#: So many a second are to be reached, however far away the server is.
_BRISK = 55.0
#: So many let through without a refusal that two more may be refused at once, and that there may be no limit at all.
_MANY, _UNLIMITED = 500, 1500
#: So many tell a bucket of a second from a quota of a minute that is spent, which refuses them as soon as it can: they
#: go hardly side by side.
_TRIAL = 30
#: Fewer tell no shape.
_FEW = 12
_SPARE, _SPARE_PART, _RUN = 3.0, 0.01, 28.0
_LAST = 60.0
#: Seconds after which what has another name may ask whether it is closed as well.
_ASK_TOO = 1.0
#: After so many seconds, or four times the usual, a request has met the limit: what is answered late is no reason to
#: let others wait.
_ARRIVED, _ARRIVED_AT_HOME = 0.25, 0.03
_MEMORY = 4096
_LONGEST_GUESS = 60.0


class Contact:
    """As a family: `delay`, then `sent`, then `back`, and `accepted` or `refused`. Where `first` is infinite, it is
    asked without a pause, but hardly side by side, until it refuses."""

    def __init__(self, first: float, share: float = 1.0) -> None:
        self._first, self._share = first, share
        self._flat = first == math.inf
        self.rate = first
        self._hold, self._top, self._cap = 0.0, math.inf, math.inf
        self._speed = _CLIMB
        self._doubt, self._trial = 0.0, 0  # the rate if it is no minute's; until so many answers it is found out
        self._passed: list[float] = []
        self._by_name: dict[str, list[float]] = {}
        self._closed: dict[str, float] = {}
        self._refused_names: set[str] = set()
        self._events: list[float] = []
        self._under_way: list[float] = []
        self._answers = self._refusals = self.row = 0
        self._next = self._gate = self._cut_at = self._last = -math.inf
        self._rtt = 0.0
        self._window = self._began = 0.0
        self._quantity, self._patient = 0, -math.inf
        self._sure, self._explained = True, False
        self.retry_after = 1.0
        self.parts = ""

    @property
    def met(self) -> bool:
        """Whether it refused anything yet."""
        return bool(self._events)

    @property
    def goal(self) -> float:
        """What was too fast, where what was found is only a guess at a window; infinite where it is more."""
        return math.inf if self._sure else self._cap

    def over(self, now: float) -> bool:
        """Whether what was learned is to be used from now on as if it had been known."""
        return self.met and now > self._events[0] + _LAST

    def delay(self, now: float, name: str = "") -> float:
        """Seconds; infinite until another answer is there, or `patience` is over."""
        left = max(self._gate, self._next, self._closed.get(name, -math.inf)) - now
        if left > 1e-6:
            return left
        counted = len(self._counted(now))
        return math.inf if counted and counted + 1 > self._room() else 0.0

    def patience(self, now: float) -> float:
        """For how long an answer is worth waiting for: until what is under way longest no longer counts."""
        counted = self._counted(now)
        return counted[0] + self._arrived - now + 1e-3 if counted else 0.0

    def sent(self, now: float) -> None:
        """A request goes now."""
        if self.met:
            self._climb(now)
        self._under_way.append(now)
        if self.rate < math.inf:
            late = now - min(0.05, 0.5 / self.rate)
            self._next = max(self._next, self._gate, late) + 1 / self.rate
        self._last = now

    def back(self, sent: float) -> None:
        """A request that went at `sent` is no longer under way: answered or lost. Comes before `accepted` and
        `refused`."""
        if sent in self._under_way:
            self._under_way.remove(sent)

    def accepted(self, now: float, sent: float, name: str = "") -> None:
        """A request that went at `sent` was let through."""
        self.row = 0
        self._answers += 1
        self._rtt += (now - sent - self._rtt) / min(self._answers, 20)
        for log in (self._passed, self._by_name.setdefault(name, [])):
            insort(log, (now + sent) / 2)
            if len(log) > _MEMORY:
                del log[: _MEMORY // 4]
        if not self.met and not self._flat:
            self.rate += _GROWTH

    def refused(self, now: float, sent: float, said: float | None, name: str = "") -> float:
        """A request that went at `sent` was answered 429: the seconds until it is open again. Where it is closed for
        long, what has another name may ask soon whether it is closed as well."""
        self._answers += 1
        self._refusals += 1
        self.parts = ""
        also = any(until > sent for other, until in self._closed.items() if other != name)
        first = sent > self._cut_at and not also  # what was under way, or is closed too, tells nothing new
        self.row += first
        wait = self._guess(now) if said is None else said
        self._closed[name] = max(self._closed.get(name, now), now + wait)
        self._gate = max(self._gate, *self._closed.values()) if also else max(self._gate, now + min(wait, _ASK_TOO))
        self._refused_names.add(name)
        if first:
            self._cut_at = now
            self.retry_after = max(wait, 0.1)
            self._learn((now + sent) / 2, said, name)
        return wait

    # --- one limit, or one of several ---

    def parted(self, name: str) -> Contact | None:
        """What is known of one family alone, which goes its own way; None where a refusal of it is dear. What is left
        is as if that had never been asked."""
        own: Contact | None = None
        log = self._by_name.get(name, [])
        if self.parts == "apart":
            own = Contact(self._first, self._share)
            own._passed, own._by_name[name] = list(log), list(log)
            own._rtt, own._gate, own._cap = self._rtt, self._closed[name], self._cap
            own._last, own._cut_at = self._last, self._cut_at  # what was under way with it is told to this one
            own._answers, own._refusals = self._answers, self._refusals
            own._learn(self._events[-1], None, name)
        self._passed = sorted(time for other, times in self._by_name.items() if other != name for time in times)
        self._events.clear()
        self._sure = True
        self._by_name.pop(name, None)
        self._closed.pop(name, None)
        self._refused_names.discard(name)
        self._hold, self._top, self._cap, self._window = 0.0, math.inf, math.inf, 0.0
        self._doubt, self._trial = 0.0, 0
        self._gate = -math.inf
        self.parts = ""
        self.rate = self._first if self._flat else max(self._first, min(self.rate, 2 * self._first))
        return own

    @property
    def too_fast(self) -> float:
        """The slowest pace at which anything was refused."""
        return self._cap

    def left(self, name: str) -> list[float]:
        """When requests of one family went, as far as they were let through."""
        return self._by_name.get(name, [])

    # --- how many at once ---

    @property
    def _arrived(self) -> float:
        return max(_ARRIVED_AT_HOME if self._flat else _ARRIVED, 4 * self._rtt)

    def _counted(self, now: float) -> list[float]:
        """What is under way and may not have met the limit yet."""
        return self._under_way[bisect_left(self._under_way, now - self._arrived) :]

    def _room(self) -> float:
        count = len(self._passed)
        if not self.met and self._flat:
            return self._room_at_home(count)
        if not self.met:
            if count < 16:
                return 1.0
            if count < 40:
                return 2.0
            if count < _A_MINUTES:
                return 1.5 + 0.06 * count
            return max(5.0, 0.007 * count, _BRISK * self._rtt)
        if self._answers < self._trial:
            return max(1.0, 0.5 * self.rate * self._rtt)
        if self.rate <= self._hold:
            return math.inf
        return math.ceil(self._hold * self._rtt) + max(1.0, min(self._spare() * 0.7, 0.4 * self.rate * self._rtt))

    def _room_at_home(self, count: int) -> float:
        """Before the first refusal. Whoever answers late is asked side by side soon, or it is never seen that fifty a
        second are too many; more only when so many got through that there may be no limit at all."""
        spent = FIRST_RATE * (60 + self._last - self._passed[0]) if count else math.inf
        if -3 <= count + len(self._under_way) - spent <= 5:  # where the quota of a minute would end
            return max(1.0, 3 * FIRST_RATE * self._rtt)
        few = 1 + count / 250 if count > _MANY else min(1 + count / 100, 2.0)
        fast = (FIRST_RATE + _GROWTH * count + 0.5 * max(0, count - 40)) * self._rtt
        return max(few, fast if count > _UNLIMITED else min(fast, math.ceil(1.1 * _BRISK * self._rtt)))

    def _spare(self) -> float:
        """So many more may be refused, by what half a minute brings."""
        likely = max(min(1.2 * self._hold, max(self._hold, self._top)), self._doubt)
        left = max(0.0, _RUN - (self._last - self._passed[0])) if self._passed else _RUN
        return max(_SPARE, _SPARE_PART * (self._answers + left * likely)) - self._refusals

    # --- what a refusal teaches ---

    def _guess(self, now: float) -> float:
        """How long, where the answer does not say it: a bucket has something after a second, a window when it ends."""
        if self.row <= 1:
            return 1.0
        began = self._began if self._window else self._passed[0] if self._passed else math.inf
        ends = [began + length + 0.5 - now for length in WINDOWS if began + length > now]
        return ends[0] if ends and ends[0] < math.inf else min(2.0 ** (self.row - 1), _LONGEST_GUESS)

    def _learn(self, at: float, said: float | None, name: str) -> None:
        pace = min(self.rate, self._pace(at, 0.5))
        self._events.append(at)
        self._cap = min(self._cap, pace)
        self._doubt = low = high = 0.0
        self._trial = 0
        if self._quota(at, said):
            return
        if len(self._events) == 1:
            count, second = len(self._passed), self._bounds(_SECOND)
            low = max(second) if count > _A_MINUTES else min(second)  # crossed: times on the way are to blame
            # it was asked so fast for so long already that hardly anything can have been saved up, or it is a minute's
            minute = count > _A_MINUTES and max(second) < 0.63 * self._pace(at, 1.0)
            if count > _A_MINUTES:
                self._trial = self._answers + _TRIAL
            if minute:
                self._doubt, low = low * STAY * self._share, count / 60
            low, high = max(low * STAY, SLOWEST), pace
            self._speed = _MINUTE if minute else _CLIMB
        else:
            fits = self._candidates(pace)
            few = 5 * len(self.left(name)) < 4 * len(self._passed)
            self.parts = "apart" if few and not self._explained and self._refused_names == {name} else ""
            came = self._came()
            if came < 0.4 * self._cap:  # far too fast, and what the shapes say rests on too little
                fits = [max(came, 0.3 * self._cap)]
            low = min(fits) if fits and len(self._events) < 3 else max(fits, default=0.95 * self._cap)
            low = min(low * STAY, 0.95 * self._cap)
            high = min(max(fits, default=self._cap), self._cap) * STAY
            self._speed = _AGAIN
        self.rate = self._hold = low * self._share
        self._top = max(low, high) * self._share

    def _quota(self, at: float, said: float | None) -> bool:
        """Whether it is a window that is spent, and what it lets through; where a long wait is the end of no window
        that is known of, it is dear."""
        long = said > LONG if said is not None else self.row > 1 and bool(self._passed)
        if not long and not self._window:
            return False
        length = next((one for one in WINDOWS if said is None or said <= one + 1), WINDOWS[-1])
        ends = at + said if said is not None else at
        quota = len(self._passed) - bisect_left(self._passed, ends - length - 0.5)
        if said is not None and said >= DEAR and quota < SLOWEST * 0.8 * length and not self._window:
            self.parts = "dear"
            return True
        again = self._window == length and abs(quota / max(self._quantity, 1) - 1) < 0.1
        self._window, self._began, self._quantity = length, max(self._closed.values()), quota
        self.rate = self._hold = max(quota / length, 0.5) * STAY * self._share
        self._sure = again
        self._top = self.rate if again else max(self.rate, self._cap * STAY * self._share)
        self._speed, self._patient = _SLOW, self._began + 3 * length
        return True

    def _candidates(self, pace: float) -> list[float]:
        """The rates of the shapes that explain what happened; none where too little did."""
        self._explained = False
        if len(self._passed) < _FEW:
            return []
        every = [self._bounds(shape) for shape in _SHAPES]
        most = 0.15 if len(self._events) < 3 else 0.01
        self._explained = any(found.misfit < most for found in every)
        bounds = [found for found in every if found.high > 0.3 * pace]
        best = min((found.misfit for found in bounds), default=1.0)
        fits = [min(found) for found in bounds if found.misfit <= best + 0.004] if best < most else []
        return [rate for rate in fits if rate >= SLOWEST * STAY] or fits

    def _came(self) -> float:
        """What came in between the last two refusals, in requests a second."""
        before, at = self._events[-2:]
        return (len(self._passed) - bisect_left(self._passed, before)) / max(at - before, 0.1)

    def _bounds(self, shape: LimitShape) -> Bounds:
        most = max(2 * self._pace(self._events[-1], 0.5), 10.0)
        return shape.bounds(self._passed, self._events, most, 0.1 * self._rtt)

    def _pace(self, at: float, seconds: float) -> float:
        recent = self._passed[bisect_left(self._passed, at - seconds) :]
        return len(recent) / (at - recent[0]) if len(recent) >= 3 and at > recent[0] else min(self.rate, 1e4)

    def _climb(self, now: float) -> None:
        used = max(0.0, min(now - self._last, 2 / self.rate))
        if self._spare() < 1 + 0.5 * self.rate * self._rtt - 0.1 or now < self._patient:
            return
        if 0 < self._doubt <= self.rate:  # it was no minute's: that would have refused on the way
            self._hold, self._doubt, self._speed = self._doubt, 0.0, _CLIMB
        if self.rate < self._top:
            self.rate = min(self.rate * math.exp(self._speed * used), self._top)
        elif not self._window and self.rate < 0.94 * self._cap:
            self.rate *= math.exp(_CREEP * used)
