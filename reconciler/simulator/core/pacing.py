"""Rate limits. No quota is published (webex-behaviour.md §1.4): the buckets are what the test asks for."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Literal, get_args

RetryAfter = Literal["seconds", "date", "malformed", "zero", "absent"]
STYLES: tuple[RetryAfter, ...] = get_args(RetryAfter)
Rate = tuple[int, float]
EVERYTHING = "*"


class Bucket:
    """Token bucket: `count` requests per `seconds`, refilled evenly."""

    def __init__(self, rate: Rate, now: float) -> None:
        self.count = float(rate[0])
        self.per_second = rate[0] / rate[1]
        self.tokens = self.count
        self.at = now

    def wait(self, now: float) -> float:
        """0 when a request may pass, else the seconds until one may."""
        self.tokens = min(self.count, self.tokens + (now - self.at) * self.per_second)
        self.at = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.per_second


def family(route: str) -> str:
    """The API family of a route: people, locations, telephony, identity, …"""
    return route.split("/")[1] if "/" in route else route


class Limits:
    """Rates by scope: "*" for everything of a token, a family like `people`, or a route like `GET /people`. Every
    token has buckets of its own; a request must pass all that concern it."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.rates: dict[str, Rate] = {}
        self.retry_after: RetryAfter = "seconds"
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def set(self, rates: dict[str, Rate], retry_after: RetryAfter = "seconds") -> None:
        for scope, (count, seconds) in rates.items():
            if count < 1 or not 0 < seconds < math.inf:
                raise ValueError(f"not a rate: {count}/{seconds}s for {scope}")
        if retry_after not in STYLES:
            raise ValueError(f"not a style of Retry-After: {retry_after}; there are {', '.join(STYLES)}")
        self.rates, self.retry_after = dict(rates), retry_after
        self._buckets.clear()

    def refuse(self, token: str, method: str, route: str) -> dict[str, str] | None:
        """None when the request may pass, else the headers of the 429."""
        if not self.rates:
            return None
        now = self._now()
        concerned = [self._bucket(token, scope, now) for scope in (EVERYTHING, family(route), f"{method} {route}")]
        buckets = [bucket for bucket in concerned if bucket is not None]
        wait = max((bucket.wait(now) for bucket in buckets), default=0.0)
        if wait > 0:
            return self._headers(max(1, math.ceil(wait)), now)
        for bucket in buckets:
            bucket.tokens -= 1
        return None

    def _bucket(self, token: str, scope: str, now: float) -> Bucket | None:
        if scope not in self.rates:
            return None
        key = (token, scope)
        if key not in self._buckets:
            self._buckets[key] = Bucket(self.rates[scope], now)
        return self._buckets[key]

    def _headers(self, seconds: int, now: float) -> dict[str, str]:
        """`rand(30),add(30)` was received from the real API (WebexPythonSDK PR 262)."""
        if self.retry_after == "absent":
            return {}
        date = format_datetime(datetime.fromtimestamp(now + seconds, UTC), usegmt=True)
        values = {"seconds": str(seconds), "date": date, "malformed": "rand(30),add(30)", "zero": "0"}
        return {"Retry-After": values[self.retry_after]}
