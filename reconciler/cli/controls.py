"""The flags of everything that carries out a plan: apply, resume, undo."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from reconciler.model.control import Canary, Control, Threshold


@Parameter(name="*")
@dataclass(frozen=True)
class Controls:
    """How much at once, for how long, and when to stop. Times are seconds, or like 90s, 10m, 2h."""

    chunk_size: Annotated[int, Parameter(name="--chunk-size")] = 50
    "How many operations of a wave are carried out before the next ones start."
    timeout: Annotated[str, Parameter(name="--timeout")] = ""
    "Time for the whole run, pauses not counted; what is left then is for `reconcile resume`. Default: no limit."
    chunk_timeout: Annotated[str, Parameter(name="--chunk-timeout")] = ""
    "Time for each chunk; what hangs is cut off, and the run goes on with the next chunk. Default: no limit."
    converge_timeout: Annotated[str, Parameter(name="--converge-timeout")] = "10m"
    "Time for what the tenant finishes later, like the job that moves a person; `reconcile resume` looks again."
    fail_fast: Annotated[bool, Parameter(name="--fail-fast", negative="")] = False
    "Begin nothing more after the first operation that failed or drifted."
    pause_on_failures: Annotated[str, Parameter(name="--pause-on-failures")] = "50%/20"
    "Pause when so large a part of the last so many operations failed; off: never. Without a terminal it ends there."
    canary: Annotated[str, Parameter(name="--canary")] = ""
    "First only so many operations, like 5 or 2%; the others follow when all of these are verified."
    heartbeat: Annotated[str, Parameter(name="--heartbeat")] = "10s"
    "Time between two signs of life: how far, how fast, how many failures, how long still."

    def control(self, *, fail_fast: bool = False) -> Control:
        """UsageError where the flags make no sense. `fail_fast`: what another flag implies."""
        from reconciler.errors import UsageError
        from reconciler.model.control import Control

        if self.chunk_size < 1:
            raise UsageError("--chunk-size must be at least 1")
        return Control(
            chunk_size=self.chunk_size,
            timeout=_seconds("--timeout", self.timeout),
            chunk_timeout=_seconds("--chunk-timeout", self.chunk_timeout),
            converge_timeout=_seconds("--converge-timeout", self.converge_timeout, least=0.0),
            fail_fast=self.fail_fast or fail_fast,
            pause=_threshold(self.pause_on_failures),
            canary=_canary(self.canary),
            heartbeat=_seconds("--heartbeat", self.heartbeat),
            attended=sys.stdin.isatty() and sys.stderr.isatty(),
        )


def _seconds(flag: str, text: str, least: float = 0.1) -> float:
    """`90`, `90s`, `1.5m`, `2h`; empty: no limit."""
    from reconciler.errors import UsageError

    if not text:
        return math.inf
    units = {"s": 1.0, "m": 60.0, "h": 3600.0}
    number, unit = (text[:-1], units[text[-1]]) if text[-1] in units else (text, 1.0)
    try:
        seconds = float(number) * unit
    except ValueError:
        seconds = math.nan
    if not least <= seconds < math.inf:
        raise UsageError(f"{flag}: not a time: {text!r}", do="give seconds, or a time like 90s, 10m, 2h")
    return seconds


def _threshold(text: str) -> Threshold | None:
    """`50%/20`; None for `off`."""
    from reconciler.errors import UsageError
    from reconciler.model.control import Threshold

    if text == "off":
        return None
    part, _, window = text.partition("/")
    percent = _percent(part)
    if percent is None or not window.isdecimal() or not 1 <= int(window) <= 10_000:
        raise UsageError(
            f"--pause-on-failures: cannot read {text!r}",
            do="give a part and how many operations to look at, like 50%/20, or off",
        )
    return Threshold(percent, int(window))


def _canary(text: str) -> Canary:
    from reconciler.errors import UsageError
    from reconciler.model.control import Canary

    if not text:
        return Canary()
    percent = _percent(text)
    if percent is not None:
        return Canary(part=percent)
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"--canary: cannot read {text!r}", do="give how many operations, like 5, or a part, like 2%")
    return Canary(int(text))


def _percent(text: str) -> float | None:
    """Above 0 and at most 1; None when it is no such percentage."""
    try:
        part = float(text.removesuffix("%")) / 100
    except ValueError:
        return None
    return part if text.endswith("%") and 0 < part <= 1 else None
