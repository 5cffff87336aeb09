"""Who is to be called back through somebody, or through nobody any more, in the plan that changes those: every order of
it leaves everybody a good number, and what comes to nothing is refused. Live and from `state/` alike."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.inventory.exporting import choice_of
from reconciler.kinds.contract.owners import LOCATION, PERSON, VIRTUAL_LINE, WORKSPACE
from reconciler.model.plan import Plan
from reconciler.repository import store
from tests.support.live import Live
from tests.support.town import PLACE, Town, found

Json = dict[str, Any]
ECBN = "emergency_callback_number"
OWNERS = [owner.name for owner in (PERSON, WORKSPACE, VIRTUAL_LINE, LOCATION)]
LINE = "Night Desk"


@pytest.fixture
def town(live: Live) -> Town:
    return Town(live)


def through(address: str) -> Json:
    return {ECBN: {"selected": "location_member_number", "member": address}}


def entries(*addressed: tuple[str, Json]) -> dict[str, list[Json]]:
    """Desired entries by address."""
    content: dict[str, list[Json]] = {}
    plural = {"person": "people", "workspace": "workspaces", "virtual_line": "virtual_lines", "location": "locations"}
    for address, fields in addressed:
        kind, _, key = address.partition("/")
        name = {"email": key} if kind == "person" else {"name": key.rpartition("/")[2]}
        place = {"location": PLACE} if kind == "virtual_line" else {}
        content.setdefault(plural[kind], []).append({**name, **place, **fields})
    return content


def planned(town: Town, *addressed: tuple[str, Json]) -> Plan:
    """Against the tenant; from its snapshot it is the same but for what only the tenant says."""
    live = town.live
    choice = choice_of((), ["calling_location", f"location.{ECBN}"])
    choice = replace(choice, sections=frozenset(f"{owner}.{ECBN}" for owner in OWNERS))
    store.write(live.root / "state", asyncio.run(pipeline.export(live.tenant, choice=choice)).snapshot)
    live.describe(entries(*addressed))
    plan, offline = live.plan(), pipeline.plan_offline(live.root)
    assert found(offline) == found(plan)
    assert [one.to_json() for one in offline.operations] == [one.to_json() for one in plan.operations]
    return plan


def order(plan: Plan) -> list[str]:
    return [member.address for operation in plan.operations for member in operation.members]


def set_up(town: Town, *addressed: tuple[str, Json]) -> None:
    applied(town, planned(town, *addressed))


def applied(town: Town, plan: Plan) -> None:
    assert found(plan) == {}
    outcomes = town.live.apply(plan).outcomes
    assert {one.verdict for one in outcomes} == {"verified"}, [one.why for one in outcomes]
    assert town.live.plan().operations == []


def others(town: Town) -> dict[str, str]:
    """Somebody of each kind of owner who can be called back through others at the place."""
    room = next(one for one in town.live.state()["workspaces"] if one["displayName"] == "Board Room")
    assert room["calling"]["location"] == town.place["id"]
    return {
        "person": town.address(town.quiet[0]),
        "workspace": "workspace/Board Room",
        "virtual_line": town.line("Front Desk"),
        "location": f"location/{PLACE}",
    }


#: What takes the number away through which somebody is described to be called back.
TAKING: dict[str, Json] = {
    "number taken": {"phone_number": None, "extension": "4710"},
    "deleted": {"state": "absent"},
}


@pytest.mark.parametrize("case", TAKING)
@pytest.mark.parametrize("holder", ["person", "virtual_line"])
@pytest.mark.parametrize("owner", OWNERS)
def test_the_number_that_somebody_is_described_to_be_called_back_at_is_not_taken(
    town: Town, owner: str, holder: str, case: str
) -> None:
    who = others(town)[owner]
    member = town.address(town.holder) if holder == "person" else town.line(LINE, town.free[0], extension="5002")
    set_up(town, (who, through(member)))
    plan = planned(town, (who, through(member)), (member, TAKING[case]))
    if case == "deleted":
        assert member in {one.address for one in plan.findings} and not plan.operations
        return
    assert found(plan).keys() == {member} and not plan.operations
    assert found(plan)[member].startswith(who)


@pytest.mark.parametrize("case", TAKING)
@pytest.mark.parametrize("owner", OWNERS)
def test_another_choice_comes_before_the_number_goes(town: Town, owner: str, case: str) -> None:
    who, old, new = others(town)[owner], town.line(LINE, town.free[0], extension="5002"), town.address(town.people[1])
    set_up(town, (who, through(old)))
    plan = planned(town, (who, through(new)), (old, TAKING[case]))
    kind, _, key = who.partition("/")
    assert order(plan) == [f"{kind}.{ECBN}/{key}", old]
    applied(town, plan)


@pytest.mark.parametrize("owner", OWNERS)
def test_a_number_that_is_given_in_the_same_plan_comes_first(town: Town, owner: str) -> None:
    who, new = others(town)[owner], f"virtual_line/{PLACE}/{LINE}"
    plan = planned(town, (who, through(new)), (new, {"extension": "5002", "phone_number": town.free[0]}))
    kind, _, key = who.partition("/")
    assert order(plan) == [new, f"{kind}.{ECBN}/{key}"]
    applied(town, plan)
    again = (new, {"extension": "5002", "phone_number": town.free[1]})
    plan = planned(town, (who, through(new)), again)
    assert order(plan) == [new], "another number of the same line is one, too"
    applied(town, plan)


@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize("case", ["none", "taken", "elsewhere", "new without"])
def test_who_has_no_number_there_is_not_chosen(town: Town, owner: str, case: str) -> None:
    who = others(town)[owner]
    member, fields = {
        "none": (town.address(town.quiet[1]), None),
        "taken": (town.address(town.holder), TAKING["number taken"]),
        "elsewhere": (_elsewhere(town), None),
        "new without": (f"virtual_line/{PLACE}/{LINE}", {"extension": "5002"}),
    }[case]
    described = [(who, through(member)), *([(member, fields)] if fields is not None else [])]
    plan = planned(town, *described)
    kind, _, key = who.partition("/")
    address = f"{kind}.{ECBN}/{key}"
    assert found(plan).keys() == {address} and address not in order(plan)


def _elsewhere(town: Town) -> str:
    state = town.live.state()
    one = next(
        one
        for one in state["people"]
        if one["calling"] and one["calling"]["number"] and one["calling"]["location"] != town.place["id"]
    )
    return town.address(one)


@pytest.mark.parametrize("owner", OWNERS[:3])
def test_the_own_number_is_one_that_is_there(town: Town, owner: str) -> None:
    """With a choice of the own number somebody has one after the plan."""
    who = others(town)[owner]
    own = {ECBN: {"selected": "direct_line"}}
    kind, _, key = who.partition("/")
    bare = {"phone_number": None, "extension": "4711"}
    blamed = who if owner == "workspace" else f"{kind}.{ECBN}/{key}"  # it has a number, and this choice already
    assert found(planned(town, (who, own | bare))).keys() == {blamed}
    given = planned(town, (who, own | {"phone_number": town.free[0]}))
    assert order(given)[-1] == blamed
    applied(town, given)


@pytest.mark.parametrize("owner", OWNERS)
def test_a_choice_after_which_nothing_good_is_left_is_refused(town: Town, owner: str) -> None:
    """The main number is not active, and what was chosen was all there was."""
    who = others(town)[owner]
    town.turn(town.main, "INACTIVE")
    member = town.address(town.holder)
    set_up(town, (who, through(member)))
    if owner == "workspace":  # it has a number of its own
        town.turn(_number(town, who), "INACTIVE")
    before = town.invalid()
    back = {ECBN: {"selected": "location_number" if owner == "location" else "location_ecbn"}}
    town.live.describe(entries((who, back)))
    plan = town.live.plan()
    kind, _, key = who.partition("/")
    address = f"{kind}.{ECBN}/{key}"
    assert found(plan).keys() == {address}
    assert "no good emergency callback number is left" in found(plan)[address]
    lifted = town.live.plan(lift=[f"emergency-callback:{address}"])
    town.live.apply(lifted)
    assert town.invalid() > before or owner == "location", "so it would have been"


def _number(town: Town, who: str) -> str:
    rooms = town.live.state()["workspaces"]
    return str(next(one["calling"]["number"] for one in rooms if one["displayName"] == who.partition("/")[2]))


def test_a_choice_of_the_location_waits_for_its_new_main_number(town: Town) -> None:
    town.turn(town.main, "INACTIVE")
    new = town.free[0]
    town.turn(new, "ACTIVE")
    set_up(town, (f"location/{PLACE}", through(town.address(town.holder))))
    fields = {"calling": {"main_number": new}, ECBN: {"selected": "location_number"}}
    plan = planned(town, (f"location/{PLACE}", fields))
    assert order(plan) == [f"location.calling/{PLACE}", f"location.{ECBN}/{PLACE}"]
    applied(town, plan)
    assert town.invalid() == set()


def test_a_virtual_line_is_a_callback_like_anybody(town: Town) -> None:
    """Chosen in Control Hub, where nobody describes it."""
    line = town.line(LINE, town.free[0])
    key = town.live.state()["virtual_lines"][0]["id"]
    town.turn(town.main, "INACTIVE")
    body = {"selected": "LOCATION_MEMBER_NUMBER", "locationMemberId": town.live.remote("VIRTUAL_LINE", key)}
    path = f"/telephony/config/locations/{town.remote_place}/features/emergencyCallbackNumber"
    town.live.server.edit("PUT", path, body)
    for change in TAKING.values():
        town.live.describe(entries((line, change)))
        assert found(town.live.plan()).keys() == {line}
