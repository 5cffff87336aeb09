"""Call parks, their settings, and call park extensions (§14)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.base import webex_id_to_uuid
from wxc_sdk.telephony.callpark import CallPark, CallParkRecall, CallParkSettings, LocationCallParkSettings

from reconciler.simulator import EditRefused, Simulator, sample_tenant

USER, BOTH, GROUP = "ALERT_PARKING_USER_ONLY", "ALERT_PARKING_USER_FIRST_THEN_HUNT_GROUP", "ALERT_HUNT_GROUP_ONLY"
HUNT = "7d0a4a1c-6c4c-4a55-9d8e-3f1f2f7e0001"


def place(ids: Any, name: str = "London HQ") -> str:
    return f"/telephony/config/locations/{ids.locations[name]}"


@pytest.fixture
def agents(call: Any) -> list[str]:
    """Those whom London may take: ids as the API offers them."""
    (london,) = [one["id"] for one in call("GET", "/locations").body["items"] if one["name"] == "London HQ"]
    path = f"/telephony/config/locations/{london}/callParks/availableUsers"
    return [row["id"] for row in call("GET", path).body["agents"]]


@pytest.fixture
def hunt(simulator: Simulator) -> str:
    """A hunt group of London, put into the tenant as its own resource keeps it."""
    tenant = simulator.state()
    london = next(one["id"] for one in tenant["locations"] if one["name"] == "London HQ")
    block = {"location": london, "extension": "6000", "number": None}
    group = {"id": HUNT, "location": london, "name": "Sales", "enabled": True, "agents": [], "calling": block}
    simulator.load({**tenant, "hunt_groups": [group]})
    return base64.urlsafe_b64encode(f"ciscospark://us/HUNT_GROUP/{HUNT}".encode()).decode().rstrip("=")


def test_trivial_park_with_the_sdk(api: WebexSimpleApi, call: Any, ids: Any) -> None:
    parks, london = api.telephony.callpark, ids.locations["London HQ"]
    made = parks.create(london, CallPark.default(name="Lobby Park"))
    assert base64.b64decode(webex_id_to_uuid(made)).decode() == "Lobby Park"
    details = parks.details(london, made)
    assert (details.recall.option, details.recall.hunt_group_id) == (CallParkRecall.parking_user_only, None)
    assert (details.agents, details.park_on_agents_enabled, details.call_park_extensions) == ([], False, [])
    parks.create(london, CallPark.default(name="Annex"))
    assert [one.name for one in parks.list(london)] == ["Annex", "Lobby Park"]
    assert [one.name for one in parks.list(london, order="DSC", max=1)] == ["Lobby Park", "Annex"]
    (row,) = parks.list(london, name="lobby")
    assert (row.callpark_id, row.location_name) == (made, "London HQ")
    assert list(parks.list(ids.locations["Manchester"])) == []
    assert call("GET", "/telephony/config/callParks").body == {"callParks": []}  # though there are two
    parks.delete_callpark(london, made)
    assert [one.name for one in parks.list(london)] == ["Annex"]


def test_rename_changes_the_id_and_nothing_else(api: WebexSimpleApi, call: Any, ids: Any, agents: list[str]) -> None:
    path = f"{place(ids)}/callParks"
    cpe = call("POST", f"{place(ids)}/callParkExtensions", {"name": "Slot", "extension": "6100"}).body["id"]
    body = {"name": "Lobby", "recall": {"option": USER}, "agents": agents[:2], "callParkExtensions": [cpe]}
    old = call("POST", path, body).body["id"]
    before = call("GET", f"{path}/{old}").body
    assert [agent["id"] for agent in before["agents"]] == agents[:2]
    assert before["callParkExtensions"] == [{"id": cpe, "name": "Slot", "extension": "6100"}]
    renamed = call("PUT", f"{path}/{old}", {"name": "Foyer"})
    assert renamed.status == 200 and renamed.body["id"] != old
    assert call("GET", f"{path}/{old}").status == 404
    after = call("GET", f"{path}/{renamed.body['id']}").body
    assert after == {**before, "name": "Foyer", "id": renamed.body["id"]}
    kept = call("PUT", f"{path}/{after['id']}", {"agents": [], "parkOnAgentsEnabled": True})
    assert kept.body == {"id": after["id"]}
    assert call("GET", f"{path}/{after['id']}").body == {**after, "agents": [], "parkOnAgentsEnabled": True}
    twin = call("POST", f"{place(ids, 'Manchester')}/callParks", {"name": "Foyer", "recall": {"option": USER}})
    assert twin.body["id"] == after["id"]  # the same name elsewhere is the same id
    assert call("GET", f"{place(ids, 'Manchester')}/callParks/{after['id']}").body["parkOnAgentsEnabled"] is False


def test_agents_are_shown_whole(call: Any, ids: Any, simulator: Simulator) -> None:
    vl = {"firstName": "V", "lastName": "Line", "locationId": ids.locations["London HQ"], "extension": "4500"}
    line = call("POST", "/telephony/config/virtualLines", vl).body["id"]
    room = ids.workspace("Board Room")
    body = {"name": "Lobby", "recall": {"option": USER}, "agents": [line, room]}
    made = call("POST", f"{place(ids)}/callParks", body).body["id"]
    first, second = call("GET", f"{place(ids)}/callParks/{made}").body["agents"]
    assert first == {
        "id": base64.urlsafe_b64encode(
            f"ciscospark://us/PEOPLE/{webex_id_to_uuid(line)}".encode()
        ).decode().rstrip("="),
        "firstName": "V", "lastName": "Line", "type": "VIRTUAL_LINE", "displayName": "V Line",
        "numbers": [{"extension": "4500", "esn": "82014500", "routingPrefix": "8201", "primary": True}],
    }  # fmt: skip
    assert (second["type"], second["displayName"]) == ("PLACE", "Board Room")
    assert second["numbers"][0]["external"].startswith("+44207946")
    simulator.turn("feature_member_ids", "own")
    own = [agent["id"] for agent in call("GET", f"{place(ids)}/callParks/{made}").body["agents"]]
    assert own == [line, room]
    call("DELETE", f"/telephony/config/virtualLines/{line}")
    call("DELETE", f"/workspaces/{room}")
    assert call("GET", f"{place(ids)}/callParks/{made}").body["agents"] == []


def test_available_users(api: WebexSimpleApi, call: Any, ids: Any, agents: list[str]) -> None:
    parks, london = api.telephony.callpark, ids.locations["London HQ"]
    everyone = list(parks.available_agents(london))
    assert {one.user_type for one in everyone} == {"PEOPLE", "PLACE"}
    body = {"name": "Lobby", "recall": {"option": USER}, "agents": agents[:3]}
    call("POST", f"{place(ids)}/callParks", body)
    free = [one.agent_id for one in parks.available_agents(london)]
    assert free == agents[3:]
    assert [one.agent_id for one in parks.available_agents(london, call_park_name="Lobby")] == agents
    last = everyone[5].last_name
    named = [one.last_name for one in parks.available_agents(london, name=last.lower(), order="fname")]
    assert set(named) == {last} and len(named) < len(free)
    by_name = [one.last_name for one in parks.available_agents(london, order="lname|fname-desc")]
    assert by_name == sorted(one.last_name for one in everyone[3:])
    numbered = next(one for one in everyone[3:] if one.numbers[0].external)
    (only,) = parks.available_agents(london, phone_number=numbered.numbers[0].external)
    assert only == numbered
    assert call("GET", f"{place(ids)}/callParks/availableUsers?order=shoe").status == 400


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, 25008),
        ({"name": "A"}, 400, 25008),
        ({"name": "A", "recall": {}}, 400, 25008),
        ({"name": "A", "recall": {"option": "RING"}}, 400, 25024),
        ({"name": "A", "recall": USER}, 400, 25024),
        ({"name": "", "recall": {"option": USER}}, 400, 25110),
        ({"name": "A" * 81, "recall": {"option": USER}}, 400, 25110),
        ({"name": "A", "recall": {"option": USER}, "agents": [{"id": "x"}]}, 400, 25024),
        ({"name": "A", "recall": {"option": USER}, "agents": ["x"]}, 404, None),
        ({"name": "A", "recall": {"option": USER}, "callParkExtensions": ["x"]}, 404, None),
        ({"name": "A", "recall": {"option": USER}, "parkOnAgentsEnabled": "perhaps"}, 400, 25024),
        ({"name": "A", "recall": {"option": GROUP, "huntGroupId": "x"}}, 404, None),
    ],
)
def test_wrong_creates(call: Any, ids: Any, body: dict[str, Any], status: int, code: int | None) -> None:
    answer = call("POST", f"{place(ids)}/callParks", body)
    assert (answer.status, answer.body.get("errorCode")) == (status, code)
    assert call("GET", f"{place(ids)}/callParks").body == {"callParks": []}


@pytest.mark.parametrize(("position", "status"), [("conflict", 409), ("refuse", 400)])
def test_names_are_unique_in_a_location(call: Any, ids: Any, simulator: Simulator, position: str, status: int) -> None:
    simulator.turn("feature_name_duplicate", position)
    body = {"name": "Lobby", "recall": {"option": USER}}
    call("POST", f"{place(ids)}/callParks", body)
    assert call("POST", f"{place(ids)}/callParks", {**body, "name": "LOBBY"}).status == status


@pytest.mark.parametrize(("position", "accepted"), [("refuse", False), ("accept", True)])
def test_switch_member_elsewhere(
    call: Any, ids: Any, people: Any, simulator: Simulator, position: str, accepted: bool
) -> None:
    simulator.turn("feature_member_elsewhere", position)
    stranger = call("GET", f"{place(ids, 'Manchester')}/callParks/availableUsers").body["agents"][0]["id"]
    body = {"name": "Lobby", "recall": {"option": USER}, "agents": [stranger]}
    assert call("POST", f"{place(ids)}/callParks", body).status == (201 if accepted else 400)


@pytest.mark.parametrize(("position", "status"), [("refuse", 400), ("accept", 201)])
def test_switch_park_member_twice(
    call: Any, ids: Any, agents: list[str], simulator: Simulator, position: str, status: int
) -> None:
    simulator.turn("park_member_twice", position)
    body = {"recall": {"option": USER}, "agents": agents[:1]}
    call("POST", f"{place(ids)}/callParks", {**body, "name": "One"})
    assert call("POST", f"{place(ids)}/callParks", {**body, "name": "Two"}).status == status


def test_recall_to_a_hunt_group(call: Any, ids: Any, hunt: str) -> None:
    path = f"{place(ids)}/callParks"
    recall = {"option": BOTH, "huntGroupId": hunt}
    made = f"{path}/{call('POST', path, {'name': 'Lobby', 'recall': recall}).body['id']}"
    assert call("GET", made).body["recall"] == {**recall, "huntGroupName": "Sales"}
    cleared = {"recall": {"option": GROUP, "huntGroupId": ""}}  # accepted live (T:telephony_callpark)
    assert call("PUT", made, cleared).status == 200
    assert call("GET", made).body["recall"] == {"option": GROUP}
    other = f"{place(ids, 'Manchester')}/callParks"
    assert call("POST", other, {"name": "Lobby", "recall": recall}).status == 400


@pytest.mark.parametrize(
    ("position", "refused"),
    [("optional", set()), ("user-only-needs-one", {USER}), ("group-needs-one", {BOTH, GROUP})],
)
def test_switch_park_recall_group(
    call: Any, ids: Any, hunt: str, simulator: Simulator, position: str, refused: set[str]
) -> None:
    simulator.turn("park_recall_group", position)
    seen = set()
    for option in (USER, BOTH, GROUP):
        bare = call("POST", f"{place(ids)}/callParks", {"name": option, "recall": {"option": option}})
        seen |= {option} if bare.status == 400 else set()
        recall = {"option": option, "huntGroupId": hunt}
        assert call("POST", f"{place(ids)}/callParks", {"name": f"{option} 2", "recall": recall}).status == 201
    assert seen == refused


@pytest.mark.parametrize("position", ["dropped", "dangling"])
def test_switch_park_recall_group_deleted(call: Any, ids: Any, hunt: str, simulator: Simulator, position: str) -> None:
    simulator.turn("park_recall_group_deleted", position)
    path, recall = f"{place(ids)}/callParks", {"option": GROUP, "huntGroupId": hunt}
    made = f"{path}/{call('POST', path, {'name': 'Lobby', 'recall': recall}).body['id']}"
    assert call("PUT", f"{path}/settings", {"callParkRecall": recall}).status == 204
    assert call("DELETE", f"{place(ids)}/huntGroups/{hunt}").status == 204
    left = {"option": USER} if position == "dropped" else recall
    assert call("GET", made).body["recall"] == left
    assert call("GET", f"{path}/settings").body["callParkRecall"] == left


def test_settings_of_a_location(api: WebexSimpleApi, call: Any, ids: Any, hunt: str) -> None:
    parks, london = api.telephony.callpark, ids.locations["London HQ"]
    assert parks.call_park_settings(london) == LocationCallParkSettings.default()
    (group,) = parks.available_recalls(london, order="lname", name="sal")
    assert (group.huntgroup_id, group.name) == (hunt, "Sales")
    assert list(parks.available_recalls(ids.locations["Manchester"])) == []
    change = LocationCallParkSettings(call_park_settings=CallParkSettings(ring_pattern="LONG_LONG", recall_time=600))
    parks.update_call_park_settings(london, change)
    settings = parks.call_park_settings(london)
    assert settings.call_park_settings == CallParkSettings(ring_pattern="LONG_LONG", recall_time=600, hunt_wait_time=45)
    assert settings.call_park_recall.option == USER
    assert parks.call_park_settings(ids.locations["Manchester"]) == LocationCallParkSettings.default()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"callParkSettings": {"recallTime": 45}}, 25008),
        ({"callParkSettings": {"ringPattern": "LOUD"}}, 25024),
        ({"callParkSettings": {"ringPattern": "NORMAL", "recallTime": 29}}, 25024),
        ({"callParkSettings": {"ringPattern": "NORMAL", "huntWaitTime": 601}}, 25024),
        ({"callParkRecall": {"huntGroupId": ""}}, 25008),
        (None, 25024),
    ],
)
def test_wrong_settings(call: Any, ids: Any, body: Any, code: int) -> None:
    answer = call("PUT", f"{place(ids)}/callParks/settings", body)
    assert (answer.status, answer.body["errorCode"]) == (400, code)


def test_not_a_calling_location(call: Any, ids: Any, simulator: Simulator) -> None:
    body = {"name": "Bare", "timeZone": "Europe/London", "preferredLanguage": "en_GB",
            "address": {"address1": "1", "city": "Leeds", "postalCode": "LS1", "country": "GB"}}  # fmt: skip
    bare = f"/telephony/config/locations/{call('POST', '/locations', body).body['id']}"
    for path in ("/callParks", "/callParks/settings", "/callParks/availableUsers", "/callPickups"):
        assert call("GET", bare + path).status == 404
    assert call("POST", f"{bare}/callParks", {"name": "A", "recall": {"option": USER}}).status == 404


def test_extensions_of_the_location(api: WebexSimpleApi, call: Any, ids: Any) -> None:
    slots, london = api.telephony.callpark_extension, ids.locations["London HQ"]
    made = slots.create(london, name="Slot 1", extension="6100")
    details = slots.details(london, made)
    assert (details.name, details.extension, details.esn, details.cpe_id) == ("Slot 1", "6100", "82016100", None)
    slots.create(ids.locations["Manchester"], name="Slot 1", extension="6100")
    assert [one.location_name for one in slots.list()] == ["London HQ", "Manchester"]
    (row,) = slots.list(location_id=london, extension="61", name="slot", location_name="London")
    assert (row.cpe_id, row.location_id, row.routing_prefix) == (made, london, "8201")
    assert [one.location_name for one in slots.list(order="groupName-desc")] == ["Manchester", "London HQ"]
    slots.update(london, made, extension="6101")
    slots.update(london, made, name="Slot 9")
    assert (slots.details(london, made).name, slots.details(london, made).extension) == ("Slot 9", "6101")
    assert call("GET", "/telephony/config/numbers?extension=6101").body["phoneNumbers"] == []
    park = {"name": "Lobby", "recall": {"option": USER}, "callParkExtensions": [made]}
    foreign = call("POST", f"{place(ids, 'Manchester')}/callParks", park)
    assert foreign.status == 400
    parked = f"{place(ids)}/callParks/{call('POST', f'{place(ids)}/callParks', park).body['id']}"
    slots.delete(london, made)
    assert call("GET", parked).body["callParkExtensions"] == []
    slots.create(london, name="Slot 9", extension="6101")


def test_9495_both_ways(call: Any, ids: Any) -> None:
    path = f"{place(ids)}/callParkExtensions"
    assert call("POST", path, {"name": "Slot", "extension": "6100"}).status == 201
    line = {"firstName": "A", "lastName": "B", "locationId": ids.locations["London HQ"], "extension": "6100"}
    blocked = call("POST", "/telephony/config/virtualLines", line)
    assert (blocked.status, blocked.body["errorCode"]) == (400, 9495)
    assert "already assigned as a Call Park Extension: 6100." in blocked.body["message"]
    again = call("POST", path, {"name": "Other", "extension": "6100"})
    assert (again.body["errorCode"], "Call Park Extension: 6100" in again.body["message"]) == (9495, True)
    voice_portal = call("POST", path, {"name": "Other", "extension": "9999"})
    assert (voice_portal.status, voice_portal.body["errorCode"]) == (400, 9495)
    assert "assigned to a user: 9999" in voice_portal.body["message"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "A"}, 25008),
        ({"extension": "6100"}, 25008),
        ({"name": "A" * 31, "extension": "6100"}, 25110),
        ({"name": "A", "extension": "1"}, 4909),
        ({"name": "A", "extension": "911"}, 4911),
        ({"name": "A", "extension": {}}, 25024),
    ],
)
def test_wrong_extensions(call: Any, ids: Any, body: dict[str, Any], code: int) -> None:
    answer = call("POST", f"{place(ids)}/callParkExtensions", body)
    assert (answer.status, answer.body["errorCode"]) == (400, code)


def test_survive_dump_and_load() -> None:
    with Simulator(sample_tenant()) as running:
        location = running.edit("GET", "/telephony/config/locations")["locations"][0]["id"]
        base = f"/telephony/config/locations/{location}"
        running.edit("PUT", f"{base}/callParks/settings", {"callParkSettings": {"ringPattern": "LONG_LONG"}})
        slot = running.edit("POST", f"{base}/callParkExtensions", {"name": "S", "extension": "6100"})["id"]
        agents = [one["id"] for one in running.edit("GET", f"{base}/callParks/availableUsers")["agents"]][:2]
        body = {"name": "P", "recall": {"option": USER}, "agents": agents, "callParkExtensions": [slot]}
        park = f"{base}/callParks/{running.edit('POST', f'{base}/callParks', body)['id']}"
        before = [running.edit("GET", path) for path in (park, f"{base}/callParks/settings")]
        running.load(running.state())
        assert [running.edit("GET", path) for path in (park, f"{base}/callParks/settings")] == before
        with pytest.raises(EditRefused, match="9495"):
            running.edit("POST", f"{base}/callParkExtensions", {"name": "T", "extension": "6100"})
