"""The HTTP side: tokens, limits, latency, faults, the log of requests, headers, and saving to disk."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import traceback
from typing import Any

from aiohttp import web

from . import control, intake
from .core import errors, routing, scopes
from .core.faults import Do
from .core.routing import Json, Reply, Request
from .tenant import Tenant

_TOKEN_PATH = "/v1/access_token"
_JSON = "application/json; charset=utf-8"
# aiohttp's own: connections that are reset, HTTP that is none. Our traces are printed where they arise.
_log = logging.getLogger("reconciler.simulator.http")
_log.disabled = True


class Front:
    """Answers every request that reaches the port."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self._saving: asyncio.TimerHandle | None = None

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith(control.ROOT):
            return _response(await self._controlled(request), None)
        ledger = self.tenant.ledger
        ledger.enter()
        try:
            asked, unreadable = await self._asked(request)
            reply = self._refusal(request, asked, unreadable)
            do = self.tenant.schedule.take(asked.method, asked.template) if reply is None else None
            await self._wait(do)
        except BaseException:
            ledger.abandon()
            raise
        if reply is None:
            reply = self._carried_out(asked, do)
        ledger.leave(asked.method, asked.template, request.rel_url.raw_path_qs, reply.status if reply else 0, do)
        self._save_soon()
        if reply is None:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        return _response(reply, request.headers.get("TrackingID"))

    async def _controlled(self, request: web.BaseRequest) -> Reply:
        try:
            body = await intake.body(request, forms=False)  # curl -d says that it sends a form
        except intake.Unreadable as problem:
            return Reply(problem.status, {"message": str(problem)})
        return control.answer(self.tenant, request.method, request.path, body)

    async def _asked(self, request: web.BaseRequest) -> tuple[Request, intake.Unreadable | None]:
        url = request.rel_url
        body, unreadable = None, None
        try:
            body = await intake.body(request)
        except intake.Unreadable as problem:
            unreadable = problem
        query = routing.query(url.raw_query_string)
        asked = Request(request.method, url.raw_path, query, body, self.tenant.store, self.tenant.root)
        try:
            asked.template = routing.find(asked.method, asked.path)[0]
        except errors.ApiError:
            asked.template = asked.path
        return asked, unreadable

    async def _wait(self, do: Do | None) -> None:
        """Time passes on the tenant's clock: a standing one is moved instead of waiting."""
        seconds, clock = self.tenant.latency + (do.delay if do else 0), self.tenant.clock
        if seconds and clock.speed:
            await asyncio.sleep(seconds / clock.speed)
        elif seconds:
            clock.advance(seconds)

    def _refusal(self, request: web.BaseRequest, asked: Request, unreadable: intake.Unreadable | None) -> Reply | None:
        """What is answered before any handler: tokens, limits, a body that is no JSON."""
        try:
            if asked.path == _TOKEN_PATH and asked.method == "POST":
                return Reply(200, self.tenant.tokens.grant(asked.body))
            token = self.tenant.tokens.accepts(request.headers.get("Authorization"))
            if token is None:
                raise errors.unauthorized()
            if not self.tenant.tokens.reaches(token, scopes.wanted(asked.method, asked.template)):
                raise errors.forbidden()
            headers = self.tenant.limits.refuse(token, asked.method, asked.template)
            if headers is not None:
                return Reply(429, errors.platform(429, "Too Many Requests").body, headers)
            if unreadable is not None and unreadable.status != 400:
                raise errors.platform(unreadable.status, str(unreadable))
            if unreadable is not None:
                raise errors.invalid_value("Invalid JSON format in request body")
        except errors.ApiError as refusal:
            return Reply(refusal.status, refusal.body, refusal.headers)
        return None

    def _carried_out(self, asked: Request, do: Do | None) -> Reply | None:
        """As `_carry_out`; what fails there, like a disk that is full, is a 500 for this client and a line for us."""
        try:
            return self._carry_out(asked, do)
        except OSError as problem:
            print(f"simulator: {asked.method} {asked.path} cannot be kept: {problem}", file=sys.stderr)
        except Exception:
            traceback.print_exc(file=sys.stderr)
        return Reply(500, errors.platform(500, "An unexpected error occurred.").body)

    def _carry_out(self, asked: Request, do: Do | None) -> Reply | None:
        """The answer, None when the connection ends without one."""
        if do is None:
            return self.tenant.carry_out(asked)
        if do.status is None and do.drop is None:
            return _changed(self.tenant.carry_out(asked, do), do)
        if do.drop == "after":
            self.tenant.carry_out(asked, do)
        return _changed(_injected(do), do) if do.status is not None else None

    def _save_soon(self) -> None:
        """The slower the last save, the longer the pause, so that saving never takes over."""
        if self.tenant.wants_saving and self._saving is None:
            pause = max(0.2, 20 * self.tenant.save_cost)
            self._saving = asyncio.get_running_loop().call_later(pause, self._save)

    def _save(self) -> None:
        self._saving = None
        try:
            self.tenant.save()
        except OSError as problem:  # the log of writes still has everything
            print(f"simulator: the tenant cannot be saved: {problem}", file=sys.stderr)


