"""Which operation is carried out when: waves, chunks of them, workers; and which not at all, and why."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from reconciler.applying import other_writers
from reconciler.applying.attempt import Attempts
from reconciler.applying.control import Requests, Steering
from reconciler.applying.heartbeat import Pulse
from reconciler.applying.last_look import Looking, unreadable
from reconciler.applying.parked import after_parking, not_taken_back
from reconciler.applying.verdicts import failed, failure, outcome_of, unmet
from reconciler.errors import AuthError, LockedError, ReconcileError, TemporaryError
from reconciler.kinds.contract.access import Writer
from reconciler.model.control import Control, Ending
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Member, Operation, Plan
from reconciler.model.remote_id import uuid_of
from reconciler.model.wording import counted, duration
from reconciler.planning.last_look import Look, looks, replaces
from reconciler.planning.order import token
from reconciler.planning.parking import BACK
from reconciler.planning.renames import renamed_by
from reconciler.runs.journal import Journal
from reconciler.runs.known import Standing
from reconciler.telemetry.events import Events
from reconciler.webex.policy import one_row
from reconciler.webex.tenant import TenantReader

#: Operations in a row that did not reach the host before the others are not tried any more.
UNREACHABLE = 3
#: Seconds between two readings of what is not to be seen yet, once the quick ones are over: two minutes in all, the
#: longest that was observed (webex-behaviour.md §1.6).
SETTLING = (10.0, 20.0, 30.0, 60.0)
#: Seconds that an operation gets to end once its time is up.
_GRACE = 5.0


@dataclass
class Applier:
    """One apply of one plan with one writer; `steering` says when to begin nothing more."""

    writer: Writer
    journal: Journal
    control: Control = field(default_factory=Control)
    workers: int = 8
    events: Events = field(default_factory=Events)
    requests: Requests = field(default_factory=Requests)
    sent: Callable[[], int] = lambda: 0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    resumed: Standing = field(default_factory=Standing)
    hopeless: ReconcileError | None = None
    _outcomes: dict[str, Outcome] = field(default_factory=dict)
    _converging: dict[str, Operation] = field(default_factory=dict)
    _left: list[Operation] = field(default_factory=list)
    _cut: int = 0
    _unreachable: int = 0

    def __post_init__(self) -> None:
        self.steering = Steering(self.control, self.events, self.requests)
        self.attempts = Attempts(self.writer, self.journal, self.sleep, self.resumed)
        self.looking: Looking | None = None

    @property
    def outcomes(self) -> list[Outcome]:
        """The outcome of every step of every change so far, in the order in which they ended."""
        return list(self._outcomes.values())

    @property
    def ending(self) -> Ending:
        """How the run ended, or would if it ended now."""
        if self.steering.ending:
            return self.steering.ending
        return Ending.STOPPED if self.why else Ending.CONVERGING if self._converging else Ending.FINISHED

    @property
    def why(self) -> str:
        """Why something is left to be resumed; empty when nothing is, or only what the tenant is still at."""
        if self.steering.why or self._cut:
            return self.steering.why or f"{counted(self._cut, 'operation')} ran out of time (--chunk-timeout)"
        unknown = sum(outcome.verdict is Verdict.UNKNOWN and not outcome.again for outcome in self._outcomes.values())
        if unknown:
            return f"of {counted(unknown, 'create')} nobody knows whether it took effect: resume looks again"
        missed = sum(outcome.again for outcome in self._outcomes.values())
        return f"{counted(missed, 'result')} for want of a way to the tenant: resume tries again" if missed else ""

    async def run(self, plan: Plan) -> None:
        """Carry out the plan; see `outcomes` and `ending`."""
        self._began = asyncio.get_running_loop().time()
        self._outcomes |= self.resumed.settled
        self._after_parking = after_parking(plan)
        self._started = datetime.now(UTC)
        called = {after: before for before, after in renamed_by(plan.changes).items()}
        self.looking = Looking(looks(plan), self.attempts.reach, self.journal, self.sleep, self.resumed, called)
        left = [part for operation in plan.operations if (part := self._unsettled(operation)).members]
        total = sum(len(operation.members) for operation in plan.operations)
        self.pulse = Pulse(self.steering, total, len(self._outcomes), self.sent)
        beating = asyncio.create_task(self.pulse.beat(self.control.heartbeat))
        try:
            await self._waves(left)
        finally:
            beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating

    def _unsettled(self, operation: Operation) -> Operation:
        settled = self.resumed.settled
        left = [member for member in operation.members if token(member.address, operation.step) not in settled]
        return replace(operation, members=left)

    async def _waves(self, left: list[Operation]) -> None:
        canary = self.control.canary.of(len(left))
        done = 0
        for number, chunk in enumerate(chunks(left, self.control.chunk_size, canary), 1):
            if await self.steering.gate():
                break
            await self._chunk(number, chunk, canary=done < canary)
            done += len(chunk)
            if done <= canary or done == len(left) or left[done].wave != chunk[0].wave:
                await self._settle()
            if done <= canary:
                self._look_at_canary(left[:done])
        self._leave(self._left + left[done:])
        if not self.steering.ending:
            await self._look_at_the_end()

    # --- one chunk ---

    async def _chunk(self, number: int, chunk: list[Operation], *, canary: bool) -> None:
        ids = [operation.id for operation in chunk]
        self.events.tell("chunk_started", number=number, wave=chunk[0].wave, operations=ids, canary=canary)
        slots = asyncio.Semaphore(self.workers)
        tasks = {asyncio.create_task(self._one(operation, slots)): operation for operation in chunk}
        try:
            late = await self._until_over(tasks)
        finally:
            for task in tasks:
                task.cancel()
        for operation in late:
            if self.steering.ending and not self._sent(operation):
                self._left.append(operation)
            else:
                self._cut += 1
                self._ended(operation, self._cut_off(operation), 0.0)
        ids = [operation.id for operation in chunk if self._of(operation)]
        if ids:
            self.journal.record("chunk done", operations=ids)
        verdicts = Counter(str(outcome.verdict) for operation in chunk for outcome in self._of(operation))
        self.events.tell(
            "chunk_done", number=number, wave=chunk[0].wave, operations=ids, verdicts=dict(sorted(verdicts.items()))
        )

    async def _until_over(self, tasks: dict[asyncio.Task[None], Operation]) -> list[Operation]:
        """Wait for all of them, as long as there is time; those that had to be cut off."""
        began = asyncio.get_running_loop().time()
        paused = self.steering.paused(began)
        pending = set(tasks)
        while pending:
            now, whole = asyncio.get_running_loop().time(), self._time_left()
            part = self.control.chunk_timeout - (now - began - (self.steering.paused(now) - paused))
            if whole <= 0:
                self.steering.end(Ending.STOPPED, f"the time was up (--timeout {duration(self.control.timeout)})")
            if min(whole, part) <= 0 and not self.steering.pausing:
                break
            wait = max(min(whole, part, 3600.0), 0.1)
            done, pending = await asyncio.wait(pending, timeout=wait, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()  # nothing is expected here but what ends the run
        for task in pending:
            task.cancel()
        if pending:
            await asyncio.wait(pending, timeout=_GRACE)
        return [tasks[task] for task in pending if not self._of(tasks[task])]

    def _time_left(self) -> float:
        """Seconds that the whole run still has."""
        now = asyncio.get_running_loop().time()
        return self.control.timeout - (now - self._began - self.steering.paused(now))

    def _cut_off(self, operation: Operation) -> list[Outcome]:
        """What an operation came to whose time was up: what was sent is in doubt, which only reading resolves."""
        timeout = "--timeout" if self.steering.ending else "--chunk-timeout"
        return [self._member_cut_off(operation, member, timeout) for member in operation.members]

    def _member_cut_off(self, operation: Operation, member: Member, timeout: str) -> Outcome:
        at = self.attempts.last.get(operation.id, set()) if operation.id in self.attempts.jobs else set()
        if member.address in at:
            verdict, why = Verdict.CONVERGING, f"its job has not ended yet, and the time is up ({timeout})"
        elif member.address in self.attempts.sent.get(operation.id, ()):
            verdict = Verdict.UNKNOWN
            why = f"the time was up ({timeout}) while it was under way: whether it took effect is read by resume"
        else:
            verdict, why = Verdict.SKIPPED, f"the time was up before it was sent ({timeout})"
        return outcome_of(operation, member, verdict, why)

    def _sent(self, operation: Operation) -> bool:
        return bool(self.attempts.sent.get(operation.id)) or operation.id in self.attempts.jobs

    # --- one operation ---

    async def _one(self, operation: Operation, slots: asyncio.Semaphore) -> None:
        async with slots:
            if await self.steering.gate():
                self._left.append(operation)
                return
            began = time.monotonic()
            with self.steering.under_way():
                ready, skipped = list[Member](), list[Outcome]()
                for member in operation.members:
                    after = self._after_parking.get(member.address, ())
                    if operation.step == BACK and (kept := not_taken_back(operation, member, after, self._outcomes)):
                        skipped.append(kept)
                    elif why := unmet(operation, member, self._outcomes):
                        skipped.append(outcome_of(operation, member, Verdict.SKIPPED, why))
                    else:
                        ready.append(member)
                outcomes = skipped + (await self._guarded(replace(operation, members=ready)) if ready else [])
                self._ended(operation, outcomes, time.monotonic() - began)

    async def _guarded(self, operation: Operation) -> list[Outcome]:
        """Carry out, and turn whatever goes wrong into an outcome: one operation never stops the others."""
        try:
            with one_row():
                if self.looking:
                    await self.looking.before(operation)
                outcomes = await self.attempts.carry_out(operation)
            self._unreachable = 0
            return outcomes
        except ReconcileError as error:
            self.journal.record("error", operation=operation.id, **failed(error))
            self._give_up_after(error)
            return [failure(operation, member, error) for member in operation.members]

    def _give_up_after(self, error: ReconcileError) -> None:
        """A dead token, or a host that several operations in a row did not reach, ends the run for the others too."""
        self._unreachable = self._unreachable + 1 if isinstance(error, TemporaryError) else 0
        if isinstance(error, AuthError | LockedError) or self._unreachable >= UNREACHABLE:
            self.hopeless = self.hopeless or error
            self.steering.end(Ending.STOPPED, f"not tried: {error.what}")

    def _ended(self, operation: Operation, outcomes: list[Outcome], seconds: float) -> None:
        again = bool(self._of(operation))
        for outcome in outcomes:
            # the journal has what was read; a long run would hold every document twice
            kept = replace(outcome, seconds=seconds, read={})
            self._outcomes[token(outcome.address, operation.step)] = kept
            self.journal.record("outcome", **outcome.to_json(), seconds=round(seconds, 3))
        self._converging.pop(operation.id, None)
        waits = {outcome.address for outcome in outcomes if outcome.verdict is Verdict.CONVERGING}
        if waits:
            members = [member for member in operation.members if member.address in waits]
            self._converging[operation.id] = replace(operation, members=members)
        self.pulse.count(outcomes, again)
        self.steering.came_to(outcomes)
        where = {"seconds": round(seconds, 3), "done": self.pulse.done, "total": self.pulse.total, "of": len(outcomes)}
        for nth, outcome in enumerate(outcomes, 1):
            self.events.tell("operation_outcome", **outcome.to_json(), **where, nth=nth, eta=self.pulse.eta())

    def _of(self, operation: Operation) -> list[Outcome]:
        """The outcomes of an operation so far."""
        found = (self._outcomes.get(token(member.address, operation.step)) for member in operation.members)
        return [outcome for outcome in found if outcome is not None]

    # --- between chunks ---

    async def _settle(self) -> None:
        """Read what the tenant was still at, until it is there or its time is up; nothing is sent."""
        left = min(self.control.converge_timeout, self._time_left())
        for number, pause in enumerate(SETTLING, 1):
            left -= pause
            if not self._converging or self.steering.ending or left < 0:
                return
            await self.steering.rest(pause)
            slots = asyncio.Semaphore(self.workers)
            last = number == len(SETTLING)
            await asyncio.gather(*(self._again(one, slots, last=last) for one in tuple(self._converging.values())))

    async def _again(self, operation: Operation, slots: asyncio.Semaphore, *, last: bool) -> None:
        async with slots:
            if await self.steering.gate():
                return
            try:
                outcomes = await self.attempts.finish(operation, last=last)
            except ReconcileError as error:
                self._give_up_after(error)
                return  # a reading that failed says nothing of the operation
            if any(outcome.verdict is not Verdict.CONVERGING for outcome in outcomes):
                self._ended(operation, outcomes, 0.0)

    async def _look_at_the_end(self) -> None:
        """Read once more what the end of the run is to show (planning/last_look.py); what differs supersedes."""
        due = self.looking.due(self._outcomes) if self.looking else []
        if due:
            self.events.tell("looking", owners=len(due))
        slots = asyncio.Semaphore(self.workers)
        looking = [asyncio.create_task(self._look_at(look, slots)) for look in due]
        named = await self._others([look for look in due if replaces(look)])
        await asyncio.gather(*looking)
        for owner, why in named:
            self._supersede(self.looking.looks[owner] if self.looking else due[0], why)

    async def _others(self, looks: list[Look]) -> list[tuple[str, str]]:
        """Of the owners whom the audit events name as changed by others meanwhile, what is said."""
        if not looks or self.steering.ending or not isinstance(self.writer, TenantReader):
            return []
        try:
            found, why = await other_writers.events(self.writer, self._started)
        except ReconcileError as error:
            self._give_up_after(error)
            return []
        self.journal.record("audit", looked=not why, why=why)
        by_id = {uuid_of(look.remote_id): look for look in looks if look.remote_id}
        written = {key: ours for key, ours in self.attempts.replaced() if key in by_id}
        named = other_writers.meanwhile(found, self.writer.me, written)
        return [(by_id[target].owner, other_writers.said(event, self.writer.me)) for target, event in named]

    def _supersede(self, look: Look, why: str) -> None:
        """What was verified of an owner is drifted, for this reason."""
        steps = [look.last, *(step for steps in look.parts.values() for step in steps)]
        for operation, member in steps:
            name = token(member.address, operation.step)
            if (known := self._outcomes.get(name)) and known.verdict is Verdict.VERIFIED:
                outcome = replace(outcome_of(operation, member, Verdict.DRIFTED, why), wrote=True)
                self._outcomes[name] = outcome
                self.journal.record("outcome", **outcome.to_json(), seconds=0.0, end=True)
                self.events.tell("outcome_superseded", **outcome.to_json())
                return

    async def _look_at(self, look: Look, slots: asyncio.Semaphore) -> None:
        async with slots:
            if await self.steering.gate() or self.looking is None:
                return
            try:
                with one_row():
                    found = await self.looking.at_the_end(look, self._outcomes, self.attempts.was)
            except ReconcileError as error:
                self._give_up_after(error)
                found = [unreadable(look, error)]
                self.journal.record("outcome", **found[0].to_json(), seconds=0.0, end=True)
        for outcome in found:
            step = next(o.step for steps in look.parts.values() for o, _ in steps if o.id == outcome.operation)
            self._outcomes[token(outcome.address, step)] = outcome
            self.events.tell("outcome_superseded", **outcome.to_json())

    def _look_at_canary(self, operations: list[Operation]) -> None:
        outcomes = [outcome for operation in operations for outcome in self._of(operation)]
        wrong = [outcome for outcome in outcomes if outcome.verdict is not Verdict.VERIFIED]
        if wrong:
            first = f"{wrong[0].address} {wrong[0].verdict}"
            self.steering.pause(f"{len(wrong)} of {len(outcomes)} results of the canary are not verified: {first}")

    def _leave(self, operations: list[Operation]) -> None:
        """What the run ended before: it is told at once, and the journal says it in one record."""
        if not operations:
            return
        why = self.steering.not_begun
        self.journal.record("not begun", why=why, operations=[operation.id for operation in operations])
        for operation in operations:
            for member in operation.members:
                self._outcomes[token(member.address, operation.step)] = outcome_of(
                    operation, member, Verdict.SKIPPED, why
                )
        self.events.tell("operations_left", why=why, operations=[operation.id for operation in operations])


def chunks(operations: list[Operation], size: int, first: int = 0) -> Iterator[list[Operation]]:
    """Operations of one wave at a time, at most `size` of them; a chunk ends where the `first` so many do."""
    start = 0
    while start < len(operations):
        wave = operations[start].wave
        most = min(start + size, first if start < first else len(operations), len(operations))
        end = start
        while end < most and operations[end].wave == wave:
            end += 1
        yield operations[start:end]
        start = end
