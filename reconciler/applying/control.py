"""Whether the next operation may begin: pauses, and what ends a run before its end.

running ── asked to pause, too many failures ──► pausing ── nothing is under way any more ──► paused
   ▲                                                │                                           │
   └────────────────────────────── the request is taken back ◄──────────────────────────────────┘

any of them ── interrupt, failure with --fail-fast, time is up, nobody to ask ──► ending: nothing more begins
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from reconciler.model.control import Control, Ending
from reconciler.model.outcome import BAD, Outcome, Verdict
from reconciler.telemetry.events import Events


@dataclass
class Requests:
    """Where a pause is asked for: `asked` says why, or nothing; `ask` asks for one."""

    asked: Callable[[], str] = lambda: ""
    ask: Callable[[str], None] = lambda why: None


@dataclass
class Steering:
    """One run's; `gate` is passed before every operation."""

    control: Control
    events: Events
    requests: Requests = field(default_factory=Requests)
    ending: Ending | None = None
    why: str = ""
    pausing: str = ""
    most_at_once: int = 0
    _under_way: int = 0
    _paused_for: float = 0.0
    _paused_since: float | None = None
    _told: bool = False
    _moved: asyncio.Event = field(default_factory=asyncio.Event)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _window: deque[bool] = field(init=False)

    def __post_init__(self) -> None:
        self._window = deque(maxlen=self.control.pause.window if self.control.pause else 0)

    @property
    def state(self) -> str:
        if self.ending:
            return "ending"
        if not self.pausing:
            return "running"
        return "pausing" if self._under_way else "paused"

    def paused(self, now: float) -> float:
        """The seconds of all pauses so far; draining is part of a pause."""
        return self._paused_for + (now - self._paused_since if self._paused_since is not None else 0.0)

    @property
    def not_begun(self) -> str:
        """What is said of an operation that the run ended before."""
        return f"{self.why} before it began" if self.ending is Ending.INTERRUPTED else self.why

    # --- from outside ---

    def interrupt(self) -> None:
        """The operator wants it to end: what is under way ends, nothing more begins."""
        self.end(Ending.INTERRUPTED, "interrupted")

    def end(self, ending: Ending, why: str) -> None:
        """Begin nothing more; the first reason counts."""
        if not self.ending:
            self.ending, self.why = ending, why
            self._resume()
            self._moved.set()
            self._ended.set()

    def look(self) -> None:
        """Whether a pause was asked for or taken back since the last look."""
        if self.ending:
            return
        asked = self.requests.asked()
        if asked and not self.pausing:
            self.pausing, self._told = asked, False
            self._paused_since = asyncio.get_running_loop().time()
            self._moved.clear()
        elif self.pausing and not asked:
            why = self.pausing
            self._resume()
            self._moved.set()
            self.events.tell("resumed", why=why)
        if self.state == "paused" and not self._told:
            self._told = True
            self.events.tell("paused", why=self.pausing)

    def _resume(self) -> None:
        self.pausing = ""
        self._window.clear()  # whoever goes on has seen the failures
        if self._paused_since is not None:
            self._paused_for = self.paused(asyncio.get_running_loop().time())
            self._paused_since = None

    # --- from the operations ---

    async def gate(self) -> str:
        """Waits while the run is paused; then why nothing more may begin, empty when it may."""
        while True:
            self.look()
            if self.ending:
                return self.not_begun
            if not self.pausing:
                return ""
            await self._moved.wait()

    async def rest(self, seconds: float) -> None:
        """Wait, but not longer than the run goes on."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()

    @contextmanager
    def under_way(self) -> Iterator[None]:
        self._under_way += 1
        self.most_at_once = max(self.most_at_once, self._under_way)
        try:
            yield
        finally:
            self._under_way -= 1
            if self.pausing:
                self.look()

    def came_to(self, outcomes: list[Outcome]) -> None:
        """What an operation came to: one failure may be enough, or too many of the last ones. A request that carried 50
        numbers is one of them."""
        bad = next((outcome for outcome in outcomes if outcome.verdict in BAD), None)
        if all(outcome.verdict is Verdict.SKIPPED for outcome in outcomes):
            return
        self._window.append(bad is not None)
        if bad and self.control.fail_fast:
            self.end(Ending.STOPPED, f"stopped at the first failure: {bad.address}")
        limit = self.control.pause
        if limit and len(self._window) == limit.window and sum(self._window) >= limit.part * limit.window:
            self.pause(f"{sum(self._window)} of the last {limit.window} operations failed")

    def pause(self, why: str) -> None:
        """The run pauses itself; where nobody is there to go on with it, it ends."""
        if self.ending or self.pausing:
            return
        if self.control.attended:
            self.requests.ask(why)
            self.look()
        else:
            self.end(Ending.PAUSED, f"paused: {why}")
