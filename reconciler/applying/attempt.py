"""One operation: compare, write, read back; after an uncertain answer the reading decides whether to write again."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.applying import creating
from reconciler.applying.creating import lost, only_looked_for, repeats, unseen
from reconciler.applying.other_writers import Ours
from reconciler.applying.tenant_access import Reach
from reconciler.applying.verdicts import (
    Found,
    Sight,
    error_of,
    failed,
    failure,
    fields_of,
    intended,
    judged,
    outcome_of,
    sorted_out,
    witnessed,
)
from reconciler.applying.verify import satisfied
from reconciler.errors import (
    ApiError,
    AuthError,
    ConvergingError,
    LockedError,
    ReconcileError,
    TemporaryError,
    WaitedError,
)
from reconciler.kinds import kind as kind_named
from reconciler.kinds.contract import jobs
from reconciler.kinds.contract.access import Writer
from reconciler.kinds.contract.wire import understood
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Member, Operation
from reconciler.model.remote_id import uuid_of
from reconciler.model.snapshot import Fields
from reconciler.runs.journal import Journal
from reconciler.runs.known import Standing, taken
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
#: "Request is supported only for single user", of an API that is said to take 100 (webex-behaviour.md §15).
_ONE_AT_A_TIME = "1026005"


@dataclass
class Attempts:
    """Carries out operations, one call each. `before` is how far an earlier process came with this run. `sent` are the
    operations of which a write may have reached the tenant, with the addresses in it, `last` those of the last write,
    `jobs` the jobs that they wait for, `running` those of which the job has not ended, `written` the fields before it,
    by address. `was` are documents before the first write that replaced them, by address, and `uncertain` the creates
    that may have taken effect and are only looked for (creating.py). `writes`: how often this process has written to
    an owner, by uuid; `rested`: for how many seconds a write to it rested at most on what was read."""

    writer: Writer
    journal: Journal
    sleep: Callable[[float], Awaitable[None]]
    before: Standing
    sent: dict[str, set[str]] = field(default_factory=dict)
    last: dict[str, set[str]] = field(default_factory=dict)
    jobs: dict[str, str] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)
    written: dict[str, dict[str, Fields]] = field(default_factory=dict)
    was: dict[str, Fields] = field(default_factory=dict)
    uncertain: set[str] = field(default_factory=set)
    writes: Counter[str] = field(default_factory=Counter)
    rested: dict[str, float] = field(default_factory=dict)
    reach: Reach = field(init=False)

    def __post_init__(self) -> None:
        self.reach = Reach(self.writer)
        self.sent |= {name: set(written) for name, written in self.before.doubt.items()}
        self.last |= self.before.under_way
        self.jobs |= self.before.converging
        self.was |= self.before.was
        self.uncertain |= self.before.uncertain

    async def carry_out(self, operation: Operation) -> list[Outcome]:
        """One outcome a member, in their order. What an earlier process has sent, and what only takes its time, is not
        sent again."""
        if operation.id in self.uncertain:
            return await self.finish(operation)
        rest, done = operation, dict[str, Outcome]()
        if operation.id in self.before.converging:
            at = self.before.under_way.get(operation.id, set())
            under_way = _part(operation, [member for member in operation.members if member.address in at])
            rest = _part(operation, [member for member in operation.members if member.address not in at])
            done = {outcome.address: outcome for outcome in await self.finish(under_way, patience=None)}
        if rest.members:
            done |= _behind_a_job(rest) if rest.id in self.running else await self._carried_out(rest)
        return [done[member.address] for member in operation.members]

    async def _carried_out(self, operation: Operation) -> dict[str, Outcome]:
        """The outcomes by address of what nobody is known to be still at."""
        doubt = self.before.doubt.get(operation.id, {})
        written = {member.address: doubt[member.address] for member in operation.members if member.address in doubt}
        if written:
            await self._await_jobs(operation)
            if repeats(operation):
                await self._seen(operation)  # nobody knows whether it was sent, and it may show late
        return await self._attempts(operation, written, resumed=bool(written))

    async def _await_jobs(self, operation: Operation) -> None:
        """Whether a write took effect whose answer is not known, only shows when the jobs have ended."""
        await_jobs = kind_named(operation.kind).await_jobs
        if await_jobs and operation.step:
            await understood(operation.kind, await_jobs(self.writer))

    async def _attempts(
        self, operation: Operation, written: dict[str, Fields], *, resumed: bool, most: int = ATTEMPTS_ON_RELEASE
    ) -> dict[str, Outcome]:
        done: dict[str, Outcome] = {}
        earlier: Found = {}
        found: Found = {}
        lost_before = False
        for attempt in range(1, most + 1):
            now = asyncio.get_running_loop().time()
            open_ones = [m for m in operation.members if m.address not in done or not _verified(done[m.address])]
            if not open_ones:
                break
            found |= await self.reach.find(_part(operation, open_ones))
            # where looking takes so long itself, looking again does not help
            self.writer.looked(now if attempt <= LOOKS else math.inf)
            earlier = earlier or dict(found)
            sight = Sight(found, earlier, written)
            todo, settled = sorted_out(operation, open_ones, sight, resumed=resumed and attempt == 1)
            done |= settled
            if not todo:
                break
            intents = [intended(operation, member, found) for member in todo]
            error, arrived = await self._write(operation, todo, found, intents)
            self._rested(todo, found, asyncio.get_running_loop().time() - now)
            if arrived:
                # the first counts: a later one may show an attempt
                written = {one["address"]: one["before"] for one in intents} | written
            if arrived and lost(error):
                try:
                    await self._await_jobs(operation)
                except ConvergingError as still:
                    error = still
            spent = error is not None and attempt >= min(most, _most(operation, error))
            if len(todo) > 1 and _refused_together(operation, error, spent=spent):
                fewer = 1 if _in_use(error) else most  # these were waited for already
                for some in _fewer(todo, error):
                    before = {member.address: written[member.address] for member in some if member.address in written}
                    part = _part(operation, some)
                    behind = part.id in self.running
                    done |= _behind_a_job(part) if behind else await self._apart(part, before, fewer)
                operation = _part(operation, [member for member in operation.members if member not in todo])
                break
            only_look = operation.action == "create" and only_looked_for(operation, error, lost_before=lost_before)
            if only_look:
                self.uncertain.add(operation.id)
                found |= await self._seen(_part(operation, todo), ATTEMPTS)
            else:
                found |= await self._read_back(_part(operation, todo), error)
            lost_before = lost_before or lost(error)
            self.written.setdefault(operation.id, {}).update(written)
            sight = Sight(found, earlier, written)
            done |= judged(operation, todo, sight, error, last=not kind_named(operation.kind).lags)
            if only_look:
                done |= unseen(_part(operation, todo), found, done, last=False)
                break
            if error is None or attempt >= _most(operation, error):
                break
            if not isinstance(error, WaitedError):
                await self.sleep(FIRST_PAUSE * 2 ** (attempt - 1))
        if written:
            done |= witnessed(operation, done, Sight(found, earlier, written))
        return done

    def replaced(self) -> Iterator[tuple[str, Ours]]:
        """What this process has done to the owners that it has written to, by uuid."""
        return ((key, Ours(count, self.rested.get(key, 0.0))) for key, count in self.writes.items())

    def _rested(self, members: list[Member], found: Found, seconds: float) -> None:
        """For how long, at most, a write to these rested on a reading."""
        for current in (found.get(member.address) for member in members):
            if current is not None and current.id:
                key = uuid_of(current.id)
                self.rested[key] = max(seconds, self.rested.get(key, 0.0))

    async def _apart(self, operation: Operation, written: dict[str, Fields], most: int) -> dict[str, Outcome]:
        """A part of what was refused as a whole, on its own: what goes wrong with it is not the others' matter."""
        try:
            return await self._attempts(operation, written, resumed=False, most=most)
        except (AuthError, LockedError):
            raise
        except ReconcileError as error:
            self.journal.record("error", operation=operation.id, **failed(error))
            return {member.address: failure(operation, member, error) for member in operation.members}

    async def finish(self, operation: Operation, *, last: bool = False, patience: float | None = 0.0) -> list[Outcome]:
        """What has become of an operation that the tenant was still at: reads, and sends nothing. `last`: what is not
        to be seen by now never came about. A job is waited for `patience` seconds, None: as long as for a new one."""
        error = await self._job(operation, patience)
        found = await self.reach.find(operation)
        uncertain = operation.id in self.uncertain
        sight = Sight(found, None, self.written.get(operation.id, {}))
        at_once = not (kind_named(operation.kind).lags or uncertain)
        done = judged(operation, operation.members, sight, error, last=last or at_once)
        if uncertain:
            done |= unseen(operation, found, done, last=last)
        done |= witnessed(operation, done, sight)
        return [done[member.address] for member in operation.members]

    async def _job(self, operation: Operation, patience: float | None) -> ReconcileError | None:
        """Why the operation's job failed, or has not ended yet; None when it did what it was to do."""
        try:
            job = self.jobs.get(operation.id)
            writer = self.writer.on_behalf(operation.id)
            return jobs.failure(await writer.job_end(job, patience)) if job else None
        except ConvergingError as error:
            return error
        except ApiError as error:
            if error.status != 404:
                raise
            return None  # ended so long ago that it is not kept any more: the reading tells

    def heard_of_job(self, operation: str, url: str, state: str) -> None:
        """A job that an operation has begun has come to this state: in the journal, so that another process waits for
        it instead of beginning another. Of jobs that may be anybody's (no operation) nothing is kept."""
        if operation:
            self.jobs[operation] = url
            (self.running.discard if state in ("success", "error") else self.running.add)(operation)
            self.journal.record("job", operation=operation, url=url, state=state)

    async def _write(
        self, operation: Operation, members: list[Member], found: Found, intents: list[dict[str, Any]]
    ) -> tuple[ReconcileError | None, bool]:
        """Send, with the intents on disk first; the error of an answer that was not a success, and whether something
        may have come of it all the same."""
        self.journal.record("intent", operation=operation.id, action=operation.action, members=intents)
        for one in intents:
            if "was" in one:
                self.was.setdefault(one["address"], one["was"])
        addresses = {member.address for member in members}
        new = addresses - self.sent.setdefault(operation.id, set())
        self.sent[operation.id] |= addresses
        self.last[operation.id] = addresses
        self.jobs.pop(operation.id, None)
        self.running.discard(operation.id)
        with gathered() as sent:
            try:
                await self.reach.send(operation, members, found)
            except (AuthError, LockedError):
                raise
            except ConvergingError as error:
                requests = [one.told() for one in sent]
                self.journal.record("acknowledged", operation=operation.id, requests=requests, converging=error.what)
                return error, True
            except ReconcileError as error:
                record = failed(error, sent) | ({"lost": True} if lost(error) else {})
                self.journal.record("error", operation=operation.id, **record)
                arrived = taken(record["requests"])
                if not arrived:
                    self.sent[operation.id] -= new
                return error, arrived
        self.journal.record("acknowledged", operation=operation.id, requests=[one.told() for one in sent])
        if operation.step not in kind_named(operation.kind).batches:
            answered = max(1, sum(one.status < 300 for one in sent))
            self.writes.update({uuid_of(one["id"]): answered for one in intents if one.get("id")})
        return None, True

    async def _seen(self, operation: Operation, looks: int = creating.LOOKS) -> Found:
        """What is there of what may have been created, once it is to be seen or was looked for long enough."""
        found = await self.reach.find(operation)
        for look in range(looks):
            if all(found.get(member.address) is not None for member in operation.members):
                break
            await self.sleep(FIRST_PAUSE * 2**look)
            found |= await self.reach.find(operation)
        return found

    async def _read_back(self, operation: Operation, error: ReconcileError | None) -> Found:
        """What is there after a write. A kind whose reads lag behind (webex-behaviour.md §1.6) is read again for a
        while before a success without effect is called one."""
        found = await self.reach.find(operation)
        if not kind_named(operation.kind).lags:
            return found
        for reading in range(1, ATTEMPTS):
            later = [m for m in operation.members if not _there(operation, m, found)]
            later = [m for m in later if _took(operation, m, error, found)]
            if not later:
                break
            await self.sleep(FIRST_PAUSE * 2 ** (reading - 1))
            found |= await self.reach.find(_part(operation, later))
        return found


