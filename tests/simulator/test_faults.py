"""Faults: scripted, replayable, and by chance (webex-behaviour.md §19; core/faults.py)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.simulator import Simulator
from reconciler.simulator.core import faults

ROOMS = "/workspaces"


def names(simulator: Simulator) -> list[str]:
    return [room["displayName"] for room in simulator.state()["workspaces"]]


def test_the_nth_request_and_so_many(simulator: Simulator, call: Any) -> None:
    simulator.faults([{"match": {"method": "GET", "route": ROOMS}, "nth": 2, "times": 2, "do": {"status": 503}}])
    assert [call("GET", ROOMS).status for _ in range(5)] == [200, 503, 503, 200, 200]
    report = simulator.fault_report()["faults"]
    assert [(one["seen"], one["done"]) for one in report] == [(5, 2)]


def test_nth_alone_is_once_and_neither_is_always(simulator: Simulator, call: Any) -> None:
    simulator.faults([{"match": {"route": ROOMS}, "nth": 1, "do": {"status": 500}}])
    assert [call("GET", ROOMS).status for _ in range(2)] == [500, 200]
    simulator.faults([{"match": {"route": "/work*"}, "do": {"status": 502, "body": "<html>no</html>"}}])
    for _ in range(3):
        answer = call("GET", ROOMS)
        assert (answer.status, answer.body) == (502, "<html>no</html>")
    simulator.no_faults()
    assert call("GET", ROOMS).status == 200


def test_a_refused_write_has_no_effect_and_a_lost_answer_has(simulator: Simulator, call: Any) -> None:
    simulator.faults(
        [
            {"match": {"method": "POST", "route": ROOMS}, "nth": 1, "do": {"status": 502}},
            {"match": {"method": "POST", "route": ROOMS}, "nth": 2, "do": {"status": 502, "drop": "after"}},
            {"match": {"method": "POST", "route": ROOMS}, "nth": 3, "do": {"drop": "before"}},
            {"match": {"method": "POST", "route": ROOMS}, "nth": 4, "do": {"drop": "after"}},
        ]
    )
    assert call("POST", ROOMS, {"displayName": "One"}).status == 502
    assert call("POST", ROOMS, {"displayName": "Two"}).status == 502
    for name in ("Three", "Four"):
        with pytest.raises(ConnectionError):
            call("POST", ROOMS, {"displayName": name})
    assert {"One", "Two", "Three", "Four"} & set(names(simulator)) == {"Two", "Four"}
    log = [entry for entry in simulator.log() if entry["method"] == "POST"]
    assert [entry["status"] for entry in log] == [502, 502, 0, 0]
    assert [entry["fault"].get("drop") for entry in log] == [None, "after", "before", "after"]


def test_silent_answers_as_if_and_does_nothing(simulator: Simulator, call: Any) -> None:
    before = simulator.state()
    simulator.faults([{"match": {"method": "POST"}, "do": {"silent": True}}])
    answer = call("POST", ROOMS, {"displayName": "Ghost"})
    assert answer.status == 201 and answer.body["displayName"] == "Ghost"
    assert simulator.state() == before


def test_later_takes_effect_as_the_clock_moves(simulator: Simulator, call: Any) -> None:
    simulator.run_clock(0)
    room = call("GET", ROOMS).body["items"][0]
    simulator.faults([{"match": {"method": "PUT"}, "do": {"later": 30}}])
    assert call("PUT", f"{ROOMS}/{room['id']}", {"displayName": "Renamed"}).body["displayName"] == "Renamed"
    assert call("GET", f"{ROOMS}/{room['id']}").body["displayName"] == room["displayName"]
    simulator.advance(29)
    assert call("GET", f"{ROOMS}/{room['id']}").body["displayName"] == room["displayName"]
    simulator.advance(1)
    assert call("GET", f"{ROOMS}/{room['id']}").body["displayName"] == "Renamed"


def test_partial_carries_out_the_first_entries(simulator: Simulator, call: Any, ids: Any) -> None:
    url = f"/telephony/config/locations/{ids.locations['New York']}/numbers"
    simulator.faults([{"match": {"method": "POST"}, "do": {"partial": {"phoneNumbers": 1}}}])
    assert call("POST", url, {"phoneNumbers": ["+12125550301", "+12125550302"]}).status == 201
    added = {one["number"] for one in simulator.state()["numbers"]} & {"+12125550301", "+12125550302"}
    assert added == {"+12125550301"}


def test_headers_and_texts_of_a_true_answer(simulator: Simulator, call: Any) -> None:
    simulator.faults(
        [
            {
                "match": {"route": "/people"},
                "do": {"replace": {"@example.com": "@EXAMPLE.com"}, "headers": {"Link": None}},
            }
        ]
    )
    answer = call("GET", "/people?max=10")
    assert "Link" not in answer.headers and answer.status == 200
    assert "@EXAMPLE.com" in str(answer.body) and "@example.com" not in str(answer.body)


def test_delay_moves_a_standing_clock(simulator: Simulator, call: Any) -> None:
    simulator.run_clock(0)
    before = simulator.state()["clock"]["now"]
    simulator.faults([{"do": {"delay": 3600}}])
    assert call("GET", ROOMS).status == 200
    assert simulator.state()["clock"]["now"] - before == pytest.approx(3600)


def test_edits_are_never_faulty(simulator: Simulator) -> None:
    simulator.faults([{"do": {"status": 500}}])
    simulator.edit("POST", ROOMS, {"displayName": "Admin's"})
    assert "Admin's" in names(simulator)


@pytest.mark.parametrize(
    "schedule",
    [
        {},
        [{}],
        [{"do": {"status": 42}}],
        [{"do": {"drop": "sideways"}}],
        [{"nth": 0, "do": {}}],
        [{"do": {}, "if": 1}],
        [{"match": {"verb": "GET"}, "do": {}}],
    ],
)
def test_a_schedule_in_another_form_is_refused(simulator: Simulator, schedule: Any) -> None:
    with pytest.raises(faults.BadSchedule):
        simulator.faults(schedule)


ROUTES = st.sampled_from([("GET", "/people"), ("PUT", "/people/{personId}"), ("POST", "/workspaces")])


@given(seed=st.integers(0, 1000), order=st.permutations(range(30)), asked=st.lists(ROUTES, min_size=30, max_size=30))
def test_chance_depends_on_the_seed_and_not_on_the_order(
    seed: int, order: list[int], asked: list[tuple[str, str]]
) -> None:
    one, other = faults.Chaos(seed, 0.4), faults.Chaos(seed, 0.4)
    for method, route in asked:
        one.draw(method, route)
    for place in order:
        other.draw(*asked[place])
    assert sorted(map(str, one.used())) == sorted(map(str, other.used()))


@given(seed=st.integers(0, 1000))
def test_the_schedule_that_chance_used_does_the_same_again(seed: int) -> None:
    asked = [("GET", "/people"), ("PUT", "/people/{personId}"), ("POST", "/workspaces")] * 10
    chance = faults.Schedule(faults.Chaos(seed, 0.3))
    first = [chance.take(*one) for one in asked]
    again = faults.Schedule()
    again.add(faults.parse(chance.report()["chaos"]))
    assert [again.take(*one) for one in asked] == first
    if seed == 7:  # a rate of a third hits something in thirty requests
        assert any(first)


def test_no_chance_at_rate_zero_and_always_at_one() -> None:
    assert not any(faults.Chaos(1, 0).draw("GET", "/people") for _ in range(100))
    assert all(faults.Chaos(1, 1).draw("GET", "/people") for _ in range(100))
