"""People who go to one place share one job: what each of them comes to is their own (M7, S101, G15)."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.model.applied import Applied
from reconciler.model.control import Control, Ending
from reconciler.model.plan import Change, Plan
from reconciler.planning.order import operations
from reconciler.report.text import plan_text
from reconciler.report.view import plan_view
from reconciler.runs.known import find
from reconciler.simulator import Simulator, generate_tenant
from reconciler.simulator.core import ids
from tests.engine.test_resume import cut_off
from tests.support.budget import check_calls, least_writes
from tests.support.live import Live

HERE, THERE = "Site 001", "Site 002"
MOVERS = [f"person{n:06}@example.com" for n in (4, 6, 8, 12, 16)]
FIRST, BAD = MOVERS[0], MOVERS[2]
ROUTE = "/telephony/config/jobs/person/moveLocation"
JOBS = f"POST {ROUTE}"
TENANT = generate_tenant(people=16, locations=2, workspaces=0, seed=1)


@pytest.fixture
def office(server: Simulator, tmp_path: Path) -> Live:
    """Five people without numbers are to move to another place, where each gets an extension."""
    live = Live(server, tmp_path, TENANT)
    people = [{"email": one, "location": THERE, "extension": f"7{nth:03}"} for nth, one in enumerate(MOVERS)]
    live.describe({"people": people})
    return live


def applied_after(live: Live, meanwhile: Callable[[], object], **how: Any) -> Applied:
    plan = live.plan()
    meanwhile()
    live.forget()
    return live.apply(plan, **how)


def verdicts(applied: Applied) -> dict[str, str]:
    return {outcome.address.partition("/")[2]: str(outcome.verdict) for outcome in applied.outcomes}


def all_but(verdict: str, *who: str) -> dict[str, str]:
    return {one: verdict if one in who else "verified" for one in MOVERS}


def place(live: Live, email: str) -> str:
    state = live.state()
    calling = next(one["calling"] for one in state["people"] if email in one["emails"])
    return str(next(one["name"] for one in state["locations"] if one["id"] == calling["location"]))


def person(live: Live, email: str) -> str:
    return ids.encode("PEOPLE", next(one["id"] for one in live.state()["people"] if email in one["emails"]))


def change(live: Live, email: str, **fields: Any) -> None:
    """By another admin, long enough ago for everybody to read it."""
    url = f"/people/{person(live, email)}?callingData=true"
    live.server.edit("PUT", url, {**live.server.edit("GET", url), **fields})
    live.server.advance(60)


def take_extension(live: Live, extension: str, who: str = "person000003@example.com") -> None:
    """Somebody at the target gets the extension that one of them was to get."""
    change(live, who, extension=extension)


def lines(applied: Applied, name: str) -> list[str]:
    return (applied.folder / f"{applied.folder.name}_{name}").read_text("utf-8").splitlines()


def test_m7_people_who_go_to_one_place_are_one_job(office: Live) -> None:
    plan = office.plan()
    (operation,) = plan.operations
    assert [member.address for member in operation.members] == [f"person/{one}" for one in MOVERS]
    assert "1 person update (move) (5 resources)" in plan_text(plan_view(plan), color=False)
    assert Plan.loads(plan.dumps(), "plan.json").dumps() == plan.dumps()
    office.forget()
    applied = office.apply(plan)
    assert verdicts(applied) == all_but("verified")
    assert office.writes() == {JOBS: 1} and least_writes(plan) == 1
    check_calls(plan, office.requests())
    assert office.requests()["GET /people"] == 2  # compared and read back, all of them at once
    assert {place(office, one) for one in MOVERS} == {THERE}
    (intent,) = [record for record in find(office.root).kept.records if record["event"] == "intent"]
    assert [member["before"]["location"] for member in intent["members"]] == [HERE] * 5
    rows = list(csv.DictReader(lines(applied, "ok.csv")))
    assert len(rows) == 5 and {row["action"] for row in rows} == {"update"}
    assert applied.summary["totals"]["executed"] == 5
    assert office.plan().operations == []


def test_m7_a_job_takes_a_hundred(server: Simulator, tmp_path: Path) -> None:
    fields = {"location": THERE, "extension": "1"}
    changes = [
        Change(f"person/{n:03}", "person", f"{n:03}", "update", "", want=fields, before={"location": HERE})
        for n in range(230)
    ]
    assert [len(operation.members) for operation in operations(changes)] == [100, 100, 30]


def test_s101_an_item_error_is_one_persons(office: Live) -> None:
    def taken() -> None:
        take_extension(office, "7002")
        take_extension(office, "7003", "person000005@example.com")

    applied = applied_after(office, taken)
    bad = {f"person/{MOVERS[n]}": f"already assigned to a user : 700{n} (4202)" for n in (2, 3)}
    assert verdicts(applied) == all_but("failed", *MOVERS[2:4]) and office.writes() == {JOBS: 1}
    failed = {outcome.address: outcome.why for outcome in applied.outcomes if outcome.verdict == "failed"}
    for address, why in failed.items():  # its own reason, and not the other's
        assert bad[address] in why and why.count("already assigned") == 1
    assert [json.loads(line)["address"] for line in lines(applied, "error.jsonl")] == list(bad)
    again = pipeline.retry(office.root, "last")
    assert [[m.address for m in operation.members] for operation in again.operations] == [list(bad)]


def test_s89_who_was_changed_since_the_plan_is_left_out(office: Live) -> None:
    applied = applied_after(office, lambda: change(office, BAD, extension="7999"))
    assert verdicts(applied) == all_but("stale", BAD) and office.writes() == {JOBS: 1}
    assert place(office, BAD) == HERE


@pytest.mark.parametrize(
    ("switch", "position", "posts", "who"),
    [("move_users_refused", "request", 5, [BAD]), ("move_users_at_once", "1", 6, [])],
    ids=["one is in the way of all", "one at a time"],
)
def test_s101_a_job_that_is_refused_as_a_whole_is_tried_in_parts(
    switch: str, position: str, posts: int, who: list[str], office: Live
) -> None:
    """Halves: all five and the first three are refused, two go, the one is refused, the last two go."""
    office.server.turn(switch, position)
    applied = applied_after(office, lambda: take_extension(office, "7002") if who else None)
    assert verdicts(applied) == all_but("failed", *who)
    assert office.writes()[JOBS] == posts
    assert all("already assigned to a user : 7002" in one.why for one in applied.outcomes if one.verdict == "failed")
    assert len(lines(applied, "ok.csv")) == 1 + 5 - len(who)
    errors = {one["address"]: one["error"] for one in applied.summary["results"] if one["error"]}
    assert [address.partition("/")[2] for address in errors] == who  # although the last request was a success


def test_s101_who_needs_what_failed_is_skipped_and_nobody_else(office: Live) -> None:
    """Each of two gets a new number; of one number somebody else was quicker."""
    mine, theirs = "+15550000701", "+15550000702"
    movers = {FIRST: mine, BAD: theirs}
    people = [
        {"email": one, "location": THERE, "extension": f"7{n[-3:]}", "phone_number": n} for one, n in movers.items()
    ]
    office.describe(
        {"people": people, "numbers": [{"number": number, "location": THERE} for number in movers.values()]}
    )
    url = f"/telephony/config/locations/{ids.encode('LOCATION', TENANT['locations'][0]['id'])}/numbers"
    body = {"phoneNumbers": [theirs], "state": "ACTIVE"}
    applied = applied_after(office, lambda: office.server.edit("POST", url, body))
    assert verdicts(applied) == {mine: "verified", theirs: "stale", FIRST: "verified", BAD: "skipped"}
    (skipped,) = [outcome for outcome in applied.outcomes if outcome.verdict == "skipped"]
    assert skipped.why == f"needs number/{theirs}, which is stale"
    assert office.writes()[JOBS] == 1 and place(office, BAD) == HERE


@pytest.mark.parametrize(("event", "more"), [("intent", 1), ("job", 0), ("acknowledged", 0), ("outcome", 0)])
def test_s98_killed_anywhere_nobody_is_moved_twice(
    event: str, more: int, office: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of them is stale: left out of the job, and not taken for done or failed afterwards."""
    plan = office.plan()
    change(office, BAD, extension="7999")
    monkeypatch.setattr(office, "plan", lambda: plan)
    cut_off(office, monkeypatch, lambda happened, _: happened == event)
    applied = office.resume()
    assert verdicts(applied) == all_but("stale", BAD)
    assert office.writes() == ({JOBS: more} if more else {})
    assert {place(office, one) for one in MOVERS if one != BAD} == {THERE}
    written = [one.address for one in applied.outcomes if one.wrote]
    assert len(written) == 4 and len(lines(applied, "ok.csv")) == 5


