"""S92: what hangs ends its chunk, or the run; the rest goes on, and nothing is written twice."""

from __future__ import annotations

from typing import Any

from reconciler.model.control import Ending
from reconciler.runs.known import find
from tests.control.conftest import verdicts

HANGS = {"delay": 100_000.0}


def test_s92_a_hanging_endpoint_ends_its_chunk_and_the_job_goes_on(rooms: Any) -> None:
    office = rooms(15)
    office.fail(3, **HANGS)
    applied = office.apply(chunk_size=5, chunk_timeout=20.0)
    assert verdicts(applied) == {"unknown": 1, "verified": 14}
    assert applied.ending is Ending.STOPPED and "1 operation ran out of time (--chunk-timeout)" in applied.why
    assert len(office.told("chunk_done")) == 3 and 20 <= office.simulation.now < 40
    run = find(office.root)
    assert list(run.standing.doubt) == [run.standing.left[0].id], "sent, and nobody knows whether it arrived"
    office.server.no_faults()
    office.server.reset_requests()
    resumed = office.resume()
    assert verdicts(resumed) == {"verified": 15} and resumed.ending is Ending.FINISHED
    assert len(office.writes()) == 1 and office.larger() == 15


def test_s92_what_arrived_all_the_same_is_found_and_not_written_again(rooms: Any) -> None:
    office = rooms(3)
    plan = office.plan()
    office.fail(2, delay=30.0)  # carried out, and answered after the chunk has ended
    assert verdicts(office.apply(plan, chunk_timeout=10.0)) == {"unknown": 1, "verified": 2}
    office.simulation.wait(60)
    office.server.reset_requests()
    assert verdicts(office.resume()) == {"verified": 3}
    assert office.writes() == []


def test_s92_the_whole_run_has_a_time_too(rooms: Any) -> None:
    office = rooms(12)
    office.fail(6, **HANGS)
    applied = office.apply(chunk_size=4, timeout=30.0)
    assert applied.ending is Ending.STOPPED and applied.why == "the time was up (--timeout 30s)"
    assert verdicts(applied) == {"skipped": 4, "unknown": 1, "verified": 7}
    assert 30 <= office.simulation.now < 40
    assert {o.why for o in applied.outcomes if o.verdict == "skipped"} == {applied.why}
    office.server.no_faults()
    assert verdicts(office.resume()) == {"verified": 12}


def test_s92_without_a_limit_the_call_itself_ends_it(rooms: Any) -> None:
    """The answer is given up after --call-timeout; the reading that follows decides."""
    office = rooms(2)
    office.fail(1, **HANGS)
    assert verdicts(office.apply()) == {"verified": 2}
    assert office.simulation.now > 120
