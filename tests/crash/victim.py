"""A process that applies, and dies: forked from a server that has the program loaded, killed by SIGKILL, real files."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Literal

from reconciler import pipeline
from reconciler.applying import attempt
from reconciler.applying.run import ApplyOptions
from reconciler.model.control import Control
from reconciler.model.plan import Plan
from reconciler.runs.journal import Journal
from reconciler.webex.connection import Connection
from reconciler.webex.credentials import Credentials

Moment = Literal["before", "torn", "after", "stop"]
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.crash.victim", "reconciler.applying.run", "reconciler.kinds.people.person"])


def start(
    verb: str, root: Path, url: str, token: str, at: int = 0, moment: Moment = "after", later: float = 0.0
) -> BaseProcess:
    """`apply` (the plan in root/plan.json) or `resume`; `at`: die at this record of the journal (0: do not), or so many
    seconds `later`, whatever it does then; `stop` does not die, but stand still until SIGCONT."""
    process = _FORKS.Process(target=_live, args=(verb, root, url, token, at, moment, later), daemon=True)
    process.start()
    return process


def _live(verb: str, root: Path, url: str, token: str, at: int, moment: Moment, later: float) -> None:
    attempt.FIRST_PAUSE = 0.005  # as in conftest.py: the tenant's clock runs faster than ours
    if at:
        Journal.record = _dying(Journal.record, at, moment, later)  # type: ignore[method-assign]
    tenant = Connection(Credentials(url, token), waiting=lambda *_: None, workers=4)
    how = ApplyOptions(Control(chunk_size=5))
    if verb == "apply":
        plan = Plan.loads((root / "plan.json").read_text("utf-8"), "plan.json")
        asyncio.run(pipeline.apply(root, tenant, plan, how))
    else:
        asyncio.run(pipeline.resume(root, tenant, "last", how))


def _dying(record: Callable[..., None], at: int, moment: Moment, later: float) -> Callable[..., None]:
    """Journal.record that kills the process before, in the middle of, or after its record number `at`."""
    count = 0

    def dying(journal: Journal, event: str, **facts: Any) -> None:
        nonlocal count
        count += 1
        if count == at and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        length = os.fstat(journal._file.fileno()).st_size
        record(journal, event, **facts)
        if count == at and later:
            threading.Timer(later, os.kill, (os.getpid(), signal.SIGKILL)).start()
        elif count == at and moment == "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        elif count == at:
            if moment == "torn":
                end = os.fstat(journal._file.fileno()).st_size
                os.truncate(journal._file.fileno(), length + (end - length) // 2)
            os.kill(os.getpid(), signal.SIGKILL)

    return dying
