"""How fast to ask: pacers shared by all workers of a token (performance.md §4).

Webex publishes no quota, so it is learned. What nobody knows yet is one limit over everything that is asked, until it
shows that it is that of one family of paths only (`Pacer`); contact.py finds it, and a minute later it is a known one.
`Retry-After` closes the family for everybody. The longer it is, the dearer a refusal, so everything that could bring
one slows with it. Where the limit is known the rate stays just below, and only after a long quiet time a little more is
tried. Nothing here knows a clock or sleeps: seconds come in and go out, so that tests run in virtual time.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace

from reconciler.webex.contact import DEAR, FIRST_RATE, Contact
from reconciler.webex.contact import STAY as FOUND
from reconciler.webex.limits import Refusal, fitted

#: Where to begin and where to stay, as parts of a known limit.
BEGIN, STAY = 0.95, 0.99
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
#: What is limited as a whole, where it is not known to be one family.
EVERYTHING = "*"


@dataclass(frozen=True)
class KnownLimit:
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


class FamilyPacer:
    """The pacer of one family: `delay`, then `sent` when a request goes, `back` when it is answered or lost, and then
    `accepted` or `refused`. Times are seconds of one clock that never goes back."""

    def __init__(self, pace: Pace, known: KnownLimit | None = None) -> None:
        self._pace = pace
        self._given = pace.rate < math.inf
        self._known = KnownLimit(pace.rate, known.retry_after if known else 1.0) if self._given else known
        self._retry_after = self._known.retry_after if self._known else 1.0
        self._contact = Contact(pace.first, pace.share) if self._known is None else None
        self._next = self._gate = self._cut_at = self._last = self._empty = -math.inf
        self._quiet = math.inf
        self._row = 0
        self._guessed = False
        self._refused_before = self._known is not None
        self._patience = _QUIET if self._known else _QUIET_FIRST
        self._sent: deque[float] = deque(maxlen=_MEMORY)
        self._refusals: deque[Refusal] = deque(maxlen=_REFUSALS)
        self.rate = min(pace.first, _FASTEST)
        self._goal = _FASTEST
        if self._known:
            self._stay_below(self._known.rate * pace.share)

    @property
    def learned(self) -> KnownLimit | None:
        """What there is to keep for the next time; None while nothing was learned, or the limit was given."""
        if self._given:
            return None
        if self._contact:
            found = KnownLimit(self._contact.rate / FOUND / self._pace.share, self._contact.retry_after)
            return found if self._contact.met else None
        return KnownLimit(self.rate, self._retry_after) if self._guessed else self._known

    @property
    def parts(self) -> str:
        """Whether what was refused last has a limit of its own: "apart" or "dear", else empty."""
        return self._contact.parts if self._contact else ""

    def parted(self, name: str) -> FamilyPacer:
        """The pacer of a family that goes its own way from now on."""
        own = FamilyPacer(self._pace)
        if self._contact:
            own._sent.extend(self._contact.left(name))
            own.rate = min(self._contact.too_fast, _FASTEST)
            own._contact = self._contact.parted(name)
        return own

    def delay(self, now: float, name: str = "") -> float:
        """Seconds until the next request may go; 0 when it may go now, infinite when an answer is waited for."""
        if self._contact:
            return self._contact.delay(now, name)
        return _left(max(self._gate, self._next), now)

    def patience(self, now: float) -> float:
        """How long to wait for an answer where `delay` is infinite."""
        return self._contact.patience(now) if self._contact else 0.0

    def sent(self, now: float) -> None:
        """A request goes now."""
        if self._contact and self._contact.over(now):
            self._met()
        if self._contact:
            self._contact.sent(now)
            self.rate = min(self._contact.rate, _FASTEST)
        else:
            self._climb(now)
        self._next = max(self._next, now - CREDIT) + 1 / self.rate
        self._last = now
        self._sent.append(now)

    def accepted(self, now: float, sent: float, name: str = "") -> None:
        """A request that went at `sent` was let through, whatever came of it."""
        self._row = 0
        if self._contact:
            self._contact.accepted(now, sent, name)

    def back(self, sent: float) -> None:
        """A request that went at `sent` is no longer under way: it is answered or lost."""
        if self._contact:
            self._contact.back(sent)

    def refused(self, now: float, sent: float, retry_after: float | None, name: str = "") -> float:
        """A request that went at `sent` was answered 429: the seconds until the family is open again. `retry_after` is
        None where the answer does not say it so that it can be understood."""
        if self._contact:
            wait = self._contact.refused(now, sent, retry_after, name)
            self.rate = min(self._contact.rate, _FASTEST)
            return wait
        first = sent > self._cut_at  # the others that were under way then tell nothing new
        self._row += first
        wait = min(2.0 ** (self._row - 1), _LONGEST_GUESS) if retry_after is None else retry_after
        self._gate = max(self._gate, now + wait)
        if sent in self._sent:
            self._sent.remove(sent)
        if first:
            self._retry_after = max(wait, 0.1)
            self._learn(sent)
            self._refused_before = True
            self._cut_at = now
        return wait

    def _met(self) -> None:
        """First contact is over: what it found is a limit like any other."""
        contact, found = self._contact, self.learned
        self._contact = None
        if not contact or not found:
            return
        self._row, self._retry_after, self._refused_before = contact.row, found.retry_after, True
        if contact.goal < math.inf:
            self._guessed, self._goal = not self._shared(), contact.goal
        else:
            self._known = found
            self._patience = _QUIET_FIRST
            self._stay_below(found.rate * self._pace.share)

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
            self._known = KnownLimit(rate, self._retry_after)
            self._stay_below(rate * self._pace.share)
            self._guessed = False
        self._quiet = math.inf

    def _shared(self) -> bool:
        return self._given or self._pace.share < 1

    def _cut(self, pace: float, refusal: Refusal) -> None:
        """It is not known how much too fast it was; the climb ends where it was refused."""
        pace = min(pace, self._goal) if pace < math.inf and pace < _FASTEST else 2 * FIRST_RATE
        near = len(refusal.times) > _NEAR and self._refused_before
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
        unit = max(self._retry_after, _FEW / self.rate)
        self.rate += (self._goal - self.rate) * -math.expm1(-used / (_CLIMB * unit))
        if self._quiet == math.inf:
            self._quiet = now + self._patience * unit
        elif now > self._quiet and not self._shared():
            self._goal = min(self._goal * (1 + _PROBE * used / unit), _FASTEST)
            self._known = KnownLimit(max(self.rate, self._known.rate if self._known else 0.0), self._retry_after)


class Pacer:
    """The families of one token, and the pause between any two of its requests.

    All families of which nothing is known are one at first: most servers count everything that a token asks. One that
    is refused while all together ask for less than was let through before has a limit of its own from then on.
    """

    def __init__(self, pace: Pace, known: Mapping[str, KnownLimit] | None = None) -> None:
        self.pace = pace
        self._known = dict(known or {})
        self.families: dict[str, FamilyPacer] = {}
        self._under_way: dict[tuple[str, float], list[FamilyPacer]] = {}
        self._next = -math.inf

    def family(self, name: str) -> FamilyPacer:
        """The pacer that a family has to itself, or with all of which nothing is known."""
        if name not in self.families:
            alone = name in self._known or self.pace.rate < math.inf
            self.families[name] = FamilyPacer(self.pace, self._known.get(name)) if alone else self._everything()
        return self.families[name]

    def _everything(self) -> FamilyPacer:
        if EVERYTHING not in self.families:
            self.families[EVERYTHING] = FamilyPacer(self.pace, self._known.get(EVERYTHING))
        return self.families[EVERYTHING]

    def remember(self, known: Mapping[str, KnownLimit]) -> None:
        """What is known from earlier runs, for the families that were not asked yet or have refused nothing yet."""
        self._known.update(known)
        for name, family in list(self.families.items()):
            if family.learned is None and (name in known or EVERYTHING in known):
                del self.families[name]

    def delay(self, name: str, now: float) -> float:
        """Seconds until the next request may go; 0 when it may go now, infinite when an answer is waited for."""
        return max(self.family(name).delay(now, name), _left(self._next, now))

    def patience(self, name: str, now: float) -> float:
        """How long to wait for an answer where `delay` is infinite, before asking it again."""
        return self.family(name).patience(now)

    def sent(self, name: str, now: float) -> None:
        family = self.family(name)
        family.sent(now)
        self._under_way.setdefault((name, now), []).append(family)
        self._next = now + self.pace.interval

    def accepted(self, name: str, now: float, sent: float) -> None:
        self.gone(name, sent)
        self.family(name).accepted(now, sent, name)

    def gone(self, name: str, sent: float) -> None:
        """Of a request that went there is no answer. Who let it go may be another pacer than would today."""
        families = self._under_way.get((name, sent))
        if families:
            families.pop().back(sent)
            if not families:
                del self._under_way[name, sent]

    def refused(self, name: str, now: float, sent: float, retry_after: float | None) -> float:
        """As `Family.refused`."""
        self.gone(name, sent)
        family = self.family(name)
        wait = family.refused(now, sent, retry_after, name)
        if parts := family.parts:
            self.families[name] = family.parted(name)
            if parts == "dear":
                self.families[name].refused(now, sent, wait, name)
        return wait

    def learned(self) -> dict[str, KnownLimit]:
        """What is to be kept for the next run."""
        return {name: limit for name, family in self.families.items()
                if family is not self.families.get(EVERYTHING) or name == EVERYTHING
                if (limit := family.learned)}  # fmt: skip


def _left(until: float, now: float) -> float:
    """A rest too small for the clock to move by is none, or it would be waited for endlessly."""
    return until - now if until - now > 1e-6 else 0.0


def family_of(path: str) -> str:
    """The part of a path that says what is limited: `/telephony/config`, `/people`, `/identity`."""
    parts = path.removeprefix("/v1").split("/")
    return "/".join(parts[: 3 if parts[1:2] == ["telephony"] else 2])
