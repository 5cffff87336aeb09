"""Progress on stderr: a line every few seconds for logs, one line that moves for a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

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
