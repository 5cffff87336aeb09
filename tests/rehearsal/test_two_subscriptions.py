"""A rehearsed plan is told apart by subscription as the live one is: licences of one name have units of their own."""

from __future__ import annotations

import pytest

from tests.engine.test_two_subscriptions import MESSAGING, NEW, ONE, SECOND, TWO, WHO, another, first_of, give
from tests.rehearsal.conftest import Rehearse
from tests.support.live import Live

pytestmark = pytest.mark.issue10(26)


@pytest.mark.parametrize("offline", [False, True])
def test_the_twin_has_both_and_carries_the_plan_out(live: Live, rehearse: Rehearse, offline: bool) -> None:
    second = another(live, totalUnits=2)
    another(live, MESSAGING, number=12)
    give(live, WHO, second, first_of(live))
    live.describe(
        {"people": [{"email": WHO, "licenses": [ONE, f"{MESSAGING} [{SECOND}]"]}, {**NEW, "licenses": [TWO]}]}
    )
    live.remember()
    found = rehearse(live, live.plan(), offline=offline)
    assert not found.refusals and found.steps >= 2, found
    assert not [one for one in found.unknown if "licen" in one and "have that name" in one]


@pytest.mark.parametrize("offline", [False, True])
def test_the_twin_has_no_unit_of_one_where_only_the_other_has(live: Live, rehearse: Rehearse, offline: bool) -> None:
    another(live, totalUnits=0)
    live.describe({"people": [{**NEW, "licenses": [TWO]}]})
    live.remember()
    assert rehearse(live, live.plan(lift=[f"licenses:{TWO}"]), offline=offline).refusals
    live.describe({"people": [{**NEW, "licenses": [ONE]}]})
    assert not rehearse(live, live.plan(), offline=offline).refusals
