"""`reconcile apply`: carry out a plan, and read every write back."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from reconciler.cli.options import Access, Repository, colored
from reconciler.errors import Exit, ReconcileError, RefusedError, UsageError
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Plan
from reconciler.pipeline import Applied, Selection


def apply(
    plan: Path | None = None,
    *,
    yes: Annotated[bool, Parameter(name=["-y", "--yes", "--auto-approve"], negative="")] = False,
    chunk_size: Annotated[int, Parameter(name="--chunk-size")] = 50,
    target: Annotated[list[str] | None, Parameter(name="--target", negative="")] = None,
    exclude: Annotated[list[str] | None, Parameter(name="--exclude", negative="")] = None,
    repository: Repository = Repository(),
    access: Access = Access(),
) -> int:
    """Show the plan, ask, carry it out in waves and chunks, read every write back.

    Exit codes: 0 everything verified, 3 something failed, drifted or was skipped, 4 refused or not confirmed,
    5 the plan is stale or was edited, 6 another run holds the lock, 130 interrupted.

    Parameters
    ----------
    plan
        A plan saved with `reconcile plan --out`; default: plan now.
    yes
        Do not ask.
    chunk_size
        How many operations of a wave are carried out before the next ones start.
    target
        Only addresses that match this pattern, and what they depend on (repeatable).
    exclude
        Leave out addresses that match this pattern (repeatable).
    """
    from reconciler import pipeline

    if chunk_size < 1:
        raise UsageError("--chunk-size must be at least 1")
    if plan is not None and (target or exclude):
        raise UsageError("--target and --exclude belong to planning", do="give them to reconcile plan --out")
    root = repository.root()
    tenant = access.tenant(root)
    selection = Selection(tuple(target or ()), tuple(exclude or ()))
    made = _saved(plan) if plan else asyncio.run(pipeline.plan(root, tenant, selection))
    show(made)
    if not made.operations:
        return pipeline.exit_code(made)
    pipeline.check_plan(root, made)
    if not yes:
        confirm(made)
    say_interrupted(root)
    applied = asyncio.run(pipeline.apply(root, tenant, made, chunk_size=chunk_size, **told()))
    return ended(applied, made, root)


def _saved(path: Path) -> Plan:
    try:
        return Plan.loads(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror or "" if isinstance(error, OSError) else "not text"
        raise ReconcileError("cannot read the plan", where=str(path), why=why) from None


def show(plan: Plan) -> None:
    from reconciler.cli.show import shown

    sys.stdout.write(shown(plan, "text", color=colored(sys.stdout)))
    sys.stdout.flush()


def confirm(plan: Plan) -> None:
    """Ask for the word yes; deletes are confirmed by their number. Without a terminal nobody can be asked."""
    deletes = plan.counts()["delete"]
    wanted = f"delete {deletes}" if deletes else "yes"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise RefusedError("not confirmed: there is no terminal to ask on", do="look at the plan and give --yes")
    print(
        f"\nApply these {len(plan.operations)} operations? Only '{wanted}' will be accepted: ", end="", file=sys.stderr
    )
    sys.stderr.flush()
    if sys.stdin.readline().strip() != wanted:
        raise RefusedError("not confirmed, nothing was written")


def say_interrupted(root: Path) -> None:
    """A new plan may well be meant; but whoever does not know of the other run should."""
    from reconciler import runs

    try:
        latest = next(iter(runs.runs(root)), None)
        if latest is not None and latest.standing.left:
            print(f"run {latest.name} was interrupted; to finish it: reconcile resume {latest.name}", file=sys.stderr)
    except ReconcileError:
        return  # a journal that cannot be read is told by `reconcile runs`; it keeps nobody from applying


def told(already: int = 0) -> dict[str, Any]:
    """Who hears of a run: `progress` and `on_start` of the pipeline. `already`: steps that were done before."""
    from reconciler.report.text import progress_line

    began = time.monotonic()

    def progress(done: int, total: int, outcomes: list[Outcome]) -> None:
        """One line per operation and verdict: a request that carried 50 numbers is one step."""
        left = (time.monotonic() - began) / max(1, done - already) * (total - done)
        for verdict in dict.fromkeys(outcome.verdict for outcome in outcomes):
            alike = [outcome for outcome in outcomes if outcome.verdict is verdict]
            more = f" (and {len(alike) - 1} more)" if len(alike) > 1 else ""
            with contextlib.suppress(OSError):  # nobody may be listening; the run goes on, the journal has it all
                print(progress_line(done, total, alike[0], left) + more, file=sys.stderr)

    return {"progress": progress, "on_start": _drain_on_interrupt}


def _drain_on_interrupt(stop: Any) -> None:
    """The first Ctrl-C lets running operations end and starts no new ones; the second stops at once."""
    loop = asyncio.get_running_loop()

    def first() -> None:
        print("\ninterrupted: letting running operations end; again to stop at once", file=sys.stderr)
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    loop.add_signal_handler(signal.SIGINT, first)


def ended(applied: Applied, plan: Plan, root: Path) -> int:
    from reconciler import pipeline
    from reconciler.report.outcomes import outcomes_view
    from reconciler.report.text import outcomes_text

    resumable = applied.interrupted or applied.hopeless is not None
    view = outcomes_view(applied.outcomes, run=applied.folder.name, resumable=resumable)
    with contextlib.suppress(OSError):
        print(outcomes_text(view, color=colored(sys.stdout)), flush=True)
    try:
        folder = applied.folder.relative_to(root)
    except ValueError:
        folder = applied.folder
    with contextlib.suppress(OSError):
        print(f"evidence in {folder}", file=sys.stderr)
        if any(outcome.wrote for outcome in applied.outcomes):
            print(f"to take it back: reconcile undo {applied.folder.name}", file=sys.stderr)
    verdicts = {outcome.verdict for outcome in applied.outcomes}
    if applied.interrupted:
        return Exit.INTERRUPTED
    if applied.hopeless:
        raise applied.hopeless
    if verdicts <= {Verdict.VERIFIED}:
        return pipeline.exit_code(plan)
    if verdicts <= {Verdict.STALE, Verdict.SKIPPED} and Verdict.STALE in verdicts:
        return Exit.STALE
    return Exit.PARTIAL
