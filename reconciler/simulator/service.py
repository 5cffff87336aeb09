"""The simulator as tests and the CLI use it: a context manager on a background thread, and a blocking `serve`."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .core import persistence
from .core.store import Store
from .server import CONTROL, Listener, Tenant
from .tenants.generate import generate_tenant
from .tenants.sample import sample_tenant


class EditRefused(Exception):
    """The API refused a control edit; carries the status and the body."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"edit refused: {status} {body}")
        self.status, self.body = status, body


class Simulator:
    """A Webex tenant on 127.0.0.1, served from a thread of its own, so that sync and async clients can use it.

    With `data_dir` the state is kept in `data_dir/tenant.json`; a file that is there wins over `tenant`.
    """

    def __init__(
        self,
        tenant: dict[str, Any] | None = None,
        *,
        port: int = 0,
        token: str | None = None,
        rate: tuple[int, float] | None = None,
        latency: float = 0.0,
        data_dir: Path | None = None,
    ) -> None:
        self.token = token or f"simulated-{secrets.token_hex(16)}"
        store = Store(_initial(tenant, data_dir))
        self._tenant = Tenant(store, self.token, rate=rate, latency=latency, data_dir=data_dir)
        self._listener = Listener(self._tenant, port)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        return f"{self._tenant.root}/v1"

    @property
    def control_url(self) -> str:
        return f"{self._tenant.root}{CONTROL}"

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

    def requests(self) -> dict[str, Any]:
        """Counts since the last reset: total, by_method, by_route, status, max_in_flight."""
        return self._tenant.ledger.summary()

    def log(self) -> list[dict[str, Any]]:
        """Every request in order: method, route, path, status."""
        return [dict(entry) for entry in self._tenant.ledger.entries]

    def reset_requests(self) -> None:
        self._tenant.ledger.reset()

    def state(self) -> dict[str, Any]:
        """A copy of the whole tenant, in the format of the constructor's `tenant`."""
        with self._tenant.lock:
            copied: dict[str, Any] = json.loads(json.dumps(self._tenant.store.dump()))
            return copied

    def edit(self, method: str, path: str, body: Any = None) -> Any:
        """Another admin's change, uncounted; answers the body, raises EditRefused when the API says no."""
        reply = self._tenant.edit(method, path, json.loads(json.dumps(body)))
        if reply.status >= 400:
            raise EditRefused(reply.status, reply.body)
        return json.loads(json.dumps(reply.body))

    def load(self, tenant: dict[str, Any]) -> None:
        """Replace the tenant in place and forget all requests; address and token stay."""
        with self._tenant.lock:
            self._tenant.store.load(tenant)
        self._tenant.ledger.reset()


def _initial(tenant: dict[str, Any] | None, data_dir: Path | None) -> dict[str, Any]:
    kept = persistence.read(data_dir) if data_dir is not None else None
    return kept or tenant or sample_tenant()


def serve(
    *,
    tenant_file: Path | None = None,
    size: dict[str, int] | None = None,
    seed: int = 0,
    port: int = 0,
    data_dir: Path | None = None,
    ready_file: Path | None = None,
    rate: tuple[int, float] | None = None,
    latency: float = 0.0,
    token: str | None = None,
) -> int:
    """Serve until SIGTERM or SIGINT, then save and return 0. Which tenant: the one kept in `data_dir`, else
    `tenant_file`, else a generated one of `size` {people, locations, workspaces}, else the sample."""
    tenant = None
    if tenant_file is not None:
        tenant = json.loads(Path(tenant_file).read_text("utf-8"))
    elif size is not None:
        tenant = generate_tenant(**size, seed=seed)
    data_dir = Path(data_dir) if data_dir is not None else None
    token = token or f"simulated-{secrets.token_hex(16)}"
    served = Tenant(Store(_initial(tenant, data_dir)), token, rate=rate, latency=latency, data_dir=data_dir)
    asyncio.run(_until_signal(served, port, Path(ready_file) if ready_file is not None else None))
    return 0


async def _until_signal(tenant: Tenant, port: int, ready_file: Path | None) -> None:
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    listener = Listener(tenant, port)
    await listener.start()
    ready = {"base_url": f"{tenant.root}/v1", "control_url": f"{tenant.root}{CONTROL}", "token": tenant.token}
    print(json.dumps(ready), flush=True)
    if ready_file is not None:
        persistence.write(ready_file, ready)
    await ended.wait()
    await listener.stop()
