"""What a reviewer reads in a minute: by place, the same warning once, creates that are alike as one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

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
    return change(
        f"person/p{index}@example.com", "update", want={"location": "London", "title": f"T{index}"}, notes=[_WARNING]
    )


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


# --- updates that are alike, what cannot be taken back, and the head of the comment ---

_LOST = "undone only in part: it is created anew from the fields that it had; its data and its id are lost"


def forwarded(index: int, **more: Any) -> Change:
    want, before = {"always": {"destination": "0100"}}, {"always": None}
    values = {"want": want, "before": before, "source": f"desired/people.csv:{index + 2}", **more}
    return change(f"person.forwarding/p{index:03}@example.com", "update", **values)


def at_manchester(changes: list[Change]) -> Plan:
    return plan_of(changes, {f"person/{one.key}": "Manchester" for one in changes})


def test_equal_updates_are_one_entry_that_names_everybody() -> None:
    plan = at_manchester([forwarded(index) for index in range(40)])
    (entry,) = plan_view(plan).entries
    assert (entry.what, entry.count, entry.source) == ("update ×40", 40, "desired/people.csv:2-41")
    assert [line.line for line in entry.fields] == ['~ always.destination (none) -> "0100"']
    for shown in texts(plan):
        assert all(shown.count(f"p{index:03}@example.com") >= 1 for index in range(40))
        assert shown.count("always.destination") == 1
    assert len(plan_view(plan, full=True).entries) == 40


@pytest.mark.parametrize(
    "odd",
    [
        {"want": {"always": {"destination": "0101"}}},
        {"before": {"always": {"destination": "0199"}}},
        {"want": {"always": {"destination": "0100"}, "busy": {"destination": "0100"}}},
        {"explicit": ["forwards outside: always to 0100"]},
        {"notes": ["a warning of its own"]},
        {"irreversible": ["cannot be undone: no way back"]},
        {"reset": True},
        {"reason": "inherited"},
        {"blocked": "no"},
    ],
)
def test_an_update_that_is_not_like_the_others_stands_alone(odd: dict[str, Any]) -> None:
    plan = at_manchester([forwarded(index, **(odd if index == 4 else {})) for index in range(9)])
    assert sorted(entry.count for entry in plan_view(plan).entries) == [1, 8]


def test_updates_of_what_is_each_ones_own_say_from_what_to_what_of_each() -> None:
    moves = [
        change(
            f"person/p{index}@example.com",
            "update",
            want={"location": "London", "extension": f"90{index}"},
            before={"location": "Madrid", "extension": f"10{index}"},
        )
        for index in range(5)
    ]
    (entry,) = plan_view(plan_of(moves)).entries
    assert entry.members[3] == 'p3@example.com  extension "103" -> "903"'
    assert [line.line for line in entry.fields] == ['~ location "Madrid" -> "London"']


def test_a_section_of_new_people_is_named_by_who_they_are() -> None:
    changes = [one for index in range(5) for one in hire(index)]
    changes += [
        change(f"person.dnd/new{index:04}@example.com", "update", want={"enabled": True}, reason="its owner is new")
        for index in range(5)
    ]
    view = plan_view(plan_of(changes))
    assert [(entry.what, len(entry.members)) for entry in view.entries] == [
        ("update ×5", 0),
        ("create ×5", 5),
        ("create ×5", 0),
    ]


def test_what_cannot_be_taken_back_is_said_once_with_all_that_it_is_true_of() -> None:
    gone = [
        change(f"workspace/R{index}", "delete", before={"capacity": index}, irreversible=[_LOST]) for index in range(9)
    ]
    plan = plan_of(gone)
    (lasting,) = plan_view(plan).lasting
    assert (lasting.count, lasting.address.count("workspace/R")) == (9, 9)
    for shown in texts(plan):
        assert shown.count(_LOST) == 1 and shown.count("undone only in part: it is created anew … (said above)") == 9
        assert shown.index(_LOST) < shown.index("(said above)")
    assert plan_text(plan_view(plan, full=True), color=False).count(_LOST) == 9


def test_the_head_of_the_comment_tells_the_risk_in_rows() -> None:
    plan = at_manchester([forwarded(index, explicit=["forwards outside: always to 0100"]) for index in range(9)])
    room = change("workspace/Reception | Phone", "delete", before={"capacity": 2}, irreversible=[_LOST])
    hired = [one for index in range(5) for one in hire(index)]
    plan = replace(plan, changes=[*plan.changes, room, *hired])
    lines = plan_markdown(plan_view(plan)).splitlines()
    assert lines[0].startswith("<!-- reconciler:plan:org ")
    assert lines[1] == "### Plan for `ACME`: 20 changes to apply, 1 not fully undoable"
    assert lines[3] == "All 20 are shown, of 9,000 managed resources"
    rows = [line for line in lines if line.startswith(("| **high**", "| medium", "| low"))]
    assert [row.split(" | ")[0] for row in rows] == ["| **high**", "| **high**", "| low", "| low"]
    assert "forwards outside (9 person forwardings): `p000@example.com`" in rows[0] + rows[1]
    assert any("deletes 1 workspace: `Reception ¦ Phone`" in row for row in rows)
    assert any("creates 5 people" in row and "`Manchester` | `desired/people.csv:2-6`" in row for row in rows)


def test_what_is_refused_says_so_before_anything_else() -> None:
    plan = plan_of(
        [change(f"person/b{index}@example.com", "delete", before={"a": 1}, blocked="protected") for index in range(5)]
    )
    lines = plan_markdown(plan_view(plan)).splitlines()
    assert lines[5:7] == [
        "> [!CAUTION]",
        "> **Blocked, so nothing of this would be applied:** `person/b0@example.com` by `person rule`, "
        "`person/b1@example.com` by `person rule`, `person/b2@example.com` by `person rule` and 2 more",
    ]
    assert "| risk |" not in "\n".join(lines)


def test_the_comment_names_as_many_as_fit_and_says_how_many_it_leaves_out() -> None:
    plan = at_manchester([forwarded(index) for index in range(900)])
    comment = plan_markdown(plan_view(plan), limit=6_000)
    assert len(comment.encode()) <= 6_000
    assert "update ×900" in comment and '~ always.destination (none) -> "0100"' in comment
    shown = comment.partition("```diff")[2]
    left = re.search(r"… (\d+) more lines of names, in the job's artifact", shown)
    assert left is not None and shown.count("@example.com, p") > 50
