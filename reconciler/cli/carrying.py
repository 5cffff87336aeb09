"""A plan that is carried out, seen from the command line: who is told, Ctrl-C, and how it ended."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli.options import colored
from reconciler.errors import Exit, RefusedError
from reconciler.model.applied import Applied
from reconciler.model.control import Control, Ending
from reconciler.model.outcome import Verdict
from reconciler.model.plan import Plan
from reconciler.webex.connection import Connection

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from reconciler.applying import Steering
    from reconciler.applying.run import ApplyOptions
    from reconciler.model.approval import Approval
    from reconciler.telemetry.events import Facts, Observer

_SHOWN = 20
_UNLOCKED = "no lock protects this tenant from other clones: desired/tenant.yaml names none (lock:)"
Run = Callable[[Connection, "ApplyOptions"], "Coroutine[object, object, Applied]"]


def observers(root: Path) -> tuple[Observer, ...]:
    """Whoever hears of a run beside the screen (events.py)."""
    from reconciler.cli.watching import observers

    return observers()


def carry_out(root: Path, connection: Connection, control: Control, plan: Plan, run: Run) -> Applied:
    """Carry out `plan` by `run`, with its progress on stderr. Waits are events of the run, so the tenant tells none."""
    from reconciler.applying.run import ApplyOptions
    from reconciler.cli.progress import running
    from reconciler.report.commands import resuming
    from reconciler.repository import desired

    locked = bool(desired.load_tenant(root).lock)
    silent = replace(connection, waiting=lambda seconds, status, path: None)
    name = ""

    def begins(event: str, facts: Facts) -> None:
        nonlocal name, locked
        name = facts["run"]
        if not locked:
            locked = True  # said once
            with contextlib.suppress(OSError):
                print(_UNLOCKED, file=sys.stderr)

    try:
        with running(overrides=plan.overrides) as shown:
            how = ApplyOptions(control, (begins, shown, *observers(root)), _drain_on_interrupt)
            return asyncio.run(run(silent, how))
    except (KeyboardInterrupt, asyncio.CancelledError):
        if name:  # there was no time to end it, and to say what comes next
            with contextlib.suppress(OSError):
                print(f"what was under way is in doubt; next: {resuming(name, plan.overrides)}", file=sys.stderr)
        raise KeyboardInterrupt from None


def _drain_on_interrupt(steering: Steering) -> None:
    """The first Ctrl-C lets running operations end and starts no new ones; the second stops at once, but not in the
    middle of a record of the journal; the third does even that. So does whoever ends the process otherwise: a cancelled
    job, a connection that is lost (unless it was begun with nohup)."""
    loop, run = asyncio.get_running_loop(), asyncio.current_task()
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)

    def first() -> None:
        for number in numbers:
            loop.add_signal_handler(number, second)
        with contextlib.suppress(OSError):
            print("\ninterrupted: letting running operations end; again to stop at once", file=sys.stderr)
        steering.interrupt()

    def second() -> None:
        for number in numbers:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.default_int_handler)
        if run is not None:
            run.cancel()

    for number in numbers:
        loop.add_signal_handler(number, first)


def say_left_out(plan: Plan) -> None:
    """What the plan does not bring about, apart from what it does: why a run in which all went well ends with 3."""
    from reconciler.inert import visible
    from reconciler.model.wording import number

    left = sorted(plan.left_out.items())
    if not left:
        return
    with contextlib.suppress(OSError):
        print(f"{number(len(left))} left out, because nobody can tell or it is set aside:")
        for address, why in left[:_SHOWN]:
            print(f"  ? {visible(address)}  {visible(why)}")
        if len(left) > _SHOWN:
            print(f"  and {number(len(left) - _SHOWN)} more, in the plan above")
        sys.stdout.flush()


def ended(applied: Applied, plan: Plan, root: Path, *, undoes: bool = False) -> int:
    """Say how it ended, and what comes next; the exit code. `undoes`: a run that failed is taken back at once, so
    there is no other next step."""
    from reconciler.inert import visible
    from reconciler.model.wording import ended as words
    from reconciler.planning.ending import exit_code
    from reconciler.report.outcomes import outcomes_view
    from reconciler.report.text import outcomes_text

    resumable = applied.ending is not Ending.FINISHED
    name, lifted = applied.folder.name, plan.overrides
    view = outcomes_view(applied.outcomes, run=name, resumable=resumable, overrides=lifted)
    undoes = undoes and _calls_for_undo(applied)
    if undoes:
        view = replace(view, last="next: what was done is taken back (--on-failure undo)")
    say_left_out(plan)
    with contextlib.suppress(OSError):
        print(outcomes_text(view, color=colored(sys.stdout)), flush=True)
    try:
        folder = applied.folder.relative_to(root)
    except ValueError:
        folder = applied.folder
    with contextlib.suppress(OSError):
        if applied.why:
            print(visible(words(applied.ending, applied.why)), file=sys.stderr)
        if others := applied.summary.get("others"):
            print(visible(f"whether others changed the same meanwhile: {others}"), file=sys.stderr)
        print(f"evidence in {folder}", file=sys.stderr)
        if not undoes and any(outcome.wrote for outcome in applied.outcomes):
            print(f"to take it back: reconcile undo {applied.folder.name}", file=sys.stderr)
    verdicts = {outcome.verdict for outcome in applied.outcomes}
    if applied.ending is Ending.INTERRUPTED:
        return Exit.INTERRUPTED
    if applied.hopeless:
        raise applied.hopeless
    if resumable:
        return Exit.PARTIAL
    if verdicts <= {Verdict.VERIFIED}:
        return exit_code(plan, Exit.PARTIAL)
    if verdicts <= {Verdict.STALE, Verdict.SKIPPED} and Verdict.STALE in verdicts:
        return Exit.STALE
    return Exit.PARTIAL


def _calls_for_undo(applied: Applied) -> bool:
    """Whether something failed, and neither the operator nor the tenant has the next word."""
    if applied.hopeless or applied.ending in (Ending.INTERRUPTED, Ending.CONVERGING):
        return False
    return any(outcome.verdict is not Verdict.VERIFIED for outcome in applied.outcomes)


def taken_back(
    root: Path, connection: Connection, control: Control, applied: Applied, plan: Plan, approval: Approval, code: int
) -> int:
    """After a run of `plan` that failed and ended with `code`: take back what it did, as `reconcile undo` would. It was
    approved with the run, so it is shown and not asked for. 1 when the tenant was read to be as before, 3 when
    something is left."""
    from reconciler import pipeline
    from reconciler.applying.admission import check_plan
    from reconciler.cli.show import shown
    from reconciler.model.control import Canary

    if not _calls_for_undo(applied):
        return code
    name = applied.folder.name
    made = asyncio.run(pipeline.undo(root, connection, name))
    sys.stdout.write(shown(made, "text", color=colored(sys.stdout)))
    sys.stdout.flush()
    if made.operations:
        try:
            check_plan(root, made)
        except RefusedError:
            return _not_taken_back(made, name)
        granted = replace(approval, digest=made.digest, how="on-failure", overrides=())
        keep = replace(control, fail_fast=False, canary=Canary())
        undone = carry_out(
            root,
            connection,
            keep,
            made,
            lambda connection, how: pipeline.apply(root, connection, made, replace(how, approval=granted)),
        )
        ended(undone, made, root)
        if undone.ending is Ending.INTERRUPTED:
            return Exit.INTERRUPTED
    wrote = {outcome.address for outcome in applied.outcomes if outcome.wrote}
    lost = [change for change in plan.changes if change.irreversible and change.address in wrote]
    beside = any(outcome.also for outcome in applied.outcomes)
    if lost or beside or asyncio.run(pipeline.undo(root, connection, name)).changes:
        print(f"run {name} failed and is taken back in part: what is left is named above", file=sys.stderr)
        return Exit.PARTIAL
    print(f"run {name} failed and is taken back: the tenant is as before", file=sys.stderr)
    return Exit.ERROR


def _not_taken_back(undo: Plan, name: str) -> int:
    """A guard is in the way, and nobody lifted it for this: the run stays as it is, and that is no refusal of it."""
    from reconciler.report.commands import carrying_out

    lift = sorted({finding.override for finding in undo.findings if finding.override and not finding.lifted})
    print(
        f"run {name} failed and is not taken back: a guard is in the way, as the plan above says\n"
        f"  do: {carrying_out(replace(undo, overrides=lift))}",
        file=sys.stderr,
    )
    return Exit.PARTIAL
