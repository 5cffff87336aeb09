"""The comparison itself: every combination has one state, and it does not matter which side is called which."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.drift import NOTHING, State, classify, compare, differences
from reconciler.model.desired import Wanted
from reconciler.model.snapshot import Current, Fields, MemorySnapshot
from tests.support.wanted import without_nulls

NAMES = st.sampled_from(("first_name", "last_name", "display_name", "extension", "location"))
FIELDS = st.dictionaries(NAMES, st.sampled_from(("a", "b", "c")))
NESTED = st.recursive(
    st.sampled_from((None, "a", "b", True)), lambda inner: st.dictionaries(st.sampled_from("xyz"), inner), max_leaves=6
)


def person(fields: Fields | None, key: str = "ana@example.com") -> Current | None:
    return None if fields is None else Current("person", key, "id", {"email": key, **fields})


def wanted(fields: Fields, *, absent: bool = False) -> Wanted:
    return Wanted("person", "ana@example.com", fields, "desired/a.yaml", 1, absent)


def states(want: Wanted | None, then: Fields | None, live: Fields | None, whole: bool = False) -> dict[str, State]:
    found = differences("person", "ana@example.com", want, person(then), person(live), whole=whole)
    return {one.path: one.state for difference in found for one in difference.fields}


def test_the_table() -> None:
    for pending, drifted, undone in product((False, True), repeat=3):
        found = classify(pending, drifted, undone)
        assert (found is None) == (not pending and not drifted)
    assert classify(True, False, True) is State.PENDING
    assert classify(False, True, True) is State.DRIFTED
    assert classify(True, True, False) is State.BOTH
    assert classify(True, True, True) is State.CONFLICTING


@given(st.sampled_from("abc"), st.sampled_from("abc"), st.sampled_from("abc"))
def test_every_triple_of_values_has_the_state_that_the_table_says(want: str, then: str, live: str) -> None:
    found = states(wanted({"extension": want}), {"extension": then}, {"extension": live}).get("extension")
    expected = {1: None, 3: State.CONFLICTING}.get(len({want, then, live}))
    if len({want, then, live}) == 2:
        expected = State.PENDING if then == live else State.DRIFTED if want == then else State.BOTH
    assert found is expected


_MIRROR = {State.PENDING: State.DRIFTED, State.DRIFTED: State.PENDING}


@given(FIELDS, FIELDS, FIELDS)
def test_git_and_the_tenant_are_alike(want: Fields, then: Fields, live: Fields) -> None:
    """Swapping what git says with what the tenant has swaps pending and drifted, and nothing else."""
    names = want.keys() | then.keys() | live.keys()
    whole = [{name: side.get(name) for name in names} for side in (want, then, live)]
    one = states(wanted(whole[0]), whole[1], whole[2])
    other = states(wanted(whole[2]), whole[1], whole[0])
    assert one == {path: _MIRROR.get(state, state) for path, state in other.items()}


@given(NESTED, NESTED, NESTED)
def test_nested_values_are_compared_to_the_last_leaf_and_none_is_lost(want: Any, then: Any, live: Any) -> None:
    """Whatever the shapes: what is equal everywhere is not told, and what differs is, once."""
    found = differences(
        "person",
        "ana@example.com",
        wanted({"display_name": want}),
        person({"display_name": then}),
        person({"display_name": live}),
        whole=True,
    )
    paths = [one.path for difference in found for one in difference.fields]
    assert len(paths) == len(set(paths))
    if without_nulls({"": then}) != without_nulls({"": live}):  # null and not there are the same
        assert any(one.state is not State.PENDING for difference in found for one in difference.fields)
    if want == then == live:
        assert not paths


def test_what_nobody_manages_is_told_when_all_is_compared() -> None:
    then, live = {"extension": "1", "last_name": "A"}, {"extension": "1", "last_name": "B"}
    assert states(wanted({"extension": "1"}), then, live) == {}
    assert states(wanted({"extension": "1"}), then, live, whole=True) == {"last_name": State.DRIFTED}
    (found,) = differences("person", "ana@example.com", None, person(then), person(live), whole=True)
    assert found.fields[0].desired is NOTHING


@pytest.mark.parametrize(
    ("want", "then", "live", "expected"),
    [
        (wanted({"extension": "1"}), None, None, {"": State.PENDING}),
        (wanted({"extension": "1"}), {"extension": "1"}, None, {"": State.DRIFTED}),
        (wanted({"extension": "2"}), {"extension": "1"}, None, {"": State.DRIFTED, "extension": State.CONFLICTING}),
        (wanted({"extension": "1"}), None, {"extension": "1"}, {"": State.BOTH}),
        (wanted({"extension": "2"}), None, {"extension": "1"}, {"": State.BOTH, "extension": State.CONFLICTING}),
        (wanted({}, absent=True), {"extension": "1"}, {"extension": "1"}, {"": State.PENDING}),
        (wanted({}, absent=True), {"extension": "1"}, None, {"": State.BOTH}),
        (wanted({}, absent=True), None, {"extension": "1"}, {"": State.DRIFTED}),
        (
            wanted({}, absent=True),
            {"extension": "1"},
            {"extension": "2"},
            {"": State.PENDING, "extension": State.DRIFTED},
        ),
        (wanted({}, absent=True), None, None, {}),
    ],
)
def test_objects_that_came_and_went(
    want: Wanted, then: Fields | None, live: Fields | None, expected: dict[str, State]
) -> None:
    assert states(want, then, live) == expected


def test_an_address_with_changes_on_both_sides_is_both_and_a_conflict_wins() -> None:
    def state(want: Fields, then: Fields, live: Fields) -> State:
        (found,) = differences("person", "ana@example.com", wanted(want), person(then), person(live), whole=False)
        return found.state

    then = {"extension": "1", "last_name": "A"}
    assert state({"extension": "2", "last_name": "A"}, then, {**then, "last_name": "B"}) is State.BOTH
    assert state({"extension": "2", "last_name": "C"}, then, {**then, "last_name": "B"}) is State.CONFLICTING


def test_one_that_was_deleted_and_made_again_is_another_one() -> None:
    old, new = person({}), Current("person", "ana@example.com", "id2", {"email": "ana@example.com"})
    (found,) = differences("person", "ana@example.com", wanted({}), old, new, whole=False)
    assert [(one.path, one.state) for one in found.fields] == [("id", State.DRIFTED)]


def test_a_mapping_of_licences_is_compared_with_what_it_leads_to() -> None:
    want = wanted({"licenses": {"Messaging": True}})
    assert states(want, {"licenses": ["Messaging"]}, {"licenses": ["Meetings", "Messaging"]}) == {
        "licenses": State.DRIFTED  # somebody added one, though what is desired is still there
    }
    assert states(want, {"licenses": []}, {"licenses": ["Messaging"]}) == {"licenses": State.BOTH}


def test_what_could_not_be_read_is_not_said_to_be_gone() -> None:
    snapshot = MemorySnapshot({}, {"person": {"ana@example.com": person({"extension": "1"})}})  # type: ignore[dict-item]
    live = MemorySnapshot({}, {"person": {}}, {"person": "the list breaks off"})
    found = compare([wanted({"extension": "1"})], snapshot, live, whole={"person"})
    assert (found.differences, found.gaps) == ([], {"person": "tenant: the list breaks off"})
    nothing = MemorySnapshot({})
    assert compare([wanted({})], nothing, live).gaps == {"person": "snapshot: not read"}


def test_a_section_that_cannot_be_read_is_cannot_tell() -> None:
    want = wanted({"forwarding": {"always": None}})
    then = Current("person", "ana@example.com", "id", {"forwarding": {"always": None}})
    live = Current("person", "ana@example.com", "id", {}, unknown={"forwarding": "licence tier"})
    (found,) = differences("person", "ana@example.com", want, then, live, whole=False)
    assert (found.address, found.state, found.why) == (
        "person.forwarding/ana@example.com",
        State.CANNOT_TELL,
        "licence tier",
    )
    assert not found.drifted
