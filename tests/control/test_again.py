"""S100: what failed is done again, and nothing else; in a run of its own that knows what the first one had begun."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler import pipeline
from reconciler.cli.app import run as reconcile
from reconciler.errors import ReconcileError, StaleError
from reconciler.runs.journal import Journal
from reconciler.runs.known import find
from reconciler.simulator import Simulator, generate_tenant
from tests.control.conftest import verdicts
from tests.support.live import Live

PRO = "Webex Calling - Professional"


def test_s100_only_what_failed_is_done_again(rooms: Any) -> None:
    office = rooms(12)
    office.fail(2, 5, 9)
    first = office.apply()
    assert verdicts(first) == {"failed": 3, "verified": 9}
    failed = sorted(outcome.address for outcome in first.outcomes if outcome.verdict == "failed")
    office.server.no_faults()
    again = pipeline.retry(office.root, "last")
    assert sorted(operation.id for operation in again.operations) == failed
    assert [change.address for change in again.changes] == failed and again.scope["retry"] == [first.folder.name]
    office.server.reset_requests()
    done = office.apply(again)
    assert verdicts(done) == {"verified": 3} and len(office.writes()) == 3 and office.larger() == 12
    assert done.folder != first.folder
    assert pipeline.retry(office.root, "last").operations == []


def test_s100_no_request_is_made_to_find_out(rooms: Any) -> None:
    office = rooms(4)
    office.fail(1)
    office.apply()
    office.server.reset_requests()
    pipeline.retry(office.root, "last")
    assert office.server.log() == []


def test_s100_what_was_skipped_for_it_comes_along(rooms: Any) -> None:
    office = rooms(1, people=6)
    office.describe(
        {
            "people": [
                {"email": "new@example.com", "first_name": "Nia", "location": "Site 002", "extension": "2001",
                 "licenses": [PRO], "forwarding": {"always": {"destination": "2004"}}}
            ],
            "workspaces": [{"name": "Room 0001", "capacity": 7}],
        }
    )  # fmt: skip
    office.server.faults([{"match": {"method": "POST", "route": "/people"}, "do": {"status": 400, "body": {}}}])
    assert verdicts(office.apply()) == {"failed": 1, "skipped": 1, "verified": 1}
    office.server.no_faults()
    again = pipeline.retry(office.root, "last")
    assert [operation.id for operation in again.operations] == [
        "person/new@example.com",
        "person.forwarding/new@example.com",
    ]
    assert verdicts(office.apply(again)) == {"verified": 2}


def test_s100_what_failed_after_it_had_taken_effect_is_not_done_twice(rooms: Any) -> None:
    """A create that was refused in words and done in fact: the second run finds it and does not call it stale."""
    office = rooms(1, people=2)
    new = {"email": "new@example.com", "first_name": "Nia", "display_name": "Nia New"}
    office.describe({"people": [new]})
    posted = {"match": {"method": "POST", "route": "/people"}, "nth": 1, "do": {"status": 400, "drop": "after"}}
    hidden = {"match": {"method": "GET", "route": "/people"}, "nth": 2, "times": 20, "do": {"status": 403}}
    plan = office.plan()
    office.server.faults([posted, hidden])
    assert verdicts(office.apply(plan)) == {"failed": 1}
    office.server.no_faults()
    done = office.apply(pipeline.retry(office.root, "last"))
    assert verdicts(done) == {"verified": 1}
    created = [one for one in office.server.log() if f"{one['method']} {one['route']}" == "POST /people"]
    assert len(created) == 1


def test_s100_somebody_elses_change_since_is_left_alone(rooms: Any) -> None:
    office = rooms(3)
    office.fail(1)
    failed = next(o.address for o in office.apply().outcomes if o.verdict == "failed")
    office.server.no_faults()
    room = next(one for one in office.server.state()["workspaces"] if one["displayName"] == failed.partition("/")[2])
    office.server._tenant.store.workspaces[room["id"]]["capacity"] = 99
    office.server.reset_requests()
    assert verdicts(office.apply(pipeline.retry(office.root, "last"))) == {"stale": 1}
    assert office.writes() == []
    assert pipeline.retry(office.root, "last").operations == [], "stale is for a new plan"


def test_s100_a_number_of_a_request_that_failed_in_part(server: Simulator, tmp_path: Any) -> None:
    """Fifty numbers went in one request, some were lost: only these are asked for again."""
    tenant = generate_tenant(people=2, locations=1, workspaces=0, seed=1)
    (place,) = tenant["locations"]
    option = next(one["id"] for one in tenant["pstn_options"] if one["pstnConnectionType"] == "INTEGRATED_CCP")
    place["calling"]["pstn"] = {"type": "INTEGRATED_CCP", "option": option}
    live = Live(server, tmp_path, {**tenant, "switches": {"numbers_add_integrated": "partial"}})
    live.describe(
        {"numbers": [{"range": ["+15550000901", "+15550000904"], "location": place["name"], "state": "inactive"}]}
    )
    lifted = live.plan(lift=[f"integrated-pstn:{place['name']}"])
    assert live.apply(lifted).summary["verdicts"] == {"drifted": 2, "verified": 2}
    again = pipeline.retry(live.root, "last")
    (operation,) = again.operations
    assert [member.address[-1] for member in operation.members] == ["2", "4"]
    server.turn("numbers_add_integrated", "accept")
    live.forget()
    assert live.apply(again).summary["verdicts"] == {"verified": 2}
    assert sum(live.writes().values()) == 1


def test_a_run_that_has_not_ended_is_finished_first(rooms: Any) -> None:
    office = rooms(6)
    office.fail(1)
    office.apply(fail_fast=True)
    with pytest.raises(ReconcileError, match="has not ended: 2 operations are left") as error:
        pipeline.retry(office.root, "last")
    assert "reconcile resume" in error.value.do


def test_a_second_run_that_is_killed_knows_what_the_first_had_begun(
    rooms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own journal carries the pre-images on: what the first run did in part is not taken for somebody else's."""
    office = rooms(1, people=6)
    office.describe({"people": [{"email": "person000001@example.com", "display_name": "Renamed", "first_name": "Nia"}]})
    plan = office.plan()
    office.server.faults([{"match": {"method": "PUT"}, "do": {"silent": True}}])
    assert verdicts(office.apply(plan)) == {"drifted": 1}
    office.server.no_faults()
    again = pipeline.retry(office.root, "last")
    record = Journal.record

    class Stopped(BaseException):
        """Pulled out."""

    def cut(journal: Journal, event: str, **facts: Any) -> None:
        if event == "intent":
            raise Stopped
        record(journal, event, **facts)

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "record", cut)
        with pytest.raises(Stopped):
            office.apply(again)
    assert list(find(office.root).standing.doubt) == ["person/person000001@example.com"]
    assert verdicts(office.resume()) == {"verified": 1}