def _part(operation: Operation, members: list[Member]) -> Operation:
    return operation if len(members) == len(operation.members) else replace(operation, members=members)


def _behind_a_job(operation: Operation) -> dict[str, Outcome]:
    """The outcomes while a job of the same operation has not ended: an organisation has one at a time (§15)."""
    why = "its operation needs several jobs, and the one before has not ended yet"
    return {member.address: outcome_of(operation, member, Verdict.SKIPPED, why) for member in operation.members}


def _verified(outcome: Outcome) -> bool:
    return outcome.verdict is Verdict.VERIFIED


def _took(operation: Operation, member: Member, error: ReconcileError | None, found: Found) -> bool:
    """Whether it is to be expected that a write shows before long."""
    # a refused create that left something behind may have left all of it (§18.2)
    return error_of(error, member) is None or (operation.action == "create" and any(found.values()))


def _there(operation: Operation, member: Member, found: Found) -> bool:
    return satisfied(operation, member, fields_of(operation, found.get(member.address)))


def _refused_together(operation: Operation, error: ReconcileError | None, *, spent: bool) -> bool:
    """Whether a request was refused that may be fine without one of those in it. `spent`: waiting did not help."""
    batch = kind_named(operation.kind).batches.get(operation.step)
    if batch is None or not batch.divides or not isinstance(error, ApiError):
        return False
    # 409 of a job is another job's; of anything else it is one of these
    return error.status in (400, 404) or (error.status == 409 and not operation.step) or (spent and _in_use(error))


def _in_use(error: ReconcileError | None) -> bool:
    return isinstance(error, ApiError) and error.code in _IN_USE


def _fewer(members: list[Member], error: ReconcileError | None) -> list[list[Member]]:
    """What is tried next: halves, so that one who is in the way is found in few steps; or each on its own."""
    alone = isinstance(error, ApiError) and error.code == _ONE_AT_A_TIME
    size = 1 if alone else (len(members) + 1) // 2
    return [members[start : start + size] for start in range(0, len(members), size)]


def _most(operation: Operation, error: ReconcileError) -> int:
    """How many attempts this answer is worth."""
    if _in_use(error) and any(map(operation.needs_of, operation.members)):
        return ATTEMPTS_ON_RELEASE
    if isinstance(error, ApiError) and error.status == 409 and operation.step == "move":
        return ATTEMPTS_ON_RELEASE  # one move job per organisation at a time (§15): another's, or ours of before
    if isinstance(error, WaitedError):
        return ATTEMPTS_ON_RELEASE
    later = isinstance(error, TemporaryError) or (isinstance(error, ApiError) and error.retryable)
    return ATTEMPTS if later else 1
