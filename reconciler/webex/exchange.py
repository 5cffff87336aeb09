"""What went over the wire, attempt by attempt, for whoever keeps it: traces, logs, metrics, the evidence of a write.

`watched(...)` names the watches of every session that is made inside it; `gathered()` gives the writes that were sent
inside it, in the same task and those that it begins. The token is in none of them.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from reconciler.masking import masked


@dataclass(frozen=True, slots=True)
class Exchange:
    """One attempt of one request. `attempt` counts from 1; `began` is seconds since the epoch; `status` 0: no answer,
    for the reason in `problem`. `headers` hold no Authorization; bodies are as they went, passwords and all."""

    method: str
    url: str
    path: str
    family: str
    attempt: int
    began: float
    seconds: float
    status: int
    problem: str
    request_headers: Mapping[str, str]
    request_body: bytes
    headers: Mapping[str, str]
    body: bytes

    @property
    def tracking_id(self) -> str:
        """What Cisco's support asks for; empty when the answer has none."""
        return self.headers.get("trackingid", "").partition(",")[0].strip()

    def told(self) -> dict[str, Any]:
        """The request as evidence: what was sent where, and under which number support finds it. `idempotent`: sent
        twice it does what it does once (RFC 9110 §9.2.2), which no create is. Of the body only its hash, without
        secrets: what it says stands in the journal's intent."""
        return {
            "method": self.method,
            "path": self.path,
            "attempt": self.attempt,
            "idempotent": self.method in ("PUT", "DELETE"),
            "status": self.status,
            "tracking_id": self.tracking_id,
            "body_sha256": hashlib.sha256(json.dumps(masked(self.document), sort_keys=True).encode()).hexdigest(),
        }

    @property
    def document(self) -> Any:
        """The request's body as JSON data; as text where it is none."""
        try:
            return json.loads(self.request_body)
        except (ValueError, RecursionError):
            return self.request_body.decode("utf-8", "replace")


Watch = Callable[[Exchange], None]
_watches: ContextVar[tuple[Watch, ...]] = ContextVar("watches", default=())
_writes: ContextVar[list[Exchange] | None] = ContextVar("writes", default=None)


@contextmanager
def watched(*watches: Watch) -> Iterator[None]:
    """Every session that is made in here tells them of each exchange."""
    token = _watches.set((*_watches.get(), *watches))
    try:
        yield
    finally:
        _watches.reset(token)


@contextmanager
def gathered() -> Iterator[list[Exchange]]:
    """The writes that are sent in here; attempts that were repeated are in it one by one."""
    found: list[Exchange] = []
    token = _writes.set(found)
    try:
        yield found
    finally:
        _writes.reset(token)


@dataclass
class Tally:
    """What a session has asked. `calls` by API family, each counted once; `repeated`: attempts after the first one;
    `polled`: further looks at a job that had not ended; `refused`: answers 429; `seconds` of all `answered`. `jobs`
    that ended, and the `job_seconds` for which they were waited for."""

    calls: Counter[str] = field(default_factory=Counter)
    writes: int = 0
    repeated: int = 0
    polled: int = 0
    refused: int = 0
    answered: int = 0
    seconds: float = 0.0
    jobs: int = 0
    job_seconds: float = 0.0

    def add(self, exchange: Exchange) -> None:
        if exchange.attempt > 1:
            self.repeated += 1
        else:
            self.calls[exchange.family] += 1
            self.writes += exchange.method != "GET"
        if exchange.status:
            self.answered += 1
            self.seconds += exchange.seconds
        self.refused += exchange.status == 429

    def was_poll(self, family: str) -> None:
        """The call that was just counted asked a job again how far it is: how often depends on how long it takes."""
        self.calls[family] -= 1
        self.polled += 1


class Watching:
    """The watches of one session. One that fails is left out, and said: nothing that only watches ends a request."""

    def __init__(self) -> None:
        self.tally = Tally()
        self._watches = list(_watches.get())

    def tell(self, exchange: Exchange) -> None:
        self.tally.add(exchange)
        writes = _writes.get()
        if writes is not None and exchange.method != "GET":
            writes.append(exchange)
        for watch in tuple(self._watches):
            try:
                watch(exchange)
            except Exception as error:
                self._watches.remove(watch)
                what = f"a trace cannot be kept any more: {type(error).__name__}: {error}"
                print(f"warning: {what!r}", file=sys.stderr)
