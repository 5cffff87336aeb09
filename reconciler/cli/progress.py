"""Progress on stderr: a line every few seconds for logs, one line that moves for a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
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
def running(
    stream: TextIO | None = None, overrides: Iterable[str] = ()
) -> Iterator[Callable[[str, Mapping[str, Any]], None]]:
    """A line per operation, wait and job. Below them, a line that moves where there is a terminal; where there is none,
    a line with every heartbeat, so that nobody takes a long wait for the end. `overrides` are those of the plan."""
    stream = stream or sys.stderr
    if stream.isatty():
        with _live(stream, overrides) as shown:
            yield shown
    else:
        yield _Run(lambda line: print(line, file=stream, flush=True), overrides)


@contextmanager
def _live(stream: TextIO, overrides: Iterable[str]) -> Iterator[_Run]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    from reconciler.cli.options import colored

    console = Console(file=stream, no_color=not colored(stream), highlight=False, markup=False, soft_wrap=True)
    text = TextColumn("{task.description}", markup=False)
    with Bar(BarColumn(bar_width=20), text, console=console, transient=True, refresh_per_second=4) as bar:
        task = bar.add_task("", total=None)

        def moves(line: str, done: int, total: int) -> None:
            bar.update(task, description=line, completed=done, total=total)

        yield _Run(console.print, overrides, moves=moves)


class _Run:
    """Puts what happens into lines: `says` prints one to stay, `moves` draws the one that says how far it is, whenever
    that is known better; without it, that one is printed with every heartbeat."""

    def __init__(
        self,
        says: Callable[[str], None],
        overrides: Iterable[str],
        moves: Callable[[str, int, int], None] | None = None,
    ) -> None:
        self._says, self._moves, self._overrides = says, moves, tuple(overrides)
        self._same: list[Mapping[str, Any]] = []
        self._far: dict[str, Any] = {"state": "running", "bad": 0, "request_rate": None}
        self._before = 0

    def _is_at(self, **facts: Any) -> None:
        from reconciler.report.heartbeat import heartbeat_line

        self._far |= facts
        if self._moves and "total" in self._far:
            self._moves(heartbeat_line(self._far), self._far["done"], self._far["total"])

    def __call__(self, event: str, facts: Mapping[str, Any]) -> None:
        heard = getattr(self, f"_on_{event}", None)
        if heard:
            with suppress(OSError):  # nobody may be listening; the run goes on, the journal has it all
                heard(facts)

    def _on_run_started(self, facts: Mapping[str, Any]) -> None:
        self._before = facts.get("settled", 0)
        self._is_at(done=self._before, total=facts["steps"], eta=None)

    def _on_operation_outcome(self, facts: Mapping[str, Any]) -> None:
        """One line per operation and verdict: a request that carried 50 numbers is one step."""
        from reconciler.model.outcome import BAD, Outcome
        from reconciler.report.text import progress_line

        self._same.append(facts)
        if facts["nth"] < facts["of"]:
            return
        outcomes, self._same = [Outcome.from_json(dict(one)) for one in self._same], []
        for verdict in dict.fromkeys(outcome.verdict for outcome in outcomes):
            alike = [outcome for outcome in outcomes if outcome.verdict is verdict]
            more = f" (and {len(alike) - 1} more)" if len(alike) > 1 else ""
            self._says(progress_line(facts["done"], facts["total"], alike[0], facts["eta"]) + more)
        bad = self._far["bad"] + sum(outcome.verdict in BAD for outcome in outcomes)
        rate = bad / max(1, facts["done"] - self._before)
        self._is_at(done=facts["done"], total=facts["total"], eta=facts["eta"], bad=bad, error_rate=rate)

    def _on_heartbeat(self, facts: Mapping[str, Any]) -> None:
        from reconciler.report.heartbeat import heartbeat_line

        self._is_at(**facts)
        if not self._moves:
            self._says(heartbeat_line(facts))

    def _on_waiting(self, facts: Mapping[str, Any]) -> None:
        from reconciler.report.heartbeat import waiting_line

        if facts["seconds"] >= 1:
            until = datetime.now() + timedelta(seconds=facts["seconds"])
            self._says(waiting_line(facts, f"{until:%H:%M:%S}"))

    def _on_scopes_unknown(self, facts: Mapping[str, Any]) -> None:
        self._says("write scopes not known: the API does not tell them; set WEBEX_SCOPES to have them checked first")

    def _on_job(self, facts: Mapping[str, Any]) -> None:
        from reconciler.report.heartbeat import job_line

        self._says(job_line(facts))

    def _on_paused(self, facts: Mapping[str, Any]) -> None:
        from reconciler.report.heartbeat import paused_lines

        for line in paused_lines(facts["run"], facts["why"], self._overrides):
            self._says(line)
        self._is_at(state="paused")

    def _on_resumed(self, facts: Mapping[str, Any]) -> None:
        self._says("resumed: goes on")
        self._is_at(state="running", request_rate=None)

    def _on_operations_left(self, facts: Mapping[str, Any]) -> None:
        from reconciler.inert import visible
        from reconciler.model.wording import counted

        why = visible(facts["why"].removesuffix(" before it began"))
        self._says(f"{counted(len(facts['operations']), 'operation')} not begun: {why}")
