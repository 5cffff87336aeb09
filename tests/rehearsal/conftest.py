"""A live tenant, and a second simulator on which twins of it are served."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from reconciler import pipeline, rehearsal
from reconciler.model.control import Control
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Plan
from reconciler.model.rehearsal import Rehearsal
from reconciler.planning.order import operations
from reconciler.simulator import Simulator, sample_tenant
from reconciler.simulator.core import form
from reconciler.webex import tenant as webex
from reconciler.webex.credentials import Credentials
from tests.support.live import PROMPT, Live

Json = dict[str, Any]
Rehearse = Callable[..., Rehearsal]
LAST_LOOK = "and at the end of the run"
NOT_THERE = {Verdict.FAILED, Verdict.DRIFTED, Verdict.SKIPPED}


@pytest.fixture(scope="session")
def scene() -> Iterator[Simulator]:
    with Simulator(sample_tenant()) as running:
        yield running


@pytest.fixture
def prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits: what is refused for the moment only is sent again at once."""
    monkeypatch.setattr("reconciler.applying.attempt.FIRST_PAUSE", 0.0)
    monkeypatch.setattr("reconciler.applying.schedule.SETTLING", (0.0,))


@pytest.fixture
def rehearse(scene: Simulator) -> Rehearse:
    """Read the live tenant, serve its twin, carry the plan out on it. The live one sees nothing but GETs. Both stand at
    the same switches; a twin of somebody's tenant stands at the defaults (`prompt=False`)."""

    def run(live: Live, plan: Plan, *, offline: bool = False, prompt: bool = True) -> Rehearsal:
        @contextmanager
        def serve(document: Json) -> Iterator[rehearsal.Stage]:
            scene.load(form.check({**document, "switches": {**document["switches"], **(PROMPT if prompt else {})}}))
            scene.run_clock(0)
            yield rehearsal.Stage(Credentials(scene.base_url, scene.token), scene.advance)

        live.forget()
        tenant = None if offline else live.tenant
        found = asyncio.run(pipeline.rehearse(live.root, tenant, plan, serve))
        assert live.writes() == {} and (live.requests() == {} or not offline)
        return found

    return run


async def known_of(live: Live, plan: Plan) -> rehearsal.KnownTenant:
    async with webex.reader(live.tenant.credentials, concurrency=8, waiting=lambda *_: None) as reader:
        await reader.identify()
        return await rehearsal.read(reader, plan, workers=8)


def twin_of(live: Live, scene: Simulator) -> Live:
    """The tenant that the scene serves, to be read like a live one."""
    twin = Live.__new__(Live)
    twin.root = live.root
    served = replace(live.tenant.credentials, url=scene.base_url, token=scene.token)
    twin.tenant = replace(live.tenant, credentials=served)
    return twin


def brought(scene: Simulator, known: rehearsal.KnownTenant) -> dict[str, str]:
    """Serve the twin of what is known; what is on it not as in the tenant, and why."""
    scene.load(form.check(rehearsal.tenant_of(known)))
    scene.run_clock(0)

    async def bring() -> dict[str, str]:
        credentials = Credentials(scene.base_url, scene.token)
        async with webex.writer(credentials, concurrency=1, waiting=lambda *_: None) as writer:
            await writer.identify()
            return await rehearsal.Replay(writer, scene.advance).bring(known)

    return asyncio.run(bring())


def unguarded(plan: Plan) -> Plan:
    """The same plan as if no guard had looked at it: everything becomes an operation."""
    changes = [replace(change, blocked="") for change in plan.changes]
    return replace(plan, changes=changes, operations=operations(changes), findings=[])


def applied(live: Live, plan: Plan) -> list[Outcome]:
    """By one worker, so that it is the same of two who want the same that gets it; failures are no reason to pause."""
    live.tenant = replace(live.tenant, workers=1)
    return live.apply(plan, control=Control(pause=None)).outcomes


def agree(found: Rehearsal, outcomes: list[Outcome]) -> None:
    """Every step that would not come about does not come about, for the same reason; and the other way round. What the
    plan itself makes stale, because no guard has looked at it, is stale on both. What was as wanted and is lost by the
    end of the run, with what nobody describes, is accepted by the twin: nobody looks once more there."""
    told = {(one.operation, one.address): one for one in found.refusals}
    stale = [one for one in outcomes if one.verdict == "stale"]
    differing = {line for line in found.unknown if "differs from the tenant" in line}
    assert differing == {f"{one.address}: the twin differs from the tenant ({one.why})" for one in stale}
    outcomes = [one for one in outcomes if one not in stale]
    assert found.steps == len(outcomes)
    for outcome in outcomes:
        outcome = replace(outcome, verdict=Verdict.VERIFIED) if LAST_LOOK in outcome.why else outcome
        one = told.pop((outcome.operation, outcome.address), None)
        assert (one.verdict if one else "verified") == outcome.verdict, (outcome, one)
        if one:
            code = f", code {one.code}" if one.code else ""
            said = f"{one.why} (HTTP {one.status}{code})" if one.status else one.why
            assert _masked(outcome.why).startswith(_masked(said)), (outcome, one)
    assert told == {}


def _masked(text: str) -> str:
    """What is new in the tenant has another uuid on its twin."""
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<uuid>", text)
