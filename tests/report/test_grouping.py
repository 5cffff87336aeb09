"""What a reviewer reads in a minute: by place, the same warning once, creates that are alike as one."""

from __future__ import annotations

import pytest

from reconciler.model.plan import Change, Plan
from reconciler.report.html import plan_html
from reconciler.report.markdown import plan_markdown
from reconciler.report.text import plan_text
from reconciler.report.view import plan_view
from tests.report.conftest import change

pytestmark = pytest.mark.issue10("C")

_WARNING = "moves to another location by a job: call forwarding, and what else is not described here, is lost"


def plan_of(changes: list[Change], places: dict[str, str] | None = None) -> Plan:
    return Plan("org", "ACME", "c", "d", changes, [], [], same=0, managed=9_000, places=places or {})


def hire(index: int, place: str = "Manchester", **more: object) -> list[Change]:
    name = f"new{index:04}@example.com"
    want = {"email": name, "first_name": f"N{index}", "location": place, "extension": f"{1180 + index}"}
    want |= {"licenses": ["Calling"], **more}
    source = f"desired/people.csv:{index + 2}"
    return [
        change(f"person/{name}", "create", want=want, source=source),
        change(f"person.voicemail/{name}", "create", want={"enabled": True}, source=source),
    ]


def moved(index: int) -> Change:
    return change(f"person/p{index}@example.com", "update", want={"location": "London"}, notes=[_WARNING])


def texts(plan: Plan) -> tuple[str, str, str]:
    view = plan_view(plan)
    return plan_text(view, color=False), plan_markdown(view), plan_html(view).partition("<body>")[2]


def test_equal_creates_are_one_entry_that_says_who_they_are_and_what_is_their_own() -> None:
    view = plan_view(plan_of([one for index in range(50) for one in hire(index)]))
    people, voicemail = view.entries
    assert (people.what, people.count, people.source) == ("create ×50", 50, "desired/people.csv:2-51")
    assert (voicemail.what, voicemail.address) == ("create ×50", "person.voicemail/new0000@example.com, …")
    assert people.members[7] == 'new0007@example.com  first_name "N7"  extension "1187"'
    assert [field.line for field in people.fields] == ['+ location "Manchester"', '+ licenses + "Calling"']
    assert view.total == 100
    for shown in texts(plan_of([one for index in range(50) for one in hire(index)])):
        assert shown.count("create ×50") == 2 and shown.count("new0049@example.com") == 1


@pytest.mark.parametrize(
    "odd",
    [{"location": "London"}, {"licenses": ["Messaging"]}, {"roles": ["Full Administrator"]}],
)
def test_a_create_that_is_not_like_the_others_stands_alone(odd: dict[str, object]) -> None:
    view = plan_view(plan_of([one for index in range(9) for one in hire(index, **(odd if index == 4 else {}))]))
    assert sorted(entry.count for entry in view.entries) == [1, 1, 8, 8]


def test_what_is_risky_or_few_or_asked_for_in_full_is_not_folded() -> None:
    few = [one for index in range(3) for one in hire(index)]
    assert all(entry.count == 1 for entry in plan_view(plan_of(few)).entries)
    blocked = [change(f"person/b{n}@example.com", "create", want={"extension": "1"}, blocked="no") for n in range(9)]
    gone = [change(f"person/g{n}@example.com", "delete", before={"extension": "1"}) for n in range(9)]
    assert all(entry.count == 1 for entry in plan_view(plan_of([*blocked, *gone])).entries)
    many = plan_of([one for index in range(9) for one in hire(index)])
    assert len(plan_view(many, full=True).entries) == 18


def test_the_same_long_warning_is_said_once_with_its_count_and_marked_at_each() -> None:
    plan = plan_of([moved(index) for index in range(50)])
    view = plan_view(plan)
    assert [(remark.count, remark.address) for remark in view.remarks] == [(50, "person/p0@example.com and 49 more")]
    for shown in texts(plan):
        assert shown.count(_WARNING) == 1
        assert shown.count("moves to another location by a job: … (said above)") == 50
    assert plan_text(plan_view(plan, full=True), color=False).count(_WARNING) == 50


def test_short_ones_and_those_of_a_few_stay_where_they_are() -> None:
    view = plan_view(plan_of([moved(0), moved(1)]))
    assert all(entry.notes == (_WARNING,) for entry in view.entries)


def test_the_comment_groups_by_place_also_what_does_not_say_where_it_is() -> None:
    plan = plan_of(
        [
            change("person/ana@example.com", "update", want={"display_name": "Ana"}),
            change("person.forwarding/bo@example.com", "update", want={"always": None}),
            change("workspace.dnd/Lobby", "update", want={"enabled": True}),
            change("person/zoe@example.com", "update", want={"title": "CTO"}),
        ],
        {"person/ana@example.com": "Madrid", "person/bo@example.com": "London", "workspace/Lobby": "London"},
    )
    assert [group.place for group in plan_view(plan).groups] == ["Madrid", "London", "people", "London"]
    comment = plan_markdown(plan_view(plan))
    assert comment.count("<summary>") == 3
    assert "<code>London</code> · 2 changes" in comment and "<code>Madrid</code> · 1 change " in comment


def test_five_thousand_creates_fit_and_each_place_shows_how_many() -> None:
    changes = [one for index in range(2_500) for one in hire(index, f"Site {index % 10}")]
    comment = plan_markdown(plan_view(plan_of(changes)))
    assert len(comment.encode()) < 60_000
    assert comment.count("create ×250") == 20
    assert "more in the job's artifact" not in comment
