"""Progress on stderr: a line every few seconds for logs, one line that moves for a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, TextIO

from reconciler.report.progress import Progress

#: Seconds between two lines of a log.
EVERY = 5.0
Heard = Callable[[int, int, int], None]


@contextmanager
def shown(progress: Progress, *, quiet: bool, stream: TextIO | None = None) -> Iterator[Heard]:
    """Where to tell how far it is: requests sent, answers from before, requests in all."""
    stream = stream or sys.stderr
    if quiet:
        yield progress.heard
    elif stream.isatty():
        with _moving(progress, stream) as heard:
            yield heard
    else:
        yield _lines(progress, stream)


def _lines(progress: Progress, stream: TextIO) -> Heard:
    last = progress.clock()

    def heard(sent: int, kept: int, total: int) -> None:
        nonlocal last
        progress.heard(sent, kept, total)
        if progress.clock() - last >= EVERY:
            last = progress.clock()
            print(progress.line, file=stream, flush=True)

    return heard


@contextmanager
def _moving(progress: Progress, stream: TextIO) -> Iterator[Heard]:
    """rich draws it, at its own pace, and takes it away at the end: what remains is the summary."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    from reconciler.cli.options import colored

    console = Console(file=stream, no_color=not colored(stream))
    with Bar(TextColumn("{task.description}", markup=False), BarColumn(), console=console, transient=True) as bar:
        task = bar.add_task(progress.what, total=1.0)

        def heard(sent: int, kept: int, total: int) -> None:
            progress.heard(sent, kept, total)
            bar.update(task, completed=progress.share, description=progress.line)

        yield heard


# --- a run: an observer of its events (events.py) ---


@contextmanager
def running(stream: TextIO | None = None) -> Iterator[Callable[[str, Mapping[str, Any]], None]]:
    """A line per operation, wait and job. Below them, a line that moves where there is a terminal; where there is none,
    a line with every heartbeat, so that nobody takes a long wait for the end."""
    stream = stream or sys.stderr
    if stream.isatty():
        with _live(stream) as shown:
            yield shown
    else:
        yield _Run(lambda line: print(line, file=stream, flush=True), lambda line: print(line, file=stream, flush=True))


@contextmanager
def _live(stream: TextIO) -> Iterator[_Run]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    from reconciler.cli.options import colored

    console = Console(file=stream, no_color=not colored(stream), highlight=False, markup=False, soft_wrap=True)
    text = TextColumn("{task.description}", markup=False)
    with Bar(BarColumn(bar_width=20), text, console=console, transient=True, refresh_per_second=4) as bar:
        task = bar.add_task("", total=None)

        def moves(line: str) -> None:
            bar.update(task, description=line)

        shown = _Run(console.print, moves)
        shown.far = lambda done, total: bar.update(task, completed=done, total=total)
        yield shown


class _Run:
    """Puts what happens into lines: `says` prints one to stay, `pulses` the one that says how far it is."""

    def __init__(self, says: Callable[[str], None], pulses: Callable[[str], None]) -> None:
        self._says, self._pulses = says, pulses
        self.far: Callable[[int, int], None] = lambda done, total: None
        self._same: list[Mapping[str, Any]] = []

    def __call__(self, event: str, facts: Mapping[str, Any]) -> None:
        heard = getattr(self, f"_on_{event}", None)
        if heard:
            with suppress(OSError):  # nobody may be listening; the run goes on, the journal has it all
                heard(facts)

    def _on_operation_outcome(self, facts: Mapping[str, Any]) -> None:
        """One line per operation and verdict: a request that carried 50 numbers is one step."""
        from reconciler.model.outcome import Outcome
        from reconciler.report.text import progress_line

        self._same.append(facts)
        if facts["nth"] < facts["of"]:
            return
        outcomes, self._same = [Outcome.from_json(dict(one)) for one in self._same], []
        for verdict in dict.fromkeys(outcome.verdict for outcome in outcomes):
            alike = [outcome for outcome in outcomes if outcome.verdict is verdict]
            more = f" (and {len(alike) - 1} more)" if len(alike) > 1 else ""
            self._says(progress_line(facts["done"], facts["total"], alike[0], facts["eta"]) + more)
        self.far(facts["done"], facts["total"])

    def _on_heartbeat(self, facts: Mapping[str, Any]) -> None:
        from reconciler.report.pulse import heartbeat_line

        self._pulses(f"still working: {heartbeat_line(facts)}")

    def _on_waiting(self, facts: Mapping[str, Any]) -> None:
        from reconciler.report.pulse import waiting_line

        if facts["seconds"] >= 1:
            until = datetime.now() + timedelta(seconds=facts["seconds"])
            self._says(waiting_line(facts, f"{until:%H:%M:%S}"))

    def _on_job(self, facts: Mapping[str, Any]) -> None:
        from reconciler.report.pulse import job_line

        self._says(job_line(facts))

    def _on_paused(self, facts: Mapping[str, Any]) -> None:
        from reconciler.report.pulse import paused_lines

        for line in paused_lines(facts["run"], facts["why"]):
            self._says(line)

    def _on_resumed(self, facts: Mapping[str, Any]) -> None:
        self._says("resumed: goes on")

    def _on_operations_left(self, facts: Mapping[str, Any]) -> None:
        from reconciler.report.inert import visible
        from reconciler.report.wording import counted

        self._says(f"{counted(len(facts['operations']), 'operation')} not begun: {visible(facts['why'])}")
