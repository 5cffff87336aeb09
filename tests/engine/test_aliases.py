"""Somebody with several e-mail addresses is one person, whose key is the one that they sign in with."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler import pipeline
from reconciler.model.plan import Plan
from tests.support.live import Live, changes_of

pytestmark = pytest.mark.issue10(5)
NEW, OLD = "zoe.new@example.com", "zoe.old@example.com"


@pytest.fixture(params=["few", "many"])
def people(request: pytest.FixtureRequest, live: Live) -> list[dict[str, Any]]:
    """Others that are described beside, so that people are looked up one by one, or listed."""
    state = live.state()
    person = next(one for one in state["people"] if one["emails"][0].startswith("zoe.") and one.get("calling"))
    person["emails"] = [NEW, OLD]
    live.server.load(state)
    known = [one["emails"][0] for one in state["people"]]
    return [{"email": mail} for mail in known[10:17]] if request.param == "many" else []


def plans(live: Live) -> list[Plan]:
    """Against the tenant, and against what an export keeps of it."""
    live.remember()
    return [live.plan(), pipeline.plan_offline(live.root, cache=False), pipeline.plan_offline(live.root)]


def test_an_alias_blocks_its_own_entry_and_names_the_primary(live: Live, people: list[dict[str, Any]]) -> None:
    live.describe(
        {"people": [{"email": OLD, "display_name": "Zoe"}, *people], "workspaces": [{"name": "Lobby", "capacity": 3}]}
    )
    for plan in plans(live):
        assert changes_of(plan) == {f"person/{OLD}": "update", "workspace/Lobby": "update"}
        blocked = {finding.address: finding for finding in plan.findings}
        assert blocked.keys() == {f"person/{OLD}"}
        assert NEW in blocked[f"person/{OLD}"].why and "was:" in blocked[f"person/{OLD}"].do
        assert [member.address for one in plan.operations for member in one.members] == ["workspace/Lobby"]


def test_the_primary_is_managed_and_its_addresses_stay(live: Live, people: list[dict[str, Any]]) -> None:
    live.describe({"people": [{"email": NEW, "display_name": "Zoe"}, *people]})
    applied = live.apply(live.plan())
    assert {one.verdict for one in applied.outcomes} == {"verified"}
    record = next(one for one in live.state()["people"] if NEW in one["emails"])
    assert record["emails"] == [NEW, OLD] and record["displayName"] == "Zoe"
    assert all(plan.changes == [] for plan in plans(live))


def test_both_addresses_described_are_one_person(live: Live, people: list[dict[str, Any]]) -> None:
    live.describe({"people": [{"email": NEW, "display_name": "Zoe"}, {"email": OLD}, *people]})
    for plan in plans(live):
        assert {f.address for f in plan.findings} == {f"person/{OLD}"}
        assert [m.address for one in plan.operations for m in one.members] == [f"person/{NEW}"]


@pytest.mark.parametrize("rule", ["protect", "require"])
def test_guards_see_through_an_alias(live: Live, people: list[dict[str, Any]], rule: str) -> None:
    """What is protected by one of their addresses is not deleted by another."""
    live.describe({"people": [{"email": NEW, "state": "absent"}, *people]}, **{rule: [f"person/{OLD}"]})
    for plan in plans(live):
        assert f"person/{NEW}" in {finding.address for finding in plan.findings}
        assert plan.operations == []


def test_nobody_is_deleted_by_an_alias(live: Live, people: list[dict[str, Any]]) -> None:
    live.describe({"people": [{"email": OLD, "state": "absent"}, *people]})
    for plan in plans(live):
        assert {f.rule for f in plan.findings} == {"alias"} and plan.operations == []


def test_who_is_required_by_an_alias_and_described_by_the_primary_is_there(
    live: Live, people: list[dict[str, Any]]
) -> None:
    live.describe({"people": [{"email": NEW}, *people]}, require=[f"person/{OLD}"])
    assert all(plan.findings == [] for plan in plans(live))


def test_an_alias_that_came_and_went_is_not_remembered(live: Live) -> None:
    """A verdict of the cache rests on whose alias it is, too."""
    state = live.state()
    live.describe({"people": [{"email": OLD, "first_name": "Zoe"}]})
    live.remember()
    assert changes_of(pipeline.plan_offline(live.root)) == {f"person/{OLD}": "create"}
    state["people"][5]["emails"].append(OLD)
    live.server.load(state)
    live.remember()
    assert [finding.rule for finding in pipeline.plan_offline(live.root).findings] == ["alias"]
