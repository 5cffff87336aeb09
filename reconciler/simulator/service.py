"""The simulator as tests and the CLI use it: a context manager on a background thread, and a blocking `serve`."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from . import control
from .core import faults, form, persistence
from .core.pacing import EVERYTHING, Rate, RetryAfter
from .core.store import Store
from .server import Listener
from .tenant import Tenant, opened
from .tenants.generate import generate_tenant
from .tenants.sample import sample_tenant

Json = dict[str, Any]


class EditRefused(Exception):
    """The API refused a control edit; carries the status and the body."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"edit refused: {status} {body}")
        self.status, self.body = status, body


class Simulator:
    """A Webex tenant on 127.0.0.1, served from a thread of its own, so that sync and async clients can use it.

    With `data_dir` the state is kept in that folder; a tenant that is there wins over `tenant`. `rate` is a limit
    for everything, (requests, seconds).
    """

    def __init__(
        self,
        tenant: Json | None = None,
        *,
        port: int = 0,
        token: str | None = None,
        rate: Rate | None = None,
        latency: float = 0.0,
        data_dir: Path | None = None,
    ) -> None:
        self._tenant = _opened(tenant, token, latency, data_dir)
        self.token = self._tenant.token
        if rate is not None:
            self.limit({EVERYTHING: rate})
        self._listener = Listener(self._tenant, port)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        return f"{self._tenant.root}/v1"

    @property
    def control_url(self) -> str:
        return f"{self._tenant.root}{control.ROOT}"

    def start(self) -> Self:
        started = threading.Event()
        failure: list[BaseException] = []

        def run() -> None:
            loop = asyncio.new_event_loop()
            try:
                loop.run_until_complete(self._listener.start())
            except BaseException as problem:
                failure.append(problem)
                started.set()
                loop.close()
                return
            self._loop = loop
            started.set()
            loop.run_forever()
            loop.run_until_complete(self._listener.stop())
            loop.close()

        self._thread = threading.Thread(target=run, name="webex-simulator", daemon=True)
        self._thread.start()
        started.wait()
        if failure:
            raise failure[0]
        return self

    def stop(self) -> None:
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def requests(self) -> Json:
        """Counts since the last reset: total, by_method, by_route, status, max_in_flight."""
        return self._tenant.ledger.summary()

    def log(self) -> list[Json]:
        """Every request in order: method, route, path, status (0: no answer), and fault where one acted."""
        return [dict(entry) for entry in self._tenant.ledger.entries]

    def reset_requests(self) -> None:
        self._tenant.ledger.reset()

    def state(self) -> Json:
        """A copy of the whole tenant, in the format of the constructor's `tenant`."""
        return self._tenant.state()

    def edit(self, method: str, path: str, body: Any = None, actor: str = "") -> Any:
        """Another admin's change, uncounted; answers the body, raises EditRefused when the API says no. `actor` is the
        uuid of the person who makes it; empty: the tenant's admin."""
        reply = self._tenant.edit(method, path, json.loads(json.dumps(body)), actor)
        if reply.status >= 400:
            raise EditRefused(reply.status, reply.body)
        return json.loads(json.dumps(reply.body))

    def load(self, tenant: Json) -> None:
        """Replace the tenant in place and forget all requests, faults and limits; address and token stay."""
        self._tenant.schedule.clear()
        self._tenant.limits.set({})
        self._tenant.load(tenant)

    def faults(self, schedule: list[Json]) -> None:
        """Add faults, in the form of core/faults.py; BadSchedule for any other form."""
        self._tenant.schedule.add(faults.parse(schedule))

    def chaos(self, seed: int, rate: float) -> None:
        """Faults by chance, the same for the same seed."""
        self._tenant.schedule.chaos = faults.Chaos(seed, rate)

    def fault_report(self) -> Json:
        """{faults: scripted ones with `seen` and `done`, chaos: the schedule that chance has used}."""
        return self._tenant.schedule.report()

    def no_faults(self) -> None:
        self._tenant.schedule.clear()

    def limit(self, rates: dict[str, Rate], retry_after: RetryAfter = "seconds") -> None:
        """Limits by scope: "*", a family like "people", or a route like "GET /people"; {} lifts them."""
        self._tenant.limits.set(rates, retry_after)

    def turn(self, switch: str, position: str) -> None:
        """Turn a switch; UnknownSwitch when there is no such switch or position."""
        self._tenant.store.switches.turn(switch, position)

    def advance(self, seconds: float) -> None:
        """Move the tenant's clock."""
        self._tenant.clock.advance(seconds)

    def run_clock(self, speed: float) -> None:
        """Let the tenant's clock run at so many times real time; 0 stops it."""
        self._tenant.clock.run(speed)

    def grant_only(self, scopes: Iterable[str]) -> None:
        """What the refresh grant gives from now on is for these scopes only, and says so."""
        self._tenant.tokens.grant_only(frozenset(scopes))

    def add_token(self, token: str, scopes: Iterable[str] | None = None) -> None:
        """A second client of the same organisation, with limits of its own, and with these scopes only."""
        self._tenant.tokens.add(token, None if scopes is None else frozenset(scopes))

    def expire_tokens(self) -> None:
        """Every access token is void; `credentials` still get a new one."""
        self._tenant.tokens.expire()

    @property
    def credentials(self) -> dict[str, str]:
        """client_id, client_secret and refresh_token for the refresh grant at `POST /access_token`."""
        return _credentials(self._tenant)