def test_s100_as_it_is_typed(server: Simulator, tmp_path: Any, monkeypatch: Any, capsys: Any) -> None:
    live = Live(server, tmp_path, generate_tenant(people=2, locations=1, workspaces=4, seed=1))
    monkeypatch.setenv("WEBEX_API_URL", server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", server.token)
    live.describe({"workspaces": [{"name": f"Room {n:04d}", "capacity": 7} for n in range(1, 5)]})
    plan = live.plan()
    server.faults([{"match": {"method": "PUT"}, "nth": 2, "do": {"status": 400}}])
    name = live.apply(plan).folder.name
    server.no_faults()
    there = ["-C", str(live.root)]
    assert reconcile(["status", *there]) == 3
    assert f"next: reconcile resume --only-failures {name}" in capsys.readouterr().out
    assert reconcile(["resume", name, *there]) == 3
    assert f"what failed in it: reconcile resume --only-failures {name}" in capsys.readouterr().err
    assert reconcile(["resume", "--only-failures", name, *there]) == 4, "it is asked for like any plan"
    capsys.readouterr()
    assert reconcile(["resume", "--only-failures", name, "--yes", *there]) == 0
    said = capsys.readouterr()
    assert "1 of 1 result verified" in said.out
    assert reconcile(["runs", *there]) == 0
    assert f"again what failed in {name}" in capsys.readouterr().out
    assert reconcile(["resume", "--only-failures", "last", "--yes", *there]) == 0
    assert "nothing failed" in capsys.readouterr().err


def test_an_edited_plan_of_it_is_refused(rooms: Any) -> None:
    office = rooms(3)
    office.fail(1)
    office.apply()
    again = pipeline.retry(office.root, "last")
    run = find(office.root)
    text = run.kept.path.read_text()
    run.kept.path.write_text(text.replace("capacity", "capacitY", 1))
    with pytest.raises(StaleError, match="does not follow"):
        office.simulation.run(pipeline.apply(office.root, office.tenant, again))
