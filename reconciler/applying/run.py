"""A plan carried out, from its beginning or from where a journal ends. The carrying out itself is in applier/."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from reconciler.applying import Applier, Requests, Steering
from reconciler.applying.admission import fits, refuse_own_admin
from reconciler.applying.readmission import judge_again
from reconciler.applying.retry import SCOPE, doubt
from reconciler.model.applied import Applied
from reconciler.model.approval import Approval
from reconciler.model.control import Control, Ending
from reconciler.model.plan import Plan
from reconciler.planning import estimate, write_scopes
from reconciler.report.commands import resuming
from reconciler.repository import desired
from reconciler.runs import pause_file, summaries
from reconciler.runs.journal import Journal
from reconciler.runs.known import Run, Standing, find
from reconciler.runs.lease import Store, store_of
from reconciler.runs.lock import Lock, one_run
from reconciler.runs.views import JournalViews
from reconciler.telemetry.events import Events, Observer
from reconciler.webex import tenant as webex
from reconciler.webex.connection import Connection, identity


@dataclass(frozen=True)
class ApplyOptions:
    """How a plan is carried out, and who is told: `observers` of everything that happens (events.py), `on_start` gets
    what steers the run, to interrupt it for instance. `approval` is by whose word, and of which plan."""

    control: Control = field(default_factory=Control)
    observers: tuple[Observer, ...] = ()
    on_start: Callable[[Steering], None] = lambda steering: None
    approval: Approval | None = None


async def carry_out(root: Path, connection: Connection, plan: Plan, how: ApplyOptions) -> Applied:
    """See pipeline.apply."""
    with one_run(root, plan.digest[:12], shared=seen_by_others(root)) as lock:
        events = Events((lock.heard, *how.observers))
        async with _writer(connection, how.control, events) as writer:
            await identity(writer, plan.org_id)
            refuse_own_admin(plan, writer.me)
            _refuse_without_scopes(plan, writer.session.scopes, events)
            standing = doubt(root, plan)
            with Journal(root, plan, how.approval) as journal:
                if SCOPE in plan.scope:
                    whole = {owner: asdict(one) for owner, one in standing.whole.items()}
                    seen = {"before": standing.doubt, "whole": whole, "was": standing.was}
                    journal.record("retries", run=plan.scope[SCOPE][0], **seen)
                return await _run(plan, journal, writer, _Setting(root, lock, events, connection, how), standing)


async def resume(root: Path, connection: Connection, name: str, how: ApplyOptions) -> Applied:
    """See pipeline.resume. A run in which nothing is left is only looked at: the tenant is not asked."""
    run = find(root, name)
    run.kept.refuse_broken()
    again = resuming(run.name, run.plan.overrides)
    with one_run(root, run.name, again=again, shared=seen_by_others(root)) as lock:
        run = Run(run.folder)  # read again: until now somebody else may have written to it
        fits(root, run.plan)
        standing = run.standing
        left = {member.address for operation in standing.left for member in operation.members}
        # the run's plan is a file like any other; what is done is done
        judge_again(root, replace(run.plan, changes=[one for one in run.plan.changes if one.address in left]))
        pause_file.go_on(run.folder)
        if standing.over:
            return _closed(run)
        events = Events((lock.heard, *how.observers))
        async with _writer(connection, how.control, events) as writer:
            await identity(writer, run.plan.org_id)
            refuse_own_admin(run.plan, writer.me)
            _refuse_without_scopes(run.plan, writer.session.scopes, events)
            with Journal.reopen(run.folder, run.plan.overrides) as journal:
                return await _run(run.plan, journal, writer, _Setting(root, lock, events, connection, how), standing)


def _refuse_without_scopes(plan: Plan, held: frozenset[str] | None, events: Events) -> None:
    if held is None:
        events.tell("scopes_unknown")
    write_scopes.refuse_missing(plan, held)


def seen_by_others(root: Path) -> Store | None:
    """The lock that other clones see, where desired/tenant.yaml names one."""
    settings = desired.load_tenant(root)
    return store_of(root, settings.lock, settings.org.id)


@dataclass(frozen=True)
class _Setting:
    """What surrounds a run."""

    root: Path
    lock: Lock
    events: Events
    tenant: Connection
    how: ApplyOptions


def _writer(connection: Connection, control: Control, events: Events) -> Any:
    def waiting(seconds: float, status: int, family: str) -> None:
        connection.waiting(seconds, status, family)
        events.tell("waiting", seconds=round(seconds, 1), status=status, family=family)

    return webex.writer(
        connection.credentials,
        concurrency=connection.workers,
        waiting=waiting,
        converge_timeout=control.converge_timeout,
    )


async def _run(
    plan: Plan, journal: Journal, writer: webex.TenantWriter, setting: _Setting, standing: Standing
) -> Applied:
    lock, events, how = setting.lock, setting.events, setting.how
    writer.session.permit = lock.check
    events.run, journal.heard = journal.run, events.recorded
    books = JournalViews(journal.folder, plan)
    journal.written = books.feed
    lock.names(journal.run)
    if lock.previous:
        journal.record("lock taken over", owner=lock.previous)
    applier = Applier(
        writer,
        journal,
        how.control,
        setting.tenant.workers,
        events=events,
        requests=Requests(
            lambda: pause_file.asked(journal.folder), lambda why: pause_file.ask(journal.folder, "the run itself", why)
        ),
        sent=lambda: writer.session.sent,
        resumed=standing,
    )

    def heard_of_job(operation: str, url: str, state: str) -> None:
        applier.attempts.heard_of_job(operation, url, state)
        events.tell("job", url=url, state=state)

    writer.heard_of_job = heard_of_job
    how.on_start(applier.steering)
    steps = sum(len(operation.members) for operation in plan.operations)
    started = {"folder": str(journal.folder), "plan": plan.digest, "org": plan.org_id, "steps": steps}
    events.tell("run_started", **started, operations=len(plan.operations), settled=len(standing.settled))
    over, began = False, asyncio.get_running_loop().time()
    try:
        await applier.run(plan)
        over = True
    finally:  # also when it is cut off: what is known by then is the evidence
        ending = applier.ending if over else Ending.INTERRUPTED
        tally, seconds = writer.session.watching.tally, asyncio.get_running_loop().time() - began
        whole = ending is Ending.FINISHED and not (standing.settled or standing.doubt)
        budget = estimate.after(setting.root, plan, setting.tenant.credentials, tally, seconds, whole=whole)
        summary = _end(journal, books, ending, applier.why, budget)
        events.tell("run_ended", state=str(ending), why=applier.why, verdicts=summary["verdicts"])
    return Applied(applier.outcomes, summary, journal.folder, ending, applier.why, applier.hopeless)


def _closed(run: Run) -> Applied:
    """The end of a run in which nothing is left; its books are closed where the interruption came before that."""
    outcomes = list(run.standing.settled.values())
    if run.ended:
        return Applied(outcomes, summaries.summary(run.plan, run.name, run.kept.records), run.folder, Ending.FINISHED)
    with Journal.reopen(run.folder, run.plan.overrides) as journal:
        books = JournalViews(run.folder, run.plan)
        journal.written = books.feed
        return Applied(outcomes, _end(journal, books, Ending.FINISHED), run.folder, Ending.FINISHED)


def _end(
    journal: Journal, books: JournalViews, ending: Ending, why: str = "", budget: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Close the journal and its books; the summary."""
    journal.record("run ended", state=str(ending), **({"why": why} if why else {}))
    return books.close(journal, budget)
