"""A success without effect is `drifted`, for every kind and every action: nothing is believed that is not read back."""

from __future__ import annotations

import pytest

from tests.support.case import Case, cases, edit, prepare
from tests.support.faults import faults
from tests.support.live import Live
from tests.support.state import differences

_PLAIN = ("create", "update", "clear", "delete")
CASES = [case for case in cases() if case.path.stem in _PLAIN and case.expect.get("writes")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_write_without_effect_is_drifted(case: Case, live: Live) -> None:
    prepare(case, live)
    plan = live.plan()
    edit(live, case.meanwhile)
    before = live.state()
    live.forget()
    with faults(
        live.server, {route: {"answer": 200 if route.startswith("P") else 204} for route in case.expect["writes"]}
    ):
        outcomes = live.apply(plan).outcomes
    assert outcomes and {str(outcome.verdict) for outcome in outcomes} == {"drifted"}
    assert all(outcome.wrote and outcome.fields for outcome in outcomes)
    assert live.writes(), "the write was sent"
    assert differences(before, live.state()) == set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_refused_write_is_failed_with_its_words(case: Case, live: Live) -> None:
    prepare(case, live)
    plan = live.plan()
    before = live.state()
    with faults(live.server, {route: {"answer": 400, "text": "no, thank you"} for route in case.expect["writes"]}):
        outcomes = live.apply(plan).outcomes
    assert outcomes and all(outcome.verdict == "failed" and "no, thank you" in outcome.why for outcome in outcomes)
    assert differences(before, live.state()) == set()
