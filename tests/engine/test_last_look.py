"""At its end a run reads again whoever may have lost something: what differs supersedes what the write's own reading
back said, in every place that tells of the run (issue 10, item 1; M26)."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.cli.carrying import ended
from reconciler.model.applied import Applied
from reconciler.model.plan import Plan
from reconciler.report.runs import exit_code, run_json
from reconciler.runs.journal import read
from reconciler.runs.known import find
from tests.engine.test_resume import cut_off
from tests.support.budget import check_calls
from tests.support.live import Live
from tests.support.state import value_at

pytestmark = pytest.mark.issue10(1)

BJORN, AMELIA = "bjorn.okafor@example.com", "amelia.tanaka@example.com"
NOAH, SIAN, JOSE = "noah.tanaka@example.com", "sian.brightwater@example.com", "jose.dvorak@example.com"
BLOCKED = {"NATIONAL": {"action": "BLOCK", "transfer": False}}
FORWARDING = "PUT /people/{personId}/features/callForwarding"
SWAP = {
    "people": [
        {
            "email": BJORN,
            "location": "Manchester",
            "extension": "1140",
            "forwarding": {"always": {"destination": "+442079460001"}},
            "outgoing_permissions": BLOCKED,
        },
        {
            "email": AMELIA,
            "location": "London HQ",
            "extension": "0127",
            "phone_number": None,
            "forwarding": {"busy": {"destination": "0100"}},
            "outgoing_permissions": BLOCKED,
        },
    ]
}


def verdicts(applied: Applied) -> dict[str, str]:
    return {one.address: str(one.verdict) for one in applied.outcomes if one.verdict != "verified"}


def rows(applied: Applied) -> set[str]:
    (path,) = applied.folder.glob("*_ok.csv")
    return {row["address"] for row in csv.DictReader(path.read_text().splitlines())}


def failures(applied: Applied) -> set[str]:
    (path,) = applied.folder.glob("*_error.jsonl")
    return {json.loads(line)["address"] for line in path.read_text().splitlines()}


def after(address: str, deed: Callable[[], object]) -> Callable[[str, Mapping[str, Any]], None]:
    """An observer that does something once a step of that address is verified."""

    def heard(event: str, facts: Mapping[str, Any]) -> None:
        if event == "operation_outcome" and facts["address"] == address:
            deed()

    return heard


def forwarded(live: Live, email: str, destination: str | None) -> None:
    """What another admin does to somebody's forwarding."""
    person = next(one for one in live.state()["people"] if email in one["emails"])
    always = {"enabled": destination is not None, "destination": destination or "", "ringReminderEnabled": False}
    off = {"enabled": False, "destination": ""}
    blocks = {"always": always, "busy": off, "noAnswer": {**off, "numberOfRings": 3}}
    route = f"/people/{live.remote('PEOPLE', person['id'])}/features/callForwarding"
    live.server.edit("PUT", route, {"callForwarding": blocks, "businessContinuity": off})


def test_a_swap_costs_what_it_was_foretold_to(live: Live) -> None:
    live.describe(SWAP)
    plan = live.plan()
    live.forget()
    assert verdicts(live.apply(plan)) == {}
    check_calls(plan, live.requests())


def test_what_is_gone_at_the_end_is_drifted_wherever_the_run_is_told_of(live: Live) -> None:
    live.describe(SWAP)
    plan = live.plan()
    address = f"person.forwarding/{BJORN}"
    applied = live.apply(plan, observers=(after(address, lambda: forwarded(live, BJORN, None)),))
    assert verdicts(applied) == {address: "drifted"}
    assert ended(applied, plan, live.root) == 3
    assert applied.summary["verdicts"]["drifted"] == 1 and applied.summary["totals"]["error"] == 1
    assert address not in rows(applied) and address in failures(applied)
    run = find(live.root)
    told = [one["verdict"] for one in run.kept.records if one["event"] == "outcome" and one["address"] == address]
    assert told == ["verified", "drifted"]
    assert run.standing.verdicts["drifted"] == 1 and exit_code(run, "finished") == 3
    assert run_json(run, held={}, whole=True)["problems"][0]["address"] == address
    assert "drifted" in (applied.folder / "summary.md").read_text()


def test_a_retry_of_what_was_gone_at_the_end_sets_it_again(live: Live) -> None:
    live.describe(SWAP)
    live.apply(live.plan(), observers=(after(f"person.forwarding/{BJORN}", lambda: forwarded(live, BJORN, None)),))
    again = pipeline.retry(live.root, "last")
    live.forget()
    assert verdicts(live.apply(again)) == {}
    assert live.writes() == {FORWARDING: 1}
    check_calls(again, live.requests())
    always = value_at(live.state(), f"people/{BJORN}/calling/forwarding/always")
    assert always["destination"] == "+442079460001"


