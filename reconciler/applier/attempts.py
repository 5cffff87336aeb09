"""One operation: compare, write, read back; after an uncertain answer the reading decides whether to write again."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from reconciler.applier.judging import Found, failed, fields_of, intended, judged, preimages, sorted_out, witnessed
from reconciler.applier.reaching import Reach
from reconciler.errors import ApiError, AuthError, ConvergingError, ReconcileError, TemporaryError, WaitedError
from reconciler.kinds import _jobs
from reconciler.kinds import kind as kind_named
from reconciler.kinds._kind import Writer
from reconciler.kinds._wire import understood
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Member, Operation
from reconciler.model.snapshot import Fields
from reconciler.runs.journal import Journal
from reconciler.runs.known import Standing, taken
from reconciler.verify import satisfied
from reconciler.webex.exchange import gathered

#: Attempts per operation when the API says "later", and the pause before the second one; it doubles.
ATTEMPTS = 6
FIRST_PAUSE = 0.5
#: The same while a number that this run took from somebody is not free yet, which takes up to 30 s
#: (webex-behaviour.md §1.6, §18.12): a minute in all.
ATTEMPTS_ON_RELEASE = 8
#: Looks at what a write rests on, because of which it was kept back for having waited.
LOOKS = 3
#: "The phone number is already in use", and what deleting such a number answers.
_IN_USE = frozenset({"4201", "4251"})
#: The operation that the current task carries out: whose job it is that somebody further down waits for.
_current: ContextVar[str] = ContextVar("operation", default="")


@dataclass
class Attempts:
    """Carries out operations, one call each. `before` is how far an earlier process came with this run. `sent` are the
    operations of which a write may have reached the tenant, `jobs` the jobs that they wait for, `written` the fields
    before it, by address."""

    writer: Writer
    journal: Journal
    sleep: Callable[[float], Awaitable[None]]
    before: Standing
    sent: set[str] = field(default_factory=set)
    jobs: dict[str, str] = field(default_factory=dict)
    written: dict[str, dict[str, Fields]] = field(default_factory=dict)
    reach: Reach = field(init=False)

    def __post_init__(self) -> None:
        self.reach = Reach(self.writer)
        self.sent |= self.before.doubt.keys()
        self.jobs |= self.before.converging

    async def carry_out(self, operation: Operation) -> list[Outcome]:
        """One outcome a member, in their order. What an earlier process has sent, and what only takes its time, is not
        sent again."""
        _current.set(operation.id)
        if operation.id in self.before.converging:
            return await self.finish(operation, patience=None)
        done: dict[str, Outcome] = {}
        written = dict(self.before.doubt.get(operation.id, {}))
        resumed = bool(written)
        if resumed and (await_jobs := kind_named(operation.kind).await_jobs) and operation.step:
            _current.set("")  # they may be anybody's
            await understood(operation.kind, await_jobs(self.writer))
            _current.set(operation.id)
        earlier: Found = {}
        for attempt in range(1, ATTEMPTS_ON_RELEASE + 1):
            now = asyncio.get_running_loop().time()
            found = await self.reach.find(operation)
            # where looking takes so long itself, looking again does not help
            self.writer.looked(now if attempt <= LOOKS else math.inf)
            earlier = earlier or found
            todo = sorted_out(operation, found, done, written, resumed=resumed and attempt == 1)
            if not todo:
                break
            before = preimages(operation, todo, found)
            error, arrived = await self._write(operation, todo, found)
            if arrived:
                written = before | written  # the first counts: a later one may show an attempt
            found = await self._read_back(operation, todo, error)
            self.written[operation.id] = written
            done |= judged(operation, todo, found, error, written, last=not kind_named(operation.kind).lags)
            for member in todo:
                done[member.address].wrote = bool(written)
            if error is None or attempt >= _most(operation, error):
                break
            if not isinstance(error, WaitedError):
                await self.sleep(FIRST_PAUSE * 2 ** (attempt - 1))
        if written:
            witnessed(operation, done, earlier, found)
        return [done[member.address] for member in operation.members]

    async def finish(self, operation: Operation, *, last: bool = False, patience: float | None = 0.0) -> list[Outcome]:
        """What has become of an operation that the tenant was still at: reads, and sends nothing. `last`: what is not
        to be seen by now never came about. A job is waited for `patience` seconds, None: as long as for a new one."""
        _current.set(operation.id)
        error = await self._job(operation, patience)
        found = await self.reach.find(operation)
        written, last = self.written.get(operation.id, {}), last or not kind_named(operation.kind).lags
        done = judged(operation, operation.members, found, error, written, last=last)
        witnessed(operation, done, None, found)
        return [done[member.address] for member in operation.members]

    async def _job(self, operation: Operation, patience: float | None) -> ReconcileError | None:
        """Why the operation's job failed, or has not ended yet; None when it did what it was to do."""
        try:
            job = self.jobs.get(operation.id)
            return _jobs.failure(await self.writer.job_end(job, patience)) if job else None
        except ConvergingError as error:
            return error
        except ApiError as error:
            if error.status != 404:
                raise
            return None  # ended so long ago that it is not kept any more: the reading tells

    def heard_of_job(self, url: str, state: str) -> None:
        """A job that the current operation has begun has come to this state: in the journal, so that another process
        waits for it instead of beginning another."""
        if operation := _current.get():
            self.jobs[operation] = url
            self.journal.record("job", operation=operation, url=url, state=state)

    async def _write(
        self, operation: Operation, members: list[Member], found: Found
    ) -> tuple[ReconcileError | None, bool]:
        """Send, with the intent on disk first; the error of an answer that was not a success, and whether something may
        have come of it all the same."""
        self.journal.record(
            "intent",
            operation=operation.id,
            action=operation.action,
            members=[intended(operation, member, found) for member in members],
        )
        new = operation.id not in self.sent
        self.sent.add(operation.id)
        self.jobs.pop(operation.id, None)
        with gathered() as sent:
            try:
                await self.reach.send(operation, members, found)
            except AuthError:
                raise
            except ConvergingError as error:
                requests = [one.told() for one in sent]
                self.journal.record("acknowledged", operation=operation.id, requests=requests, converging=error.what)
                return error, True
            except ReconcileError as error:
                record = failed(error, sent)
                self.journal.record("error", operation=operation.id, **record)
                arrived = taken(record["requests"])
                if new and not arrived:
                    self.sent.discard(operation.id)
                return error, arrived
        self.journal.record("acknowledged", operation=operation.id, requests=[one.told() for one in sent])
        return None, True

    async def _read_back(self, operation: Operation, todo: list[Member], error: ReconcileError | None) -> Found:
        """What is there after a write. A kind whose reads lag behind (webex-behaviour.md §1.6) is read again for a
        while before a success without effect is called one."""
        found = await self.reach.find(operation)
        # a refused create that left something behind may have left all of it (§18.2)
        took = error is None or (operation.action == "create" and any(found.values()))
        if took and kind_named(operation.kind).lags:
            for reading in range(1, ATTEMPTS):
                if all(satisfied(operation, m, fields_of(operation, found.get(m.address))) for m in todo):
                    break
                await self.sleep(FIRST_PAUSE * 2 ** (reading - 1))
                found = await self.reach.find(operation)
        return found


def _most(operation: Operation, error: ReconcileError) -> int:
    """How many attempts this answer is worth."""
    if isinstance(error, ApiError) and error.code in _IN_USE and operation.needs:
        return ATTEMPTS_ON_RELEASE
    if isinstance(error, ApiError) and error.status == 409 and operation.step == "move":
        return ATTEMPTS_ON_RELEASE  # one move job per organisation at a time (§15): another's, or ours of before
    if isinstance(error, WaitedError):
        return ATTEMPTS_ON_RELEASE
    later = isinstance(error, TemporaryError) or (isinstance(error, ApiError) and error.retryable)
    return ATTEMPTS if later else 1