def _injected(do: Do) -> Reply:
    """The answer that a fault gives: its own body, or the platform's usual one for an error."""
    status = do.status or 500
    if do.body is None and status >= 400:
        failed = errors.platform(status, "Too Many Requests" if status == 429 else "An error was injected.")
        return Reply(status, failed.body)
    return Reply(status, do.body)


def _changed(reply: Reply, do: Do) -> Reply:
    body: Any = reply.body
    headers: dict[str, str | None] = dict(reply.headers)
    if do.replace and body is not None:
        if not isinstance(body, str):
            body, headers["Content-Type"] = json.dumps(body, ensure_ascii=False), _JSON
        for usual, odd in do.replace.items():
            body = body.replace(usual, odd)  # which may be JSON no longer: that is a fault too
    if do.body is not None and do.status is None:
        body = do.body
        headers.pop("Content-Type", None)
    headers |= do.headers
    return Reply(reply.status, body, {name: value for name, value in headers.items() if value is not None})


def _response(reply: Reply, tracking: str | None) -> web.Response:
    """The client's TrackingID comes back."""
    own: Json = reply.body if isinstance(reply.body, dict) else {}
    sent = tracking or own.get("trackingId") or errors.tracking_id("ROUTER")
    headers = {"trackingid": sent, "Cache-Control": "no-cache, no-store", "Via": "1.1 linkerd"}
    headers |= reply.headers
    if reply.body is None:
        return web.Response(status=reply.status, headers=headers)
    is_text = isinstance(reply.body, str)
    text = reply.body if is_text else json.dumps(reply.body, ensure_ascii=False)
    if not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "text/html; charset=utf-8" if is_text else _JSON
    try:
        data = text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can say and UTF-8 cannot
        data = text.encode(errors="replace") if is_text else json.dumps(reply.body).encode()
    return web.Response(status=reply.status, body=data, headers=headers)


def http_server(tenant: Tenant) -> web.Server:
    """The tenant as a protocol factory of the running loop. aiohttp's low-level server: no router of its own, and it
    starts in a millisecond."""
    loop = asyncio.get_running_loop()

    def ask(*parts: Any) -> web.BaseRequest:
        message, payload, protocol, writer, task = parts
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=intake.LARGEST)

    return web.Server(Front(tenant).answer, request_factory=ask, access_log=None, logger=_log)


class Listener:
    """Binds the tenant to a loopback port of the running loop."""

    def __init__(self, tenant: Tenant, port: int) -> None:
        self.tenant, self.port = tenant, port
        self._runner: web.ServerRunner | None = None

    async def start(self) -> None:
        self._runner = web.ServerRunner(http_server(self.tenant), shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        self.tenant.root = f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        self.tenant.close()
