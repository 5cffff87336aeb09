"""The end of an apply: every verdict counted, whatever is not verified explained."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Plan
from reconciler.report.outcomes import STATUSES, outcomes_view, summary_json
from reconciler.report.text import outcomes_text, progress_line

OUTCOMES = [
    Outcome("location/London", "op1", "create", Verdict.VERIFIED, wrote=True, seconds=0.84),
    Outcome("person/bo@example.com", "op5", "create", Verdict.VERIFIED, "so already", seconds=0.2),
    Outcome(
        "person/ana@example.com",
        "op4",
        "update",
        Verdict.DRIFTED,
        "the API reported success, but the read-back differs",
        wrote=True,
        fields={"extension": {"wanted": "1002", "found": "1001"}, "pin": {"wanted": "sesame", "found": None}},
        tracking_id="ROUTER_42",
    ),
    Outcome("workspace/A\x1b[0m", "op7", "update", Verdict.FAILED, "HTTP 400\ncode 25008", wrote=True),
    Outcome("number/+442079460010", "op2", "create", Verdict.SKIPPED, "location/Madrid HQ failed"),
    Outcome("person/gone@example.com", "op6", "delete", Verdict.CONVERGING, "a job is running", wrote=True),
    Outcome("location/Madrid HQ", "op8", "update", Verdict.STALE, "it is gone"),
    Outcome(
        "person/zed@example.com",
        "op9",
        "delete",
        Verdict.UNKNOWN,
        "no answer",
        True,
        {"": {"wanted": None, "found": 1}},
    ),
]


def test_the_end_of_an_apply(snapshot: SnapshotAssertion) -> None:
    assert outcomes_text(outcomes_view(OUTCOMES, run="r1"), color=False) == snapshot


def test_no_secret_at_the_end(rich_plan: Plan) -> None:
    assert "sesame" not in outcomes_text(outcomes_view(OUTCOMES), color=True)
    assert "sesame" not in str(summary_json(OUTCOMES, rich_plan, "r1"))


def test_a_tracking_id_is_named_once() -> None:
    failed = Outcome("person/a", "op", "update", Verdict.FAILED, "HTTP 400; tracking id R_1", tracking_id="R_1")
    assert outcomes_text(outcomes_view([failed]), color=False).count("R_1") == 1


@pytest.mark.parametrize(
    ("verdicts", "command"),
    [
        ([], "reconcile plan"),
        ([Verdict.VERIFIED, Verdict.CONVERGING], "reconcile plan"),
        ([Verdict.FAILED, Verdict.SKIPPED], "reconcile resume --only-failures r1, or reconcile plan"),
        ([Verdict.FAILED, Verdict.STALE], "reconcile resume --only-failures r1, or reconcile plan"),
        ([Verdict.STALE], "reconcile plan"),
    ],
)
def test_the_last_line_is_the_next_command(verdicts: list[Verdict], command: str) -> None:
    view = outcomes_view([Outcome("person/a", "op", "update", verdict) for verdict in verdicts], run="r1")
    assert outcomes_text(view, color=False).splitlines()[-1] == f"next: {command}"


def test_progress() -> None:
    assert [progress_line(done, 61, outcome, 190) for done, outcome in enumerate(OUTCOMES[:3], start=12)] == [
        "[12/61] ok location/London created, verified in 0.8s · ~3m10s left",
        "[13/61] ok person/bo@example.com already as wanted, verified in 0.2s · ~3m10s left",
        "[14/61] DRIFTED person/ana@example.com update drifted: the API reported success, but the read-back differs"
        " · ~3m10s left",
    ]
    assert progress_line(1, 1, OUTCOMES[0]) == "[1/1] ok location/London created, verified in 0.8s"


def test_summary_totals_are_the_sum_of_its_results(rich_plan: Plan) -> None:
    summary = summary_json(OUTCOMES, rich_plan, "r1")
    totals = dict(summary["totals"])
    assert totals.pop("results") == len(summary["results"]) == sum(totals.values())
    assert sum(summary["verdicts"].values()) == len(summary["results"])
    assert {result["status"] for result in summary["results"]} <= set(STATUSES)
    assert {change.address for change in rich_plan.changes} <= {result["address"] for result in summary["results"]}
    assert (summary["plan"], summary["run"], summary["format_version"]) == (rich_plan.digest, "r1", 1)
    assert summary["counts"] == rich_plan.counts()


def test_summary_says_what_became_of_each(rich_plan: Plan) -> None:
    status = {result["address"]: result["status"] for result in summary_json(OUTCOMES, rich_plan, "r1")["results"]}
    assert status["location/London"] == "executed"
    assert status["person/ana@example.com"] == "error"
    assert status["location/Madrid HQ"] == "rejected"
    assert status["person/ceo@example.com"] == "rejected"
    assert status["person.voicemail/ana@example.com"] == "skipped"
    assert status["hunt_group/Madrid/Sales"] == "skipped"


def test_without_a_run_it_is_a_dry_run(rich_plan: Plan) -> None:
    totals = summary_json([], rich_plan, "")["totals"]
    assert totals == {"results": 53, "executed": 0, "dry_run": 49, "skipped": 1, "rejected": 3, "error": 0}
