"""One served tenant: the store, and all that stands between a request and the store."""

from __future__ import annotations

import json
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from .core import errors, routing
from .core.faults import Do, Schedule
from .core.ledger import Ledger
from .core.pacing import Limits
from .core.persistence import Keeper
from .core.routing import Json, Reply, Request
from .core.store import Store
from .core.tokens import Tokens


class Tenant:
    """`lock` guards the store: handlers run on the server's loop, tests look in from their own thread."""

    def __init__(self, store: Store, token: str, *, latency: float = 0.0, keeper: Keeper | None = None) -> None:
        self.store, self.token, self.latency = store, token, latency
        self.clock = store.clock
        self.schedule = Schedule()
        self.limits = Limits(self.clock.now)
        self.tokens = Tokens(token, self.clock.now)
        self.ledger = Ledger()
        self.lock = threading.Lock()
        self.root = ""
        self.save_cost = 0.0
        self._keeper = keeper
        # writes that were answered and have not taken effect yet: (when, what)
        self._pending: list[tuple[float, Request]] = []

    def carry_out(self, asked: Request, do: Do | None = None) -> Reply:
        """The one place where state changes; a fault may keep it from changing, or let it change later."""
        with self.lock:
            self._settle()
            if do is not None:
                _shorten(asked.body, do.partial)
                if do.silent or do.later:
                    reply = _handled(self._twin(asked))
                    if do.later and reply.status < 400:
                        due = self.clock.now() + do.later
                        self._pending.append((due, asked))
                        self._log(asked, due)
                    return reply
            # polling a job changes it too
            if asked.method in routing.READS and "/jobs/" not in asked.path:
                return _handled(asked)
            with self.clock.held():
                self._log(asked)
                return _handled(asked)

    def _log(self, asked: Request, due: float | None = None) -> None:
        if self._keeper is not None:
            self._keeper.log(_entry(self.clock.now() if due is None else due, asked, due is not None))

    def _settle(self) -> None:
        """Delayed writes whose time has come take effect now, in their order."""
        if self._pending:
            now = self.clock.now()
            due = [asked for when, asked in self._pending if when <= now]
            self._pending = [entry for entry in self._pending if entry[0] > now]
            for asked in due:
                _handled(asked)

    def _twin(self, asked: Request) -> Request:
        """The same request to a copy of the tenant, which is thrown away with whatever happens to it."""
        return Request(asked.method, asked.path, dict(asked.query), json.loads(json.dumps(asked.body)),
                       Store(self.store.dump()), asked.root)  # fmt: skip

    def edit(self, method: str, path: str, body: Any, actor: str = "") -> Reply:
        """Another admin's change: the same handlers, neither counted nor logged, never faulty. `actor` is the uuid of
        the person who makes it; empty: the tenant's admin."""
        if not path.startswith(("/v1/", "/identity/")):
            path = f"/v1/{path.lstrip('/')}"
        bare, _, text = path.partition("?")
        asked = Request(method.upper(), bare, routing.query(text), body, self.store, self.root, actor=actor)
        return self.carry_out(asked)

    def state(self) -> Json:
        """A copy of the whole tenant as of now."""
        with self.lock:
            self._settle()
            routing.settle(self.store)
            copied: Json = json.loads(json.dumps(self.store.dump()))
            return copied

    def load(self, tenant: Json, *, keep_switches: bool = False) -> None:
        """Replace everything; address and tokens stay, and `keep_switches` those switches that it does not name.
        BadTenant when it is none; then nothing is replaced."""
        with self.lock:
            before = self.store.dump()
            turned = before["switches"] if keep_switches else {}
            try:
                self.store.load({**tenant, "switches": {**turned, **tenant.get("switches", {})}})
            except ValueError:
                self.store.load(before)  # what was half loaded is gone
                raise
            self._pending.clear()
        self.ledger.reset()
        self.save()

    def restore(self, writes: list[Json]) -> None:
        """Carry out again what was written after the file, each at its own time; what is to come later waits."""
        kept = self.clock.kept()
        for entry in writes:
            asked = Request(entry["method"], entry["path"], entry["query"], entry["body"], self.store, self.root,
                            actor=entry.get("actor", ""))  # fmt: skip
            if entry.get("delayed"):
                self._pending.append((entry["at"], asked))
                continue
            self.clock.at(entry["at"])
            with self.clock.held():
                self._settle()
                _handled(asked)
        if kept is None or "now" not in kept:
            self.clock.restore(kept)
        if writes:
            self.save()

    @property
    def wants_saving(self) -> bool:
        return self._keeper is not None and self._keeper.is_due

    def save(self) -> None:
        if self._keeper is None:
            return
        started = time.monotonic()
        with self.lock:
            pending = [_entry(when, asked, delayed=True) for when, asked in self._pending]
            self._keeper.save(self.store.dump(), pending)
        self.save_cost = time.monotonic() - started

    def close(self) -> None:
        """Save, and let go of the folder."""
        try:
            self.save()
        finally:
            if self._keeper is not None:
                self._keeper.close()


def _entry(at: float, asked: Request, delayed: bool) -> Json:
    """A write as the log keeps it. A delayed one stands where it was answered and says when it takes effect."""
    entry: Json = {"at": at, "method": asked.method, "path": asked.path, "query": asked.query, "body": asked.body}
    if asked.actor:
        entry["actor"] = asked.actor
    return {**entry, "delayed": True} if delayed else entry


def opened(folder: Path, fresh: Json) -> tuple[Json, list[Json], Keeper]:
    """The tenant that an earlier run left in the folder and the writes that its file lacks, else the fresh one; and
    the keeper that has the folder from now on."""
    keeper = Keeper(folder)
    keeper.lock()
    kept, writes = keeper.read()
    return (fresh, [], keeper) if kept is None else (kept, writes, keeper)


def _handled(asked: Request) -> Reply:
    try:
        return routing.handle(asked)
    except Exception:
        # a mistake in a handler: a 500 for the client, the trace for us
        traceback.print_exc(file=sys.stderr)
        failed = errors.platform(500, "An unexpected error occurred.")
        return Reply(failed.status, failed.body)


def _shorten(body: Any, partial: dict[str, int]) -> None:
    """Keep the first so many entries of lists in the body; a dotted name reaches into objects."""
    for path, count in partial.items():
        *parents, last = path.split(".")
        holder = body
        for name in parents:
            holder = holder.get(name) if isinstance(holder, dict) else None
        if isinstance(holder, dict) and isinstance(holder.get(last), list):
            holder[last] = holder[last][:count]
