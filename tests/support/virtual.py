"""Virtual time: an event loop whose clock jumps to the next timer, and servers that limit, without a socket.

The sessions are the real ones, ours and the SDK's own; only the innermost step, aiohttp's connection, is replaced by a
server in the same process. Minutes of waiting take milliseconds, and the same seed gives the same run.
"""

from __future__ import annotations

import asyncio
import math
import random
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import aiohttp
from aiohttp.client_reqrep import ClientResponse
from multidict import CIMultiDict, CIMultiDictProxy


class Clock:
    """Seconds, of one loop, or of several of which one runs at a time."""

    now = 0.0


class _Jump(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """Instead of waiting for a timer, go to it."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[Any]:
        found: list[Any] = super().select(0 if timeout is not None else None)
        if not found and timeout:
            self._clock.now += timeout
        return found


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        super().__init__(_Jump(self.clock))

    def time(self) -> float:
        return self.clock.now


def run(main: Coroutine[Any, Any, Any]) -> Any:
    """As asyncio.run, in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


class Server(Protocol):
    def ask(self, now: float, client: str) -> float | None:
        """None when a request may pass, else `Retry-After`."""
        ...


class TokenBucket:
    """`burst` requests at once, `rate` a second on; `retry_after` 0 says exactly what is needed, in whole seconds."""

    def __init__(self, rate: float, burst: float, retry_after: float = 0) -> None:
        self.rate, self.burst, self.retry_after = rate, burst, retry_after
        self._tokens, self._at = burst, 0.0

    def ask(self, now: float, client: str) -> float | None:
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate)
        self._at = now
        if self._tokens >= 1 - 1e-9:
            self._tokens -= 1
            return None
        return self.retry_after or max(1, math.ceil((1 - self._tokens) / self.rate))


class Window:
    """`count` requests in each `seconds`; `Retry-After` is the rest of the window."""

    def __init__(self, count: int, seconds: float) -> None:
        self.count, self.seconds = count, seconds
        self._start, self._used = -math.inf, 0

    def ask(self, now: float, client: str) -> float | None:
        if now >= self._start + self.seconds:
            self._start, self._used = now, 0
        if self._used < self.count:
            self._used += 1
            return None
        return math.ceil(self._start + self.seconds - now)


class Wire:
    """Stands in for the connection: counts by client what was asked and what was refused, and answers after 0.15 s
    ± 30 %."""

    def __init__(self, server: Server, seed: int = 1, latency: float = 0.15) -> None:
        self.server, self._random, self._latency = server, random.Random(seed), latency
        self.times: list[float] = []
        self.asked: dict[str, int] = {}
        self.refused: dict[str, int] = {}

    def to(self, session: aiohttp.ClientSession, client: str = "") -> None:
        """Connect a session to this server instead of to the network."""

        async def answer(request: aiohttp.ClientRequest, handler: object) -> ClientResponse:
            loop = asyncio.get_running_loop()
            latency = self._latency * self._random.uniform(0.7, 1.3)
            await asyncio.sleep(latency / 2)
            self.times.append(loop.time())
            self.asked[client] = self.asked.get(client, 0) + 1
            wait = self.server.ask(loop.time(), client)
            if wait is not None:
                self.refused[client] = self.refused.get(client, 0) + 1
            await asyncio.sleep(latency / 2)
            headers = {} if wait is None else {"Retry-After": f"{wait:.0f}"}
            return response(session, request, 200 if wait is None else 429, headers)

        session._middlewares = (*session._middlewares, answer)


def response(
    session: aiohttp.ClientSession, request: aiohttp.ClientRequest, status: int, headers: dict[str, str]
) -> ClientResponse:
    """What aiohttp would have made of an answer with the body `{}`."""
    made = ClientResponse(
        request.method,
        request.url,
        writer=None,
        continue100=None,
        timer=None,  # type: ignore[arg-type]
        request_info=aiohttp.RequestInfo(
            request.url, request.method, CIMultiDictProxy(CIMultiDict(request.headers)), request.url
        ),
        traces=[],
        loop=asyncio.get_running_loop(),
        session=session,
        stream_writer=_Written(),  # type: ignore[arg-type]
    )
    made.status, made.reason = status, ""
    made._headers = CIMultiDictProxy(CIMultiDict({"Content-Type": "application/json", **headers}))
    made._raw_headers, made._body = (), b"{}"
    return made


class _Written:
    output_size = 0


async def ask(count: int, workers: int, get: Callable[[], Coroutine[Any, Any, Any]]) -> float:
    """`count` answers by so many workers; the seconds that it took."""
    loop = asyncio.get_running_loop()
    start, left = loop.time(), count

    async def worker() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await get()

    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(worker())
    return loop.time() - start
