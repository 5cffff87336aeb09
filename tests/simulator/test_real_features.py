"""What live tests and dated observations say of the features of locations (issue 10, D; sources in behaviour.md)."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi

from reconciler.simulator import Simulator
from reconciler.simulator.core import ids as encoding

pytestmark = pytest.mark.issue10("D")
Json = dict[str, Any]
MISSING = "message=Missing required field(s).;detail=Missing fields: "


@pytest.fixture
def london(ids: Any) -> str:
    return f"/telephony/config/locations/{ids.locations['London HQ']}"


@pytest.fixture
def quiet(call: Any) -> str:
    """A location without calling."""
    address = {"address1": "9 Nowhere", "city": "Leeds", "postalCode": "LS1 1AA", "country": "GB"}
    place = {"name": "Leeds", "timeZone": "Europe/London", "preferredLanguage": "en_gb", "address": address}
    return f"/telephony/config/locations/{call('POST', '/locations', place).body['id']}"


def menu(*keys: Json) -> Json:
    return {"greeting": "DEFAULT", "extensionEnabled": False, "keyConfigurations": list(keys)}


@pytest.fixture
def attendant(call: Any, london: str) -> Callable[..., Any]:
    call("POST", f"{london}/schedules", {"name": "Hours", "type": "businessHours"})

    def make(*keys: Json, name: str = "Main") -> Any:
        body = {"name": name, "extension": "8100", "businessSchedule": "Hours", "businessHoursMenu": menu(*keys),
                "afterHoursMenu": menu({"key": "0", "action": "EXIT"})}  # fmt: skip
        return call("POST", f"{london}/autoAttendants", body)

    return make


@pytest.mark.parametrize("action", ["REPEAT_MENU", "TRANSFER_TO_OPERATOR", "NAME_DIALING", "EXTENSION_DIALING", "EXIT"])
def test_keys_that_lead_nowhere_need_no_value(
    attendant: Callable[..., Any], call: Any, london: str, action: str
) -> None:
    made = attendant({"key": "1", "action": action}, {"key": "2", "action": action, "value": ""})
    assert made.status == 201
    keys = call("GET", f"{london}/autoAttendants/{made.body['id']}").body["businessHoursMenu"]["keyConfigurations"]
    assert keys == [{"key": "1", "action": action}, {"key": "2", "action": action}]


@pytest.mark.parametrize("value", [{}, {"value": ""}])
def test_a_mailbox_needs_a_value(attendant: Callable[..., Any], value: Json) -> None:
    answer = attendant({"key": "1", "action": "TRANSFER_TO_MAILBOX", **value})
    assert (answer.status, answer.body["errorCode"]) == (400, 25008)
    assert answer.body["message"] == "Missing Mandatory field name: HoursMenu.keyConfigurations.value"


@pytest.mark.parametrize("clear", [{}, {"address2": ""}, {"address2": None}], ids=["left out", "empty", "null"])
def test_an_address_that_is_sent_replaces_the_old_one(call: Any, ids: Any, clear: Json) -> None:
    url = f"/locations/{ids.locations['London HQ']}"
    address = {"address1": "1 Example Square", "city": "London", "postalCode": "EC1A 1AA", "country": "GB"}
    assert call("PUT", url, {"address": {**address, "address2": "Floor 9", "state": "X"}}).status == 204
    assert call("GET", url).body["address"]["address2"] == "Floor 9"
    assert call("PUT", url, {"address": {**address, **clear}}).status == 204
    assert call("GET", url).body["address"] == address
    assert call("PUT", url, {"timeZone": "Europe/Paris"}).status == 204
    assert call("GET", url).body["address"] == address


@pytest.mark.parametrize(
    ("path", "method"),
    [("autoAttendants/x", "GET"), ("callPickups", "GET"), ("queues/x", "GET"), ("autoAttendants", "POST"),
     ("queues", "POST"), ("huntGroups", "POST"), ("callPickups", "POST")],
)  # fmt: skip
def test_features_of_a_location_without_calling(call: Any, quiet: str, path: str, method: str) -> None:
    body = {"name": "A", "extension": "8000"} if method == "POST" else None
    answer = call(method, f"{quiet}/{path}", body)
    assert (answer.status, answer.body["errorCode"]) == (404, 5620)
    assert answer.body["message"] == "[Error 5620] Group not found with this external ID"


def test_a_hunt_group_needs_only_its_policy(call: Any, london: str) -> None:
    body = {"name": "Sales", "extension": "6001", "callPolicies": {"policy": "REGULAR"}}
    made = call("POST", f"{london}/huntGroups", body)
    assert made.status == 201
    read = call("GET", f"{london}/huntGroups/{made.body['id']}").body
    shown = {name: read["callPolicies"]["noAnswer"][name] for name in ("nextAgentEnabled", "nextAgentRings")}
    assert shown == {"nextAgentEnabled": False, "nextAgentRings": 5} and read["agents"] == []
    assert read["callPolicies"]["noAnswer"]["numberOfRings"] == 15
    for wrong in ({}, {"callPolicies": {}}):
        answer = call("POST", f"{london}/huntGroups", {"name": "B", "extension": "6002", **wrong})
        assert (answer.status, answer.body["errorCode"]) == (400, 25008)


def test_a_queue_needs_only_its_policy(call: Any, london: str) -> None:
    made = call(
        "POST", f"{london}/queues", {"name": "Help", "extension": "6100", "callPolicies": {"policy": "CIRCULAR"}}
    )
    assert made.status == 201
    read = call("GET", f"{london}/queues/{made.body['id']}").body
    assert read["agents"] == [] and read["callPolicies"]["policy"] == "CIRCULAR"
    assert read["queueSettings"]["overflow"]["action"] == "PERFORM_BUSY_TREATMENT"


def test_agents_of_the_list_are_those_of_the_details(call: Any, london: str, ids: Any, people: Any) -> None:
    agents = [{"id": ids.person(people["number"][0])}, {"id": ids.workspace("Board Room")}]
    body = {"name": "Help", "extension": "6100", "callPolicies": {"policy": "CIRCULAR"}, "agents": agents}
    key = call("POST", f"{london}/queues", body).body["id"]
    details = call("GET", f"{london}/queues/{key}").body["agents"]
    listed = call("GET", f"/telephony/config/queues/{key}/agents?limit=50").body["agents"]
    everywhere = call("GET", "/telephony/config/queues/agents").body["agents"]
    assert [one["id"] for one in details] == [one["id"] for one in listed]
    assert {one["id"] for one in everywhere} == {one["id"] for one in details}
    nobody = call("GET", f"/telephony/config/queues/agents/{ids.person(people['number'][3])}?max=1&start=0")
    assert nobody.status == 404


@pytest.mark.parametrize(("position", "left"), [("nothing", 1), ("removes", 0)])
def test_deleting_a_supervisor(
    call: Any, simulator: Simulator, ids: Any, people: Any, position: str, left: int
) -> None:
    """Without Customer Assist it is gone; with it, a switch says."""
    simulator.turn("supervisor_cx_delete", position)
    boss, other = (ids.person(email) for email in people["extension"][:2])
    for who, cx, agent in ((boss, "", 0), (other, "?hasCxEssentials=true", 1)):
        path = f"/telephony/config/supervisors{cx}"
        agents = [{"id": ids.person(people["number"][agent])}]
        assert call("POST", path, {"id": who, "agents": agents}).status in (201, 206)
        assert call("DELETE", f"/telephony/config/supervisors/{who}{cx}").status == 204
        assert len(call("GET", path).body["supervisors"]) == (left if cx else 0)


@pytest.mark.parametrize("missing", ["callForwarding", "businessContinuity"])
def test_forwarding_of_a_virtual_line_needs_both_halves(call: Any, ids: Any, missing: str) -> None:
    line = {"firstName": "Front", "lastName": "Desk", "extension": "6001", "locationId": ids.locations["London HQ"]}
    key = call("POST", "/telephony/config/virtualLines", line).body["id"]
    url = f"/telephony/config/virtualLines/{key}/callForwarding"
    body = {"callForwarding": {"always": {"enabled": False}}, "businessContinuity": {"enabled": False}}
    answer = call("PUT", url, {name: value for name, value in body.items() if name != missing})
    assert (answer.status, answer.body["errorCode"]) == (400, 25008)
    assert answer.body["message"] == f"Missing Mandatory field name: {missing}"
    assert call("PUT", url, body).status == 204


def test_a_virtual_line_keeps_its_display_name_and_is_found_by_its_uuid(call: Any, ids: Any) -> None:
    line = {"firstName": "Front", "lastName": "Desk", "extension": "6001", "locationId": ids.locations["London HQ"]}
    key = call("POST", "/telephony/config/virtualLines", line).body["id"]
    url = f"/telephony/config/virtualLines/{key}"
    assert call("PUT", url, {"firstName": "Back", "lastName": "Office"}).status == 204
    read = call("GET", url).body
    assert (read["firstName"], read["displayName"]) == ("Back", "Front Desk")
    bare = encoding.any_uuid(key)
    assert call("GET", f"/telephony/config/virtualLines/{bare}").body == read
    assert call("GET", f"/telephony/config/virtualLines/{bare}/callWaiting").status == 200


def test_privacy_without_agents_shows_no_list(call: Any, ids: Any, people: Any) -> None:
    person, other = (ids.person(email) for email in people["number"][:2])
    url = f"/people/{person}/features/privacy"
    assert "monitoringAgents" not in call("GET", url).body
    assert call("PUT", url, {"monitoringAgents": [other]}).status == 204
    assert [one["id"] for one in call("GET", url).body["monitoringAgents"]] == [other]
    assert call("PUT", url, {"monitoringAgents": []}).status == 204
    assert "monitoringAgents" not in call("GET", url).body


def test_at_most_a_hundred_patterns_whichever_way(call: Any) -> None:
    patterns = [f"{index:06d}" for index in range(101)]
    path = "/telephony/config/virtualExtensionRanges"
    for url, body in ((path, {"name": "A", "prefix": "+4961"}), (f"{path}/actions/validate/invoke", {})):
        answer = call("POST", url, {**body, "patterns": patterns})
        assert (answer.status, answer.body["errorCode"]) == (400, 27854)


@pytest.mark.parametrize(
    ("path", "body", "missing"),
    [
        ("{london}/callParks", {"name": "A"}, "recall"),
        ("{london}/callParks", {}, "name, recall"),
        ("/telephony/config/premisePstn/routeGroups", {"name": "A"}, "localGateways"),
        ("/telephony/config/virtualExtensions", {"displayName": "A", "extension": "6999"}, "externalNumber"),
    ],
)
def test_missing_fields_are_named_together(call: Any, london: str, path: str, body: Json, missing: str) -> None:
    answer = call("POST", path.format(london=london), body)
    assert (answer.status, answer.body["errorCode"]) == (400, 25008)
    assert answer.body["message"] == MISSING + missing


HOURS = {"enabled": True, "startTime": "09:00", "endTime": "17:00"}


def test_modes_take_some_days_only_and_say_when_they_are_on(call: Any) -> None:
    path, level = "/telephony/config/operatingModes", {"level": "ORGANIZATION"}
    part = {"name": "Days", "type": "DIFFERENT_HOURS_DAILY", **level, "differentHoursDaily": {"monday": HOURS}}
    made = call("POST", path, part)
    assert made.status == 201
    read = call("GET", f"{path}/{made.body['id']}").body["differentHoursDaily"]
    assert read["monday"]["startTime"] == "09:00" and read["sunday"]["enabled"] is False
    assert call("PUT", f"{path}/{made.body['id']}", {"differentHoursDaily": {"friday": HOURS}}).status == 204
    assert call("GET", f"{path}/{made.body['id']}").body["differentHoursDaily"]["monday"]["enabled"] is True
    empty = call("POST", path, {"name": "Never", "type": "SAME_HOURS_DAILY", **level})
    assert (empty.status, empty.body["errorCode"]) == (400, 25024)
    assert "sameHoursDaily: at least one enabled" in empty.body["message"]
    none = call("POST", path, {"name": "Feasts", "type": "HOLIDAY", **level})
    assert (none.status, none.body["message"]) == (400, "Missing required field: holidays")


def test_a_holiday_is_changed_in_part(call: Any) -> None:
    path = "/telephony/config/operatingModes"
    day = {"name": "Xmas", "allDayEnabled": True, "startDate": "2026-12-25", "endDate": "2026-12-25"}
    mode = {"name": "Feasts", "type": "HOLIDAY", "level": "ORGANIZATION", "holidays": [day]}
    key = call("POST", path, mode).body["id"]
    (holiday,) = call("GET", f"{path}/{key}").body["holidays"]
    url = f"{path}/{key}/holidays/{holiday['id']}"
    assert call("PUT", url, {"name": "Christmas"}).status == 204
    assert call("GET", url).body == {**holiday, "name": "Christmas"}


@pytest.mark.parametrize(
    ("moment", "current"),
    [("2026-12-01T12:00", "Open"), ("2026-12-01T20:00", "Closed"), ("2026-12-25T12:00", "Feasts")],
)
def test_modes_follow_their_schedules(call: Any, simulator: Simulator, london: str, moment: str, current: str) -> None:
    state = simulator.state()
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()
    simulator.load({**state, "clock": {"now": now, "speed": 0}})
    path, level = "/telephony/config/operatingModes", {"level": "ORGANIZATION"}
    day = {"name": "Xmas", "allDayEnabled": True, "startDate": "2026-12-25", "endDate": "2026-12-25"}
    modes = [
        {"name": "Closed", "type": "NONE", **level},
        {"name": "Open", "type": "SAME_HOURS_DAILY", **level,
         "sameHoursDaily": {"mondayToFriday": HOURS, "saturdayToSunday": {"enabled": False}}},
        {"name": "Feasts", "type": "HOLIDAY", **level, "holidays": [day]},
    ]  # fmt: skip
    keys = [call("POST", path, mode).body["id"] for mode in modes]
    policies = {"callPolicies": {"policy": "CIRCULAR"}}
    group = call("POST", f"{london}/huntGroups", {"name": "Sales", "extension": "6001", **policies}).body["id"]
    used = [{"id": key, "normalOperationEnabled": number == 0} for number, key in enumerate(keys)]
    url = f"{london}/huntGroups/{group}/callForwarding"
    body = {"callForwarding": {"operatingModes": {"enabled": True, "modes": used}}}
    assert call("PUT", url, body).status == 204
    shown = call("GET", url).body["callForwarding"]["operatingModes"]
    assert {one["id"]: one["name"] for one in shown["modes"]}[shown["currentOperatingModeId"]] == current


def test_music_on_hold_is_a_reference_by_that_name(api: WebexSimpleApi, call: Any, london: str) -> None:
    repo = api.telephony.announcements_repo
    key = repo.upload_announcement(name="Welcome", file=io.BytesIO(b"x" * 2500), upload_as="welcome.wav")
    music = {"callHoldEnabled": True, "callParkEnabled": True, "greeting": "CUSTOM", "audioFile": {"id": key}}
    assert call("PUT", f"{london}/musicOnHold", music).status == 204
    (used,) = call("GET", f"/telephony/config/announcements/{key}").body["featureReferences"]
    assert (used["name"], used["type"], used["locationName"]) == ("Music On Hold", "Music On Hold", "London HQ")
    answer = call("DELETE", f"/telephony/config/announcements/{key}")
    assert (answer.status, answer.body["errorCode"]) == (400, 6675)
