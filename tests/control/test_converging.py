"""What the tenant finishes later: polled with a deadline, told as it proceeds, finished by resume with reads alone."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.control import Ending
from reconciler.model.outcome import Verdict
from reconciler.runs.journal import Journal
from reconciler.runs.known import find
from reconciler.simulator.core import ids
from tests.control.conftest import verdicts

MOVE, JOBS = "POST /telephony/config/jobs/person/moveLocation", "/telephony/config/jobs/person/moveLocation/{jobId}"
ANA = "person000004@example.com"


def moving(rooms: Any, pace: str = "clock") -> Any:
    """One person is to move, which takes a job of 20 s; another one is renamed meanwhile."""
    office = rooms(1, people=6)
    office.server.turn("job_pace", pace)
    office.describe(
        {
            "people": [
                {"email": ANA, "location": "Site 002", "extension": "2009"},
                {"email": "person000002@example.com", "display_name": "Renamed"},
            ]
        }
    )
    return office


def posted(office: Any) -> int:
    return sum(f"{one['method']} {one['route']}" == MOVE for one in office.server.log())


def test_s102_a_job_is_seen_from_queued_to_success(rooms: Any) -> None:
    office = moving(rooms, pace="look")
    assert set(verdicts(office.apply())) == {"verified"}
    assert [job["state"] for job in office.told("job")] == ["queued", "running", "success"]
    run = find(office.root)
    states = [record["state"] for record in run.kept.records if record["event"] == "job"]
    assert states == ["queued", "running", "success"] and posted(office) == 1


def test_s102_a_job_that_fails_is_an_error_with_its_reason(rooms: Any) -> None:
    office = moving(rooms)
    office.server.turn("job_item_errors", "first")
    applied = office.apply()
    assert [job["state"] for job in office.told("job")][-1] == "error"
    (failed,) = [outcome for outcome in applied.outcomes if outcome.verdict is Verdict.FAILED]
    assert failed.address == f"person/{ANA}" and "the job has item errors; Error occurred while moving" in failed.why


def test_s102_a_job_that_takes_too_long_ends_the_waiting_and_resume_only_reads(rooms: Any) -> None:
    """The deadline passes: an exit code of its own, nothing sent a second time, and the end is found later."""
    office = moving(rooms)
    applied = office.apply(converge_timeout=2.0)
    assert applied.ending is Ending.CONVERGING and verdicts(applied)["converging"] == 1
    run = find(office.root)
    assert next(iter(run.standing.converging.values())).startswith("/telephony/config/jobs/person/moveLocation/")
    assert run.ending[0] == "converging" and not run.standing.doubt
    early = office.resume(converge_timeout=1.0)
    assert early.ending is Ending.CONVERGING
    office.simulation.wait(60)
    assert posted(office) == 1
    before = len(office.writes())
    done = office.resume()
    assert done.ending is Ending.FINISHED and set(verdicts(done)) == {"verified"}
    assert len(office.writes()) == before, "resume has only read"
    assert find(office.root).standing.left == []


def test_s102_what_needs_it_waits_for_it(rooms: Any) -> None:
    """The late step of a change begins when the job is over, in the same run or in the next."""
    office = moving(rooms)
    office.describe(
        {
            "people": [
                {
                    "email": ANA,
                    "location": "Site 002",
                    "extension": "2009",
                    "forwarding": {"always": {"destination": "2001"}},
                }
            ]
        }
    )
    plan = office.plan()
    assert len(plan.operations) > 1
    applied = office.apply(plan, converge_timeout=2.0)
    assert verdicts(applied)["converging"] == 1 and verdicts(applied)["skipped"] >= 1
    office.simulation.wait(60)
    assert set(verdicts(office.resume())) == {"verified"} and posted(office) == 1


@pytest.mark.parametrize("ends", ["none", "first"])
def test_killed_while_it_waits_for_a_job(rooms: Any, monkeypatch: pytest.MonkeyPatch, ends: str) -> None:
    """The journal knows the job: no second one is begun, however the first one ends."""
    office = moving(rooms)
    office.server.turn("job_item_errors", ends)
    plan = office.plan()
    record = Journal.record

    class Stopped(BaseException):
        """Pulled out."""

    def cut(journal: Journal, event: str, **facts: Any) -> None:
        if event != "run started" and any(one["event"] == "job" for one in find(office.root).kept.records):
            raise Stopped
        record(journal, event, **facts)

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "record", cut)
        with pytest.raises(Stopped):
            office.apply(plan)
    assert posted(office) == 1
    resumed = office.resume()
    assert posted(office) == 1
    assert set(verdicts(resumed)) == ({"verified"} if ends == "none" else {"verified", "failed"})
    assert ends == "none" or any("the job has item errors" in outcome.why for outcome in resumed.outcomes)


@pytest.mark.parametrize(("seconds", "verdict"), [(10, "verified"), (60, "verified"), (3600, "drifted")])
def test_what_shows_late_is_waited_for(rooms: Any, seconds: int, verdict: str) -> None:
    """A success that cannot be seen yet is none, and no failure either, for two minutes."""
    office = rooms(1, people=6)
    office.describe({"people": [{"email": ANA, "display_name": "Renamed"}]})
    plan = office.plan()
    office.server.faults([{"match": {"method": "PUT", "route": "/people/{personId}"}, "do": {"later": seconds}}])
    applied = office.apply(plan)
    assert verdicts(applied) == {verdict: 1} and len(office.writes()) == 1
    said = [outcome["verdict"] for outcome in office.told("operation_outcome")]
    assert said == ([verdict] if seconds < 15 else ["converging", verdict])
    assert office.told("operation_outcome")[-1]["done"] == 1, "one result, told twice"


@pytest.mark.parametrize("later", [0, 200])
def test_what_is_not_waited_for_is_finished_by_resume(rooms: Any, later: float) -> None:
    """Whether it is to be seen by then or not: it is read until it is, and not written again."""
    office = rooms(1, people=6)
    office.describe({"people": [{"email": ANA, "display_name": "Renamed"}]})
    plan = office.plan()
    office.server.faults([{"match": {"method": "PUT", "route": "/people/{personId}"}, "do": {"later": 100}}])
    applied = office.apply(plan, converge_timeout=0.0)
    assert applied.ending is Ending.CONVERGING and verdicts(applied) == {"converging": 1}
    office.simulation.wait(later)
    assert verdicts(office.resume()) == {"verified": 1} and len(office.writes()) == 1
    assert find(office.root).standing.verdicts == {"verified": 1}


def test_s102_who_is_stale_is_not_waited_for_with_the_others(rooms: Any) -> None:
    """Three share a job; one was changed since the plan. The job outlasts its deadline and ends in the same run."""
    office = rooms(1, people=12)
    office.server.turn("job_pace", "clock")
    who = [f"person{n:06}@example.com" for n in (4, 6, 8)]
    office.describe(
        {"people": [{"email": one, "location": "Site 002", "extension": f"800{n}"} for n, one in enumerate(who)]}
    )
    plan = office.plan()
    key = next(person["id"] for person in office.server.state()["people"] if who[1] in person["emails"])
    url = f"/people/{ids.encode('PEOPLE', key)}?callingData=true"
    office.server.edit("PUT", url, {**office.server.edit("GET", url), "extension": "8999"})
    office.simulation.wait(60)
    applied = office.apply(plan, converge_timeout=12.0)
    assert {outcome.address: str(outcome.verdict) for outcome in applied.outcomes} == {
        f"person/{one}": "stale" if one == who[1] else "verified" for one in who
    }
    assert posted(office) == 1
