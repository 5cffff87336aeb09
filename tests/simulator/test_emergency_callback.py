"""Emergency callback numbers: what is chosen, how it reads back, what becomes of it (§15)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.person_settings.ecbn import SelectedECBN
from wxc_sdk.telephony.location import CallBackSelected

from reconciler.simulator import Simulator

MEMBER = CallBackSelected.location_member_number


@pytest.fixture
def here(ids: Any) -> str:
    return str(ids.locations["London HQ"])


def test_location_by_default_and_by_member(
    api: WebexSimpleApi, simulator: Simulator, ids: Any, call: Any, here: str
) -> None:
    location, person = api.telephony.location, ids.person("amelia.ashford@example.com")
    read = location.read_ecbn(here)
    assert (read.selected, read.location_info.phone_number) == ("LOCATION_NUMBER", "+442079460000")
    assert read.location_info.quality == "NOT_RECOMMENDED" and read.location_member_info is None
    assert read.elin_expiry_time_minutes == 60
    number = simulator.state()["people"][0]["calling"]["number"]
    row = call("GET", f"/telephony/config/numbers?phoneNumber=%2B{number[1:]}").body["phoneNumbers"][0]
    location.update_ecbn(here, MEMBER, location_member_id=row["owner"]["id"], elin_expiry_time_minutes=10)
    read = location.read_ecbn(here)
    member = read.location_member_info
    assert (read.selected, member.phone_number, member.quality) == (MEMBER, number, "RECOMMENDED")
    assert member.member_id == person == row["owner"]["id"]
    assert (member.member_type, member.first_name) == ("PEOPLE", "Amelia")
    location.update_ecbn(here, MEMBER, location_member_id=ids.workspace("Board Room"))
    read = location.read_ecbn(here)
    assert (read.location_member_info.member_type, read.location_member_info.last_name) == ("PLACE", ".")
    assert read.elin_expiry_time_minutes == 10  # left out, so it stays
    simulator.load(simulator.state())
    assert location.read_ecbn(here).location_member_info.member_type == "PLACE"
    location.update_ecbn(here, CallBackSelected.location_number)
    assert location.read_ecbn(here).location_member_info is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 25008),
        ({"selected": "X"}, 25024),
        ({"selected": "LOCATION_MEMBER_NUMBER"}, 25008),
        ({"selected": "LOCATION_MEMBER_NUMBER", "locationMemberId": "{elsewhere}"}, 25024),
        ({"selected": "LOCATION_MEMBER_NUMBER", "locationMemberId": "{extension only}"}, 25024),
        ({"selected": "LOCATION_NUMBER", "elinExpiryTimeMinutes": 9}, 25024),
        ({"selected": "LOCATION_NUMBER", "elinExpiryTimeMinutes": 1441}, 25024),
    ],
)
def test_refused(call: Any, ids: Any, simulator: Simulator, here: str, body: dict[str, Any], code: int) -> None:
    people = [one for one in simulator.state()["people"] if one["calling"]]
    home = people[0]["calling"]["location"]
    chosen = {
        "{elsewhere}": next(one for one in people if one["calling"]["location"] != home and one["calling"]["number"]),
        "{extension only}": next(
            one for one in people if one["calling"]["location"] == home and not one["calling"]["number"]
        ),
    }
    if body.get("locationMemberId"):
        body = {**body, "locationMemberId": ids.person(chosen[body["locationMemberId"]]["emails"][0])}
    state = simulator.state()
    answer = call("PUT", f"/telephony/config/locations/{here}/features/emergencyCallbackNumber", body)
    assert (answer.status, answer.body["errorCode"]) == (400, code)
    assert simulator.state() == state


def test_person_and_dependencies(api: WebexSimpleApi, call: Any, ids: Any, simulator: Simulator, here: str) -> None:
    state = simulator.state()
    home = state["people"][0]["calling"]["location"]
    quiet = next(one for one in state["people"] if one["calling"] and one["calling"]["location"] == home
                 and not one["calling"]["number"])  # fmt: skip
    owner, user = ids.person("amelia.ashford@example.com"), ids.person(quiet["emails"][0])
    ecbn = api.person_settings.ecbn
    read = ecbn.read(owner)
    assert (read.selected, read.direct_line_info.effective_level) == ("DIRECT_LINE", "DIRECT_LINE")
    assert ecbn.read(user).selected == "LOCATION_ECBN"
    assert ecbn.read(user).location_ecbn_info.phone_number == "+442079460000"
    ecbn.configure(user, SelectedECBN.location_member_number, location_member_id=owner, elin_for_webex_app_enabled=True)
    read = ecbn.read(user)
    assert read.location_member_info.member_id == owner and read.elin_for_webex_app_enabled is True
    assert read.elin_enabled is None
    api.telephony.location.update_ecbn(here, MEMBER, location_member_id=owner)
    found = ecbn.dependencies(owner)
    assert (found.dependent_member_count, found.is_location_ecbn_default, found.is_self_ecbn_default) == (1, True, True)
    assert ecbn.dependencies(user).dependent_member_count == 0
    refused = call("PUT", f"/telephony/config/people/{user}/emergencyCallbackNumber", {"selected": "DIRECT_LINE"})
    assert (refused.status, refused.body["errorCode"]) == (400, 5700)
    assert call("DELETE", f"/people/{owner}").status == 204
    read = ecbn.read(user)
    assert (read.selected, read.location_member_info) == ("LOCATION_ECBN", None)
    assert api.telephony.location.read_ecbn(here).selected == "LOCATION_NUMBER"


def test_workspaces_by_tier(api: WebexSimpleApi, call: Any, ids: Any) -> None:
    room, basic, none = (ids.workspace(name) for name in ("Board Room", "Reception Phone", "Quiet Corner"))
    ecbn = api.workspace_settings.ecbn
    ecbn.configure(room, SelectedECBN.location_ecbn, elin_enabled=True)
    read = ecbn.read(room)
    assert (read.selected, read.elin_enabled, read.elin_for_webex_app_enabled) == ("LOCATION_ECBN", True, None)
    assert ecbn.dependencies(room).is_self_ecbn_default is False
    path = f"/telephony/config/workspaces/{basic}/emergencyCallbackNumber"
    assert call("GET", path).status == 200, "the basic tier has it too (seen live 2026-10-13)"
    assert call("PUT", path, {"selected": "LOCATION_ECBN"}).status == 204
    assert call("GET", f"/telephony/config/workspaces/{none}/emergencyCallbackNumber").body["errorCode"] == 4003


def test_a_hunt_group_calls_back(api: WebexSimpleApi, call: Any, here: str) -> None:
    """Its type has no name in the answer; when it ends the location calls back by its own number."""
    policies = {"policy": "CIRCULAR", "noAnswer": {"nextAgentEnabled": False, "nextAgentRings": 5,
                "forwardEnabled": False, "numberOfRings": 15, "destinationVoicemailEnabled": False}}  # fmt: skip
    body = {"name": "H", "phoneNumber": "+442079460085", "callPolicies": policies, "agents": [], "enabled": True}
    url = f"/telephony/config/locations/{here}/huntGroups"
    group = call("POST", url, body).body["id"]
    api.telephony.location.update_ecbn(here, MEMBER, location_member_id=group)
    member = api.telephony.location.read_ecbn(here).location_member_info
    assert (member.member_id, member.member_type, member.quality) == (group, None, "NOT_RECOMMENDED")
    found = call("GET", f"/telephony/config/huntGroups/{group}/emergencyCallbackNumber/dependencies").body
    assert found == {"isLocationEcbnDefault": True, "isSelfEcbnDefault": True, "dependentMemberCount": 0}
    assert call("DELETE", f"{url}/{group}").status == 204
    assert api.telephony.location.read_ecbn(here).selected == "LOCATION_NUMBER"


class Callback:
    """Numbers of the sample tenant and what their callback comes to, by the API."""

    def __init__(self, simulator: Simulator, call: Any, ids: Any) -> None:
        self.simulator, self.call = simulator, call
        state = simulator.state()
        self.home = next(one["id"] for one in state["locations"] if one["name"] == "London HQ")
        people = [one for one in state["people"] if one["calling"] and one["calling"]["location"] == self.home]
        self.owner = next(one for one in people if one["calling"]["number"])
        self.quiet = next(one for one in people if not one["calling"]["number"])
        self.place = ids.locations["London HQ"]
        self.ids = {one["id"]: ids.person(one["emails"][0]) for one in (self.owner, self.quiet)}
        self.main, self.number = "+442079460000", self.owner["calling"]["number"]

    def turn(self, **states: str) -> None:
        """Set the state of numbers: main, own."""
        state = self.simulator.state()
        named = {"main": self.main, "own": self.number}
        for record in state["numbers"]:
            for name, number in named.items():
                if record["number"] == number and name in states:
                    record["state"] = states[name]
        self.simulator.load(state)

    def choose(self, who: Any, **body: Any) -> None:
        path = f"/telephony/config/people/{self.ids[who['id']]}/emergencyCallbackNumber"
        assert self.call("PUT", path, body).status == 204

    def choose_for_place(self, **body: Any) -> None:
        path = f"/telephony/config/locations/{self.place}/features/emergencyCallbackNumber"
        assert self.call("PUT", path, body).status == 204

    def of(self, who: Any) -> tuple[Any, ...]:
        """(level, number, quality) of what was selected."""
        body = self.call("GET", f"/telephony/config/people/{self.ids[who['id']]}/emergencyCallbackNumber").body
        info = body[{"DIRECT_LINE": "directLineInfo", "LOCATION_ECBN": "locationECBNInfo"}.get(
            body["selected"], "locationMemberInfo")]  # fmt: skip
        return info["effectiveLevel"], info.get("effectiveValue"), info["quality"]

    def of_place(self) -> tuple[Any, ...]:
        body = self.call("GET", f"/telephony/config/locations/{self.place}/features/emergencyCallbackNumber").body
        info = body["locationInfo" if body["selected"] == "LOCATION_NUMBER" else "locationMemberInfo"]
        return info["effectiveLevel"], info.get("effectiveValue"), info["quality"]


@pytest.fixture
def callback(simulator: Simulator, call: Any, ids: Any) -> Callback:
    return Callback(simulator, call, ids)


@pytest.mark.issue10("D")
def test_an_inactive_number_falls_back_in_its_order(callback: Callback) -> None:
    one, none = callback, ("NONE", None, "INVALID")
    member = {"selected": "LOCATION_MEMBER_NUMBER", "locationMemberId": one.ids[one.owner["id"]]}
    one.choose_for_place(**member)
    one.choose(one.quiet, **member)
    assert one.of(one.owner) == ("DIRECT_LINE", one.number, "RECOMMENDED")
    assert one.of(one.quiet) == ("LOCATION_MEMBER_NUMBER", one.number, "RECOMMENDED")
    assert one.of_place() == ("LOCATION_MEMBER_NUMBER", one.number, "RECOMMENDED")
    one.turn(own="INACTIVE")
    for found in (one.of(one.owner), one.of(one.quiet), one.of_place()):
        assert found == ("LOCATION_NUMBER", one.main, "NOT_RECOMMENDED")
    one.turn(main="INACTIVE")
    assert (one.of(one.owner), one.of(one.quiet)) == (none, none)
    assert (one.of_place()[0], one.of_place()[2]) == ("NONE", "INVALID")
    one.turn(own="ACTIVE")
    assert one.of(one.quiet) == ("LOCATION_MEMBER_NUMBER", one.number, "RECOMMENDED")
    one.choose(one.quiet, selected="LOCATION_ECBN")
    assert one.of(one.quiet) == ("LOCATION_ECBN", one.number, "RECOMMENDED")
    one.choose_for_place(selected="LOCATION_NUMBER")
    assert one.of(one.quiet) == none
    one.choose(one.owner, selected="LOCATION_ECBN")
    assert one.of(one.owner) == ("DIRECT_LINE", one.number, "RECOMMENDED"), "the user's own comes before the main one"


@pytest.mark.issue10("D")
def test_whoever_left_or_lost_the_number_is_no_callback(callback: Callback, call: Any, ids: Any) -> None:
    one = callback
    member = {"selected": "LOCATION_MEMBER_NUMBER", "locationMemberId": one.ids[one.owner["id"]]}
    one.choose(one.quiet, **member)
    state = one.simulator.state()
    for change in ({"number": None}, {"location": next(x["id"] for x in state["locations"] if x["id"] != one.home)}):
        person = next(person for person in state["people"] if person["id"] == one.owner["id"])
        one.simulator.load({**state, "people": [
            {**person, "calling": {**person["calling"], **change}} if person["id"] == one.owner["id"] else person
            for person in state["people"]
        ]})  # fmt: skip
        assert one.of(one.quiet) == ("LOCATION_NUMBER", one.main, "NOT_RECOMMENDED"), person["emails"]
    one.simulator.load(state)


@pytest.mark.issue10("D")
@pytest.mark.parametrize(("who", "code"), [("member", "27967"), ("location", "27968")])
@pytest.mark.parametrize("position", ["refuse", "accept"])
def test_whoever_is_a_callback_is_not_moved(
    callback: Callback, call: Any, ids: Any, who: str, code: str, position: str
) -> None:
    one = callback
    one.simulator.turn("move_of_callback", position)
    mover = one.ids[one.owner["id"]]
    body = {"selected": "LOCATION_MEMBER_NUMBER", "locationMemberId": mover}
    one.choose(one.quiet, **body) if who == "member" else one.choose_for_place(**body)
    users = [{"userId": mover, "extension": "4711", "phoneNumber": ""}]
    moves = [{"locationId": ids.locations["Manchester"], "validate": True, "users": users}]
    answer = call("POST", "/telephony/config/jobs/person/moveLocation", {"usersList": moves}).body
    found = [str(fault["code"]) for fault in answer["response"]["usersList"][0]["errors"]]
    assert found == ([code] if position == "refuse" else [])
