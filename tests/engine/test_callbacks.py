"""Issue 10, 9: no plan, and no state in which a run of it can stop, leaves somebody without a good emergency callback
number who had one. Judged by what the tenant itself says of everybody, before and after."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.kinds import observed
from reconciler.model.selection import Selection
from reconciler.repository import store
from reconciler.simulator import Simulator, sample_tenant
from tests.support.live import Live
from tests.support.town import PLACE, Town, found, notes

pytestmark = pytest.mark.issue10(9)

Json = dict[str, Any]
ARTEFACT = "location.emergency_callback_number"
DEPENDENCIES = "GET /telephony/config/people/{personId}/emergencyCallbackNumber/dependencies"
MEMBER = "GET /telephony/config/people/{personId}/emergencyCallbackNumber"


@pytest.fixture
def town(server: Simulator, tmp_path: Any) -> Town:
    return Town(Live(server, tmp_path, {**sample_tenant(), "switches": {"move_of_callback": "accept"}}))


#: What takes the number, the place or the calling from somebody.
TAKING: dict[str, Json] = {
    "number taken": {"phone_number": None},
    "deleted": {"state": "absent"},
    "calling taken": {"licenses": []},
    "moved without the number": {"location": "Manchester", "phone_number": None, "extension": "4711"},
    "moved with the number": {"location": "Manchester", "extension": "4711"},
}


@pytest.mark.parametrize("case", TAKING)
@pytest.mark.parametrize("chosen", ["location", "member"])
def test_who_is_the_only_callback_is_not_taken_away(town: Town, case: str, chosen: str) -> None:
    town.turn(town.main, "INACTIVE")
    town.choose(town.holder, *([] if chosen == "location" else town.quiet[:1]))
    before = town.invalid()
    change = {"email": town.email(town.holder), **TAKING[case]}
    plan = town.plan(change)
    assert found(plan).keys() == {town.address(town.holder)} and not plan.operations
    assert "no good emergency callback number is left for" in found(plan)[town.address(town.holder)]
    (finding,) = plan.findings
    assert PLACE in finding.do and "main number" in finding.do, "the way to mend it is said"
    assert finding.override == f"emergency-callback:{town.address(town.holder)}", "by name, never for all at once"
    lifted = town.live.plan(lift=[finding.override])
    town.live.apply(lifted)
    assert town.invalid() > before, "so it would have been"


@pytest.mark.parametrize("case", ["number taken", "deleted", "calling taken"])
def test_who_has_another_one_behind_it_is_told_and_goes_on(town: Town, case: str) -> None:
    """The documented order: the location's main number steps in."""
    town.choose(town.holder)
    town.choose(town.holder, town.quiet[0])
    plan = town.plan({"email": town.email(town.holder), **TAKING[case]})
    assert found(plan) == {}
    said = notes(plan, town.address(town.holder))
    assert "its location and 1 other there are called back through it" in said
    assert DEPENDENCIES in town.live.requests() and town.live.requests()[DEPENDENCIES] == 1
    assert MEMBER not in town.live.requests(), "members are read only where it matters"
    town.live.apply(plan)
    assert town.invalid() == set()


def test_who_is_a_callback_is_not_moved_by_the_api(town: Town) -> None:
    """27967, 27968: documented, so it is said beforehand, although another number would step in."""
    for members, code in (((), "27968"), (tuple(town.quiet[:1]), "27967")):
        town.choose(town.holder, *members)
        plan = town.plan({"email": town.email(town.holder), **TAKING["moved with the number"]})
        assert code in found(plan)[town.address(town.holder)]


@pytest.mark.parametrize("chosen", ["location", "member"])
def test_what_replaces_it_comes_first(town: Town, chosen: str) -> None:
    """And where that fails, what takes it away does not go out."""
    town.turn(town.main, "INACTIVE")
    town.choose(town.holder, *([] if chosen == "location" else town.quiet[:1]))
    before = town.invalid()
    taken = {"email": town.email(town.holder), "phone_number": None}
    numbers = [{"number": town.main, "state": "active"}]
    plan = town.plan(taken, numbers=numbers)
    assert found(plan) == {}
    order = [member.address for operation in plan.operations for member in operation.members]
    assert order == [f"number/{town.main}", town.address(town.holder)]
    failing = {"match": {"route": "PUT /telephony/config/locations/{locationId}/numbers"}, "do": {"status": 400}}
    town.live.server.faults(
        [{"match": {"route": failing["match"]["route"][4:], "method": "PUT"}, "do": {"status": 400}}]
    )
    verdicts = {one.address: one.verdict for one in town.live.apply(plan).outcomes}
    town.live.server.no_faults()
    assert verdicts == {f"number/{town.main}": "failed", town.address(town.holder): "skipped"}
    assert town.invalid() == before
    town.live.apply(town.plan(taken, numbers=numbers))
    assert town.invalid() <= before


