"""Events and requests of a command, told to the sinks that were asked for."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

from reconciler.masking import masked, masked_text
from reconciler.webex.exchange import Exchange, watched

Line = dict[str, Any]
#: Facts that say which operation an event is about.
_ABOUT = "operation"


class Sink(Protocol):
    """Takes lines (model/logged.py), and what the requests behind `request` lines were."""

    def event(self, line: Line) -> None: ...

    def exchange(self, exchange: Exchange) -> None: ...

    def close(self) -> None: ...


class Observation:
    """Of one command. `command` is its verb."""

    def __init__(
        self, sinks: Sequence[Sink], command: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._sinks, self._command, self._now = list(sinks), command, now
        self._id = f"{command}-{now():%Y%m%dT%H%M%SZ}"
        self._run = ""

    def on_event(self, event: str, facts: Mapping[str, Any]) -> None:
        """An observer of a run's events (events.py)."""
        self._run = facts.get("run", "") or self._run
        payload = {name: value for name, value in facts.items() if name not in ("at", "run", _ABOUT)}
        self._told(facts["at"], str(facts.get(_ABOUT, "") or self._command), event, payload)

    def on_exchange(self, exchange: Exchange) -> None:
        """A watch of sessions (webex/exchange.py)."""
        for sink in tuple(self._sinks):
            self._to(sink, lambda sink=sink: sink.exchange(exchange))  # type: ignore[misc]
        at = datetime.fromtimestamp(exchange.began, UTC).isoformat(timespec="milliseconds")
        payload = {
            name: getattr(exchange, name)
            for name in ("method", "path", "family", "attempt", "status", "problem", "tracking_id")
        }
        self._told(at, self._command, "request", {**payload, "seconds": round(exchange.seconds, 4)})

    def close(self) -> None:
        for sink in tuple(self._sinks):
            self._to(sink, sink.close)
        self._sinks.clear()

    def _told(self, at: str, action: str, event: str, payload: Line) -> None:
        line: Line = masked({"ts": at, "action_id": action, "event": event, "payload": payload})
        line["run_id"] = self._run or self._id
        for sink in tuple(self._sinks):
            self._to(sink, lambda sink=sink: sink.event(line))  # type: ignore[misc]

    def _to(self, sink: Sink, do: Callable[[], None]) -> None:
        try:
            do()
        except Exception as error:  # nothing that only watches may end what it watches
            self._sinks.remove(sink)
            said = masked_text(f"{type(sink).__name__} is given up: {type(error).__name__}: {error}")
            with contextlib.suppress(OSError):
                print(f"warning: {said!r}", file=sys.stderr)


@contextmanager
def observed(observation: Observation) -> Iterator[Observation]:
    """Every session that is made in here is watched; at the end the sinks are closed."""
    with watched(observation.on_exchange):
        try:
            yield observation
        finally:
            observation.close()
