"""One plan, four renderings: how each looks, and that all of them say the same."""

from __future__ import annotations

import html
import json
import re

import pytest
from syrupy.assertion import SnapshotAssertion

from reconciler.model.plan import Change, Finding, Plan
from reconciler.report.html import plan_html
from reconciler.report.markdown import plan_markdown
from reconciler.report.text import plan_text
from reconciler.report.view import PlanView, plan_view
from tests.support.forging import forge


@pytest.fixture
def view(rich_plan: Plan) -> PlanView:
    return plan_view(rich_plan, saved="plan.json")


def renderings(view: PlanView) -> dict[str, str]:
    """The three texts that are views of the plan, without their markup."""
    body = plan_html(view).partition("<body>")[2]
    return {
        "text": plan_text(view, color=False),
        "markdown": re.sub(r"`+(diff)?|\\(?=[!>])", "", plan_markdown(view)),
        "html": html.unescape(re.sub(r"<[^>]*>", " ", body)),
    }


def plain(text: str) -> str:
    return " ".join(re.sub("[`|]", "", text).split())


def test_text(view: PlanView, snapshot: SnapshotAssertion) -> None:
    assert plan_text(view, color=False) == snapshot


def test_text_in_colour(view: PlanView, snapshot: SnapshotAssertion) -> None:
    assert plan_text(view, color=True) == snapshot


def test_markdown(view: PlanView, snapshot: SnapshotAssertion) -> None:
    assert plan_markdown(view) == snapshot


def test_html(view: PlanView, snapshot: SnapshotAssertion) -> None:
    assert plan_html(view).partition("</style>")[2] == snapshot


def test_empty_plan(empty_plan: Plan, snapshot: SnapshotAssertion) -> None:
    empty = plan_view(empty_plan)
    assert plan_text(empty, color=False).splitlines()[-1] == "No changes. 4,812 managed resources match."
    assert [plan_text(empty, color=False), plan_markdown(empty), plan_html(empty).partition("</style>")[2]] == snapshot


def test_full_shows_every_address(rich_plan: Plan) -> None:
    text = plan_text(plan_view(rich_plan, full=True), color=False)
    assert all(f"+ number/+4420794600{digits}  create  " in text for digits in range(10, 50))


def test_g13_all_renderings_agree_on_every_number(view: PlanView, rich_plan: Plan) -> None:
    for name, rendered in renderings(view).items():
        said = plain(rendered)
        assert plain(view.denominator) in said, name
        assert plain(view.verdict) in said, name
        assert plain(view.last) in said, name
        for count in view.counts:
            assert f"{count.symbol} {count.word} {count.amount}" in said, (name, count)
        for fact in (*view.facts, *view.waves):
            assert re.search(rf"{fact.label}:?\s*{re.escape(plain(fact.text))}", said), (name, fact)
        for remark in view.remarks:
            assert plain(remark.text) in said, (name, remark)
        for stop in view.stops:
            assert all(plain(line) in said for line in (stop.headline, *stop.objection.lines)), (name, stop)
        for entry in view.entries:
            assert plain(f"{entry.symbol} {entry.address} {entry.what} {entry.reason}") in said, (name, entry)
            assert all(plain(line) in said for line in entry.detail), (name, entry)


def test_the_view_agrees_with_the_plan_file(view: PlanView, rich_plan: Plan) -> None:
    file = json.loads(rich_plan.dumps())
    actions = {"update": "update", "create": "create", "delete": "delete", "cannot_tell": "cannot tell"}
    counts = {count.word: count.count for count in view.counts}
    assert counts == {word: file["summary"][action] for action, word in actions.items()}
    assert sum(count.blocked for count in view.counts) == file["summary"]["blocked"]
    assert f"{file['summary']['managed']:,}" in view.denominator
    assert view.total == len(file["changes"]) == sum(entry.count for entry in view.entries)
    assert view.digest == file["digest"]
    calls = next(fact.text for fact in view.facts if fact.label == "calls")
    assert calls.startswith(
        f"{len(file['operations'])} writes + 27 reads in 3 waves"
    )  # compare, names, read back, last look


