"""What a run took along with a calling licence or a move comes back with its undo, or the undo says so beforehand and
does not end well (issue 10, item 12; S114, M10)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.cli.carrying import ended
from reconciler.model.applied import Applied
from reconciler.model.plan import Plan
from reconciler.runs.journal import read
from tests.support.budget import check_calls
from tests.support.live import Live
from tests.support.state import differences, value_at

pytestmark = pytest.mark.issue10(12)

NOAH, LIAM, INGRID = "noah.tanaka@example.com", "liam.kowalski@example.com", "ingrid.fairweather@example.com"
WITHOUT = {"licenses": ["Messaging"]}
WHO = [NOAH, LIAM, INGRID]  # with secondary numbers, with forwarding, with permissions of their own


def carried_out(live: Live, desired: dict[str, Any]) -> Applied:
    live.describe(desired)
    applied = live.apply(live.plan())
    live.server.advance(60)
    return applied


def undo(live: Live) -> Plan:
    live.forget()
    return asyncio.run(pipeline.undo(live.root, live.tenant, "last"))


def calling(live: Live, email: str) -> Any:
    return value_at(live.state(), f"people/{email}/calling")


def licenses(state: Any, email: str) -> Any:
    return sorted(value_at(state, f"people/{email}/licenses"))


@pytest.mark.parametrize("email", WHO)
def test_a_removed_calling_licence_comes_back_with_all_that_went_with_it(email: str, live: Live) -> None:
    before = live.state()
    assert {str(one.verdict) for one in carried_out(live, {"people": [{"email": email, **WITHOUT}]}).outcomes} == {
        "verified"
    }
    assert calling(live, email) is None
    plan = undo(live)
    live.forget()
    applied = live.apply(plan)
    assert {str(one.verdict) for one in applied.outcomes} == {"verified"}
    assert calling(live, email) == value_at(before, f"people/{email}/calling")
    assert licenses(live.state(), email) == licenses(before, email)


def test_in_a_mixed_run_everything_comes_back(live: Live) -> None:
    before = live.state()
    room = {"name": "Fresh", "location": "London HQ", "extension": "7999", "license": "Webex Calling - Workspaces"}
    people = [
        {"email": NOAH, **WITHOUT},
        {"email": INGRID, "display_name": "I."},
        {"email": LIAM, "location": "Manchester"},
    ]
    carried_out(live, {"people": people, "workspaces": [room]})
    plan = undo(live)
    live.forget()
    assert ended(live.apply(plan), plan, live.root) == 0
    live.server.advance(60)
    changed = differences(before, live.state())
    ours = {path for path in changed if path.split("/")[0] in ("people", "workspaces", "numbers")}
    assert ours - {f"people/{NOAH}/licenses"} == set()  # whose order is no matter
    assert licenses(live.state(), NOAH) == licenses(before, NOAH)


def test_the_pre_image_of_who_loses_calling_is_whole(live: Live) -> None:
    applied = carried_out(live, {"people": [{"email": NOAH, **WITHOUT}]})
    (before,) = (one for one in read(applied.folder).records if one["event"] == "before")
    assert before["parts"][f"person/{NOAH}"]["location"] == "London HQ"
    assert before["parts"][f"person.numbers/{NOAH}"]["secondary"] == ["+442079460056"]


def test_what_cannot_come_back_is_said_beforehand_and_does_not_end_well(live: Live) -> None:
    """Their number is somebody else's since."""
    carried_out(live, {"people": [{"email": NOAH, **WITHOUT}]})
    zoe = next(one for one in live.state()["people"] if "zoe.ramirez@example.com" in one["emails"])
    route = f"/people/{live.remote('PEOPLE', zoe['id'])}/features/numbers"
    live.server.edit(
        "PUT",
        route.replace("/people/", "/telephony/config/people/").replace("/features", ""),
        {
            "enableDistinctiveRingPattern": False,
            "phoneNumbers": [{"primary": False, "action": "ADD", "directNumber": "+442079460012"}],
        },
    )
    live.server.advance(60)
    plan = undo(live)
    said = [finding.why for finding in plan.findings] + [
        change.reason for change in plan.changes if change.action == "cannot_tell"
    ]
    assert any("+442079460012" in one for one in said), said


def test_an_undone_move_brings_back_what_it_took_along(live: Live) -> None:
    before = live.state()
    carried_out(live, {"people": [{"email": LIAM, "location": "Manchester"}]})
    plan = undo(live)
    live.forget()
    applied = live.apply(plan)
    assert {str(one.verdict) for one in applied.outcomes} == {"verified"}
    check_calls(plan, live.requests())
    assert calling(live, LIAM) == value_at(before, f"people/{LIAM}/calling")
