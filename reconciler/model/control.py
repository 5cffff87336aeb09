"""How a plan is carried out: how much at once, for how long, and when to stop. Its flags are in cli/controls.py."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """How a run ended. Everything but finished leaves something to `reconcile resume`."""

    FINISHED = "finished"
    INTERRUPTED = "interrupted"  # by the operator, or cut off
    PAUSED = "paused"  # too many failures and nobody there to ask, or a canary that is not well
    STOPPED = "stopped"  # --fail-fast, --timeout, a dead token, a host that is not reached
    CONVERGING = "converging"  # all of it is sent; the tenant is not done yet


@dataclass(frozen=True)
class Threshold:
    """So large a part of the last so many operations; as on the command line, 50%/20."""

    part: float = 0.5
    window: int = 20

    def __str__(self) -> str:
        return f"{self.part:.0%}/{self.window}"


@dataclass(frozen=True)
class Canary:
    """The operations that come first and have to be verified before any other: so many, or so large a part."""

    count: int = 0
    part: float = 0.0

    def of(self, operations: int) -> int:
        """At least one, where there is to be one at all."""
        return min(operations, self.count or math.ceil(self.part * operations))


@dataclass(frozen=True)
class Control:
    """Times are seconds, math.inf is no limit; pauses do not count. `attended`: somebody is there who can go on with a
    run that has paused itself; otherwise it ends, to be resumed."""

    chunk_size: int = 50
    timeout: float = math.inf
    chunk_timeout: float = math.inf
    converge_timeout: float = 600.0
    fail_fast: bool = False
    pause: Threshold | None = Threshold()
    canary: Canary = Canary()
    heartbeat: float = 10.0
    attended: bool = False
