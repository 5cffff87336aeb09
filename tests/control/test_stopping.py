"""When a run stops by itself: too many failures, the first one, a canary that is not well; and how it goes on."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.applying import chunks
from reconciler.model.control import Canary, Ending, Threshold
from reconciler.model.plan import Operation
from reconciler.runs import pause_file
from reconciler.runs.known import find, runs
from reconciler.webex.connection import Connection
from tests.control.conftest import verdicts


def test_s95_too_many_failures_pause_before_the_next_chunk(rooms: Any) -> None:
    """60 % fail; with nobody at a terminal the run ends there, to be resumed."""
    office = rooms(40)
    office.fail(*(n for n in range(1, 41) if n % 5 < 3))
    applied = office.apply(chunk_size=20)
    assert applied.ending is Ending.PAUSED
    assert "of the last 20 operations failed" in applied.why
    done = verdicts(applied)
    assert done["skipped"] >= 20 - office.tenant.workers and done["failed"] == 12
    assert len(office.told("chunk_started")) == 1, "the next chunk did not begin"
    assert find(office.root).ending == ("paused", applied.why)
    office.server.no_faults()
    before = len(office.writes())
    resumed = office.resume()
    assert verdicts(resumed) == {"failed": 12, "verified": 28} and resumed.ending is Ending.FINISHED
    assert len(office.writes()) == before + done["skipped"]


@pytest.mark.parametrize(("failing", "window", "stops"), [(9, 20, False), (10, 20, True), (3, 5, True), (2, 5, False)])
def test_s95_the_threshold_is_what_was_asked_for(rooms: Any, failing: int, window: int, stops: bool) -> None:
    office = rooms(25)
    office.fail(*range(1, failing + 1))
    applied = office.apply(chunk_size=5, pause=Threshold(0.5, window))
    assert (applied.ending is Ending.PAUSED) == stops
    assert ("skipped" in verdicts(applied)) == stops


def test_s95_off_never_pauses(rooms: Any) -> None:
    office = rooms(25)
    office.fail(*range(1, 26))
    assert verdicts(office.apply(pause=None)) == {"failed": 25}


def test_s95_somebody_at_a_terminal_is_waited_for(rooms: Any) -> None:
    """The run waits with its lock; the answer comes from another terminal."""
    office = rooms(30)
    office.fail(*range(1, 13))

    def answer_after_an_hour(event: str, facts: Any) -> None:
        if event == "paused":
            folder = find(office.root).folder
            office.simulation.loop.call_later(3600, pause_file.go_on, folder)

    applied = office.apply(None, answer_after_an_hour, attended=True, chunk_size=10, timeout=600.0)
    assert applied.ending is Ending.FINISHED and verdicts(applied) == {"failed": 12, "verified": 18}
    (paused,), (resumed,) = office.told("paused"), office.told("resumed")
    assert "operations failed" in paused["why"] and resumed["now"] - paused["now"] > 3599
    assert {beat["state"] for beat in office.told("heartbeat") if beat["now"] > paused["now"] + 20} == {"paused"}


def test_s96_fail_fast_stops_after_the_first_grave_error(rooms: Any) -> None:
    office = rooms(30)
    office.fail(4)
    applied = office.apply(chunk_size=10, fail_fast=True)
    (failed,) = (one.address for one in applied.outcomes if one.verdict == "failed")  # whose write was the fourth
    assert applied.ending is Ending.STOPPED and applied.why == f"stopped at the first failure: {failed}"
    done = verdicts(applied)
    assert done["failed"] == 1 and done["verified"] <= 3 + office.tenant.workers, "only what was under way ended"
    assert done["skipped"] == 30 - 1 - done["verified"]
    assert len(office.writes()) == 1 + done["verified"]
    office.server.no_faults()
    assert verdicts(office.resume()) == {"failed": 1, "verified": 29}


def test_s94_no_end_is_foretold_from_the_first_few_nor_after_the_end_was_asked_for(rooms: Any) -> None:
    """Several begin at once and end at once, so the first of them say nothing of the pace."""
    office = rooms(30)
    office.fail(21)
    office.apply(fail_fast=True)
    etas = [beat["eta"] for beat in office.told("operation_outcome")]
    first = office.tenant.workers - 1
    assert etas[:first] == [None] * first and all(etas[first:20]) and etas[21:] == [None] * len(etas[21:])
    assert max(etas[first:20]) < 2 * (30 - first) / first * max(1, etas[19])


def test_s96_a_stale_operation_is_no_error_of_ours(rooms: Any) -> None:
    office = rooms(10)
    plan = office.plan()
    room = next(one for one in office.server.state()["workspaces"] if one["displayName"] == "Room 0002")
    office.server._tenant.store.workspaces[room["id"]]["capacity"] = 99
    applied = office.apply(plan, fail_fast=True)
    assert verdicts(applied) == {"stale": 1, "verified": 9} and applied.ending is Ending.FINISHED


@pytest.mark.parametrize(("asked", "first"), [(Canary(3), 3), (Canary(part=0.1), 2), (Canary(part=0.001), 1)])
def test_m21_a_canary_that_is_not_well_bounds_the_damage(rooms: Any, asked: Canary, first: int) -> None:
    office = rooms(20)
    office.fail(first)
    applied = office.apply(canary=asked)
    assert applied.ending is Ending.PAUSED and f"1 of {first} results of the canary" in applied.why
    assert len(office.writes()) == first and verdicts(applied)["skipped"] == 20 - first
    office.server.no_faults()
    assert verdicts(office.resume()) == {"failed": 1, "verified": 19}


def test_m21_a_canary_that_is_well_is_followed_by_the_rest(rooms: Any) -> None:
    office = rooms(20)
    applied = office.apply(canary=Canary(2), chunk_size=10)
    assert verdicts(applied) == {"verified": 20}
    started = office.told("chunk_started")
    assert [(len(one["operations"]), one["canary"]) for one in started] == [(2, True), (10, False), (8, False)]
    done = [(name, facts["now"]) for name, facts in office.events if name in ("chunk_started", "chunk_done")]
    assert done[1][1] <= done[2][1], "the canary was read back before anything else began"


def test_m21_a_write_without_effect_is_no_success(rooms: Any) -> None:
    office = rooms(8)
    office.fail(1, silent=True)
    applied = office.apply(canary=Canary(1))
    assert applied.ending is Ending.PAUSED and verdicts(applied) == {"drifted": 1, "skipped": 7}


def test_chunks_keep_waves_apart_and_end_with_the_canary() -> None:
    operations = [Operation(str(n), "location", "update", [], [], wave=1 + (n > 6)) for n in range(10)]
    assert [len(chunk) for chunk in chunks(operations, 4)] == [4, 3, 3]
    assert [len(chunk) for chunk in chunks(operations, 4, first=2)] == [2, 4, 1, 3]
    assert [len(chunk) for chunk in chunks(operations, 4, first=9)] == [4, 3, 2, 1]


def test_nothing_is_said_twice_of_what_did_not_begin(rooms: Any) -> None:
    """One record and one event for all of it, of the chunk that was under way too, however many they are."""
    office = rooms(30)
    office.fail(1)
    skipped = verdicts(office.apply(fail_fast=True, chunk_size=8))["skipped"]
    records = next(iter(runs(office.root))).kept.records
    (left,) = [record for record in records if record["event"] == "not begun"]
    assert len(left["operations"]) == skipped > 22 and left["why"] == office.told("operations_left")[0]["why"]
    assert not [record for record in records if record.get("verdict") == "skipped"]
    chunks = [len(record["operations"]) for record in records if record["event"] == "chunk done"]
    assert chunks == [30 - skipped], "the board knows no error but the one"
    assert office.told("operation_outcome")[-1]["done"] == 30 - skipped, "what did not begin is not done"


def test_what_did_not_reach_the_tenant_is_left_for_resume(rooms: Any) -> None:
    """One write that nobody answered, however often: no verdict on it, so the run is not finished."""
    office = rooms(4)
    plan = office.plan()
    route = {"method": "*", "route": "/workspaces/{workspaceId}"}
    away = {"match": route, "nth": 1, "times": 4, "do": {"drop": "before"}}  # as often as it is asked for one room
    office.tenant = Connection(office.tenant.credentials, office.tenant.waiting, workers=1)
    office.server.faults([away])
    applied = office.apply(plan)
    assert verdicts(applied)["failed"] >= 1 and applied.ending is Ending.STOPPED
    assert applied.why == "1 result for want of a way to the tenant: resume tries again"
    run = find(office.root)
    assert run.standing.left and run.ending[0] == "stopped"
    office.server.no_faults()
    assert verdicts(office.resume()) == {"verified": 4} and office.larger() == 4