def test_a_new_main_number_comes_first(town: Town) -> None:
    town.turn(town.main, "INACTIVE")
    town.choose(town.holder)
    new = next(number for number in town.free if number != town.main)
    town.turn(new, "ACTIVE")
    place = {"name": PLACE, "calling": {"main_number": new}}
    plan = town.plan({"email": town.email(town.holder), "phone_number": None}, locations=[place])
    assert found(plan) == {}
    order = [member.address for operation in plan.operations for member in operation.members]
    assert order == [f"location.calling/{PLACE}", town.address(town.holder)]
    alone = town.live.plan(Selection(exclude=(f"location/{PLACE}", f"location.calling/{PLACE}")))
    assert town.address(town.holder) in found(alone), "what replaces it is left out"
    town.live.apply(plan)
    assert town.invalid() == set()


def test_a_main_number_that_is_no_good(town: Town) -> None:
    new = town.free[0]
    town.turn(new, "INACTIVE")
    plan = town.plan(locations=[{"name": PLACE, "calling": {"main_number": new}}])
    assert found(plan).keys() == {f"location.calling/{PLACE}"}
    assert "person" in found(plan)[f"location.calling/{PLACE}"]
    numbers = [{"number": new, "state": "active"}]
    plan = town.plan(locations=[{"name": PLACE, "calling": {"main_number": new}}], numbers=numbers)
    assert found(plan) == {}
    town.live.apply(plan)
    assert town.invalid() == set()


def test_a_location_is_called_back_itself_although_everybody_there_has_a_number(town: Town) -> None:
    """Its own callback is what emergency services are told of whoever comes."""
    new, *free = town.free
    document = town.live.state()
    for table in ("people", "workspaces", "virtual_lines"):
        for one in document.get(table, ()):
            block = one.get("calling") or one
            if block.get("location") == town.place["id"] and not block.get("number"):
                block["number"] = free.pop()
    for record in document["numbers"]:
        record["state"] = "INACTIVE" if record["number"] == new else "ACTIVE"
    town.live.server.load(document)
    town.live.server.run_clock(300.0)
    why = found(town.plan(locations=[{"name": PLACE, "calling": {"main_number": new}}]))
    assert why.keys() == {f"location.calling/{PLACE}"}
    assert why[f"location.calling/{PLACE}"].endswith(f"is left for location/{PLACE}")


def test_who_had_none_before_is_warned_and_not_blocked(town: Town) -> None:
    town.turn(town.main, "INACTIVE")
    before = town.invalid()
    assert before, "those with an extension only"
    new = {"email": "nia.new@example.com", "first_name": "Nia", "last_name": "New", "location": PLACE,
           "extension": "4712", "licenses": ["Webex Calling - Professional"]}  # fmt: skip
    room = {"name": "New Room", "location": PLACE, "extension": "4713", "license": "Webex Calling - Workspaces"}
    quiet = {"email": town.email(town.quiet[0]), "location": PLACE, "extension": "4714"}
    plan = town.plan(new, quiet, workspaces=[room])
    assert found(plan) == {} and len(plan.operations) == 3
    for address in ("person/nia.new@example.com", "workspace/New Room"):
        assert "no good number calls it back" in notes(plan, address)
    assert notes(plan, town.address(town.quiet[0])) == ""


@pytest.mark.parametrize("main", ["ACTIVE", "INACTIVE"])
def test_who_is_given_calling_was_called_back_nowhere_before_and_is_asked_for_nothing(town: Town, main: str) -> None:
    """The setting of somebody without calling cannot be read; a plan that asks for it ends there."""
    town.turn(town.main, main)
    state = town.live.state()
    quiet = next(one for one in state["people"] if not one["calling"])
    plan = town.plan(
        {
            "email": town.email(quiet),
            "licenses": ["Webex Calling - Professional"],
            "location": PLACE,
            "extension": "4711",
        }
    )
    assert not found(plan) and [one.kind for one in plan.operations] == ["person"]
    assert ("no good number" in notes(plan, town.address(quiet))) is (main == "INACTIVE")


def test_a_member_that_cannot_be_called_back_hides_no_other(town: Town) -> None:
    """Between the list of those at a place and the question about each somebody may lose calling."""
    town.choose(town.holder)
    town.turn(town.main, "INACTIVE")
    gone = {"status": 400, "body": {"message": "[Error 4003] Target user not authorized", "errors": []}}
    town.live.server.faults(
        [{"match": {"route": "/telephony/config/people/*/emergencyCallbackNumber"}, "nth": 1, "do": gone}]
    )
    plan = town.plan({"email": town.email(town.holder), "phone_number": None})
    assert found(plan) and "cannot be told" not in notes(plan, town.address(town.holder))


