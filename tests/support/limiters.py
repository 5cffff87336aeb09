"""Limiters as servers have them, beside those of `virtual`: each answers `ask` with None, or with `Retry-After`."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

from tests.support.virtual import Server


class Aligned:
    """`count` requests in each `seconds` of the server's wall clock, which showed `phase` at our beginning."""

    def __init__(self, count: int, seconds: float, phase: float) -> None:
        self.count, self.seconds, self.phase = count, seconds, phase
        self._number, self._used = -1, 0

    def ask(self, now: float, client: str) -> float | None:
        number, into = divmod(now + self.phase, self.seconds)
        if number != self._number:
            self._number, self._used = int(number), 0
        if self._used < self.count:
            self._used += 1
            return None
        return max(1, math.ceil(self.seconds - into))


class Sliding:
    """`count` requests in any `seconds`: a log of what was let through; `Retry-After` is when the oldest of it goes."""

    def __init__(self, count: int, seconds: float) -> None:
        self.count, self.seconds = count, seconds
        self._log: deque[float] = deque()

    def ask(self, now: float, client: str) -> float | None:
        while self._log and self._log[0] <= now - self.seconds:
            self._log.popleft()
        if len(self._log) < self.count:
            self._log.append(now)
            return None
        return max(1, math.ceil(self._log[0] + self.seconds - now))


class Apart:
    """A limiter of its own for each client, here: for each family of paths."""

    def __init__(self, make: Callable[[], Server]) -> None:
        self._make = make
        self._by_client: dict[str, Server] = {}

    def ask(self, now: float, client: str) -> float | None:
        return self._by_client.setdefault(client, self._make()).ask(now, client)


class Saying:
    """The same limiter, but every `Retry-After` is this long."""

    def __init__(self, server: Server, retry_after: float) -> None:
        self._server, self._retry_after = server, retry_after

    def ask(self, now: float, client: str) -> float | None:
        return None if self._server.ask(now, client) is None else self._retry_after
