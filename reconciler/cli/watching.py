"""Logs, traces and metrics of the command that is running: opened with its tenant, closed when it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.telemetry.events import Observer
    from reconciler.telemetry.logfile import Format
    from reconciler.telemetry.observation import Observation, Sink

_verb = ""
_open = ExitStack()
_observation: Observation | None = None


@contextmanager
def watched(verb: str) -> Iterator[None]:
    """Around a command: whatever it has opened is closed, however it ends."""
    global _verb, _observation
    _verb = verb
    try:
        yield
    finally:
        _observation = None
        _open.close()


def begin(logs: Sequence[Path], form: Format | None, metrics: Path | None) -> None:
    """Open the files that were asked for, and watch from now on. UsageError for one that cannot be written."""
    global _observation
    from reconciler.telemetry.observation import Observation, observed

    if _observation is None:
        _observation = _open.enter_context(observed(Observation(list(_sinks(logs, form, metrics)), _verb)))


def observers() -> tuple[Observer, ...]:
    """Who hears of the events of a run."""
    return (_observation.on_event,) if _observation is not None else ()


def _sinks(logs: Sequence[Path], form: Format | None, metrics: Path | None) -> Iterator[Sink]:
    from reconciler.telemetry import tracing
    from reconciler.telemetry.logfile import LogFile, format_of, opened
    from reconciler.telemetry.metrics import Metrics

    for path in logs:
        kind = format_of(path, form)
        if kind == "har":
            from reconciler.webex.har import Trace

            yield Trace(opened(path, append=False))
        else:
            yield LogFile(path, kind)
    if metrics is not None:
        yield Metrics(metrics)
    if tracing.wanted() and (spans := tracing.spans(_verb)) is not None:
        yield spans
