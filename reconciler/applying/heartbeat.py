"""The sign of life of a run: how far it is, how fast, how well, and when it will end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reconciler.applying.control import Steering
from reconciler.model.outcome import BAD, Outcome

#: Seconds between two looks for a request to pause: an idle run notices it too.
LOOK = 0.5


@dataclass
class Pulse:
    """Counts the results of this process. `before` are steps that were done by an earlier one, `requests` counts what
    was sent to the tenant."""

    steering: Steering
    total: int
    before: int = 0
    requests: Callable[[], int] = lambda: 0
    done: int = 0
    bad: int = 0
    _began: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    _last: tuple[float, int] = (0.0, 0)

    def __post_init__(self) -> None:
        self.done = self.before
        self._last = (self._began, self.requests())

    def count(self, outcomes: list[Outcome], again: bool = False) -> None:
        """Results of one operation; `again`: those of before were provisional."""
        self.done += 0 if again else len(outcomes)
        self.bad += sum(outcome.verdict in BAD for outcome in outcomes)

    async def beat(self, every: float) -> None:
        """Tell a heartbeat every so many seconds, and look for requests in between; until it is cancelled."""
        loop = asyncio.get_running_loop()
        due = self._began + every
        while True:
            await asyncio.sleep(max(0.0, min(LOOK, due - loop.time())))
            self.steering.look()
            if loop.time() >= due:
                due += every
                self.steering.events.tell("heartbeat", **self.facts())

    def eta(self) -> float | None:
        """Seconds until the end at the pace so far, pauses left out; None where the run ends before that, and until as
        many are done as began at once: the first ones say nothing of the pace."""
        now = asyncio.get_running_loop().time()
        came = self.done - self.before
        if self.steering.ending or came < self.steering.most_at_once:
            return None
        worked = now - self._began - self.steering.paused(now)
        return round(worked / came * (self.total - self.done), 1) if came else None

    def facts(self) -> dict[str, Any]:
        """As events.py has them."""
        now, sent = asyncio.get_running_loop().time(), self.requests()
        came = self.done - self.before
        since, earlier = self._last
        self._last = (now, sent)
        return {
            "state": self.steering.state,
            "done": self.done,
            "total": self.total,
            "bad": self.bad,
            "error_rate": round(self.bad / came, 4) if came else 0.0,
            "elapsed": round(now - self._began, 1),
            "eta": self.eta(),
            "requests": sent,
            "request_rate": round((sent - earlier) / (now - since), 2) if now > since else 0.0,
        }
