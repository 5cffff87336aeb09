"""First contact with a limit that nobody knows: what a first run of 30 to 60 s gets, and how much is answered 429.

Time is virtual: the real pacer against servers that limit, answers after a latency ± 30 %. `python -m
tests.benchmarks.pacing` prints all of it by server; the suite keeps the rows in `HELD` at the goal. What is not held is
not reached for every rate, and some of it cannot be:

- a window of a minute, or of ten seconds that began before we did: what is let through until its quota is spent tells
  nothing of the quota; at a rate that does not spend the smallest at once, the largest is not used;
- a `Retry-After` as long as the run: one refusal ends it, and nothing but a refusal tells the limit;
- a bucket of one at a rate whose requests are nearer to each other than their time on the way varies;
- at 5 to 10 a second far away, where three refusals are two moments, each of which finds two requests under way.
"""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from reconciler.webex.pacing import Pace, Pacer
from tests.support.limiters import Aligned, Apart, Sliding
from tests.support.virtual import Server, TokenBucket, Window

#: From when on the rate counts, and how much of it; how many refusals there may be.
SETTLED, SHARE, FEW, PART = 10.0, 0.9, 3, 0.01
PEOPLE, TELEPHONY = "/people", "/telephony/config"
#: Our own machine: there it is asked without a pause until it refuses.
HOME = 0.002
#: Server and latency of the rows that are held to the goal.
HELD = (
    ("second", HOME), ("second", 0.02), ("second", 0.15), ("minute", HOME), ("minute", 0.02), ("shared", HOME),
    ("shared", 0.02),
)  # fmt: skip
#: The same, but for 50 a second.
HELD_BELOW = (("ten", 0.02), ("ten", HOME), ("w1", HOME), ("sliding", HOME), ("sliding", 0.02))
#: Held with the seed of the suite, but not with every seed: a refusal too many, or .82 to .89 of the rate.
NEARLY = (("minute", 0.02, 5), ("second", 0.15, 20), ("second", 0.15, 33), ("ten", 0.02, 33), ("sliding", 0.02, 33))


@dataclass(frozen=True)
class Contact:
    """A server at `rate` a second: whether it says `Retry-After`, who is asked, how far away it is, and how long.
    `home`: it is on our own machine, however long it takes to answer."""

    kind: str
    words: str
    server: Callable[[], Server]
    rate: float
    says: bool
    families: tuple[str, ...]
    latency: float
    seconds: float
    home: bool = False

    @property
    def held(self) -> bool:
        where = (self.kind, self.latency)
        return where in HELD or (where in HELD_BELOW and self.rate < 50)

    @property
    def always(self) -> bool:
        """Whether it is held to the goal with any seed."""
        return self.held and (self.kind, self.latency, self.rate) not in NEARLY


@dataclass(frozen=True)
class Met:
    """What came of it: answers 429, all answers, and the part of the rate that was served from the tenth second on."""

    refused: int
    asked: int
    share: float

    @property
    def allowed(self) -> float:
        return max(FEW, PART * self.asked)

    @property
    def good(self) -> bool:
        return self.refused <= self.allowed and self.share >= SHARE


def contacts(
    rates: Sequence[float] = (5, 7, 10, 20, 33, 50),
    lengths: Sequence[float] = (30, 60),
    latencies: Sequence[float] = (HOME, 0.02, 0.15, 0.3),
) -> Iterator[Contact]:
    """Every server at every rate."""
    for rate, says, length, latency in itertools.product(rates, (True, False), lengths, latencies):
        words = f"{rate:g}/s, {'with' if says else 'without'} Retry-After, {length:g} s, {latency:g} s away"
        for name, server in servers(rate).items():
            families = (PEOPLE, TELEPHONY) if name in ("shared", "apart") else (PEOPLE,)
            yield Contact(name, words, server, rate, says, families, latency, length)


def servers(rate: float) -> dict[str, Callable[[], Server]]:
    """Token buckets (and leaky ones that refuse) that hold one, ten, a second or a minute of the rate; windows of as
    long that open with a request, by the clock, and sliding; one limit over two families, and one for each."""
    phase = random.Random(rate).random()
    windows = {
        f"{kind}{seconds}": make
        for seconds in (1, 10, 60)
        for kind, make in _windows(rate, seconds, phase * seconds).items()
    }
    return {
        "one": lambda: TokenBucket(rate, 1),
        "ten": lambda: TokenBucket(rate, 10),
        "second": lambda: TokenBucket(rate, rate),
        "minute": lambda: TokenBucket(rate, 60 * rate),
        "w1": windows["w1"],
        "aligned": windows["a1"],
        "sliding": windows["s1"],
        **{name: make for name, make in windows.items() if not name.endswith("1")},
        "shared": lambda: TokenBucket(rate, rate),
        "apart": lambda: Apart(lambda: TokenBucket(rate / 2, rate / 2)),
    }


def _windows(rate: float, seconds: int, phase: float) -> dict[str, Callable[[], Server]]:
    count = round(rate * seconds)
    return {
        "w": lambda: Window(count, seconds),
        "a": lambda: Aligned(count, seconds, phase),
        "s": lambda: Sliding(count, seconds),
    }


def meet(contact: Contact, seed: int = 1, workers: int = 10) -> Met:
    """As many requests as the time allows, by so many workers."""
    pace = Pace().flat_out() if contact.home or contact.latency == HOME else Pace()
    server, pacer, chance = contact.server(), Pacer(pace), random.Random(seed)
    now, refused, asked, served = 0.0, 0, 0, 0
    under_way: list[tuple[float, int, float, str, float | None]] = []
    busy, sent = dict.fromkeys(contact.families, 0), dict.fromkeys(contact.families, 0)
    numbers = itertools.count()
    share = workers // len(contact.families)
    while now < contact.seconds:
        turns = [(now + pacer.delay(name, now), sent[name], name) for name in contact.families if busy[name] < share]
        turn, _, name = min(turns, default=(math.inf, 0, ""))
        if under_way and under_way[0][0] <= turn:
            now, _, left, name, wait = heapq.heappop(under_way)
            busy[name] -= 1
            asked += 1
            if wait is None:
                pacer.accepted(name, now, left)
                served += now >= SETTLED
            else:
                refused += 1
                pacer.refused(name, now, left, wait if contact.says else None)
            continue
        if turn >= contact.seconds:
            break
        now = turn
        if pacer.delay(name, now) > 0:
            continue
        pacer.sent(name, now)
        latency = contact.latency * chance.uniform(0.7, 1.3)
        heapq.heappush(under_way, (now + latency, next(numbers), now, name, server.ask(now + latency / 2, name)))
        busy[name] += 1
        sent[name] += 1
    attainable = min(contact.rate, 0.97 * workers / contact.latency)
    return Met(refused, asked, served / (attainable * (contact.seconds - SETTLED)))