def _credentials(tenant: Tenant) -> dict[str, str]:
    tokens = tenant.tokens
    return {"client_id": tokens.client_id, "client_secret": tokens.client_secret, "refresh_token": tokens.refresh}


def _opened(tenant: Json | None, token: str | None, latency: float, data_dir: Path | None) -> Tenant:
    """The tenant as it is kept in the folder, else the given one, else the sample."""
    tenant = sample_tenant() if tenant is None else tenant
    writes: list[Json] = []
    keeper = None
    if data_dir is not None:
        tenant, writes, keeper = opened(Path(data_dir), tenant)
    store = Store(tenant)
    served = Tenant(store, token or f"simulated-{secrets.token_hex(16)}", latency=latency, keeper=keeper)
    served.restore(writes)
    served.save()
    return served


def serve(
    *,
    tenant_file: Path | None = None,
    size: dict[str, int] | None = None,
    seed: int = 0,
    port: int = 0,
    data_dir: Path | None = None,
    ready_file: Path | None = None,
    rates: dict[str, Rate] | None = None,
    retry_after: RetryAfter = "seconds",
    latency: float = 0.0,
    token: str | None = None,
    switches: dict[str, str] | None = None,
    schedule: list[Json] | None = None,
    chaos: tuple[int, float] | None = None,
) -> int:
    """Serve until SIGTERM or SIGINT, then save and return 0. Which tenant: the one kept in `data_dir`, else
    `tenant_file`, else a generated one of `size` {people, locations, workspaces, features?}, else the sample."""
    tenant = None
    if tenant_file is not None:
        tenant = form.check(json.loads(Path(tenant_file).read_text("utf-8")))
    elif size is not None:
        tenant = generate_tenant(**size, seed=seed)
    served = _opened(tenant, token, latency, data_dir)
    for name, position in (switches or {}).items():
        served.store.switches.turn(name, position)
    served.limits.set(rates or {}, retry_after)
    served.schedule.add(faults.parse(schedule or []))
    if chaos is not None:
        served.schedule.chaos = faults.Chaos(*chaos)
    asyncio.run(_until_signal(served, port, Path(ready_file) if ready_file is not None else None))
    if chaos is not None:
        print(json.dumps(served.schedule.report()["chaos"]), file=sys.stderr)
    return 0


async def _until_signal(tenant: Tenant, port: int, ready_file: Path | None) -> None:
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    listener = Listener(tenant, port)
    await listener.start()
    ready = {
        "base_url": f"{tenant.root}/v1",
        "control_url": f"{tenant.root}{control.ROOT}",
        "token": tenant.token,
        **_credentials(tenant),
    }
    print(json.dumps(ready), flush=True)
    if ready_file is not None:
        persistence.write(ready_file, ready)
    await ended.wait()
    await listener.stop()
