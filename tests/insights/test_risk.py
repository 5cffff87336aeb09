"""The score is the same for the same findings, stays below 100, and rises with every further finding (S31)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.insights import SEVERITIES, Insight, judge
from reconciler.insights.risk import score
from tests.insights.conftest import ANA, BO, LONDON, YORK, World
from tests.insights.test_rules import forward

insights = st.lists(
    st.builds(
        lambda rule, severity: Insight(f"rule-{rule}", severity, "person/a", "", LONDON, "", "", ""),
        st.integers(0, 5),
        st.sampled_from(SEVERITIES),
    ),
    max_size=30,
)


@given(insights, insights.filter(bool), st.randoms(use_true_random=False))
def test_s31_it_is_deterministic_bounded_and_rises(found: list[Insight], more: list[Insight], chance: object) -> None:
    before, after = score("location/London", found), score("location/London", [*found, *more])
    shuffled = [*found]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert score("location/London", shuffled) == before
    assert after.points > before.points and after.score >= before.score
    assert 0 <= before.score <= 100 and (before.score == 0) == (not found)
    assert sum(before.counts.values()) == len(found)


@pytest.mark.parametrize(
    ("severity", "alone"), [("critical", 44.4), ("serious", 23.1), ("warning", 9.1), ("info", 2.0)]
)
def test_what_one_finding_alone_is_worth(severity: str, alone: float) -> None:
    one = Insight("rule", severity, "person/a", "", LONDON, "", "", "")  # type: ignore[arg-type]
    assert score("location/London", [one]).score == alone


def scores(world: World) -> dict[str, float]:
    return {risk.address: risk.score for risk in judge(world.snapshot).risk}


def test_s31_a_seeded_risk_raises_the_score_of_its_location_and_of_no_other(world: World) -> None:
    clean = scores(world)
    world.edit("location", LONDON, pstn={"trunk": None})
    first = scores(world)
    world.edit("location.emergency_callback_number", LONDON, location_info={})
    second = scores(world)
    assert clean[f"location/{LONDON}"] == 0 < first[f"location/{LONDON}"] < second[f"location/{LONDON}"] < 100
    assert clean[f"location/{YORK}"] == second[f"location/{YORK}"] == 0


def test_a_queue_has_the_risk_of_its_agents(world: World) -> None:
    before = scores(world)["call_queue/London/Help"]
    forward(world, BO, "1999", "busy")
    with_agent = scores(world)["call_queue/London/Help"]
    world.edit("call_queue", "London/Help", agents=[{"id": f"person/{ANA}"}])
    assert before == 0 < with_agent and scores(world)["call_queue/London/Help"] == 0


def test_the_riskiest_come_first_locations_before_queues(world: World) -> None:
    world.edit("location", YORK, pstn={"trunk": None})
    assert [risk.address for risk in judge(world.snapshot).risk] == [
        "location/York",
        "location/London",
        "call_queue/London/Help",
    ]
