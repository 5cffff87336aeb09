"""First contact with a limit that nobody knows: what a first run of 30 to 60 s gets, and how much is answered 429.

Time is virtual: the real pacer against servers that limit, answers after a latency ± 30 %. `python -m
tests.benchmarks.pacing` prints all of it by server; the suite keeps the rows in `HELD` at the goal. The others show
what is not reached: small bursts at high rates, windows that are shut for long, one limit over two families.
"""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from reconciler.webex.pacing import Pace, Pacer
from tests.support.virtual import Server, TokenBucket, Window

#: From when on the rate counts, and how much of it; how many refusals there may be.
SETTLED, SHARE, FEW, PART = 10.0, 0.9, 3, 0.01
#: Server and latency of the rows that are held to the goal.
HELD = (("second", 0.02), ("second", 0.15), ("minute", 0.02))
PEOPLE, TELEPHONY = "/people", "/telephony/config"


@dataclass(frozen=True)
class Contact:
    """A server at `rate` a second: whether it says `Retry-After`, who is asked, how far away it is, and how long."""

    kind: str
    words: str
    server: Callable[[], Server]
    rate: float
    says: bool
    families: tuple[str, ...]
    latency: float
    seconds: float

    @property
    def held(self) -> bool:
        return (self.kind, self.latency) in HELD


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
    rates: Sequence[float] = (5, 10, 20, 35, 50),
    lengths: Sequence[float] = (30, 60),
    latencies: Sequence[float] = (0.02, 0.15),
) -> Iterator[Contact]:
    """Every server at every rate."""
    both = (PEOPLE, TELEPHONY)
    for rate, says, length, latency in itertools.product(rates, (True, False), lengths, latencies):
        words = f"{rate:g}/s, {'with' if says else 'without'} Retry-After, {length:g} s, {latency:g} s away"
        for name, server in servers(rate).items():
            yield Contact(name, words, server, rate, says, (PEOPLE,), latency, length)
        yield Contact("shared", words, servers(rate)["second"], rate, says, both, latency, length)


def servers(rate: float) -> dict[str, Callable[[], Server]]:
    """Token buckets that hold a second, ten, or a minute of the rate; windows of as long."""
    return {
        "second": lambda: TokenBucket(rate, rate),
        "ten": lambda: TokenBucket(rate, 10),
        "minute": lambda: TokenBucket(rate, 60 * rate),
        "w1": lambda: Window(round(rate), 1),
        "w10": lambda: Window(round(10 * rate), 10),
        "w60": lambda: Window(round(60 * rate), 60),
    }


def meet(contact: Contact, seed: int = 1, workers: int = 10) -> Met:
    """As many requests as the time allows, by so many workers."""
    server, pacer, chance = contact.server(), Pacer(Pace()), random.Random(seed)
    now, refused, asked, served = 0.0, 0, 0, 0
    under_way: list[tuple[float, int, float, str, float | None]] = []
    busy = dict.fromkeys(contact.families, 0)
    numbers = itertools.count()
    share = workers // len(contact.families)
    while now < contact.seconds:
        turns = [(now + pacer.delay(name, now), name) for name in contact.families if busy[name] < share]
        turn, name = min(turns, default=(math.inf, ""))
        if under_way and under_way[0][0] <= turn:
            now, _, left, name, wait = heapq.heappop(under_way)
            busy[name] -= 1
            asked += 1
            if wait is None:
                pacer.family(name).accepted()
                served += now >= SETTLED
            else:
                refused += 1
                pacer.family(name).refused(now, left, wait if contact.says else None)
            continue
        if turn >= contact.seconds:
            break
        now = turn
        if pacer.delay(name, now) > 0:
            continue
        pacer.sent(name, now)
        latency = contact.latency * chance.uniform(0.7, 1.3)
        heapq.heappush(under_way, (now + latency, next(numbers), now, name, server.ask(now + latency / 2, "")))
        busy[name] += 1
    return Met(refused, asked, served / (contact.rate * (contact.seconds - SETTLED)))
