"""The HTTP side: tokens, limits, latency, faults, the log of requests, headers, and saving to disk."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from . import control
from .core import errors, routing, scopes
from .core.faults import Do
from .core.routing import Json, Reply, Request
from .tenant import Tenant

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_TOKEN_PATH = "/v1/access_token"


class Front:
    """Answers every request that reaches the port."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self._saving: asyncio.TimerHandle | None = None

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith(control.ROOT):
            body = _parsed(await request.read())
            return _response(control.answer(self.tenant, request.method, request.path, *body), None)
        ledger = self.tenant.ledger
        ledger.enter()
        try:
            asked, malformed = await self._asked(request)
            reply = self._refusal(request, asked, malformed)
            do = self.tenant.schedule.take(asked.method, asked.template) if reply is None else None
            await self._wait(do)
        except BaseException:
            ledger.abandon()
            raise
        if reply is None:
            reply = self._carry_out(asked, do)
        ledger.leave(asked.method, asked.template, request.rel_url.raw_path_qs, reply.status if reply else 0, do)
        self._save_soon()
        if reply is None:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        return _response(reply, request.headers.get("TrackingID"))

    async def _asked(self, request: web.BaseRequest) -> tuple[Request, bool]:
        url = request.rel_url
        query = routing.query(url.raw_query_string)
        if request.content_type in _FORMS:
            body, malformed = _form(await request.post()), False
        else:
            body, malformed = _parsed(await request.read())
        asked = Request(request.method, url.raw_path, query, body, self.tenant.store, self.tenant.root)
        try:
            asked.template = routing.find(asked.method, asked.path)[0]
        except errors.ApiError:
            asked.template = asked.path
        return asked, malformed

    async def _wait(self, do: Do | None) -> None:
        """Time passes on the tenant's clock: a standing one is moved instead of waiting."""
        seconds, clock = self.tenant.latency + (do.delay if do else 0), self.tenant.clock
        if seconds and clock.speed:
            await asyncio.sleep(seconds / clock.speed)
        elif seconds:
            clock.advance(seconds)

    def _refusal(self, request: web.BaseRequest, asked: Request, malformed: bool) -> Reply | None:
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
            if malformed:
                raise errors.invalid_value("Invalid JSON format in request body")
        except errors.ApiError as refusal:
            return Reply(refusal.status, refusal.body, refusal.headers)
        return None

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
        self.tenant.save()


def _injected(do: Do) -> Reply:
    """The answer that a fault gives: its own body, or the platform's usual one for an error."""
    status = do.status or 500
    if do.body is None and status >= 400:
        failed = errors.platform(status, "Too Many Requests" if status == 429 else "An error was injected.")
        return Reply(status, failed.body)
    return Reply(status, do.body)


def _changed(reply: Reply, do: Do) -> Reply:
    body = reply.body
    if do.replace and body is not None:
        text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        for usual, odd in do.replace.items():
            text = text.replace(usual, odd)
        body = text if isinstance(body, str) else json.loads(text)
    if do.body is not None and do.status is None:
        body = do.body
    headers = {**reply.headers, **do.headers}
    return Reply(reply.status, body, {name: value for name, value in headers.items() if value is not None})


def _parsed(raw: bytes) -> tuple[Any, bool]:
    """(JSON document, malformed); an empty body is None."""
    if not raw.strip():
        return None, False
    try:
        return json.loads(raw), False
    except ValueError:
        return None, True


def _form(fields: Any) -> Json:
    """The fields of a form; a file stands as its name, type and size, because nobody listens to announcements."""
    found: Json = {}
    for name, value in fields.items():
        if isinstance(value, web.FileField):
            size = len(value.file.read())
            found[name] = {"fileName": value.filename, "contentType": value.content_type, "size": size}
        else:
            found[name] = value
    return found


def _response(reply: Reply, tracking: str | None) -> web.Response:
    """The client's TrackingID comes back twice in one header (§1.3)."""
    own: Json = reply.body if isinstance(reply.body, dict) else {}
    sent = tracking or own.get("trackingId") or errors.tracking_id("ROUTER")
    headers = {"trackingid": f"{sent}, {sent}", "Cache-Control": "no-cache, no-store", "Via": "1.1 linkerd"}
    headers |= reply.headers
    if isinstance(reply.body, str):
        return web.Response(status=reply.status, text=reply.body, content_type="text/html", headers=headers)
    if reply.body is None:
        return web.Response(status=reply.status, headers=headers)
    text = json.dumps(reply.body, ensure_ascii=False)
    return web.Response(status=reply.status, text=text, content_type="application/json", headers=headers)


class Listener:
    """Binds the tenant to a loopback port of the running loop."""

    def __init__(self, tenant: Tenant, port: int) -> None:
        self.tenant, self.port = tenant, port
        self._runner: web.ServerRunner | None = None

    async def start(self) -> None:
        # aiohttp's low-level server: no router of its own, and it starts in a millisecond
        server = web.Server(Front(self.tenant).answer, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        self.tenant.root = f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        self.tenant.save()
