"""The HTTP side: bearer token, rate limit, latency, log, headers, the control API, and saving to disk."""

from __future__ import annotations

import asyncio
import json
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from aiohttp import web

from .core import errors, persistence, routing
from .core.ledger import Ledger
from .core.pacing import Bucket
from .core.routing import Json, Reply, Request
from .core.store import Store

CONTROL = "/_control"
_READS = frozenset({"GET", "HEAD"})


class Tenant:
    """One served tenant. `lock` guards the store: handlers run on the loop, tests look in from their thread."""

    def __init__(
        self,
        store: Store,
        token: str,
        *,
        rate: tuple[int, float] | None,
        latency: float,
        data_dir: Path | None,
    ) -> None:
        self.store, self.token, self.latency, self.data_dir = store, token, latency, data_dir
        self.bucket = Bucket(*rate) if rate else None
        self.ledger = Ledger()
        self.lock = threading.Lock()
        self.root = ""
        self._saving: asyncio.TimerHandle | None = None
        self._save_cost = 0.0

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Every request of the server comes through here."""
        if request.path.startswith(CONTROL):
            return await self._control(request)
        self.ledger.enter()
        try:
            body, malformed = _parsed(await request.read())
            if self.latency:
                await asyncio.sleep(self.latency)
        except BaseException:
            self.ledger.abandon()
            raise
        asked = Request(
            request.method, request.rel_url.raw_path, routing.query(request.rel_url.raw_query_string), body,
            self.store, self.root,
        )  # fmt: skip
        reply = self._refusal(request, asked, malformed)
        if reply is None:
            reply = self.carry_out(asked)
        template = asked.template or _template(asked)
        self.ledger.leave(asked.method, template, request.rel_url.raw_path_qs, reply.status)
        self._save_soon()
        return _response(reply, request.headers.get("TrackingID"))

    def carry_out(self, asked: Request) -> Reply:
        """The one place where state changes. Polling a job changes it too, so jobs are saved on reads."""
        with self.lock:
            try:
                reply = routing.handle(asked)
            except Exception:
                # a body of the wrong types, or a mistake in a handler: a 500 for the client, the trace for us
                traceback.print_exc()
                failed = errors.platform(500, "An unexpected error occurred.")
                reply = Reply(failed.status, failed.body)
            if asked.method not in _READS or "/jobs/" in asked.path:
                self.store.dirty = True
        return reply

    def _refusal(self, request: web.BaseRequest, asked: Request, malformed: bool) -> Reply | None:
        """What is refused before any handler: token, rate, a body that is no JSON."""
        refusal: errors.ApiError | None = None
        headers: dict[str, str] = {}
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            refusal = errors.unauthorized()
        elif self.bucket and (wait := self.bucket.take()):
            refusal, headers = errors.platform(429, "Too Many Requests"), {"Retry-After": str(wait)}
        elif malformed:
            refusal = errors.invalid_value("Invalid JSON format in request body")
        return Reply(refusal.status, refusal.body, {**refusal.headers, **headers}) if refusal else None

    async def _control(self, request: web.BaseRequest) -> web.Response:
        what = (request.method, request.path.removeprefix(CONTROL))
        if what == ("GET", "/requests"):
            return _json(200, self.ledger.summary())
        if what == ("GET", "/requests/log"):
            return _json(200, self.ledger.entries)
        if what == ("DELETE", "/requests"):
            self.ledger.reset()
            return web.Response(status=204)
        if what == ("GET", "/state"):
            with self.lock:
                return _json(200, self.store.dump())
        if what == ("POST", "/edit"):
            edit, malformed = _parsed(await request.read())
            if malformed or not isinstance(edit, dict) or not {"method", "path"} <= edit.keys():
                return _json(400, {"message": "an edit is {method, path, body}"})
            reply = self.edit(edit["method"], edit["path"], edit.get("body"))
            self._save_soon()
            return _response(reply, None)
        return _json(404, {"message": f"no control call {what[0]} {what[1]}"})

    def edit(self, method: str, path: str, body: Any) -> Reply:
        """Another admin's change: the same handlers, neither counted nor logged."""
        if not path.startswith(("/v1/", "/identity/")):
            path = f"/v1/{path.lstrip('/')}"
        bare, _, text = path.partition("?")
        return self.carry_out(Request(method.upper(), bare, routing.query(text), body, self.store, self.root))

    def _save_soon(self) -> None:
        """Debounced, and the slower the last save, the longer the pause, so that saving never takes over."""
        if self.data_dir is None or not self.store.dirty or self._saving is not None:
            return
        self._saving = asyncio.get_running_loop().call_later(max(0.2, 20 * self._save_cost), self.save)

    def save(self) -> None:
        self._saving = None
        if self.data_dir is None:
            return
        started = time.monotonic()
        with self.lock:
            persistence.write(self.data_dir / persistence.FILE_NAME, self.store.dump())
            self.store.dirty = False
        self._save_cost = time.monotonic() - started


def _parsed(raw: bytes) -> tuple[Any, bool]:
    """(JSON document, malformed); an empty body is None."""
    if not raw.strip():
        return None, False
    try:
        return json.loads(raw), False
    except ValueError:
        return None, True


def _template(asked: Request) -> str:
    """The template of a request that was refused before routing; its bare path when there is no such route."""
    try:
        return routing.find(asked.method, asked.path)[0]
    except errors.ApiError:
        return asked.path


def _json(status: int, body: Any) -> web.Response:
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(status=status, text=text, content_type="application/json")


def _response(reply: Reply, tracking: str | None) -> web.Response:
    """The client's TrackingID comes back twice in one header (§1.3)."""
    own: Json = reply.body if isinstance(reply.body, dict) else {}
    sent = tracking or own.get("trackingId") or errors.tracking_id("ROUTER")
    headers = {"trackingid": f"{sent}, {sent}", "Cache-Control": "no-cache, no-store", "Via": "1.1 linkerd"}
    headers |= reply.headers
    if isinstance(reply.body, str):
        return web.Response(status=reply.status, text=reply.body, content_type="text/html", headers=headers)
    response = web.Response(status=reply.status) if reply.body is None else _json(reply.status, reply.body)
    response.headers.update(headers)
    return response


class Listener:
    """Binds the tenant to a loopback port of the running loop."""

    def __init__(self, tenant: Tenant, port: int) -> None:
        self.tenant, self.port = tenant, port
        self._runner: web.ServerRunner | None = None

    async def start(self) -> None:
        routing.discover()
        # aiohttp's low-level server: no router of its own, and it starts in a millisecond
        self._runner = web.ServerRunner(web.Server(self.tenant.answer, access_log=None), shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        self.tenant.root = f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        self.tenant.save()