@pytest.mark.parametrize("active", [True, False])
def test_who_moves_to_where_nobody_is_called_back(town: Town, active: bool) -> None:
    """With a number of one's own one is; without one, the new place has to have one."""
    state = town.live.state()
    there = next(one for one in state["locations"] if one["name"] == "Manchester")
    town.turn(there["calling"]["callingLineId"]["phoneNumber"], "ACTIVE" if active else "INACTIVE")
    mover = {"email": town.email(town.quiet[0]), "location": "Manchester", "extension": "4711"}
    plan = town.plan(mover)
    assert found(plan).keys() == (set() if active else {town.address(town.quiet[0])})
    with_number = {"email": town.email(town.people[1]), "location": "Manchester", "extension": "4715"}
    assert found(town.plan(with_number)) == {}


def test_a_room_is_a_callback_like_anybody(town: Town) -> None:
    state = town.live.state()
    room = next(one for one in state["workspaces"] if one.get("calling") and one["calling"].get("number"))
    place = next(one for one in state["locations"] if one["id"] == room["calling"]["location"])
    key = town.live.remote("LOCATION", place["id"])
    body = {"selected": "LOCATION_MEMBER_NUMBER", "locationMemberId": town.live.remote("PLACE", room["id"])}
    town.live.server.edit("PUT", f"/telephony/config/locations/{key}/features/emergencyCallbackNumber", body)
    town.turn(place["calling"]["callingLineId"]["phoneNumber"], "INACTIVE")
    for change in ({"phone_number": None, "extension": "4716"}, {"state": "absent"}):
        town.live.describe({"workspaces": [{"name": room["displayName"], **change}]})
        assert found(town.live.plan()).keys() == {f"workspace/{room['displayName']}"}


def test_numbers_that_are_swapped_leave_nobody_without_one(town: Town) -> None:
    """In between one of the two has no number: with another one behind it that is nothing."""
    one, other = town.people[0], town.people[1]
    town.choose(one)
    swap = [
        {"email": town.email(one), "phone_number": town.number(other)},
        {"email": town.email(other), "phone_number": town.number(one)},
    ]
    assert found(town.plan(*swap)) == {}
    town.turn(town.main, "INACTIVE")
    plan = town.plan(*swap)
    assert town.address(one) in found(plan)
    assert "while numbers are swapped" in found(plan)[town.address(one)]


def test_whoever_has_nobody_depending_costs_one_question(town: Town) -> None:
    plan = town.plan({"email": town.email(town.people[1]), "phone_number": None})
    assert found(plan) == {} and notes(plan, town.address(town.people[1])) == ""
    asked = {route: count for route, count in town.live.requests().items() if "emergencyCallback" in route}
    assert asked == {
        DEPENDENCIES: 1,
        "GET /telephony/config/locations/{locationId}/features/emergencyCallbackNumber": 1,
    }
    plan = town.plan({"email": town.email(town.people[1]), "display_name": "Somebody Else"})
    assert not any("emergencyCallback" in route for route in town.live.requests())


def test_what_cannot_be_read_is_said(town: Town) -> None:
    route = DEPENDENCIES.removeprefix("GET ")
    town.live.server.faults([{"match": {"route": route}, "do": {"status": 403}}])
    plan = town.plan({"email": town.email(town.people[1]), "phone_number": None})
    town.live.server.no_faults()
    assert "cannot be told" in notes(plan, town.address(town.people[1]))
    assert plan.operations


@pytest.mark.parametrize("exported", [True, False])
def test_without_the_tenant_what_cannot_be_known_is_said(town: Town, exported: bool) -> None:
    town.turn(town.main, "INACTIVE")
    town.choose(town.holder)
    artefacts = {name: one for name, one in observed().items() if name in ("calling_location", ARTEFACT)}
    whole = pipeline.export(town.live.tenant, artefacts=artefacts if exported else ())
    store.write(town.live.root / "state", asyncio.run(whole).snapshot)
    town.live.describe({"people": [{"email": town.email(town.holder), "phone_number": None}]})
    town.live.forget()
    plan = pipeline.plan_offline(town.live.root)
    assert town.live.requests() == {}
    assert found(plan).keys() == ({town.address(town.holder)} if exported else set())
    if not exported:
        (told,) = plan.notices  # beside the plan, whose digest is that of the plan against the tenant
        assert "state/ does not say who is called back through whom" in told and town.address(town.holder) in told
