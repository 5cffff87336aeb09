"""Field lines: nested paths, lists, what is not managed, and secrets."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.masking import SECRET
from reconciler.model.plan import Change
from reconciler.model.ranges import ranges
from reconciler.model.wording import counted, duration
from reconciler.report.fields import field_lines
from tests.report.conftest import change


def lines(want: dict[str, Any], before: dict[str, Any], action: str = "update", *, full: bool = False) -> list[str]:
    return [field.line for field in field_lines(change("person/ana", action, want=want, before=before), full=full)]


@pytest.mark.parametrize(
    ("want", "before", "line"),
    [
        ({"extension": "1002"}, {"extension": "1001"}, '~ extension "1001" -> "1002"'),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": 2, "d": 3}}}, "~ a.b.c 2 -> 1"),
        ({"a": None}, {"a": "x"}, '~ a "x" -> (none)'),
        ({"a": True}, {"a": None}, "~ a (none) -> true"),
        ({"a": ["x", "y"]}, {"a": ["y", "z"]}, '~ a + "x"  - "z"  (order ignored)'),
        ({"a": ["y", "x"]}, {"a": ["y"]}, '~ a + "x"'),
        ({"a": [2, 1]}, {"a": [1, 2]}, "~ a [1, 2] -> [2, 1] (order differs)"),
        ({"a": ["x"]}, {"a": None}, '~ a + "x"'),
        ({"a": []}, {"a": ["x"]}, '~ a - "x"'),
        ({"a": 'say "hi" \\'}, {"a": ""}, '~ a "" -> "say \\"hi\\" \\\\"'),
        ({"voicemail_pin": "1234"}, {"voicemail_pin": "9"}, f"~ voicemail_pin {SECRET}"),
        ({"sip": {"trunkPassword": "p"}}, {"sip": {}}, f"~ sip.trunkPassword {SECRET}"),
    ],
)
def test_update(want: dict[str, Any], before: dict[str, Any], line: str) -> None:
    assert lines(want, before) == [line]


def test_only_what_is_wanted_is_shown() -> None:
    assert lines({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}, "d": 3}) == []


def test_create_and_delete_leave_out_the_key() -> None:
    assert lines({"email": "ana", "first": "Ana", "l": ["a"]}, {}, "create") == ['+ first "Ana"', '+ l + "a"']
    assert lines({}, {"email": "ana", "first": "Ana"}, "delete") == ['- first "Ana"']


def test_no_secret_in_lists_of_mappings() -> None:
    assert lines({"users": [{"name": "a", "password": "p"}]}, {}, "create") == [
        f'+ users + {{name: "a", password: {SECRET}}}'
    ]


def test_long_lists_and_values_are_cut_unless_full() -> None:
    items = [f"item{index:03}" for index in range(100)]
    cut = lines({"a": items, "b": "v" * 1_000}, {"a": [], "b": ""})
    assert "    … 70 more (--full shows them)" in cut
    assert cut[-1].endswith("… (+600 characters)")
    assert len(lines({"a": items}, {"a": []}, full=True)) == 101


def test_numbers_in_a_row() -> None:
    numbers = [f"+44207946{n:04}" for n in (10, 11, 12, 20, 30, 31)]
    assert ranges(reversed(numbers)) == [
        "+442079460010…+442079460012",
        "+442079460020",
        "+442079460030",
        "+442079460031",
    ]
    assert ranges(["+9999999", "+10000000", "+10000001"]) == ["+9999999", "+10000000", "+10000001"]


def test_words() -> None:
    assert [counted(1, "person"), counted(1_204, "person")] == ["1 person", "1,204 people"]
    assert [counted(2, "hunt_group"), counted(3, "policy"), counted(2, "switch")] == [
        "2 hunt groups",
        "3 policies",
        "2 switches",
    ]
    assert [duration(s) for s in (0.2, 59.6, 190, 7_500)] == ["0s", "1m00s", "3m10s", "2h05m"]


@pytest.mark.issue10(3)
@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("\u0430na", "ana", '"\\u0430na" -> "ana"'),
        ("Sala\u00ad", "Sala", '"Sala\\xad" -> "Sala"'),
        ("Zo\u00eb\u200d", "Zo\u00eb", '"Zo\\xeb\\u200d" -> "Zo\\xeb"'),
        ("a\u00a0b", "a b", '"a\\xa0b" -> "a b"'),
        ("Jos\u00e9", "Jose", '"José" -> "Jose"'),
    ],
)
def test_two_values_that_print_alike_are_shown_apart(old: str, new: str, shown: str) -> None:
    change = Change(
        "person/a@b.c", "person", "a@b.c", "update", "", want={"first_name": new}, before={"first_name": old}
    )
    assert [line.line for line in field_lines(change)] == [f"~ first_name {shown}"]
    listed = Change("x/y", "x", "y", "update", "", want={"names": [new]}, before={"names": [old]})
    assert all(part in field_lines(listed)[0].line for part in shown.split(" -> "))
