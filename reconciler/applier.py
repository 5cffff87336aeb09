"""Carrying out a plan: waves, chunks, workers; compare before write; read back after it.

    planned → compared → (as wanted already: verified) → intent on disk → sent → read back → verified | drifted
                       → changed since the plan: stale   → error: read back decides, then again or failed

A run that goes on after an interruption (`resumed`) begins where the journal ends: what is settled is not done again,
what is in doubt (an intent without an outcome) begins as if its answer had been lost, at the reading that decides.

A failed operation takes those with it that need it, by name, and nothing else (design §7).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.diff import covers
from reconciler.errors import ApiError, AuthError, NotEntitledError, ReconcileError, TemporaryError
from reconciler.journal import Journal
from reconciler.kinds import kind as kind_named
from reconciler.kinds._kind import Kind, Writer
from reconciler.model.address import owner_address, split_address
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Member, Operation, Plan
from reconciler.model.snapshot import Current, Fields
from reconciler.planner import token
from reconciler.runs import Standing
from reconciler.verify import beside, differing, foreign, in_part, satisfied, settled, stale

#: Attempts per operation when the API says "later", and the pause before the second one; it doubles.
ATTEMPTS = 6
FIRST_PAUSE = 0.5
#: The same while a number that this run took from somebody is not free yet, which takes up to 30 s
#: (webex-behaviour.md §1.6, §18.12): a minute in all.
ATTEMPTS_ON_RELEASE = 8
#: "The phone number is already in use", and what deleting such a number answers.
_IN_USE = frozenset({"4201", "4251"})
#: Operations in a row that did not reach the host before the others are not tried any more.
UNREACHABLE = 3
Progress = Callable[[int, int, list[Outcome]], None]
Found = dict[str, Current | None]


@dataclass
class Applier:
    """One apply of one plan with one writer; `stop` asks it to begin nothing new."""

    writer: Writer
    journal: Journal
    progress: Progress
    chunk_size: int = 50
    workers: int = 8
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    resumed: Standing = field(default_factory=Standing)
    _outcomes: dict[str, Outcome] = field(default_factory=dict)
    _owners: dict[str, Current] = field(default_factory=dict)
    hopeless: ReconcileError | None = None
    _unreachable: int = 0
    _total: int = 0

    @property
    def outcomes(self) -> list[Outcome]:
        """The outcome of every step of every change so far, in the order in which they ended."""
        return list(self._outcomes.values())

    async def run(self, plan: Plan) -> None:
        """Carry out the plan; see `outcomes`."""
        self._total = sum(len(operation.members) for operation in plan.operations)
        self._outcomes |= self.resumed.settled
        left = [operation for operation in plan.operations if not self._settled_before(operation)]
        for chunk in chunks(left, self.chunk_size):
            slots = asyncio.Semaphore(self.workers)
            await asyncio.gather(*(self._one(operation, slots) for operation in chunk))
            self.journal.record("chunk done", operations=[operation.id for operation in chunk])

    def _settled_before(self, operation: Operation) -> bool:
        return all(token(member.address, operation.step) in self.resumed.settled for member in operation.members)

    async def _one(self, operation: Operation, slots: asyncio.Semaphore) -> None:
        async with slots:
            began = time.monotonic()
            why = self._cannot_start(operation)
            if why:
                outcomes = [_outcome(operation, member, Verdict.SKIPPED, why) for member in operation.members]
            else:
                outcomes = await self._guarded(operation)
            for member, outcome in zip(operation.members, outcomes, strict=True):
                outcome.seconds = time.monotonic() - began
                self._outcomes[token(member.address, operation.step)] = outcome
                self.journal.record("outcome", **outcome.to_json())
            self.progress(len(self._outcomes), self._total, outcomes)

    def _cannot_start(self, operation: Operation) -> str:
        if self.hopeless:
            return f"not tried: {self.hopeless.what}"
        if self.stop.is_set():
            return "interrupted before it began"
        for need in operation.needs:
            outcome = self._outcomes.get(need)
            if outcome is not None and outcome.verdict is not Verdict.VERIFIED:
                return f"needs {need}, which is {outcome.verdict}"
        return ""

    async def _guarded(self, operation: Operation) -> list[Outcome]:
        """Carry out, and turn whatever goes wrong into an outcome: one operation never stops the others."""
        try:
            outcomes = await self._attempts(operation)
            self._unreachable = 0
            return outcomes
        except ReconcileError as error:
            self._give_up_after(error)
            return [self._failure(operation, member, error) for member in operation.members]

    def _give_up_after(self, error: ReconcileError) -> None:
        """A dead token, or a host that several operations in a row did not reach, ends the run for the others too."""
        self._unreachable = self._unreachable + 1 if isinstance(error, TemporaryError) else 0
        if isinstance(error, AuthError) or self._unreachable >= UNREACHABLE:
            self.hopeless = self.hopeless or error

    async def _attempts(self, operation: Operation) -> list[Outcome]:
        """Compare, write, read back; after an uncertain answer the reading decides whether to write again."""
        done: dict[str, Outcome] = {}
        doubt = self.resumed.doubt.get(operation.id, {})
        wrote = bool(doubt)
        if doubt and (await_jobs := kind_named(operation.kind).await_jobs) and operation.step:
            await await_jobs(self.writer)
        earlier: Found = {}
        for attempt in range(1, ATTEMPTS_ON_RELEASE + 1):
            found = await self._find(operation)
            earlier = earlier or found
            todo = self._todo(operation, found, done, wrote, doubt if attempt == 1 else {})
            if not todo:
                break
            error = await self._write(operation, todo, found)
            wrote = True
            found = await self._read_back(operation, todo, error)
            self._judge(operation, todo, found, done, error)
            if error is None or attempt >= self._most(operation, error):
                break
            await self.sleep(FIRST_PAUSE * 2 ** (attempt - 1))
        for member in operation.members if wrote else ():
            sides = (_fields(operation, side.get(member.address)) for side in (earlier, found))
            done[member.address].also = beside(operation, member, *sides)
        return [done[member.address] for member in operation.members]

    async def _read_back(self, operation: Operation, todo: list[Member], error: ReconcileError | None) -> Found:
        """What is there after a write. A kind whose reads lag behind (webex-behaviour.md §1.6) is read again for a
        while before a success without effect is called one."""
        found = await self._find(operation)
        # a refused create that left something behind may have left all of it (§18.2)
        took = error is None or (operation.action == "create" and any(found.values()))
        if took and kind_named(operation.kind).lags:
            for reading in range(1, ATTEMPTS):
                if all(satisfied(operation, member, _fields(operation, found.get(member.address))) for member in todo):
                    break
                await self.sleep(FIRST_PAUSE * 2 ** (reading - 1))
                found = await self._find(operation)
        return found

    def _most(self, operation: Operation, error: ReconcileError) -> int:
        """How many attempts this answer is worth."""
        if isinstance(error, ApiError) and error.code in _IN_USE and operation.needs:
            return ATTEMPTS_ON_RELEASE
        if isinstance(error, ApiError) and error.status == 409 and operation.step == "move":
            return ATTEMPTS_ON_RELEASE  # one move job per organisation at a time (§15): another's, or ours of before
        later = isinstance(error, TemporaryError) or (isinstance(error, ApiError) and error.retryable)
        return ATTEMPTS if later else 1

    def _todo(
        self,
        operation: Operation,
        found: Found,
        done: dict[str, Outcome],
        wrote: bool,
        doubt: dict[str, Fields],
    ) -> list[Member]:
        """The members to write. `doubt`: their fields before a write of which nobody knows whether it arrived."""
        todo = []
        for member in operation.members:
            current = found.get(member.address)
            have = _fields(operation, current)
            if member.address in done and done[member.address].verdict is Verdict.VERIFIED:
                continue
            if satisfied(operation, member, have):
                why = "written before the interruption" if doubt else "" if wrote else "so already"
                done[member.address] = _outcome(operation, member, Verdict.VERIFIED, why)
                done[member.address].wrote = wrote
            elif current is not None and current.candidates:
                why = f"the name is ambiguous: {'; '.join(current.candidates)}"
                done[member.address] = _outcome(operation, member, Verdict.FAILED, why)
            elif changed := self._changed(operation, member, have, wrote, doubt):
                done[member.address] = _outcome(operation, member, Verdict.STALE, "; ".join(changed))
            else:
                todo.append(member)
        return todo

    def _changed(
        self, operation: Operation, member: Member, have: Fields | None, wrote: bool, doubt: dict[str, Fields]
    ) -> list[str]:
        """What somebody else has changed since the plan, or since the write that is in doubt."""
        if doubt:
            return foreign(operation, member, have, doubt.get(member.address))
        return [] if wrote else stale(operation, member, have)

    async def _write(self, operation: Operation, members: list[Member], found: Found) -> ReconcileError | None:
        """Send, with the intent on disk first; the error of an answer that was not a success."""
        self.journal.record(
            "intent",
            operation=operation.id,
            action=operation.action,
            members=[_intended(operation, member, found) for member in members],
        )
        try:
            await self._send(operation, members, found)
        except AuthError:
            raise
        except ReconcileError as error:
            self.journal.record("error", operation=operation.id, error=str(error))
            return error
        self.journal.record("acknowledged", operation=operation.id)
        return None

    def _judge(
        self,
        operation: Operation,
        members: list[Member],
        found: Found,
        done: dict[str, Outcome],
        error: ReconcileError | None,
    ) -> None:
        for member in members:
            have = _fields(operation, found.get(member.address))
            if satisfied(operation, member, have):
                outcome = _outcome(operation, member, Verdict.VERIFIED)
            elif error is not None:
                outcome = self._failure(operation, member, error)
            else:
                why = "the API reported success, but the read-back differs"
                outcome = _outcome(operation, member, Verdict.DRIFTED, why)
                outcome.fields = differing(operation, member, have)
                if items := in_part(outcome.fields):
                    outcome.why = f"{why}: {items}"
            outcome.wrote = True
            done[member.address] = outcome

    def _failure(self, operation: Operation, member: Member, error: ReconcileError) -> Outcome:
        why = error.what if not error.why else f"{error.what}; {error.why}"
        outcome = _outcome(operation, member, Verdict.FAILED, f"{why}; {error.do}" if error.do else why)
        outcome.tracking_id = error.tracking_id if isinstance(error, ApiError) else ""
        outcome.again = isinstance(error, AuthError | TemporaryError)
        return outcome

    async def _find(self, operation: Operation) -> Found:
        """What is there now, for every member."""
        kind = kind_named(operation.kind)
        if kind.batch:
            numbers = await kind.batch.find(self.writer, operation.members)
            return {m.address: numbers.get(split_address(m.address)[1]) for m in operation.members}
        member = operation.members[0]
        if kind.fetch:
            return {member.address: await self._section(kind, member)}
        assert kind.find is not None
        known = self._owners.get(member.address)
        remote_id = member.id or (known.id if known else "")
        current = await kind.find(self.writer, split_address(member.address)[1], remote_id)
        if current is not None:
            self._owners[member.address] = current
        return {member.address: current}

    async def _section(self, kind: Kind, member: Member) -> Current | None:
        """The owner with this section read afresh into its fields; None where the section does not exist."""
        owner = await self._owner(kind, member)
        current = replace(owner, fields={}, wire=None)
        assert kind.fetch is not None
        try:
            section = await kind.fetch(self.writer, current)
        except NotEntitledError as error:
            if kind.cleared is not None and covers(kind.cleared, member.want):
                section = dict(kind.cleared)  # what was to be taken away is gone with the owner's calling
            else:
                raise ReconcileError(error.what, do="give it calling, or a licence that has this setting") from None
        if section is not None:
            current.fields[kind.section] = section
        return current

    async def _owner(self, kind: Kind, member: Member) -> Current:
        """The owner of a section: its id is in the plan, or known since it was created, or looked up by key."""
        address = owner_address(member.address)
        key = split_address(address)[1]
        if member.id:
            return Current(kind.owner, key, member.id, {})
        if address not in self._owners:
            find = kind_named(kind.owner).find
            found = await find(self.writer, key, "") if find else None
            if found is None:
                raise ReconcileError(f"{address} is not there", do="plan again")
            self._owners[address] = found
        return self._owners[address]

    async def _send(self, operation: Operation, members: list[Member], found: Found) -> None:
        kind = kind_named(operation.kind)
        if kind.batch:
            await kind.batch.send(self.writer, operation.action, members)
            return
        member = members[0]
        current = found[member.address]
        if kind.write:
            assert current is not None
            await kind.write(self.writer, current, current.fields.get(kind.section), member.want)
        elif operation.action == "create" and kind.create and current is None:
            await kind.create(self.writer, split_address(member.address)[1], member.want)
            self.writer.forget(kind.name)
        elif operation.action == "delete" and kind.delete and current is not None:
            await kind.delete(self.writer, current)
        elif kind.update and current is not None:
            await kind.update(self.writer, current, self._settled(kind, member, current))
        else:
            raise ReconcileError(f"{operation.kind} has no {operation.action}")

    def _settled(self, kind: Kind, member: Member, current: Current) -> Fields:
        return kind.settle(member.want, current.fields) if kind.settle else member.want


def chunks(operations: list[Operation], size: int) -> Iterator[list[Operation]]:
    """Operations of one wave at a time, at most `size` of them."""
    start = 0
    while start < len(operations):
        wave = operations[start].wave
        end = start
        while end < len(operations) and end - start < size and operations[end].wave == wave:
            end += 1
        yield operations[start:end]
        start = end


def _fields(operation: Operation, current: Current | None) -> Fields | None:
    if current is None:
        return None
    kind = kind_named(operation.kind)
    if not kind.owner:
        return current.fields
    section: Fields | None = current.fields.get(kind.section)
    return section


def _intended(operation: Operation, member: Member, found: Found) -> dict[str, Any]:
    """What is to be written, with what that implies, and its pre-image as read just before: all of it for a delete."""
    current = found.get(member.address)
    remote_id = {"id": current.id} if current is not None else {}
    have = _fields(operation, current) or {}
    if operation.action == "delete":
        return {"address": member.address, "want": {}, "before": have, **remote_id}
    want = member.want | settled(operation, member, have)
    return {"address": member.address, "want": want, "before": {n: have.get(n) for n in want}, **remote_id}


def _outcome(operation: Operation, member: Member, verdict: Verdict, why: str = "") -> Outcome:
    return Outcome(member.address, operation.id, operation.action, verdict, why)
