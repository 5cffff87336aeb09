"""A plan carried out on a twin: the applier's own attempts, one operation after the other, and nothing kept of it.

One worker, so that the same plan on the same tenant meets the same refusals in the same order. Where the applier would
wait, the twin's clock goes on instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reconciler.applying.attempt import Attempts
from reconciler.applying.parked import after_parking, not_taken_back
from reconciler.applying.verdicts import unmet
from reconciler.errors import ApiError, ReconcileError
from reconciler.kinds.contract.jobs import OVER
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Member, Operation, Plan
from reconciler.model.rehearsal import RefusedStep, Rehearsal
from reconciler.planning.order import token
from reconciler.planning.parking import BACK
from reconciler.rehearsal.document import tenant_of
from reconciler.rehearsal.facts import KnownTenant, addresses, of_owner
from reconciler.rehearsal.from_snapshot import recall
from reconciler.rehearsal.from_tenant import read
from reconciler.rehearsal.replay import Replay, unfounded
from reconciler.repository import desired, store
from reconciler.runs.journal import Journal
from reconciler.runs.known import Standing
from reconciler.webex import tenant as webex
from reconciler.webex.credentials import Credentials
from reconciler.webex.tenant import TenantReader

_STATUS = "latestExecutionStatus"
_LOOKS = 5
_REFUSED = frozenset({Verdict.FAILED, Verdict.DRIFTED, Verdict.SKIPPED})


@dataclass(frozen=True)
class Stage:
    """Where a twin is served, and how its clock is moved on (seconds)."""

    credentials: Credentials
    advance: Callable[[float], None]


#: Starts a simulator with the document of a tenant.
Serve = Callable[[dict[str, Any]], AbstractContextManager[Stage]]


async def of_tenant(root: Path, reader: TenantReader, plan: Plan, serve: Serve, *, workers: int) -> Rehearsal:
    """The rehearsal of a plan on a twin of the tenant as it is now."""
    return await _on_twin(root, await read(reader, plan, workers=workers) if plan.operations else None, plan, serve)


async def of_snapshot(root: Path, plan: Plan, serve: Serve) -> Rehearsal:
    """The rehearsal of a plan on a twin of the tenant as `state/` has it."""
    known = recall(store.open(root / "state", plan.org_id), plan) if plan.operations else None
    return await _on_twin(root, known, plan, serve)


async def _on_twin(root: Path, known: KnownTenant | None, plan: Plan, serve: Serve) -> Rehearsal:
    if known is None:
        return Rehearsal(0)
    known.owner = desired.load_tenant(root).identity
    known.unknown += of_owner(plan, known.owner)
    with serve(tenant_of(known)) as stage:
        return await _carry_out(plan, stage, known)


class _Unkept(Journal):
    """Nothing of a rehearsal is evidence of anything."""

    def __init__(self) -> None:
        self.heard = lambda event, facts: None

    def record(self, event: str, **facts: Any) -> None:
        return None


class _Writer(webex.TenantWriter):
    """Remembers refusals: status and code, which the text of an outcome only repeats. Looks at a job as often as it
    takes: each look is a step of a twin's job."""

    refusals: list[ApiError]

    async def send(self, method: str, url: str, body: Any = None, **params: str) -> Any:
        try:
            return await super().send(method, url, body, **params)
        except ApiError as error:
            self.refusals.append(error)
            raise

    async def job_end(self, url: str, patience: float | None = None) -> Mapping[str, Any]:
        for _ in range(_LOOKS):
            if (await self.get(f"{self.session.BASE}{url.removeprefix(self.session.BASE)}")).get(_STATUS) in OVER:
                break
        return await super().job_end(url, patience)


async def _carry_out(plan: Plan, stage: Stage, known: KnownTenant) -> Rehearsal:
    """What the twin on that stage makes of a plan, once it has what is known of the tenant."""
    outcomes: dict[str, Outcome] = {}
    following = after_parking(plan)
    found = Rehearsal(0, unknown=list(dict.fromkeys(known.unknown)))

    async def pass_time(seconds: float) -> None:
        stage.advance(seconds)

    async with webex.writer(stage.credentials, concurrency=1, waiting=lambda *_: None) as connected:
        writer = _Writer(connected.session, connected.api)
        writer.refusals = []
        await writer.identify()
        replay = Replay(writer, stage.advance)
        different = await replay.bring(known) | await unfounded(plan, writer)
        found.unknown += [_differs(one, different[one]) for one in sorted(different.keys() - addresses(plan))]
        attempts = Attempts(writer, _Unkept(), pass_time, Standing())
        for operation in replay.plan(plan).operations:
            writer.refusals.clear()
            for outcome in await _carried_out(attempts, operation, outcomes, following, different):
                outcomes[token(outcome.address, operation.step)] = outcome
                _note(found, outcome, writer.refusals)
    return found


async def _carried_out(
    attempts: Attempts,
    operation: Operation,
    outcomes: dict[str, Outcome],
    following: Mapping[str, list[str]],
    different: Mapping[str, str],
) -> list[Outcome]:
    """The outcomes of one operation; of a member that is `different` on the twin nothing can be learned."""
    settled, ready = list[Outcome](), list[Member]()
    for member in operation.members:
        after = following.get(member.address, ())
        if operation.step == BACK and (kept := not_taken_back(operation, member, after, outcomes)):
            settled.append(kept)
        elif why := different.get(member.address, ""):
            settled.append(_outcome(operation, member.address, Verdict.STALE, why))
        elif why := unmet(operation, member, outcomes):
            settled.append(_outcome(operation, member.address, Verdict.SKIPPED, why))
        else:
            ready.append(member)
    return [*settled, *(await _written(attempts, replace(operation, members=ready)) if ready else ())]


async def _written(attempts: Attempts, operation: Operation) -> list[Outcome]:
    try:
        found = {outcome.address: outcome for outcome in await attempts.carry_out(operation)}
        waits = [m for m in operation.members if found[m.address].verdict is Verdict.CONVERGING]
        if waits:
            late = await attempts.finish(replace(operation, members=waits), last=True)
            found |= {outcome.address: outcome for outcome in late}
        return list(found.values())
    except ReconcileError as error:
        why = f"{error.what}; {error.why}" if error.why else error.what
        return [_outcome(operation, member.address, Verdict.FAILED, why) for member in operation.members]


def _outcome(operation: Operation, address: str, verdict: Verdict, why: str) -> Outcome:
    return Outcome(address, operation.id, operation.action, verdict, why)


def _differs(address: str, why: str) -> str:
    return f"{address}: the twin differs from the tenant ({why})"


def _note(found: Rehearsal, outcome: Outcome, refusals: Sequence[ApiError]) -> None:
    """A verdict becomes a line of the rehearsal; what the twin could not follow is said and counts for nothing."""
    if outcome.verdict is Verdict.STALE:
        found.unknown.append(_differs(outcome.address, outcome.why))
        return
    found.steps += 1
    if outcome.verdict not in _REFUSED:
        return
    told = RefusedStep(outcome.address, outcome.operation, outcome.action, str(outcome.verdict), outcome.why)
    if outcome.verdict is Verdict.FAILED and refusals:
        # of several in one request each has its own, when it was tried by itself
        refusal = next((one for one in reversed(refusals) if outcome.why.startswith(one.message)), refusals[-1])
        told.status, told.code, told.why = refusal.status, refusal.code, refusal.message
    found.refusals.append(told)
