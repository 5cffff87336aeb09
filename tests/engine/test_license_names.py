"""Licences by the names that they had, have, or are called here (M26)."""

from __future__ import annotations

import pytest

from reconciler import pipeline
from reconciler.kinds.people.license import named_now
from tests.support.live import Live, changes_of

WHO = "bjorn.castellan@example.com"


def renamed(live: Live, old: str, new: str) -> None:
    state = live.state()
    for one in state["licenses"]:
        one["name"] = new if one["name"] == old else one["name"]
    live.server.load(state)


def held(live: Live, email: str) -> list[str]:
    names = {one["id"]: one["name"] for one in live.state()["licenses"]}
    (person,) = [one for one in live.state()["people"] if one["emails"] == [email]]
    return sorted(names[one] for one in person["licenses"])


@pytest.mark.issue10(26)
@pytest.mark.parametrize("there", ["Single License - Webex Calling", "Webex Calling"])
@pytest.mark.parametrize("described", ["Single License - Webex Calling", "Webex Calling"])
def test_a_licence_that_webex_renamed_is_the_same_by_either_name(live: Live, there: str, described: str) -> None:
    before = held(live, WHO)
    renamed(live, "Webex Calling - Professional", there)
    had = [there if name == "Webex Calling - Professional" else name for name in before]
    assert there in had, before
    wanted = [described if name == there else name for name in had]
    live.describe({"people": [{"email": WHO, "licenses": wanted}]})
    assert changes_of(live.plan()) == {}
    live.remember()
    assert changes_of(pipeline.plan_offline(live.root)) == {}


@pytest.mark.issue10(26)
def test_an_alias_of_tenant_yaml_stands_for_a_licence(live: Live) -> None:
    had = held(live, WHO)
    alias = {"Desk phone": "Webex Calling - Professional"}
    wanted = ["Desk phone" if name == "Webex Calling - Professional" else name for name in had]
    assert wanted != had
    live.describe({"people": [{"email": WHO, "licenses": wanted}]}, license_aliases=alias)
    assert changes_of(live.plan()) == {}


@pytest.mark.issue10(26)
def test_aliases_in_every_form_of_a_licence() -> None:
    alias = {"Room": "CX Essentials"}
    assert named_now({"licenses": {"Room": True, "A": False}}, alias) == {
        "licenses": {"Customer Assist": True, "A": False}
    }
    assert named_now({"license": "Room"}, alias) == {"license": "Customer Assist"}
    assert named_now({"licenses": ["A"]}, alias) == {"licenses": ["A"]}
