"""Hunt groups: create, read, merge, delete; agents, weights, alternates, destinations, and what is refused (§14)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.rest import RestError
from wxc_sdk.telephony.hg_and_cq import Agent, AlternateNumberSettings, Policy
from wxc_sdk.telephony.huntgroup import HGCallPolicies, HuntGroup

from reconciler.simulator import EditRefused, Simulator, sample_tenant
from reconciler.simulator.core import ids as webex

NO_ANSWER = {
    "nextAgentEnabled": False,
    "nextAgentRings": 5,
    "forwardEnabled": False,
    "numberOfRings": 15,
    "destinationVoicemailEnabled": False,
}
POLICIES = {"policy": "CIRCULAR", "noAnswer": NO_ANSWER}
Make = Callable[..., str]


def body(**more: Any) -> dict[str, Any]:
    fields = {"name": "Sales", "extension": "6001", "enabled": True, "callPolicies": POLICIES, "agents": []}
    return {name: value for name, value in {**fields, **more}.items() if value is not None}


@pytest.fixture
def here(ids: Any) -> str:
    return f"/telephony/config/locations/{ids.locations['London HQ']}/huntGroups"


@pytest.fixture
def make(call: Any, here: str) -> Make:
    """Creates a hunt group in London and answers its URL."""

    def run(**more: Any) -> str:
        answer = call("POST", here, body(**more))
        assert answer.status == 201, answer.body
        return f"{here}/{answer.body['id']}"

    return run


def agents_of(ids: Any, people: Any, count: int) -> list[dict[str, str]]:
    everyone = people["number"] + people["extension"]
    return [{"id": ids.person(email)} for email in everyone[:count]]


def test_life_through_the_sdk(api: WebexSimpleApi, ids: Any, people: Any) -> None:
    groups, place = api.telephony.huntgroup, ids.locations["London HQ"]
    members = [Agent(agent_id=one["id"]) for one in agents_of(ids, people, 3)]
    key = groups.create(place, HuntGroup(name="Sales", extension="6001", agents=members))
    before = groups.details(place, key)
    assert (before.first_name, before.last_name, before.enabled) == (".", "Sales", True)
    assert (before.time_zone, before.language_code) == ("Europe/London", "en_gb")
    assert before.call_policies and before.call_policies.no_answer
    assert before.call_policies.no_answer.system_max_number_of_rings == 20
    assert [one.agent_id for one in before.agents or []] == [one.agent_id for one in members]
    listed = groups.by_name("Sales")
    assert listed is not None and listed.agents is None
    assert (listed.id, listed.location_name, listed.location_id, listed.esn) == (key, "London HQ", place, "82016001")
    groups.update(place, key, HuntGroup(extension="6002"))
    groups.update(place, key, HuntGroup(name="Sales Team", enabled=False))
    after = groups.details(place, key)
    assert (after.extension, after.name, after.enabled) == ("6002", "Sales Team", False)
    assert after.last_name == "Sales"  # filled in at creation, not derived
    after.extension, after.name, after.enabled = "6001", "Sales", True
    assert after == before
    groups.delete_huntgroup(place, key)
    with pytest.raises(RestError) as gone:
        groups.details(place, key)
    assert gone.value.response.status_code == 404
    assert list(groups.list()) == []


def test_a_copy_of_what_was_read_reads_the_same(api: WebexSimpleApi, ids: Any, people: Any) -> None:
    groups, place = api.telephony.huntgroup, ids.locations["London HQ"]
    number = next(iter(groups.primary_available_phone_numbers(place))).phone_number
    members = [Agent(agent_id=one["id"], weight="30") for one in agents_of(ids, people, 2)]
    first = groups.create(place, HuntGroup(name="One", extension="6001", phone_number=number, agents=members))
    read = groups.details(place, first)
    assert read.last_name == number
    copied = read.model_copy(deep=True)
    copied.name, copied.extension, copied.phone_number = "Two", "6002", ""
    again = groups.details(place, groups.create(place, copied))
    assert again.phone_number is None
    again.name, again.extension, again.phone_number, again.id = "One", "6001", number, read.id
    assert again == read


def test_policies_merge_deeply_and_weights_are_rewritten(api: WebexSimpleApi, ids: Any, people: Any) -> None:
    groups, place = api.telephony.huntgroup, ids.locations["London HQ"]
    members = [Agent(agent_id=one["id"], weight="7") for one in agents_of(ids, people, 3)]
    key = groups.create(place, HuntGroup(name="Sales", extension="6001", agents=members))
    before = groups.details(place, key)
    groups.update(place, key, HuntGroup(call_policies=HGCallPolicies(policy=Policy.regular)))
    regular = groups.details(place, key)
    assert regular.call_policies and regular.call_policies.policy == "REGULAR"
    assert [one.weight for one in regular.agents or []] == ["7", "7", "7"]
    groups.update(place, key, HuntGroup(call_policies=HGCallPolicies(policy=Policy.weighted)))
    weighted = groups.details(place, key)
    assert [one.weight for one in weighted.agents or []] == ["34", "33", "33"]
    assert weighted.call_policies and before.call_policies
    assert weighted.call_policies.no_answer == before.call_policies.no_answer
    groups.update(place, key, HuntGroup(agents=[*reversed(members)]))
    turned = groups.details(place, key).agents or []
    assert [one.agent_id for one in turned] == [one.agent_id for one in reversed(members)]
    assert {one.weight for one in turned} == {"7"}
    groups.update(
        place, key, HuntGroup(alternate_number_settings=AlternateNumberSettings(distinctive_ring_enabled=False))
    )
    settings = groups.details(place, key).alternate_number_settings
    assert settings and not settings.distinctive_ring_enabled


def test_numbers_are_claimed_shown_and_freed(call: Any, api: WebexSimpleApi, ids: Any, here: str, make: Make) -> None:
    free = [one["phoneNumber"] for one in call("GET", f"{here}/availableNumbers").body["phoneNumbers"]]
    assert free[0] == "+442079460000" and "+442079460010" not in free  # the main number, and one that is assigned
    alternates = [{"phoneNumber": number, "ringPattern": "LONG_LONG"} for number in free[1:3]]
    url = make(phoneNumber=free[0], alternateNumberSettings={"alternateNumbers": alternates})
    row = next(iter(api.telephony.phone_numbers(phone_number=free[0])))
    assert row.owner and (row.owner.owner_type, row.owner.last_name, row.extension) == ("HUNT_GROUP", "Sales", "6001")
    assert row.owner.owner_id != url.rpartition("/")[2]  # the same group in another encoding (§1.7)
    second = next(iter(api.telephony.phone_numbers(phone_number=free[1])))
    assert second.phone_number_type == "ALTERNATE"
    left = [one["phoneNumber"] for one in call("GET", f"{here}/alternate/availableNumbers").body["phoneNumbers"]]
    assert not set(free[:3]) & set(left)
    targets = call("GET", f"{here}/callForwarding/availableNumbers?ownerName=sales").body["phoneNumbers"]
    assert {one["phoneNumber"] for one in targets} == set(free[:3])
    shown = call("GET", url).body["alternateNumberSettings"]
    assert [one["phoneNumber"] for one in shown["alternateNumbers"]] == free[1:3]
    assert shown["alternateNumbers"][0]["ringPattern"] == "LONG_LONG"
    assert call("PUT", url, {"name": "Other"}).status == 204
    assert call("GET", url).body["alternateNumberSettings"] == shown
    assert call("PUT", url, {"alternateNumbers": [], "distinctiveRing": False}).status == 204
    settings = call("GET", url).body["alternateNumberSettings"]
    assert settings == {"distinctiveRingEnabled": False, "alternateNumbers": []}
    assert call("PUT", url, {"phoneNumber": None}).status == 204
    assert "phoneNumber" not in call("GET", url).body
    assert len(call("GET", f"{here}/availableNumbers").body["phoneNumbers"]) == len(free)
    found = call("GET", "/telephony/config/huntGroups?phoneNumber=6001").body["huntGroups"]
    assert [one["name"] for one in found] == ["Other"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": None}, 25008),
        ({"callPolicies": None}, 25008),
        ({"callPolicies": {}}, 25008),
        ({"callPolicies": {"noAnswer": NO_ANSWER}}, 25008),
        ({"name": ""}, 25024),
        ({"enabled": "maybe"}, 25024),
        ({"callPolicies": {**POLICIES, "policy": "RANDOM"}}, 25024),
        ({"callPolicies": {**POLICIES, "noAnswer": {**NO_ANSWER, "numberOfRings": 21}}}, 25024),
        ({"callPolicies": {**POLICIES, "noAnswer": {**NO_ANSWER, "forwardEnabled": True}}}, 25008),
        ({"callPolicies": {**POLICIES, "busyRedirect": {"enabled": True, "destination": "no digits"}}}, 25024),
        ({"agents": ["Y2lzY29zcGFyazovL3VzL1BFT1BMRS8x"]}, 25024),
        ({"agents": [{"weight": "10"}]}, 25008),
        ({"agents": [{"id": "x", "weight": "many"}]}, 25024),
        ({"extension": {}}, 25024),
        ({"extension": "12a"}, 4910),
        ({"extension": "9999"}, 4202),  # the voice portal's
        ({"phoneNumber": "+442079460010"}, 4201),
        ({"phoneNumber": "nonsense"}, 4410),
        ({"dialByName": "50%"}, 25024),
        ({"directLineCallerIdName": {"selection": "CUSTOM_NAME"}}, 25008),
        ({"alternateNumberSettings": {"alternateNumbers": [{"phoneNumber": "+442079460070"}] * 2}}, 4201),
        ({"alternateNumberSettings": {"alternateNumbers": [{"phoneNumber": "1"}] * 11}}, 25024),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, dict) else None,
)
def test_refused_and_nothing_changed(call: Any, simulator: Simulator, here: str, change: Any, code: int) -> None:
    before = simulator.state()
    answer = call("POST", here, body(**change))
    assert (answer.status, answer.body["errorCode"]) == (400, code), answer.body
    assert {**simulator.state(), "hunt_groups": []} == {**before, "hunt_groups": []}
    assert call("GET", "/telephony/config/huntGroups").body["huntGroups"] == []


def test_agents_must_be_objects_of_somebody_with_calling(call: Any, ids: Any, people: Any, here: str) -> None:
    plain = call("POST", here, body(agents=[ids.person(people["number"][0])]))
    assert plain.body["message"] == "Invalid field value: agents"
    for stranger in (ids.person(people["none"][0]), ids.locations["London HQ"]):
        assert call("POST", here, body(agents=[{"id": stranger}])).status == 404
    twice = agents_of(ids, people, 1) * 2
    assert call("POST", here, body(agents=twice)).status == 400


def test_a_workspace_is_an_agent_with_the_id_of_a_person(call: Any, ids: Any, make: Make) -> None:
    url = make(agents=[{"id": ids.workspace("Board Room")}])
    [agent] = call("GET", url).body["agents"]
    assert (agent["type"], agent["firstName"], agent["lastName"]) == ("PLACE", "Board Room", ".")
    assert agent["id"].startswith("Y2lzY29zcGFyazovL3VzL1BFT1BMRS")  # ciscospark://us/PEOPLE/
    assert call("PUT", url, {"agents": [agent]}).status == 204
    assert call("GET", url).body["agents"] == [agent]


@pytest.mark.parametrize(("policy", "limit"), [("SIMULTANEOUS", 50), ("WEIGHTED", 100), ("CIRCULAR", 1000)])
def test_as_many_agents_as_the_policy_takes(policy: str, limit: int) -> None:
    tenant = sample_tenant()
    person = next(one for one in tenant["people"] if one["calling"])
    more = [
        {**person, "id": f"00000000-0000-4000-8000-{index:012}", "emails": [f"a{index}@example.com"],
         "calling": {"location": person["calling"]["location"], "extension": f"{500000 + index}", "number": None}}
        for index in range(limit + 1)
    ]  # fmt: skip
    with Simulator({**tenant, "people": [*tenant["people"], *more]}) as running:
        place = person["calling"]["location"]
        url = f"/telephony/config/locations/{webex.encode('LOCATION', place)}/huntGroups"
        members = [{"id": webex.encode("PEOPLE", one["id"])} for one in more]
        policies = {**POLICIES, "policy": policy}
        with pytest.raises(EditRefused, match=f"{limit} agents at most"):
            running.edit("POST", url, body(agents=members, callPolicies=policies))
        made = running.edit("POST", url, body(agents=members[:-1], callPolicies=policies))
        if policy == "CIRCULAR":
            with pytest.raises(EditRefused, match="50 agents at most"):
                running.edit("PUT", f"{url}/{made['id']}", {"callPolicies": {"policy": "SIMULTANEOUS"}})


def test_names_and_extensions_are_unique_in_the_location(call: Any, ids: Any, here: str, make: Make) -> None:
    make()
    assert call("POST", here, body(name="SALES", extension="6002")).status == 409
    taken = call("POST", here, body(name="Other"))
    assert (taken.status, taken.body["errorCode"]) == (400, 4202)
    neither = call("POST", here, body(name="Other", extension=None))
    assert neither.status == 400 and "errorCode" not in neither.body
    other = make(name="Other", extension="6002")
    assert call("PUT", other, {"name": "Sales"}).status == 409
    assert call("PUT", other, {"extension": "6001"}).status == 400
    assert call("PUT", other, {"extension": ""}).status == 400  # neither number nor extension would be left
    assert call("PUT", other, {"name": "OTHER", "extension": "6002"}).status == 204  # its own
    there = f"/telephony/config/locations/{ids.locations['Manchester']}/huntGroups"
    assert call("POST", there, body()).status == 201
    assert call("GET", other.replace(ids.locations["London HQ"], ids.locations["Manchester"])).status == 404


def test_wrong_ids(call: Any, ids: Any, people: Any, here: str, make: Make) -> None:
    key = make().rpartition("/")[2]
    assert call("GET", f"{here}/{ids.person(people['number'][0])}").body["message"] == "Wrong type of Webex ID provided"
    assert call("GET", f"{here}/nonsense").status == 404
    assert call("GET", f"{here}/{key}=").status == 200  # padding does not matter
    assert call("PUT", f"{here}/{key}").body["errorCode"] == 25024


def test_destinations_read_dashed(call: Any, make: Make) -> None:
    answer = {**NO_ANSWER, "forwardEnabled": True, "destination": "+442079460001", "destinationVoicemailEnabled": True}
    url = make(callPolicies={**POLICIES, "noAnswer": answer, "busyRedirect": {"enabled": True, "destination": "0100"}})
    read = call("GET", url).body["callPolicies"]
    assert read["noAnswer"]["destination"] == "+44-2079460001"
    assert read["busyRedirect"]["destination"] == "0100"
    assert "destination" not in read["businessContinuityRedirect"]
    assert call("PUT", url, {"callPolicies": read}).status == 204
    assert call("GET", url).body["callPolicies"] == read


@pytest.mark.parametrize(("position", "shown"), [("hidden", "0100"), ("shown", "*550100")])
def test_switch_voicemail_destination_prefix(position: str, shown: str) -> None:
    with Simulator({**sample_tenant(), "switches": {"voicemail_destination_prefix": position}}) as running:
        url = _place(running)
        answer = {**NO_ANSWER, "forwardEnabled": True, "destination": "0100", "destinationVoicemailEnabled": True}
        key = running.edit("POST", url, body(callPolicies={**POLICIES, "noAnswer": answer}))["id"]
        for _ in range(2):  # what is read can be written back
            read = running.edit("GET", f"{url}/{key}")["callPolicies"]
            assert read["noAnswer"]["destination"] == shown
            running.edit("PUT", f"{url}/{key}", {"callPolicies": read})


def _place(running: Simulator) -> str:
    place = next(one for one in running.edit("GET", "/locations")["items"] if one["name"] == "London HQ")
    return f"/telephony/config/locations/{place['id']}/huntGroups"


@pytest.mark.parametrize("field", ["enabled", "agents"])
@pytest.mark.parametrize(("position", "status"), [("live", 201), ("documented", 400)])
def test_switch_group_required_fields(position: str, status: int, field: str) -> None:
    with Simulator({**sample_tenant(), "switches": {"group_required_fields": position}}) as running:
        try:
            running.edit("POST", _place(running), body(**{field: None}))
            seen = 201
        except EditRefused as refused:
            seen = refused.status
            assert refused.body["errorCode"] == 25008
        assert seen == status


@pytest.mark.parametrize(("position", "status"), [("conflict", 409), ("refuse", 400)])
def test_switch_feature_name_duplicate(position: str, status: int) -> None:
    with Simulator({**sample_tenant(), "switches": {"feature_name_duplicate": position}}) as running:
        running.edit("POST", _place(running), body())
        with pytest.raises(EditRefused) as refused:
            running.edit("POST", _place(running), body(extension="6002"))
        assert refused.value.status == status


def test_who_is_gone_is_in_no_group(call: Any, ids: Any, people: Any, make: Make) -> None:
    members = agents_of(ids, people, 2)
    url = make(agents=members)
    assert call("DELETE", f"/people/{members[0]['id']}").status == 204
    assert [one["id"] for one in call("GET", url).body["agents"]] == [members[1]["id"]]


def test_survives_dump_and_load(call: Any, ids: Any, people: Any, simulator: Simulator, make: Make) -> None:
    url = make(agents=agents_of(ids, people, 2), phoneNumber="+442079460070", directLineCallerIdName={
        "selection": "CUSTOM_NAME", "customName": "Us"})  # fmt: skip
    before = call("GET", url).body
    simulator.load(simulator.state())
    assert call("GET", url).body == before
    taken = call("POST", url.rpartition("/")[0], body(name="Other", extension="6001"))
    assert taken.body["errorCode"] == 4202
