"""What happens in a run, told to whoever listens: progress, logs, outputs, metrics. The journal is not one of them: it
is the evidence, comes first, and a run that cannot write it ends; a listener that fails is left out, and said.

    run_started        folder, plan, org, operations, steps, settled (steps done before, when it is resumed)
    chunk_started      number, wave, operations (their ids), canary
    operation_intent   operation, action, members: address, id, want, before     on the disk, about to be sent
    operation_answered operation, error ("" when the API reported success), requests (webex/exchange.py)
    operation_outcome  what model.outcome.Outcome.to_json gives, and seconds, done, total, eta, nth, of (an operation
                       has as many of them as resources; verdict converging: another one follows)
    chunk_done         number, wave, operations, verdicts (verdict → count)
    looking            owners: how many are read once more at the end of the run
    outcome_superseded what model.outcome.Outcome.to_json gives: at the end a step is not as its own reading back said
    operations_left    why, operations: not begun, because the run ended before them
    job                url, state (queued, running, success, error), of an asynchronous job of the API
    waiting            seconds, status, family: the API asked for it
    heartbeat          state, done, total, bad, error_rate, elapsed, eta, requests, request_rate (per second)
    paused, resumed    why
    run_ended          state (model.control.Ending), why, verdicts

Every event has `at` (ISO 8601, UTC) and `run` among its facts. Times are seconds. All facts are JSON data; `want` and
`before` hold the tenant's values as they are: whoever writes them anywhere else masks them (report/fields.py).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

Facts = Mapping[str, Any]
#: `on_event(name, facts)`; called in the event loop of the run, so it returns soon and waits for nothing.
Observer = Callable[[str, Facts], None]

#: The journal's words for what is an event too.
_RECORDED = {"intent": "operation_intent", "acknowledged": "operation_answered", "error": "operation_answered"}


class Events:
    """The observers of one run. `run` is named in every event; `now` gives the time, for tests."""

    def __init__(
        self, observers: Iterable[Observer] = (), run: str = "", now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._observers = list(observers)
        self.run = run
        self._now = now

    def tell(self, event: str, **facts: Any) -> None:
        told = {"at": self._now().isoformat(timespec="milliseconds"), "run": self.run, **facts}
        for observer in tuple(self._observers):
            try:
                observer(event, told)
            except Exception as error:  # nothing that only listens may end what writes to a tenant
                self._observers.remove(observer)
                name = getattr(observer, "__qualname__", type(observer).__qualname__)
                what = f"{name} failed and hears no more of this run: {type(error).__name__}: {error}"
                with suppress(OSError):
                    print(f"warning: {what!r}", file=sys.stderr)

    def recorded(self, event: str, facts: Facts) -> None:
        """What the journal has just brought to the disk, as far as it is an event."""
        if event in _RECORDED:
            self.tell(_RECORDED[event], **({"error": ""} if event == "acknowledged" else {}), **facts)
