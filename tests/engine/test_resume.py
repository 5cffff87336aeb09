"""What resume does with an interrupted run, and what it does not: seen from the tenant's log."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.applying import Steering
from reconciler.errors import AuthError, LockedError, ReconcileError, StaleError, UsageError
from reconciler.model.applied import Applied
from reconciler.model.control import Ending
from reconciler.model.plan import Plan
from reconciler.runs import known as runs
from reconciler.runs import lock
from reconciler.runs.journal import Journal, broken_at, read
from reconciler.simulator import Simulator, generate_tenant
from reconciler.simulator.core import ids
from reconciler.webex.connection import Connection
from tests.support.live import Live
from tests.support.state import value_at

HERE = "Site 002"
PRO = "Webex Calling - Professional"
ROOM = "workspaces/Room 0001"
DESIRED: dict[str, Any] = {
    "people": [{"email": f"new{n}@example.com", "first_name": "Nia", "location": HERE, "extension": f"200{n}",
                "licenses": [PRO]} for n in range(3)],
    "workspaces": [{"name": "Room 0001", "capacity": 7}, {"name": "Quiet corner"}],
}  # fmt: skip


class Stopped(BaseException):
    """The plug is pulled: nothing of the program runs after it."""


@pytest.fixture
def office(server: Simulator, tmp_path: Path) -> Live:
    live = Live(server, tmp_path, generate_tenant(people=2, locations=2, workspaces=2, seed=1))
    live.describe(DESIRED)
    return live


def cut_off(
    live: Live, monkeypatch: pytest.MonkeyPatch, when: Callable[[str, dict[str, Any]], bool], chunk_size: int = 50
) -> None:
    """Apply, and lose all power at the first record of which `when` holds, after it is on the disk."""
    record = Journal.record
    dead = False

    def failing(journal: Journal, event: str, **facts: Any) -> None:
        nonlocal dead
        if dead:
            raise Stopped
        record(journal, event, **facts)
        dead = when(event, facts)
        if dead:
            raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "record", failing)
        with pytest.raises(Stopped):
            live.apply(live.plan(), chunk_size)
    _quiet(live)
    live.forget()


def _quiet(live: Live) -> None:
    """Until what was under way when the power went has arrived; nothing else tells when that is."""
    for _ in range(50):
        before = len(live.server.log())
        time.sleep(0.02)
        if len(live.server.log()) == before:
            return


def resume(live: Live, name: str = "last") -> Applied:
    return live.resume(name)


def verdicts(applied: Applied) -> dict[str, str]:
    return {outcome.address: str(outcome.verdict) for outcome in applied.outcomes}


def about(address: str, event: str) -> Callable[[str, dict[str, Any]], bool]:
    def when(happened: str, facts: dict[str, Any]) -> bool:
        addresses = [facts.get("address"), *(member["address"] for member in facts.get("members", ()))]
        return happened == event and address in addresses

    return when


def test_what_is_done_is_not_even_read_again(office: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(office, monkeypatch, about("workspace/Quiet corner", "outcome"), chunk_size=1)
    standing = runs.find(office.root).standing
    assert len(standing.settled) == 4 and [operation.id for operation in standing.left] == ["workspace/Room 0001"]
    applied = resume(office)
    assert set(verdicts(applied).values()) == {"verified"} and len(applied.outcomes) == 5
    assert office.writes() == {"PUT /workspaces/{workspaceId}": 1}
    assert not [route for route in office.requests() if "/people" in route]
    assert json.loads((applied.folder / "summary.json").read_text())["totals"]["executed"] == 5


def test_killed_before_its_books_were_closed(office: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(office, monkeypatch, lambda event, _: event == "run ended")
    run = runs.find(office.root)
    assert run.standing.left == [] and not run.ended
    applied = resume(office)
    assert office.server.log() == []
    assert runs.find(office.root).ended
    assert json.loads((applied.folder / "summary.json").read_text())["totals"]["executed"] == 5


def test_a_finished_run_is_left_alone(office: Live) -> None:
    office.apply(office.plan())
    journal = runs.find(office.root).kept.path.read_bytes()
    office.forget()
    applied = resume(office)
    assert set(verdicts(applied).values()) == {"verified"}
    assert office.requests() == {} and office.server.log() == []
    assert runs.find(office.root).kept.path.read_bytes() == journal


def test_somebody_elses_change_in_between_is_not_overwritten(office: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """The write is in doubt, and the value is neither that of before nor ours."""
    cut_off(office, monkeypatch, about("workspace/Room 0001", "intent"))
    for one in office.state()["workspaces"]:
        if one["displayName"] == "Room 0001":
            path = f"workspaces/{ids.encode('PLACE', one['id'])}"
            office.server.edit("PUT", path, {"displayName": "Room 0001", "capacity": 99})
    applied = resume(office)
    assert verdicts(applied)["workspace/Room 0001"] == "stale"
    why = next(outcome.why for outcome in applied.outcomes if outcome.address == "workspace/Room 0001")
    assert "now it is 99" in why
    assert value_at(office.state(), f"{ROOM}/capacity") == 99
    assert runs.find(office.root).standing.left == [], "stale is an end: resume does not insist"


def test_a_drained_run_goes_on_where_it_stopped(office: Live) -> None:
    """The first Ctrl-C: what has not begun is skipped, and so is left."""
    made = office.plan()
    steered: list[Steering] = []

    def first_outcome(event: str, facts: Any) -> None:
        if event == "operation_outcome":
            steered[0].interrupt()

    office.tenant = Connection(office.tenant.credentials, office.tenant.waiting, workers=1)
    applied = office.apply(made, chunk_size=1, observers=(first_outcome,), on_start=steered.append)
    assert applied.ending is Ending.INTERRUPTED
    counted = runs.find(office.root).standing
    assert len(counted.settled) == 1 and len(counted.left) == 4 and not counted.doubt
    office.forget()
    assert set(verdicts(resume(office)).values()) == {"verified"}
    assert sum(office.writes().values()) == 4


def test_a_dead_token_is_no_verdict_on_the_rest(office: Live) -> None:
    """What failed because the token did is tried again with a new one."""
    made = office.plan()
    office.server.faults([{"match": {"method": "POST", "route": "/people"}, "do": {"status": 401, "body": {}}}])
    applied = office.apply(made)
    assert isinstance(applied.hopeless, AuthError)
    office.server.no_faults()
    assert runs.find(office.root).standing.left
    assert set(verdicts(resume(office)).values()) == {"verified"}
    assert resume(office).folder == applied.folder


def test_a_failure_is_final_and_takes_its_dependents_along(office: Live) -> None:
    """Failed for a reason of its own: another plan mends that, not the same one again."""
    office.server.faults([{"match": {"method": "POST", "route": "/people"}, "do": {"status": 400, "body": {}}}])
    office.apply(office.plan())
    office.server.no_faults()
    assert runs.find(office.root).standing.verdicts == {"failed": 3, "verified": 2}
    assert runs.find(office.root).standing.left == []


def test_a_broken_journal_is_not_built_upon(office: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(office, monkeypatch, about("workspace/Room 0001", "intent"))
    path = runs.find(office.root).kept.path
    path.write_text(path.read_text().replace('"capacity": 7', '"capacity": 8', 1) + "{}\n")
    with pytest.raises(StaleError, match="does not follow"):
        resume(office)
    with pytest.raises(StaleError, match="does not follow"):
        asyncio.run(pipeline.undo(office.root, office.tenant, "last"))
    assert office.server.log() == []


def test_a_changed_plan_is_not_resumed(office: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(office, monkeypatch, about("workspace/Room 0001", "intent"))
    office.describe({"workspaces": [{"name": "Another"}]})
    (runs.find(office.root).folder / "plan.json").write_text(office.plan().dumps())
    with pytest.raises(StaleError, match="not the plan that the journal was begun with"):
        resume(office)


def test_a_torn_last_line_is_cut_off(office: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(office, monkeypatch, about("workspace/Room 0001", "intent"))
    run = runs.find(office.root)
    whole = len(run.kept.records)
    with run.kept.path.open("ab") as file:
        file.write(b'{"at": "2026-01-01T00:00')
    kept = read(run.folder)
    assert kept.torn and not kept.broken and len(kept.records) == whole
    resume(office)
    kept = read(run.folder)
    assert not kept.torn and broken_at(kept.path) == 0
    assert kept.records[whole]["event"] == "run resumed" and kept.records[whole]["torn"]


def test_lines_that_are_taken_from_the_end_show(office: Live) -> None:
    """The chain alone cannot tell; the summary knows where it ended."""
    office.apply(office.plan())
    run = runs.find(office.root)
    lines = run.kept.path.read_bytes().splitlines(keepends=True)
    run.kept.path.write_bytes(b"".join(lines[:-2]))
    assert broken_at(run.kept.path) == len(lines) - 1


def test_two_resumes_at_once(office: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(office, monkeypatch, about("workspace/Room 0001", "intent"))
    name = runs.find(office.root).name
    with lock.one_run(office.root, name), pytest.raises(LockedError) as error:
        resume(office)
    assert name in error.value.why and f"reconcile resume {name}" in error.value.do
    assert office.server.log() == []


def test_runs_are_found_by_a_part_of_their_name(tmp_path: Path) -> None:
    with pytest.raises(ReconcileError, match="no run yet"):
        runs.find(tmp_path)
    made = [Plan("org", "Org", "", str(n), [], [], [], 0, 0) for n in range(2)]
    names = []
    for plan in made:
        with Journal(tmp_path, plan) as journal:
            names.append(journal.run)
    assert [run.name for run in runs.runs(tmp_path)] == sorted(names, reverse=True)
    assert runs.find(tmp_path, made[0].digest[:8]).name == names[0]
    assert runs.find(tmp_path, "last").name == max(names)
    with pytest.raises(UsageError, match="2 runs"):
        runs.find(tmp_path, "20")
    with pytest.raises(UsageError, match="there is no run"):
        runs.find(tmp_path, names[0] + "x")


def test_a_licence_that_was_not_to_be_had_is_named(office: Live) -> None:
    """206: the one licence is assigned, the other is not; the verdict says which."""
    tenant = generate_tenant(people=2, locations=2, workspaces=2, seed=1)
    tenant["switches"] = {"license_exhausted": "206"}
    scim = {"email": "new@example.com", "first_name": "Nia", "licenses": ["Messaging", "Webex Assistant for Meetings"]}
    for licence in tenant["licenses"]:
        licence["listed"] = True
        if licence["name"] == "Webex Assistant for Meetings":
            licence["totalUnits"] = 0
    live = Live(office.server, office.root, tenant)
    live.describe({"people": [{**scim, "provisioning": "scim"}]})
    known = live.plan()
    assert [finding.rule for finding in known.findings] == ["licenses"], "the plan knows it"
    (outcome,) = live.apply(live.plan(lift=["licenses:Webex Assistant for Meetings"])).outcomes
    assert "PATCH /licenses/users" in live.writes()
    assert outcome.verdict == "drifted"
    assert "licenses: 1 of 2 are there, without Webex Assistant for Meetings" in outcome.why


def test_numbers_that_were_silently_lost_are_named_one_by_one(server: Simulator, tmp_path: Path) -> None:
    tenant = generate_tenant(people=2, locations=1, workspaces=0, seed=1)
    (place,) = tenant["locations"]
    option = next(one["id"] for one in tenant["pstn_options"] if one["pstnConnectionType"] == "INTEGRATED_CCP")
    place["calling"]["pstn"] = {"type": "INTEGRATED_CCP", "option": option}
    live = Live(server, tmp_path, {**tenant, "switches": {"numbers_add_integrated": "partial"}})
    numbers = {"range": ["+15550000901", "+15550000904"], "location": place["name"], "state": "inactive"}
    live.describe({"numbers": [numbers]})
    outcomes = live.apply(live.plan(lift=[f"integrated-pstn:{place['name']}"])).outcomes
    assert {outcome.address[-1]: str(outcome.verdict) for outcome in outcomes} == {
        "1": "verified",
        "2": "drifted",
        "3": "verified",
        "4": "drifted",
    }