def test_what_a_move_takes_along_undescribed_is_drifted_and_so_is_its_retry(live: Live) -> None:
    live.describe({"people": [{"email": NOAH, "location": "Manchester"}]})
    plan = live.plan()
    live.forget()
    applied = live.apply(plan)
    check_calls(plan, live.requests())
    (outcome,) = applied.outcomes
    assert outcome.verdict == "drifted" and "numbers.secondary" in outcome.fields
    assert outcome.fields["numbers.secondary"] == {"wanted": ["+442079460056"], "found": []}
    assert rows(applied) == set() and failures(applied) == {f"person/{NOAH}"}
    again = live.apply(pipeline.retry(live.root, "last"))
    assert verdicts(again) == {f"person/{NOAH}": "drifted"}


def test_a_run_killed_in_its_last_look_is_not_over_and_resume_looks(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.describe(SWAP)

    cut_off(live, monkeypatch, lambda event, facts: event == "looked")
    forwarded(live, AMELIA, None)
    forwarded(live, BJORN, None)
    live.server.advance(60)
    run, looked = find(live.root), find(live.root).standing.looked
    assert not run.standing.left and run.standing.unlooked and exit_code(run) == 130
    live.forget()
    applied = live.resume()
    assert live.writes() == {}
    (left,) = {BJORN, AMELIA} - {owner.removeprefix("person/") for owner in looked}
    assert verdicts(applied) == {f"person.forwarding/{left}": "drifted"}
    assert find(live.root).standing.over and live.resume().outcomes
    assert sum(one["event"] == "looked" for one in read(applied.folder).records) == 2


def test_who_cannot_be_looked_at_is_unknown_and_resume_looks_again(live: Live) -> None:
    live.describe(SWAP)
    plan = live.plan()
    fault = {"match": {"method": "GET", "route": "/people/{personId}"}, "do": {"status": 500}}

    def breaks(event: str, facts: Mapping[str, Any]) -> None:
        if event == "looking":
            live.server.faults([fault])

    applied = live.apply(plan, observers=(breaks,))
    live.server.no_faults()
    assert set(verdicts(applied).values()) == {"unknown"} and applied.ending == "stopped"
    assert verdicts(live.resume()) == {}


def test_a_single_change_that_replaces_nothing_costs_no_further_request(live: Live) -> None:
    """Permissions are merged by call type, but where they are turned on all of them are sent as they were read."""
    for action, reads in (("BLOCK", 6), ("AUTH_CODE", 4)):
        wish = {"outgoing_permissions": {"NATIONAL": {"action": action, "transfer": False}}}
        live.describe({"people": [{"email": NOAH, **wish}, {"email": JOSE, **wish}]})
        plan = live.plan()
        live.forget()
        assert verdicts(live.apply(plan)) == {}
        check_calls(plan, live.requests())
        assert live.requests()["GET /telephony/config/people/{personId}/outgoingPermission"] == reads


def test_who_swaps_a_number_with_a_parked_one_is_looked_at_too(live: Live) -> None:
    people = [{"email": NOAH, "phone_number": "+442079460014"}, {"email": SIAN, "phone_number": "+442079460012"}]
    live.describe({"people": people})
    plan = live.plan()
    live.forget()
    assert verdicts(live.apply(plan)) == {}
    check_calls(plan, live.requests())
    looked = [one["owner"] for one in read(find(live.root).folder).records if one["event"] == "looked"]
    assert sorted(looked) == [f"person/{NOAH}", f"person/{SIAN}"]


def test_an_undo_of_a_swap_is_looked_at_by_its_own_plan(live: Live) -> None:
    before = live.state()
    live.describe(SWAP)
    live.apply(live.plan())
    live.server.advance(60)
    undo: Plan = asyncio.run(pipeline.undo(live.root, live.tenant, "last"))
    live.forget()
    assert verdicts(live.apply(undo)) == {}
    check_calls(undo, live.requests())
    for email in (BJORN, AMELIA):
        for name in ("location", "extension"):
            path = f"people/{email}/calling/{name}"
            assert value_at(live.state(), path) == value_at(before, path)


def test_three_who_go_round_keep_what_is_described(live: Live) -> None:
    people = [one for one in live.state()["people"] if one.get("calling")][1:]
    places = {one["id"]: one["name"] for one in live.state()["locations"]}
    first: dict[str, Any] = {}
    for one in people:
        inherits = not one["calling"].get("outgoingPermission")
        if not one["calling"].get("number") and one["calling"].get("extension") and inherits:
            first.setdefault(places[one["calling"]["location"]], one)
    three = list(first.values())[:3]
    round_ = [
        {
            "email": one["emails"][0],
            "location": places[there["calling"]["location"]],
            "extension": there["calling"]["extension"],
            "forwarding": {"always": {"destination": "0100"}, "busy": None, "no_answer": None},
            "outgoing_permissions": BLOCKED,
            "numbers": {"secondary": []},
        }
        for one, there in zip(three, [*three[1:], three[0]], strict=True)
    ]
    live.describe({"people": round_})
    plan = live.plan()
    assert sum(operation.step == "park" for operation in plan.operations) == 1
    live.forget()
    assert verdicts(live.apply(plan)) == {}
    check_calls(plan, live.requests())
    for one in round_:
        calling = value_at(live.state(), f"people/{one['email']}/calling")
        assert calling["forwarding"]["always"]["destination"] == "0100"
        assert calling["outgoingPermission"]["custom"]["NATIONAL"]["action"] == "BLOCK"
