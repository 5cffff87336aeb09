"""A comment has a limit in bytes; what matters most is in it."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from reconciler.model.plan import Finding, Plan
from reconciler.report.markdown import plan_markdown
from reconciler.report.markup import code
from reconciler.report.view import plan_view
from tests.report.conftest import change


def big_plan(changes: int = 5_000, *, wide: str = "") -> Plan:
    """Every hundredth is blocked, every fiftieth a delete, the rest updates in 20 locations, in 3-byte letters."""
    made, findings = [], []
    for index in range(changes):
        address = f"person/ユーザー{index}@example.com"
        if index % 100 == 0:
            made.append(change(address, "delete", blocked="limits: 50 deletes", before={"extension": wide or "1"}))
            findings.append(Finding("limits", address, "50 deletes, 5 allowed", "raise limits.delete.max"))
        elif index % 50 == 1:
            made.append(change(address, "delete", before={"extension": wide or "1"}))
        else:
            fields = {"location": f"Oficina {index % 20}", "title": str(index)}  # no two alike
            made.append(change(address, "update", want=fields, before={"extension": wide}))
    return Plan("org", "ACME", "c", "d", made, [], findings, same=1_000, managed=6_000)


def test_five_thousand_changes_fit() -> None:
    comment = plan_markdown(plan_view(big_plan()))
    assert 50_000 < len(comment.encode()) < 60_000
    for index in (0, 100, 4_900):
        assert f"x person/ユーザー{index}@example.com  delete BLOCKED by limits" in comment
    for index in (1, 51, 4_951):
        assert f"- person/ユーザー{index}@example.com  delete" in comment
    assert comment.index("#### Blocked (50)") < comment.index("#### Deletes (100)") < comment.index("<details>")
    assert comment.rstrip().splitlines()[-1].endswith("--exclude ADDRESS`")


def test_what_is_shown_and_what_is_not_make_the_total() -> None:
    view = plan_view(big_plan())
    comment = plan_markdown(view)
    left = re.search(r"\*\*\+([\d,]+) more in the job's artifact\*\*", comment)
    assert left is not None
    headlines = sum(comment.count(f"\n{entry.headline}\n") for entry in view.entries)
    assert int(left[1].replace(",", "")) + headlines == view.total == 5_000


@pytest.mark.parametrize("limit", [3_000, 8_000, 20_000, 60_000, 500_000])
def test_every_limit_is_kept_and_every_fence_closed(limit: int) -> None:
    comment = plan_markdown(plan_view(big_plan(1_000, wide="w" * 300)), limit=limit)
    assert len(comment.encode()) <= limit
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(comment)
    assert all(
        token.map and comment.splitlines()[token.map[1] - 1] == "```" for token in tokens if token.type == "fence"
    )
    assert comment.count("<details") == comment.count("</details>")


def test_details_give_way_before_headlines_of_blocked_and_deletes() -> None:
    comment = plan_markdown(plan_view(big_plan(1_000, wide="w" * 390)), limit=8_000)
    assert comment.count("BLOCKED by") == 10
    assert comment.count("\n- person/") == 20


@pytest.mark.parametrize(
    ("text", "span"), [("a", "`a`"), ("`", "`` ` ``"), ("a``b", "```a``b```"), ("", "`   `"), ("<!--", r"`<\!--`")]
)
def test_code_span(text: str, span: str) -> None:
    assert code(text) == span
