"""One process, one loop, one clock, one seed: client and simulator together, so that everything happens again.

    clock   the loop's: it jumps to the next timer, and `time` tells what it tells; waits cost nothing
    chance  one generator for latencies (and with them for the order of requests), jitter and tracking ids
    wire    network.py

What is not part of it: the dates in a journal, and how long a computation takes.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any, Self
from unittest import mock

from reconciler.applying import attempt
from reconciler.simulator import Simulator
from reconciler.simulator.server import http_server
from reconciler.webex.credentials import Credentials
from tests.properties.network import Network
from tests.support.virtual import VirtualLoop

#: 2026-03-02T08:00:00Z, a Monday.
EPOCH = 1772438400.0
URL = "http://127.0.0.1/v1"  # plain http is for loopback only
_PAUSE = attempt.FIRST_PAUSE  # the product's own, whatever the suite shortens it to


class _Loop(VirtualLoop):
    """Nothing comes from outside, so a loop without a timer would wait for ever: that is a deadlock."""

    def _run_once(self) -> None:
        if not self._ready and not self._scheduled:  # type: ignore[attr-defined]
            raise AssertionError("deadlock: everybody waits, and nobody is under way")
        super()._run_once()  # type: ignore[misc]


class Simulation:
    """Use it as a context manager; `run` what a command would."""

    def __init__(self, tenant: dict[str, Any], seed: int) -> None:
        self.seed = seed
        self._held = ExitStack()
        self._document = tenant

    def __enter__(self) -> Self:
        chance = random.Random(self.seed)
        self.loop = _Loop()
        clock = self.loop.clock
        self._held.callback(self._close)
        earlier = random.getstate()
        self._held.callback(random.setstate, earlier)
        random.seed(chance.random())
        network = self._network = Network(random.Random(chance.random()))
        ids = random.Random(chance.random())

        def drawn_id() -> uuid.UUID:
            return uuid.UUID(int=ids.getrandbits(128), version=4)

        for where, stand_in in (
            ("time.time", lambda: EPOCH + clock.now),
            ("time.monotonic", lambda: clock.now),
            ("aiohttp.connector.monotonic", lambda: clock.now),
            ("aiohttp.client.TCPConnector", network.connector),
            ("uuid.uuid4", drawn_id),
            ("reconciler.simulator.core.errors.uuid4", drawn_id),
            ("reconciler.applying.attempt.FIRST_PAUSE", _PAUSE),
        ):
            self._held.enter_context(mock.patch(where, stand_in))
        self.server = Simulator(self._document, token="simulated")
        self.server._tenant.root = URL.removesuffix("/v1")
        self.credentials = Credentials(URL, "simulated")
        self._held.callback(asyncio.set_event_loop, None)
        asyncio.set_event_loop(self.loop)
        self.run(self._serve())
        return self

    async def _serve(self) -> None:
        self._network.server = http_server(self.server._tenant)

    @contextmanager
    def meanwhile(self) -> Iterator[None]:
        """Inside a request of somebody: what is `run` here happens in between, while everybody else stands still."""
        outer, server = self.loop, self._network.server
        self.loop = _Loop(outer.clock)
        asyncio._set_running_loop(None)
        try:
            self.run(self._serve())
            yield
        finally:
            self._close()
            self.loop, self._network.server = outer, server
            asyncio._set_running_loop(outer)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    def run(self, main: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(main)

    @property
    def now(self) -> float:
        return self.loop.time()

    def wait(self, seconds: float) -> None:
        self.run(asyncio.sleep(seconds))

    def _close(self) -> None:
        self.loop.run_until_complete(_cancelled(asyncio.all_tasks(self.loop)))
        self.loop.close()


async def _cancelled(tasks: set[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
