"""A network in memory: real HTTP, byte by byte, between the real client and the real simulator on one event loop.

aiohttp's own parsers and connections stand at both ends; only the sockets between them are replaced, because the kernel
decides when and in which order sockets can be read. Here each chunk takes a drawn time, so the order in which parallel
requests arrive depends on the seed and on nothing else.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.client_proto import ResponseHandler

#: Seconds that a chunk is under way.
FASTEST, SLOWEST = 0.02, 0.12


class Network:
    """Where `server` is reached, whatever host is asked for; `connector` stands in for aiohttp.TCPConnector."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.server: web.Server | None = None

    def delay(self) -> float:
        return self._chance.uniform(FASTEST, SLOWEST)

    def connector(self, **options: Any) -> aiohttp.BaseConnector:
        return _Connector(self)


class _Connector(aiohttp.BaseConnector):
    def __init__(self, network: Network) -> None:
        super().__init__()
        self._network = network

    async def _create_connection(self, req: Any, traces: Any, timeout: Any) -> ResponseHandler:
        await asyncio.sleep(self._network.delay())
        assert self._network.server is not None
        client: ResponseHandler = self._factory()
        ours, theirs = _End(self._network.delay), _End(self._network.delay)
        ours.to(theirs, client)
        theirs.to(ours, self._network.server())
        return client


class _End(asyncio.Transport):
    """One end of a connection. Chunks arrive in the order in which they were written."""

    def __init__(self, delay: Callable[[], float]) -> None:
        super().__init__()
        self._delay, self._loop = delay, asyncio.get_running_loop()
        self._arriving: deque[bytes | None] = deque()  # None: the other end has closed
        self._arrives = 0.0
        self._closing = self._paused = False

    def to(self, other: _End, protocol: Any) -> None:
        self._other, self._protocol = other, protocol
        protocol.connection_made(self)

    # --- what a protocol does with it ---

    def write(self, data: Any) -> None:
        if not self._closing and data:
            self._other.carry(bytes(data), self._delay())

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._other.carry(None, self._delay())
            self._loop.call_soon(self._protocol.connection_lost, None)

    def abort(self) -> None:
        self.close()

    def is_closing(self) -> bool:
        return self._closing

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        self._loop.call_soon(self._read)

    def is_reading(self) -> bool:
        return not (self._paused or self._closing)

    def can_write_eof(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def set_protocol(self, protocol: Any) -> None:
        self._protocol = protocol

    def get_protocol(self) -> Any:
        return self._protocol

    # --- what comes from the other end ---

    def carry(self, chunk: bytes | None, delay: float) -> None:
        self._arrives = max(self._arrives, self._loop.time() + delay)
        self._loop.call_at(self._arrives, self._arrive, chunk)

    def _arrive(self, chunk: bytes | None) -> None:
        self._arriving.append(chunk)
        self._read()

    def _read(self) -> None:
        while self._arriving and self.is_reading():
            chunk = self._arriving.popleft()
            if chunk is not None:
                self._protocol.data_received(chunk)
            elif not self._protocol.eof_received():
                self.close()