def test_s98_killed_between_two_parts(office: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first ones have moved, the next are at it, the last were never sent: resume does what is left of it."""
    office.server.turn("move_users_at_once", "1")
    jobs = []
    cut_off(
        office, monkeypatch, lambda happened, facts: happened == "job" and bool(jobs.append(facts) or len(jobs) > 3)
    )
    standing = find(office.root).standing
    (at,) = standing.under_way.values()
    assert len(at) == 1 and len(next(iter(standing.doubt.values()))) == 4
    applied = office.resume()
    assert verdicts(applied) == all_but("verified") and all(one.wrote for one in applied.outcomes)
    assert len(lines(applied, "ok.csv")) == 6


def test_s102_no_job_is_begun_while_another_of_the_same_people_runs(office: Live) -> None:
    office.server.turn("move_users_at_once", "1")
    applied = applied_after(office, lambda: None, control=Control(converge_timeout=0))
    assert sorted(verdicts(applied).values()) == ["converging", *["skipped"] * 4]
    assert office.writes() == {JOBS: 2}  # all five, refused, and the first
    done = office.resume()
    assert verdicts(done) == all_but("verified") and office.writes() == {JOBS: 2 + 1 + 4}


@pytest.mark.parametrize("do", [{"drop": "after"}, {"status": 502, "drop": "after"}], ids=str)
def test_s98_a_lost_answer_waits_for_the_job(do: dict[str, Any], office: Live) -> None:
    """The job was begun, and nobody has heard of it: it is looked for, and not begun again."""
    office.server.faults([{"match": {"method": "POST", "route": ROUTE}, "nth": 1, "do": do}])
    applied = applied_after(office, lambda: None)
    office.server.no_faults()
    assert verdicts(applied) == all_but("verified") and office.writes() == {JOBS: 1}


def test_s102_a_job_that_takes_too_long_is_finished_by_reading(office: Live) -> None:
    control = Control(converge_timeout=0)
    applied = applied_after(office, lambda: change(office, BAD, extension="7999"), control=control)
    others = {one: "stale" if one == BAD else "converging" for one in MOVERS}
    assert verdicts(applied) == others and applied.ending is Ending.CONVERGING
    done = office.resume()
    assert verdicts(done) == all_but("stale", BAD) and office.writes() == {JOBS: 1}


def test_g15_one_job_takes_them_all_back(office: Live) -> None:
    before = {one: place(office, one) for one in MOVERS}
    office.apply(office.plan())
    back = asyncio.run(pipeline.undo(office.root, office.tenant, "last"))
    office.forget()
    assert verdicts(office.apply(back)) == all_but("verified") and office.writes() == {JOBS: 1}
    assert {one: place(office, one) for one in MOVERS} == before
