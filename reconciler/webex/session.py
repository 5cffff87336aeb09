"""The one HTTP session: wxc_sdk's own, pointed at the configured host, with our retry policy and no other.

- Requests go to the configured host only; the SDK's hard-coded `webexapis.com` addresses are rebased onto it.
- A session that is not `writable` refuses every method but GET, before anything leaves (design §4.3).
- The SDK's unbounded 429 loop and aiohttp's silent replay of PUT and DELETE are off (wxc-sdk.md §2).
- 429 and 423 are waited for as told; GETs are repeated after 5xx and lost connections. A write that may have
  taken effect is never repeated here: whoever sent it reads back first (design §4.8).
"""

from __future__ import annotations

import asyncio
import email.utils
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import stamina
from wxc_sdk.as_rest import AsRestSession
from wxc_sdk.tokens import Tokens

from reconciler.errors import ReconcileError, RefusedError, TemporaryError
from reconciler.webex.answers import error_of

RETRIES = 12
LONGEST_SLEEP = 300.0
LONGEST_CALL = 1800.0
CONNECT_RETRIES = 3
_SAME_WAIT = 0.5
_WEBEX = "webexapis.com"
Waiting = Callable[[float, int, str], None]

# What is waited for is said by `Waiting`, once; stamina would log every request that waits.
stamina.instrumentation.set_on_retry_hooks([])


class _AgainError(Exception):
    """This attempt did not count: `wait` seconds as the server asked, or True for our own backoff."""

    def __init__(self, wait: float | bool, final: ReconcileError) -> None:
        self.wait = wait
        self.final = final


class Session(AsRestSession):
    """A session for one tenant and one token; use it as an async context manager."""

    def __init__(self, *, base: str, token: str, writable: bool, concurrency: int, waiting: Waiting) -> None:
        super().__init__(
            tokens=Tokens(access_token=token),
            concurrent_requests=concurrency,
            retry_429=False,
            middlewares=(self._middleware,),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=120),
        )
        self.BASE = base.rstrip("/")
        self._retry_connection = False  # aiohttp would send a PUT or DELETE twice after a lost connection
        self.root = self.BASE.removesuffix("/v1")
        self._host = _origin(base)
        self._writable = writable
        self._waiting = waiting
        self._gate = 0.0
        self.sent = 0  # requests that left, repeated ones included
        self.heard: Callable[[], None] = lambda: None  # called at every answer

    def request(self, method: str, url: Any, **arguments: Any) -> Any:
        """As aiohttp's, with the SDK's absolute addresses (SCIM) moved to the configured host."""
        text = str(url)
        parts = urlsplit(text)
        host = parts.hostname or ""
        if _origin(text) != self._host and (host == _WEBEX or host.endswith(f".{_WEBEX}")):
            url = self.root + text.partition(parts.netloc)[2]
        return super().request(method, url, **arguments)

    async def _middleware(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Every request of the process goes through here, whichever SDK method made it."""
        self._check(request)
        try:
            async for attempt in stamina.retry_context(
                on=_wait_of, attempts=RETRIES, timeout=LONGEST_CALL, wait_initial=0.5, wait_max=60, wait_jitter=0.5
            ):
                with attempt:
                    await self._until_open()
                    return await self._attempt(request, handler, attempt.num)
        except _AgainError as error:
            raise error.final from None
        raise AssertionError("retry_context ends by return or by raise")

    def _check(self, request: aiohttp.ClientRequest) -> None:
        origin = _origin(str(request.url))
        if origin != self._host:
            raise RefusedError(
                f"refusing to send the token to {_spelled(origin)}", why=f"this tenant is at {_spelled(self._host)}"
            )
        if request.method != "GET" and not self._writable:
            raise RefusedError(
                f"refusing {request.method} {request.url.path}", why="this command reads; it has no way to write"
            )

    async def _attempt(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType, number: int
    ) -> aiohttp.ClientResponse:
        try:
            self.sent += 1
            response = await handler(request)
            body = b"" if response.ok else await response.read()
            self.heard()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            down = TemporaryError(
                f"no answer from {_spelled(self._host)}",
                where=f"{request.method} {request.url.path}",
                why=_cause(error),
                do="check WEBEX_API_URL and the network, then run the same command again",
            )
            never_left = isinstance(error, aiohttp.ClientConnectorError)
            if (request.method == "GET" or never_left) and number <= CONNECT_RETRIES:
                raise _AgainError(True, down) from None
            raise down from None
        if response.ok:
            return response
        failure = error_of(request.method, str(request.url), response.status, response.headers, body)
        if response.status in (423, 429):
            raise _AgainError(self._told_to_wait(response, request.url.path), failure)
        if response.status in (500, 502, 503, 504) and request.method == "GET" and number <= CONNECT_RETRIES:
            raise _AgainError(True, failure)
        raise failure

    def _told_to_wait(self, response: aiohttp.ClientResponse, path: str) -> float | bool:
        """`Retry-After` in seconds or as a date closes the gate for every worker; malformed or absent: backoff."""
        seconds = _retry_after(response.headers.get("Retry-After", ""))
        if seconds is None:
            return True
        seconds = min(seconds, LONGEST_SLEEP)
        opens = time.monotonic() + seconds
        if opens > self._gate + _SAME_WAIT:  # the others that were on the way are told the same: say it once
            self._waiting(seconds, response.status, _family(path))
        self._gate = max(self._gate, opens)
        return seconds

    async def _until_open(self) -> None:
        while (left := self._gate - time.monotonic()) > 0:
            await asyncio.sleep(left)


def _origin(url: str) -> tuple[str, int]:
    """Host in lower case and the port that is really used: `https://Host/` and `https://host:443/` are one place."""
    parts = urlsplit(url)
    return (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)


def _cause(error: Exception) -> str:
    """What the system said of a lost connection, without the library's words around it."""
    inner = getattr(error, "os_error", error)
    said = getattr(inner, "strerror", "") or ""
    return said.partition("[")[0].partition(" (")[0].strip() or type(error).__name__


def _spelled(origin: tuple[str, int]) -> str:
    host, port = origin
    return host if port in (80, 443) else f"{host}:{port}"


def _family(path: str) -> str:
    """The part of a path that says what is limited: `/telephony/config`, `/people`."""
    parts = path.removeprefix("/v1").split("/")
    return "/".join(parts[: 3 if parts[1] == "telephony" else 2])


def _wait_of(error: Exception) -> bool | float:
    return error.wait if isinstance(error, _AgainError) else False


def _retry_after(value: str) -> float | None:
    """Seconds to wait; 0 and the past become a moment, so that no hot loop starts. None: not said."""
    if not value:
        return None
    try:
        return max(float(value), 0.1)
    except ValueError:
        pass
    try:
        return max(email.utils.parsedate_to_datetime(value).timestamp() - time.time(), 0.1)
    except (TypeError, ValueError):
        return None
