"""Scripted and random faults: what the network, the gateway and the back ends do to requests (webex-behaviour.md §19).

A schedule is a list of faults. Each counts the requests that it matches and acts on the nth and following ones, so a
schedule can be sent again and does the same again.
"""

from __future__ import annotations

import fnmatch
import random
from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, NonNegativeInt, PositiveInt, ValidationError

Json = dict[str, Any]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Match(_Strict):
    """Which requests: method and route as the log names them; the route may hold * for any text. Empty matches all."""

    method: str = "*"
    route: str = "*"


# what HTTP can carry (RFC 9110 §5.1, §5.5)
_HeaderName = Annotated[str, Field(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")]
_HeaderValue = Annotated[str, Field(pattern=r"^[\t\x20-\x7e\x80-\xff]*$")]


class Do(_Strict):
    """What becomes of a request.

    Without `status` the request is carried out; with it, it is not, unless `drop` is "after". `drop` alone ends the
    connection without an answer: "before" it takes effect, or "after". `silent` answers as if it had taken effect;
    `later` lets it take effect only after so many seconds of the tenant's clock. `partial` shortens lists of the body:
    {"licenses": 1} carries out the first one only. `replace` changes texts of the answer, `headers` adds to its
    headers (null removes one).
    """

    model_config = ConfigDict(allow_inf_nan=False)

    status: int | None = Field(None, ge=200, le=599)
    body: Any = None
    headers: dict[_HeaderName, _HeaderValue | None] = {}
    delay: NonNegativeFloat = 0
    drop: Literal["before", "after"] | None = None
    silent: bool = False
    later: NonNegativeFloat = 0
    partial: dict[str, NonNegativeInt] = {}
    replace: dict[str, str] = {}


class Fault(_Strict):
    """Acts on the `nth` match (1 is the first) and on `times` matches in all; without either, on every match."""

    match: Match = Match()
    nth: PositiveInt | None = None
    times: PositiveInt | None = None
    do: Do

    def acts_on(self, seen: int) -> bool:
        first = self.nth or 1
        times = self.times or (1 if self.nth else None)
        return seen >= first and (times is None or seen < first + times)

    def matches(self, method: str, route: str) -> bool:
        return fnmatch.fnmatchcase(method, self.match.method) and fnmatch.fnmatchcase(route, self.match.route)


class BadSchedule(ValueError):
    """A schedule that is not in the documented form; the text says where and why."""


def parse(document: Any) -> list[Fault]:
    if not isinstance(document, list):
        raise BadSchedule("a schedule is a list of faults")
    try:
        return [Fault.model_validate(entry) for entry in document]
    except ValidationError as problem:
        found = problem.errors(include_url=False)[0]
        raise BadSchedule(f"{'.'.join(map(str, found['loc']))}: {found['msg']}") from None


class Schedule:
    """The faults of one tenant: scripted ones first, then what chance adds."""

    def __init__(self, chaos: Chaos | None = None) -> None:
        self.chaos = chaos
        self._faults: list[tuple[Fault, Counter[str]]] = []

    def add(self, faults: list[Fault]) -> None:
        self._faults += [(fault, Counter()) for fault in faults]

    def clear(self) -> None:
        self._faults.clear()
        self.chaos = None

    def take(self, method: str, route: str) -> Do | None:
        """What happens to this request. Every fault counts it, the first that acts wins."""
        chosen: Do | None = None
        for fault, counts in self._faults:
            if not fault.matches(method, route):
                continue
            counts["seen"] += 1
            if chosen is None and fault.acts_on(counts["seen"]):
                counts["done"] += 1
                chosen = fault.do
        if self.chaos is not None:
            drawn = self.chaos.draw(method, route)
            chosen = chosen or drawn
        return chosen

    def report(self) -> Json:
        """The faults with what they saw and did, and the schedule that chance has used so far."""
        scripted = [
            {**fault.model_dump(exclude_defaults=True), "seen": counts["seen"], "done": counts["done"]}
            for fault, counts in self._faults
        ]
        return {"faults": scripted, "chaos": self.chaos.used() if self.chaos else []}


_READ: tuple[Json, ...] = (
    {"status": 429, "headers": {"Retry-After": "1"}},
    {"status": 429},
    {"status": 502, "body": "<html><head><title>502 Bad Gateway</title></head></html>"},
    {"status": 503, "headers": {"Retry-After": "1"}},
    {"status": 504},
    {"drop": "before"},
    {"delay": 0.2},
)
_WRITE: tuple[Json, ...] = (
    *_READ,
    {"status": 423, "headers": {"Retry-After": "1"}},
    {"drop": "after"},
    {"status": 502, "drop": "after"},
    {"silent": True},
    {"later": 2},
)


class Chaos:
    """Faults by chance: each request of a route is hit with probability `rate`. What hits the nth request of a route
    depends on the seed alone, not on the order in which parallel requests arrive."""

    def __init__(self, seed: int, rate: float) -> None:
        if not 0 <= rate <= 1:
            raise ValueError(f"not a probability: {rate}")
        self.seed, self.rate = seed, rate
        self._seen: Counter[tuple[str, str]] = Counter()
        self._used: list[Json] = []

    def draw(self, method: str, route: str) -> Do | None:
        self._seen[method, route] += 1
        nth = self._seen[method, route]
        chance = random.Random(f"{self.seed}/{method} {route}/{nth}")
        if chance.random() >= self.rate:
            return None
        do = chance.choice(_READ if method in ("GET", "HEAD") else _WRITE)
        # * stands for any text in a match, and no route holds one
        self._used.append({"match": {"method": method, "route": route}, "nth": nth, "do": do})
        return Do.model_validate(do)

    def used(self) -> list[Json]:
        """A schedule that does the same again."""
        return list(self._used)
