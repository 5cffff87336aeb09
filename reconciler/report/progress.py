"""How far a long reading is, in one line: `export: 1,240 of ~5,800 requests, 21%, ETA 1m40s`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Progress:
    """`sent` requests of about `total`; `kept` answers were there from before. The clock is given, so that nobody has
    to wait to see what is said after an hour."""

    what: str = "export"
    clock: Callable[[], float] = time.monotonic
    sent: int = 0
    kept: int = 0
    total: int = 0
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.clock()

    def heard(self, sent: int, kept: int, total: int) -> None:
        """So many by now. What was estimated too low is never less than what was done."""
        self.sent, self.kept, self.total = sent, kept, max(total, sent + kept)

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return (self.sent + self.kept) / self.total if self.total else 0.0

    @property
    def left(self) -> float | None:
        """Seconds until the end at the pace so far; None before anything was answered."""
        elapsed = self.clock() - self._began
        if not self.sent or elapsed <= 0:
            return None
        return (self.total - self.sent - self.kept) * elapsed / self.sent

    @property
    def line(self) -> str:
        kept = f" ({self.kept:,} from before)" if self.kept else ""
        eta = "" if self.left is None else f", ETA {duration(self.left)}"
        return f"{self.what}: {self.sent + self.kept:,} of ~{self.total:,} requests{kept}, {self.share:.0%}{eta}"


def duration(seconds: float) -> str:
    """`40s`, `1m40s`, `2h05m`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02}m"
