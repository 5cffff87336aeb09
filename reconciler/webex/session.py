"""The one HTTP session: wxc_sdk's own, pointed at the configured host, with our retry policy and no other.

- Requests go to the configured host only, from `next` links and redirects too; the SDK's hard-coded `webexapis.com`
  addresses are rebased onto it.
- A session that is not `writable` refuses every method but GET, before anything leaves (design §4.3).
- The SDK's unbounded 429 loop and aiohttp's silent replay of PUT and DELETE are off (wxc-sdk.md §2).
- 429 and 423 are waited for as told; GETs are repeated after 5xx and lost connections. A write that may have
  taken effect is never repeated here: whoever sent it reads back first (design §4.8).
- Requests leave at the pace that their API family can stand (pacing.py), in the order in which they came; who waits
  for one family is in nobody's way in another.
- A 401 renews the token once, for all who had the old one, where the refresh grant is given (renewal.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import stamina
from wxc_sdk.as_rest import AsRestSession
from wxc_sdk.tokens import Tokens

from reconciler.errors import ApiError, IncompleteError, ReconcileError, RefusedError, TemporaryError, WaitedError
from reconciler.masking import keep_secret
from reconciler.webex import pace_file
from reconciler.webex.answers import error_of
from reconciler.webex.endpoint import is_local
from reconciler.webex.exchange import Exchange, Watching
from reconciler.webex.pacing import Pacer, family_of
from reconciler.webex.policy import Policy, retry_after, row_ends
from reconciler.webex.renewal import Grant, renewed

CONNECT_RETRIES = 3
_SAME_WAIT = 0.5
_LOOKED: ContextVar[float] = ContextVar("looked", default=math.inf)
_WEBEX = "webexapis.com"
#: The SDK holds its slots while a request waits for its turn; ours are taken when it leaves.
_NO_SLOTS = 1_000_000
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

    def __init__(
        self,
        *,
        base: str,
        token: str,
        writable: bool,
        concurrency: int,
        waiting: Waiting,
        policy: Policy | None = None,
        grant: Grant | None = None,
        scopes: frozenset[str] | None = None,
    ) -> None:
        self._policy = policy = policy or Policy()
        super().__init__(
            tokens=Tokens(access_token=token),
            concurrent_requests=_NO_SLOTS,
            retry_429=False,
            middlewares=(self._middleware,),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=policy.call_timeout),
        )
        self.BASE = base.rstrip("/")
        self._retry_connection = False  # aiohttp would send a PUT or DELETE twice after a lost connection
        self.root = self.BASE.removesuffix("/v1")
        self._host = _origin(base)
        self._writable = writable
        self._waiting = waiting
        self.scopes = scopes  # what the token may do, where it is known
        self.sent = 0  # requests that left, repeated ones included
        self.watching = Watching()
        self.permit: Callable[[], None] = lambda: None  # asked before every write; raises where none may be sent
        self.heard: Callable[[], None] = lambda: None  # called at every answer
        self.look_again = math.inf  # seconds after which a write that waits is given back
        # A tenant on this machine is a simulator: it says itself when it is too fast.
        self.pacer = Pacer(policy.pace.flat_out() if is_local(base) else policy.pace)
        self._now: Callable[[], float] = asyncio.get_running_loop().time
        self._slots = asyncio.Semaphore(concurrency)
        self._turns: dict[str, asyncio.Lock] = {}
        self._answer: asyncio.Event | None = None
        self._told: dict[str, float] = {}
        self._grant = grant
        self._renewal = asyncio.Lock()
        self._org_id = ""

    def belongs_to(self, org_id: str) -> None:
        """Whose token this is: from now on with what was learned of this tenant's limits."""
        if self._policy.root and org_id != self._org_id:
            self._org_id = org_id
            self.pacer.remember(pace_file.load(self._policy.root, org_id))

    async def close(self) -> None:
        """As aiohttp's; what was learned of the limits is kept."""
        learned = self.pacer.learned()
        if self._policy.root and self._org_id and learned:
            pace_file.save(self._policy.root, self._org_id, learned)
        await super().close()

    def request(self, method: str, url: Any, **arguments: Any) -> Any:
        """As aiohttp's, with the SDK's absolute addresses (SCIM) moved to the configured host."""
        text = str(url)
        parts = urlsplit(text)
        host = parts.hostname or ""
        if _origin(text) != self._host and (host == _WEBEX or host.endswith(f".{_WEBEX}")):
            url = self.root + text.partition(parts.netloc)[2]
        return super().request(method, url, **arguments)

    async def _request(self, method: str, str_or_url: Any, **arguments: Any) -> aiohttp.ClientResponse:
        """As aiohttp's, which follows redirects itself: what it makes of them never passes our middleware."""
        try:
            return await super()._request(method, str_or_url, **arguments)
        except aiohttp.TooManyRedirects as error:
            where = error.request_info.url.path
            raise ApiError(error.status, "it is redirected in a circle", request=f"{method} {where}") from None
        except (aiohttp.NonHttpUrlClientError, ValueError) as error:  # such as one with a name and a password in it
            raise ApiError(302, f"it is redirected to what is no web address ({error})", request=method) from None

    async def _request_w_response(self, method: str, *arguments: Any, **named: Any) -> Any:  # type: ignore[override]
        """As the SDK's, which takes an answer apart: what is JSON by its name and cannot be read is no success."""
        asked: Any = super()._request_w_response  # its decorator loses its type
        try:
            return await asked(method, *arguments, **named)
        except (RecursionError, ValueError) as error:  # too deep, a number too long, in no encoding
            where = f"{method} {urlsplit(str(named.get('url') or arguments[0])).path}"
            kind = IncompleteError if method == "GET" else TemporaryError  # a write may have taken effect
            raise kind("the answer cannot be read", where=where, why=type(error).__name__) from None

    async def _middleware(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Every request of the process goes through here, whichever SDK method made it; so does each redirect."""
        self._check(request)
        now, longest = self._now(), self._policy.longest_call
        row = row_ends(now, longest)
        ends, renewals = min(now + longest, row), list[str]()
        try:
            async for attempt in stamina.retry_context(
                on=lambda error: self._wait_of(error, ends),
                attempts=self._policy.retries + 1,
                timeout=None,  # ours, on the same clock as everything else
                wait_initial=0.5,
                wait_max=min(60.0, self._policy.longest_sleep),
                wait_jitter=0.5,
            ):
                with attempt:
                    self._refuse_outdated(request, now if attempt.num > 1 else _LOOKED.get())
                    return await self._attempt(request, handler, attempt.num, renewals, row)
        except _AgainError as error:
            raise error.final from None
        raise AssertionError("retry_context ends by return or by raise")

    def _wait_of(self, error: Exception, ends: float) -> bool | float:
        if not isinstance(error, _AgainError) or self._now() + float(error.wait) > ends:
            return False
        return error.wait

    def looked(self, at: float) -> None:
        """What the next write of this task rests on was seen then (by the loop's clock; infinite: never mind when)."""
        _LOOKED.set(at)

    def _refuse_outdated(self, request: aiohttp.ClientRequest, since: float) -> None:
        """A write that has waited goes out only while what it rests on was seen just now."""
        waited = self._now() - since
        if request.method != "GET" and waited > self.look_again:
            raise WaitedError(
                f"it waited for {waited:.0f} s, and was not done",
                where=f"{request.method} {request.url.path}",
                do="run the same command again when the API is less busy, or ask with --rate",
            )

    def _check(self, request: aiohttp.ClientRequest) -> None:
        origin = _origin(str(request.url))
        if origin != self._host:
            raise RefusedError(
                f"refusing to send the token to {_spelled(origin)}{_clear(origin, self._host)}",
                why=f"this tenant is at {_spelled(self._host)}",
            )
        if request.method != "GET" and not self._writable:
            raise RefusedError(
                f"refusing {request.method} {request.url.path}", why="this command reads; it has no way to write"
            )

    async def _attempt(
        self,
        request: aiohttp.ClientRequest,
        handler: aiohttp.ClientHandlerType,
        number: int,
        renewals: list[str],
        row: float,
    ) -> aiohttp.ClientResponse:
        family = family_of(request.url.path)
        if not self._tokens.access_token:
            await self._renew("")
        left = await self._leave(family, row)
        response: aiohttp.ClientResponse | None = None
        try:
            async with self._renewal:  # while the token is renewed nobody leaves with the old one
                token = self._tokens.access_token or ""
            request.headers["Authorization"] = f"Bearer {token}"
            tell = await self._telling(request, family, number)
            if request.method != "GET":
                self.permit()
            self.sent += 1
            async with asyncio.timeout(self._policy.call_timeout):
                response = await handler(request)
                body = await response.read()  # here, so that an answer which breaks off is asked for again
            tell(response, body, "")
            self.heard()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            tell(None, b"", _cause(error))
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
        finally:
            self._slots.release()
            self._answered(family, left, response)
        if response.ok:
            if request.method != "GET" and _LOOKED.get() < math.inf:
                self.looked(self._now())  # what was just written is known as well as what was just read
            return self._unless_moved(request, response)
        failure = error_of(request.method, str(request.url), response.status, response.headers, body)
        said = retry_after(response.headers.get("Retry-After", ""), response.headers.get("Date", ""))
        if response.status == 429:
            raise _AgainError(self._refused(family, left, said), failure)
        if response.status == 423:  # one object is locked; the others are not
            raise _AgainError(True if said is None else self._wait(said, 423, family), failure)
        if response.status == 401 and self._grant and not renewals:
            renewals.append(token)  # once for a call; a new one that is refused too is the end
            await self._renew(token)
            raise _AgainError(0.0, failure)
        if response.status in (500, 502, 503, 504) and request.method == "GET" and number <= CONNECT_RETRIES:
            raise _AgainError(True if said is None else self._wait(said, response.status, family), failure)
        raise failure

    async def _telling(
        self, request: aiohttp.ClientRequest, family: str, attempt: int
    ) -> Callable[[aiohttp.ClientResponse | None, bytes, str], None]:
        """Tells the watches of this attempt, once its end is known."""
        sent = request.body if isinstance(request.body, bytes) else await request.body.as_bytes()
        headers = {name: value for name, value in request.headers.items() if name.lower() != "authorization"}
        began, left = time.time(), self._now()

        def tell(response: aiohttp.ClientResponse | None, body: bytes, problem: str) -> None:
            status, answered = (response.status, response.headers) if response is not None else (0, {})
            what = (request.method, str(request.url), request.url.path, family, attempt)
            when = (began, self._now() - left)
            self.watching.tell(Exchange(*what, *when, status, problem, headers, sent, answered, body))

        return tell

    # --- turns, and waiting for them ---

    async def _leave(self, family: str, row: float) -> float:
        """Wait for the turn, first come first served, and take a slot; the moment of leaving. TemporaryError when the
        turn comes only after the time of the `row`."""
        async with self._turns.setdefault(family, asyncio.Lock()):
            while True:
                while (left := self.pacer.delay(family, self._now())) > 0:
                    if left == math.inf:
                        await self._next_answer(self.pacer.patience(family, self._now()))
                        continue
                    if self._now() + left > row:
                        raise TemporaryError(
                            f"no turn within {self._policy.longest_call:.0f}s",
                            why=f"{family} is closed for another {left:.0f}s, as the API asks (429)",
                            do="run the same command again later, or allow more time with --longest-call",
                        )
                    await asyncio.sleep(left)
                await self._slots.acquire()
                now = self._now()
                if self.pacer.delay(family, now) <= 0:
                    self.pacer.sent(family, now)
                    return now
                self._slots.release()  # closed, or another family took the pause, while waiting for a slot

    async def _next_answer(self, patience: float) -> None:
        """Wait until any request under way is answered or lost, or so many seconds are over."""
        self._answer = self._answer or asyncio.Event()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._answer.wait(), patience)

    def _answered(self, family: str, left: float, response: aiohttp.ClientResponse | None) -> None:
        """Tells the pacer, but for a 429, which says more; and whoever waits for an answer."""
        if response is None:
            self.pacer.gone(family, left)
        elif response.status != 429:
            self.pacer.accepted(family, self._now(), left)
        if self._answer:
            self._answer.set()
            self._answer = None

    def _refused(self, family: str, left: float, said: float | None) -> float:
        """429 closes the family for every worker; whoever was refused queues again."""
        capped = None if said is None else min(said, self._policy.longest_sleep)
        seconds = self.pacer.refused(family, self._now(), left, capped)
        self._wait(seconds, 429, family)
        return seconds

    def _wait(self, seconds: float, status: int, family: str) -> float:
        """Say what is waited for, once: the others that were on the way are told the same."""
        seconds = min(seconds, self._policy.longest_sleep)
        opens = self._now() + seconds
        if opens > self._told.get(family, -math.inf) + _SAME_WAIT:
            self._waiting(seconds, status, family)
            self._told[family] = opens
        return seconds

    # --- what is not repeated ---

    def _unless_moved(self, request: aiohttp.ClientRequest, response: aiohttp.ClientResponse) -> aiohttp.ClientResponse:
        """A write that is sent elsewhere would go on as a GET, and look as if it had been done."""
        if request.method not in ("GET", "HEAD") and response.status in (301, 302, 303):
            raise ApiError(response.status, "the write was redirected, not done", request=request.url.path)
        return response

    # --- the token ---

    async def _renew(self, old: str) -> None:
        """A new token instead of `old`, once for all who had that one."""
        async with self._renewal:
            if self._grant is None or self._tokens.access_token != old:
                return
            token, self._grant, said = await renewed(self._grant, self._post_grant)
            self.scopes = said or self.scopes
            keep_secret(token, self._grant.refresh_token)
            self._tokens.access_token = token

    async def _post_grant(self, form: dict[str, str]) -> tuple[int, object]:
        """Past the middleware: it carries no token and writes nothing to the tenant."""
        try:
            async with super().request(
                "POST", f"{self.BASE}/access_token", data=form, middlewares=(), allow_redirects=False
            ) as answer:
                body: object = None
                with contextlib.suppress(ValueError):
                    body = await answer.json(content_type=None)
                return answer.status, body
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TemporaryError(
                "the access token has expired, and a new one could not be asked for",
                where="POST /access_token",
                why=_cause(error),
                do="check the network, then run the same command again",
            ) from None


def _origin(url: str) -> tuple[str, str, int]:
    """Scheme, host in lower case and the port that is really used: `https://Host/` and `https://host:443/` are one
    place, `http://host:443/` is none to send a token to."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)


def _cause(error: Exception) -> str:
    """What the system said of a lost connection, without the library's words around it."""
    inner = getattr(error, "os_error", error)
    said = getattr(inner, "strerror", "") or ""
    return said.partition("[")[0].partition(" (")[0].strip() or type(error).__name__


def _spelled(origin: tuple[str, str, int]) -> str:
    scheme, host, port = origin
    return host if port == (443 if scheme == "https" else 80) else f"{host}:{port}"


def _clear(origin: tuple[str, str, int], home: tuple[str, str, int]) -> str:
    return " in clear" if origin[0] != home[0] == "https" else ""
