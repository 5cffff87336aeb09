"""What a plan says that it will cost, and what it costs (M5, M7). Every undisturbed case is held to it, in case.py."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.errors import StaleError
from reconciler.model.applied import Applied
from reconciler.model.budget import Budget
from reconciler.model.plan import Plan
from reconciler.planning import estimate
from reconciler.report.costs import compared_line
from reconciler.report.text import plan_text
from reconciler.report.view import plan_view
from reconciler.repository.local import recall, remember
from reconciler.simulator import Simulator, generate_tenant
from reconciler.simulator.core import ids
from reconciler.webex import pace_file
from reconciler.webex.connection import Connection
from reconciler.webex.credentials import Credentials
from reconciler.webex.pacing import KnownLimit, Pace
from reconciler.webex.policy import Policy
from tests.properties.simulation import EPOCH, URL, Simulation
from tests.support.budget import check_calls, least_writes
from tests.support.case import cases, run
from tests.support.forging import forge
from tests.support.live import HURRY, Live

SOME = ("person.forwarding/update", "number/create", "workspace/create", "location.pstn/update")
NUMBERS = {"range": ["+442079461000", "+442079461099"], "location": "London HQ", "state": "inactive"}


def test_the_cases_are_held_to_their_budgets() -> None:
    held = [case for case in cases() if case.undisturbed and case.expect.get("writes")]
    assert len(held) > 100 and {case.kind for case in held} >= {"person", "number", "workspace", "location.calling"}


@pytest.mark.parametrize("case", [case for case in cases() if case.name in SOME], ids=lambda case: case.name)
def test_m5_predicted_calls_are_the_counted_ones(case: Any, live: Live) -> None:
    """Here a few; tests/cases does the same for all of them."""
    assert case.undisturbed
    run(case, live)


def test_a_prediction_that_is_off_is_seen(live: Live) -> None:
    live.describe({"numbers": [NUMBERS]})
    plan = live.plan()
    live.forget()
    live.apply(plan)
    check_calls(plan, asked := live.requests())
    with pytest.raises(AssertionError, match="1 foretold, 0 asked"):
        check_calls(plan, asked - Counter({"GET /locations": 1}))
    with pytest.raises(AssertionError, match="0 foretold, 1 asked"):
        check_calls(plan, asked + Counter({"GET /nobody": 1}))


@pytest.mark.issue10("C")
def test_m5_what_the_rehearsal_of_the_comment_foretells_is_what_is_asked(live: Live) -> None:
    """The plan of tests/cli/test_rehearse.py, where nothing is refused: the last look at each owner is counted too."""
    licenses = ["Webex Calling - Professional"]
    nora = {"email": "nora.field@example.com", "first_name": "Nora", "extension": "0991", "licenses": licenses}
    bo = {"email": "bo.fine@example.com", "first_name": "Bo", "extension": "0992", "licenses": licenses}
    nora["outgoing_permissions"] = {"NATIONAL": {"action": "BLOCK"}}
    room = {
        "name": "Studio",
        "extension": "7991",
        "license": "Webex Calling - Workspaces",
        "forwarding": {"busy": {"destination": "0100"}},
    }
    people = [{**one, "location": "London HQ"} for one in (nora, bo)]
    live.describe({"people": people, "workspaces": [{**room, "location": "London HQ"}]})
    plan = live.plan()
    live.forget()
    live.apply(plan)
    check_calls(plan, live.requests())


def test_m7_numbers_share_a_request_and_sections_take_one_each(live: Live) -> None:
    person = {
        "email": "jose.dvorak@example.com",
        "display_name": "José",
        "forwarding": {"busy": {"destination": "0100"}},
    }
    live.describe({"numbers": [NUMBERS], "people": [person]})
    plan = live.plan()
    live.forget()
    live.apply(plan)
    check_calls(plan, live.requests())
    assert sum(live.writes().values()) == least_writes(plan) == 3  # 100 numbers, the person, the forwarding


# --- time ------------------------------------------------------------------------------------------------------


def forwarded(people: int, tmp_path: Path, *, limit: float = 0.0, known: float = 0.0, before: bool = False) -> Applied:
    """So many people's forwarding, set in virtual time over a network of about 0.15 s; the tenant takes `limit`
    requests a second to /people, `known` was learned, and `before`: a run has measured how long an answer takes."""
    state = generate_tenant(people=people + 20, locations=1, workspaces=0)
    emails = [p["emails"][0] for p in state["people"] if p["calling"]][:people]
    org = ids.encode("ORGANIZATION", state["org"]["id"])
    desired = tmp_path / "desired"
    desired.mkdir()
    (desired / "tenant.yaml").write_text(json.dumps({"schema_version": 1, "org": {"name": "Org", "id": org}}))
    if known:
        pace_file.save(tmp_path, org, {"/people": KnownLimit(known, 1.0)})
    tenant = Connection(Credentials(URL, "simulated", policy=Policy(root=tmp_path)), waiting=lambda *_: None)

    def one(simulation: Simulation, some: list[str], destination: str) -> Applied:
        forwarding = {"busy": {"destination": destination}}
        wanted = [{"email": email, "forwarding": forwarding} for email in some]
        (desired / "case.yaml").write_text(json.dumps({"people": wanted}))
        plan = simulation.run(pipeline.plan(tmp_path, tenant))
        applied: Applied = simulation.run(pipeline.apply(tmp_path, tenant, plan))
        assert all(outcome.verdict == "verified" for outcome in applied.outcomes)
        return applied

    with Simulation(state, 7) as simulation:
        if before:
            one(simulation, emails[:5], "1002")
        if limit:
            simulation.server.limit({"people": (max(1, round(limit)), max(1, round(limit)) / limit)})
        return one(simulation, emails, "1001")


@pytest.mark.parametrize(
    "given",
    [{"limit": 5.0, "known": 5.0}, {"limit": 20.0, "known": 20.0, "before": True}, {"before": True, "known": 1000.0}],
    ids=["300 a minute", "20 a second", "as fast as it answers"],
)
def test_m5_m6_the_time_is_foretold_within_a_fifth_and_the_permitted_rate_is_used(
    given: dict[str, Any], tmp_path: Path
) -> None:
    budget = forwarded(60, tmp_path, **given).summary["budget"]
    assert (
        budget["calls"]["counted"] == budget["calls"]["estimated"] == 242
    )  # and the identity, lists, a last look, and who else
    assert abs(budget["seconds"]["error"]) <= 0.2, budget["seconds"]
    if permitted := given.get("limit", 0) * budget["seconds"]["counted"]:
        assert budget["calls"]["families"]["/people"]["counted"] >= 0.95 * permitted
        assert budget["calls"]["refused"] < 0.01 * 242


def moved(simulation: Simulation, root: Path, places: dict[str, str]) -> Applied:
    """These people moved, each to a location of their own: a job of the API for each, which takes it 20 s."""
    people = [{"email": e, "location": place, "extension": f"7{e[9:12]}"} for e, place in places.items()]
    (root / "desired" / "case.yaml").write_text(json.dumps({"people": people}))
    tenant = Connection(Credentials(URL, "simulated", policy=Policy(root=root)), waiting=lambda *_: None)
    plan = simulation.run(pipeline.plan(root, tenant))
    simulation.server.reset_requests()
    applied: Applied = simulation.run(pipeline.apply(root, tenant, plan))
    assert plan.budget and plan.budget.jobs == sum(one["method"] == "POST" for one in simulation.server.log())
    return applied


def test_m5_polls_of_jobs_are_counted_apart_and_their_time_is_foretold_once_it_was_measured(tmp_path: Path) -> None:
    state = generate_tenant(people=80, locations=12, workspaces=0) | {"clock": {"now": EPOCH, "speed": 1}}
    org, sites = ids.encode("ORGANIZATION", state["org"]["id"]), [one["id"] for one in state["locations"]]
    people = [one for one in state["people"] if one["calling"]][1:]  # the first one's is the token
    free = [one for one in people if not one["calling"]["number"]]  # not every number may go everywhere
    of_site = {sites.index(one["calling"]["location"]): one["emails"][0] for one in free}
    (email, place), *others = [(of_site[n], state["locations"][n - 1]["name"]) for n in sorted(of_site)[:10]]
    (tmp_path / "desired").mkdir()
    pinned = {"schema_version": 1, "org": {"name": "Org", "id": org}}
    (tmp_path / "desired" / "tenant.yaml").write_text(json.dumps(pinned))
    with Simulation(state, 7) as simulation:
        simulation.server.turn("job_pace", "clock")
        simulation.server.run_clock(1)
        first = moved(simulation, tmp_path, {email: place}).summary
        assert first["budget"]["seconds"]["error"] is None  # nobody knew how long a job takes, and the plan said so
        assert estimate.known(tmp_path, org).past is None
        summary = moved(simulation, tmp_path, dict(others)).summary
        looks = sum(str(one["route"]).endswith("/{jobId}") for one in simulation.server.log())
    calls, seconds = summary["budget"]["calls"], summary["budget"]["seconds"]
    assert summary["verdicts"] == {"drifted": 2, "verified": 7}  # two lose forwarding that nobody describes
    assert calls["counted"] == calls["estimated"] and calls["error"] == 0
    assert calls["polled"] == looks - 9 > 50
    assert seconds["counted"] > 40 and abs(seconds["error"]) <= 0.2, seconds  # 8 workers: two rounds
    assert "polls of jobs, " in compared_line(summary["budget"])


def test_m5_the_error_is_kept_and_told_with_the_next_plan(tmp_path: Path) -> None:
    summary = forwarded(20, tmp_path, limit=5.0, known=10.0).summary  # it has become slower than it was known
    off = summary["budget"]["seconds"]["error"]
    assert off < -0.2
    org = summary["org"]["id"]
    (kept,) = recall(tmp_path, estimate.NAME, org)["runs"]
    assert kept["seconds"] == [summary["budget"]["seconds"][side] for side in ("estimated", "counted")]
    known = estimate.known(tmp_path, org)
    assert known.past is not None and known.past.runs == 1 and known.past.seconds == pytest.approx(abs(off), abs=0.001)
    assert 0.1 < known.latency < 0.3
    assert known.rates["/people"] < 7  # so the next estimate is better


# --- how it is told ---------------------------------------------------------------------------------------------


@pytest.fixture
def plan(live: Live) -> Plan:
    live.describe({"people": [{"email": "jose.dvorak@example.com", "forwarding": {"busy": {"destination": "0100"}}}]})
    return live.plan()


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (estimate.Known(), "under 1s at an assumed rate of 5/s on /people"),
        (estimate.Known({"/people": 0.5}), "~6.2s at the observed rate of 0.48/s on /people"),
        (estimate.Known({"*": 0.5}), "~6.2s at the observed rate of 0.48/s on /people"),
        (estimate.Known({"*": 0.5}, local=True), "at the observed rate of 0.48/s on /people"),
        (estimate.Known({"*": 0.5, "/people": 0.25}), "at the observed rate of 0.24/s on /people"),
        (estimate.Known({"*": 0.5}, Pace(rate=2)), "at the given rate of 1.94/s on /people"),
        (estimate.Known({"/people": 0.5}, Pace(rate=2)), "at the given rate of 1.94/s on /people"),
        (estimate.Known({"/people": 0.5}, Pace(share=0.5)), "at the observed rate of 0.24/s on /people"),
        (estimate.Known(local=True, latency=0.02), "under 1s at 0.02s per answer"),
        (estimate.Known(local=True, latency=0.02, job=20.0), "under 1s at 0.02s per answer"),
    ],
)
def test_the_time_says_what_it_rests_on(known: estimate.Known, words: str, plan: Plan) -> None:
    forge(plan, budget=estimate.budget(plan, known))
    text = plan_text(plan_view(plan), color=False)
    assert "1 write + 3 reads in 1 wave · /people 4" in text
    assert words in text, text


@pytest.mark.issue10(34)
def test_m5_families_that_share_a_limit_share_its_time(live: Live) -> None:
    """What a first run keeps is one limit for all that showed none of its own: not as much for each family."""
    person = {"email": "jose.dvorak@example.com", "forwarding": {"busy": {"destination": "0100"}}}
    live.describe({"numbers": [NUMBERS], "people": [person]})
    plan = live.plan()
    told = estimate.budget(plan, estimate.Known({"*": 0.1}))
    assert len(told.families) > 1 and {family.source for family in told.families.values()} == {"learned"}
    assert told.seconds == pytest.approx((told.calls - 1) / 0.1 / 0.97, rel=0.05)  # the identity comes before


def test_the_budget_is_beside_the_digest_and_in_the_file(plan: Plan) -> None:
    digest = plan.digest
    assert plan.budget is not None
    forge(plan, budget=estimate.budget(plan, estimate.Known({"/people": 0.1}, past=None)))
    assert plan.digest == digest
    file = json.loads(plan.dumps())
    assert file["budget"]["calls"] == 4 and file["budget"]["families"]["/people"]["source"] == "learned"
    assert Plan.loads(plan.dumps(), "").budget == plan.budget
    file["budget"] = {"families": 3}
    with pytest.raises(StaleError):
        Plan.loads(json.dumps(file), "")


def test_nothing_to_do_costs_nothing(live: Live) -> None:
    plan = live.plan()
    assert plan.budget is None and estimate.budget(plan, estimate.Known()) == Budget()


def test_the_sizes_of_lists_come_from_the_snapshot(live: Live) -> None:
    live.remember()
    manifest = live.root / "state" / "manifest.json"
    data = json.loads(manifest.read_text())
    data["kinds"]["location"]["count"] = 1200
    manifest.write_text(json.dumps(data))
    live.describe({"numbers": [NUMBERS]})
    plan = live.plan()
    assert plan.budget is not None and plan.budget.families["/locations"].calls == 3
    manifest.write_text("{}")
    assert estimate.held(live.root)("location") == 0


@pytest.mark.parametrize(
    ("job", "words"),
    [(0.0, "and 1 job of the API, which takes its own time"), (20.0, "with 1 job of the API, about 20s")],
)
def test_what_a_job_takes_is_said(job: float, words: str, live: Live) -> None:
    live.describe({"people": [{"email": "noah.tanaka@example.com", "location": "Manchester"}]})
    plan = live.plan()
    forge(plan, budget=estimate.budget(plan, estimate.Known(local=True, latency=0.02, job=job)))
    assert words in plan_text(plan_view(plan), color=False)
    assert (plan.budget.seconds >= 20) is (job > 0) and Plan.loads(plan.dumps(), "").budget == plan.budget


@pytest.mark.parametrize(("local", "seen", "latency"), [(False, 0.05, 0.05), (True, 0.3, 0.3), (True, 0.1, 0.01)])
def test_before_the_first_run_the_plan_tells_how_far_the_tenant_is(
    tmp_path: Path, local: bool, seen: float, latency: float
) -> None:
    """On this machine a little more than nothing is only how busy it is. What a run has seen counts more."""
    assert estimate.known(tmp_path, "org", local=local, seen=seen).latency == latency
    remember(tmp_path, estimate.NAME, "org", {"latency": 0.22})
    assert estimate.known(tmp_path, "org", local=local, seen=seen).latency == 0.22


def test_m5_the_first_plan_measures_while_it_reads(server: Simulator, tmp_path: Path) -> None:
    live = Live(server, tmp_path, generate_tenant(people=2, locations=1, workspaces=1, seed=1))
    live.describe({"workspaces": [{"name": "Room 0001", "capacity": 7}]})
    server.faults([{"match": {"route": "*"}, "do": {"delay": 0.3 * HURRY}}])
    budget = live.plan().budget
    assert budget is not None and 0.25 < budget.latency < 0.6 and budget.seconds >= 1


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"runs": 3},
        {"job": "x"},
        {"job": -1},
        {"runs": [{}]},
        {"runs": [{"calls": [1], "seconds": 2}]},
        {"latency": "x"},
        {"latency": -1},
    ],
    ids=str,
)
def test_what_was_kept_may_be_anything(kept: dict[str, Any], tmp_path: Path) -> None:
    remember(tmp_path, estimate.NAME, "org", kept)
    known = estimate.known(tmp_path, "org")
    assert known.past is None and known.latency == estimate.LATENCY and known.job == 0