def test_g14_no_change_without_a_reason(view: PlanView) -> None:
    assert all(entry.reason for entry in view.entries)
    assert all(entry.objections for entry in view.entries if entry.status == "blocked")


def test_no_secret_in_any_rendering(view: PlanView) -> None:
    assert all("hunter2" not in rendered for rendered in renderings(view).values())


def test_every_warning_is_counted(view: PlanView) -> None:
    text = plan_text(view, color=False)
    marked = [line for line in text.splitlines() if line.lstrip().startswith("! ")]
    assert f"warnings     {len(marked)} (marked !)" in text


def test_order_of_risk(view: PlanView) -> None:
    order = ["blocked", "delete", "update", "create", "cannot_tell"]
    found = [order.index(group.status) for group in view.groups]
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("saved", "command"),
    [
        ("", "reconcile apply --approve {}"),
        ("plan.json", "reconcile apply plan.json"),
        ("my plan", "reconcile apply 'my plan'"),
    ],
)
def test_the_last_line_is_the_next_command(rich_plan: Plan, saved: str, command: str) -> None:
    for change in rich_plan.changes:
        forge(change, blocked="")
    rich_plan.findings.clear()
    rich_plan.overrides.clear()
    text = plan_text(plan_view(rich_plan, saved=saved), color=False)
    digest = rich_plan.digest[:12]
    assert text.splitlines()[-1] == f"plan {digest} · next: {command.format(digest)}"


@pytest.mark.parametrize(
    ("scope", "overrides", "command"),
    [
        ({"target": ["person/*"]}, ["limits:delete"], "reconcile apply --target 'person/*' --override limits:delete"),
        ({"undo": ["20261120-run"], "exclude": ["number/*"]}, [], "reconcile undo 20261120-run --exclude 'number/*'"),
        ({"only": ["safe"]}, [], "reconcile apply --only-safe"),
        ({"retry": ["20261120-run"]}, [], "reconcile resume --only-failures 20261120-run"),
    ],
)
def test_the_next_command_makes_the_same_plan(
    rich_plan: Plan, scope: dict[str, list[str]], overrides: list[str], command: str
) -> None:
    """Whoever copies it approves this plan and no other: what was selected and lifted is part of its digest."""
    for change in rich_plan.changes:
        forge(change, blocked="")
    rich_plan.findings.clear()
    forge(rich_plan, scope=scope, overrides=overrides)
    assert plan_view(rich_plan).last.endswith(f"next: {command} --approve {rich_plan.digest[:12]}")


def test_a_blocked_plan_does_not_promise_an_apply(rich_plan: Plan) -> None:
    """`apply` refuses a plan with blocked changes, so the last line says how to get one without."""
    assert "reconcile apply" not in plan_view(rich_plan, saved="plan.json").last
    assert "--exclude" in plan_view(rich_plan, saved="plan.json").last


def test_what_blocks_many_is_said_with_the_first_few() -> None:
    names = [f"person/{n}@example.com" for n in range(9)]
    changes = [Change(name, "person", name[7:], "update", "differs", blocked="limits") for name in names]
    findings = [Finding("limits", name, "too many", "fewer", "limits:update") for name in names]
    plan = Plan("org", "Org", "", "", changes, [], findings, 0, 9)
    for rendered in renderings(plan_view(plan)).values():
        assert rendered.count("too many") == 3 and rendered.count(f"as for {names[0]}") == 6
    assert plan_text(plan_view(plan, full=True), color=False).count("too many") == 9


def test_an_incomplete_snapshot_is_not_called_no_changes(empty_plan: Plan) -> None:
    forge(empty_plan, incomplete=["person: HTTP 500 on page 3"])
    text = plan_text(plan_view(empty_plan), color=False)
    assert "No changes in what could be read." in text
    assert "snapshot incomplete, deletes suppressed: person: HTTP 500 on page 3" in text


def test_the_page_loads_and_runs_nothing(view: PlanView) -> None:
    page = plan_html(view)
    tags = set(re.findall(r"<([a-z0-9]+)", page))
    assert not tags & {"script", "link", "img", "iframe", "a", "form", "object", "embed"}
    assert "url(" not in page and "@import" not in page
    assert page.index("<h1>") < page.index("<h2") < page.index("<h3>")
