"""A plan carried out, from its beginning or from where a journal ends. The carrying out itself is applier.py's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.applier import Applier, Progress
from reconciler.journal import Journal
from reconciler.lock import one_run
from reconciler.model.plan import Plan
from reconciler.pipeline import Applied, Tenant, _identity, fits
from reconciler.report.outcomes import summary_json
from reconciler.runs import Run, Standing, find
from reconciler.webex import tenant as webex


@dataclass(frozen=True)
class How:
    """How a plan is carried out, and who is told: `progress` of each step, `on_start` gets the event that stops it."""

    chunk_size: int
    progress: Progress
    on_start: Callable[[Any], None] = lambda stop: None


async def carry_out(root: Path, tenant: Tenant, plan: Plan, how: How) -> Applied:
    """See pipeline.apply."""
    with one_run(root, plan.digest[:12]) as lock:
        async with webex.writer(tenant.credentials, concurrency=tenant.workers, waiting=tenant.waiting) as writer:
            await _identity(writer, plan.org_id)
            with Journal(root, plan) as journal:
                lock.names(journal.run)
                if lock.previous:
                    journal.record("lock taken over", owner=lock.previous)
                return await _run(plan, journal, writer, tenant.workers, how, Standing())


async def resume(root: Path, tenant: Tenant, name: str, how: How) -> Applied:
    """See pipeline.resume. A run in which nothing is left is only looked at: the tenant is not asked."""
    run = find(root, name)
    run.kept.refuse_broken()
    with one_run(root, run.name, again=f"reconcile resume {run.name}") as lock:
        run = Run(run.folder)  # read again: until now somebody else may have written to it
        fits(root, run.plan)
        standing = run.standing
        if not standing.left:
            return _closed(run)
        async with webex.writer(tenant.credentials, concurrency=tenant.workers, waiting=tenant.waiting) as writer:
            await _identity(writer, run.plan.org_id)
            with Journal.reopen(run.folder) as journal:
                if lock.previous:
                    journal.record("lock taken over", owner=lock.previous)
                return await _run(run.plan, journal, writer, tenant.workers, how, standing)


def _closed(run: Run) -> Applied:
    """The end of a run in which nothing is left; its books are closed where the interruption came before that."""
    outcomes = list(run.standing.settled.values())
    summary = summary_json(outcomes, run.plan, run.name)
    if not run.ended:
        with Journal.reopen(run.folder) as journal:
            _end(journal, summary)
    return Applied(outcomes, summary, run.folder, False, None)


def _end(journal: Journal, summary: dict[str, Any]) -> None:
    journal.record("run ended", verdicts=summary["totals"])
    journal.summary(summary)


async def _run(
    plan: Plan, journal: Journal, writer: webex.TenantWriter, workers: int, how: How, standing: Standing
) -> Applied:
    applier = Applier(writer, journal, how.progress, how.chunk_size, workers, resumed=standing)
    how.on_start(applier.stop)
    try:
        await applier.run(plan)
    finally:  # also when it is cut off: what is known by then is the evidence
        outcomes = applier.outcomes
        summary = summary_json(outcomes, plan, journal.run)
        _end(journal, summary)
    return Applied(outcomes, summary, journal.folder, applier.stop.is_set(), applier.hopeless)
