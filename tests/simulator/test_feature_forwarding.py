"""Forwarding of hunt groups and call queues: the settings, the selective rules, the modes, and each switch (§14)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.telephony.callqueue import CallQueue
from wxc_sdk.telephony.forwarding import (
    CallForwardingNumber,
    CallsFrom,
    CustomNumbers,
    ForwardCallsTo,
    ForwardFromSelection,
    ForwardingRuleDetails,
    ForwardTo,
    ForwardToSelection,
)
from wxc_sdk.telephony.huntgroup import HuntGroup

from reconciler.simulator import EditRefused, Simulator, sample_tenant

NO_ANSWER = {
    "nextAgentEnabled": False,
    "nextAgentRings": 5,
    "forwardEnabled": False,
    "numberOfRings": 15,
    "destinationVoicemailEnabled": False,
}
GROUP = {"name": "G", "extension": "6001", "enabled": True, "agents": [],
         "callPolicies": {"policy": "CIRCULAR", "noAnswer": NO_ANSWER}}  # fmt: skip
QUEUE = {"name": "Q", "extension": "6002", "agents": [], "callPolicies": {"policy": "CIRCULAR"},
         "queueSettings": {"queueSize": 5}}  # fmt: skip
FEATURES = {"huntGroups": GROUP, "queues": QUEUE}
ANYONE = {"selection": "ANY", "customNumbers": {"privateNumberEnabled": False, "unavailableNumberEnabled": False}}
RULE = {"name": "Night", "enabled": True, "callsFrom": ANYONE, "callsTo": {"numbers": []}}


@pytest.fixture(params=list(FEATURES))
def url(request: pytest.FixtureRequest, call: Any, ids: Any) -> str:
    """The forwarding of a new hunt group, and of a new queue."""
    place = f"/telephony/config/locations/{ids.locations['London HQ']}/{request.param}"
    made = call("POST", place, FEATURES[request.param])
    assert made.status == 201, made.body
    return f"{place}/{made.body['id']}/callForwarding"


def read(call: Any, url: str) -> dict[str, Any]:
    found: dict[str, Any] = call("GET", url).body["callForwarding"]
    return found


def test_settings_merge_and_read_dashed(call: Any, url: str) -> None:
    before = read(call, url)
    off = {"enabled": False, "ringReminderEnabled": False, "destinationVoiceMailEnabled": False}
    assert before == {"always": off, "selective": off, "rules": [], "operatingModes": {"enabled": False, "modes": []}}
    always = {"enabled": True, "destination": "+442079460001", "ringReminderEnabled": True}
    assert call("PUT", url, {"callForwarding": {"always": always}}).status == 204
    after = read(call, url)
    assert after["always"]["destination"] == "+44-2079460001" and after["always"]["ringReminderEnabled"]
    assert after["selective"] == off
    body = {"callForwarding": {"selective": {"enabled": True, "destination": "0100", "sendToVoicemailEnabled": True}}}
    assert call("PUT", url, body).status == 204
    assert read(call, url)["always"] == after["always"]
    assert read(call, url)["selective"] == {
        "enabled": True, "destination": "0100", "ringReminderEnabled": False, "destinationVoiceMailEnabled": True,
    }  # fmt: skip
    assert call("PUT", url, {"callForwarding": read(call, url)}).status == 204
    cleared = {"callForwarding": {"always": {"enabled": False, "destination": ""}, "rules": None}}
    assert call("PUT", url, cleared).status == 204
    assert "destination" not in read(call, url)["always"]


def test_settings_through_the_sdk(api: WebexSimpleApi, ids: Any) -> None:
    groups, place = api.telephony.huntgroup, ids.locations["New York"]
    key = groups.create(place, HuntGroup(name="G", extension="6001", agents=[]))
    settings = groups.forwarding.settings(place, key)
    assert settings.always and settings.selective
    settings.always.enabled, settings.always.destination = True, "4300"
    settings.rules = None
    groups.forwarding.update(place, key, settings)
    after = groups.forwarding.settings(place, key)
    after.rules = None
    assert after == settings
    groups.forwarding.switch_mode_for_call_forwarding(place, key)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 25008),
        ({"callForwarding": []}, 25024),
        ({"callForwarding": {"always": {"enabled": None}}}, 25024),
        ({"callForwarding": {"always": {"enabled": True}}}, 25008),
        ({"callForwarding": {"always": {"enabled": True, "destination": "home"}}}, 25024),
        ({"callForwarding": {"always": "on"}}, 25024),
        ({"callForwarding": {"rules": [{"enabled": True}]}}, 25008),
        ({"callForwarding": {"operatingModes": {"modes": [{"id": "unknown"}]}}}, 25024),
    ],
)
def test_settings_refused(call: Any, url: str, body: Any, code: int) -> None:
    before = read(call, url)
    answer = call("PUT", url, body)
    assert (answer.status, answer.body["errorCode"]) == (400, code), answer.body
    assert read(call, url) == before


def test_rules_through_the_sdk(api: WebexSimpleApi, ids: Any) -> None:
    queues, place = api.telephony.callqueue, ids.locations["New York"]
    key = queues.create(place, CallQueue.create(name="Q", extension="6001", queue_size=5, agents=[]))
    called = CallForwardingNumber(type="PRIMARY", extension="6001", phone_number="+12125550112")
    rule = ForwardingRuleDetails(
        name="Night",
        enabled=True,
        forward_to=ForwardTo(selection=ForwardToSelection.specified_number, phone_number="+12125550111"),
        calls_from=CallsFrom(
            selection=ForwardFromSelection.custom,
            custom_numbers=CustomNumbers(private_number_enabled=True, numbers=["+12025551212", "+442079460001"]),
        ),
        calls_to=ForwardCallsTo(numbers=[called]),
    )
    first = queues.forwarding.create_call_forwarding_rule(place, key, rule)
    found = queues.forwarding.call_forwarding_rule(place, key, first)
    assert found.id == first
    assert found.forward_to.phone_number == "+1-2125550111"
    assert found.calls_from.custom_numbers.numbers == ["+1-2025551212", "+44-2079460001"]
    found.enabled = False
    assert queues.forwarding.update_call_forwarding_rule(place, key, first, found) == first
    found.name = "Late"
    second = queues.forwarding.update_call_forwarding_rule(place, key, first, found)
    assert second != first
    [listed] = queues.forwarding.settings(place, key).rules or []
    assert (listed.id, listed.name, listed.enabled) == (second, "Late", False)
    assert (listed.forward_to, listed.calls_to) == ("+1-2125550111", "Primary")
    assert listed.calls_from == "Any private Number, 2025551212, +44-2079460001"
    queues.forwarding.delete_call_forwarding_rule(place, key, second)
    assert queues.forwarding.settings(place, key).rules == []


def test_ids_of_rules_are_their_names(call: Any, url: str) -> None:
    rules = f"{url}/selectiveRules"
    made = call("POST", rules, RULE)
    assert made.status == 201
    decoded = base64.urlsafe_b64decode(made.body["id"] + "==").decode()
    assert decoded == "ciscospark://us/CALL_FORWARDING_SELECTIVE_RULE/TmlnaHQ"
    shown = call("GET", f"{rules}/{made.body['id']}").body
    assert shown["forwardTo"] == {"selection": "FORWARD_TO_DEFAULT_NUMBER"} and "holidaySchedule" not in shown
    renamed = call("PUT", f"{rules}/{made.body['id']}", {"name": "Später"})  # merges
    assert renamed.status == 201 and renamed.body["id"] != made.body["id"]
    assert call("GET", f"{rules}/{made.body['id']}").status == 404
    assert call("PUT", f"{rules}/{made.body['id']}", {}).status == 404
    again = call("GET", f"{rules}/{renamed.body['id']}").body
    assert again == {**shown, "id": renamed.body["id"], "name": "Später"}
    flag = {"callForwarding": {"rules": [{"id": renamed.body["id"], "enabled": False, "name": "ignored"}]}}
    assert call("PUT", url, flag).status == 204
    [row] = read(call, url)["rules"]
    assert (row["name"], row["enabled"], row["callsFrom"]) == ("Später", False, "All calls")
    stale = {"callForwarding": {"rules": [{"id": made.body["id"], "enabled": True}]}}
    assert call("PUT", url, stale).status == 400
    assert call("DELETE", f"{rules}/{renamed.body['id']}").status == 204
    assert call("DELETE", f"{rules}/{renamed.body['id']}").status == 404


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": None}, 25024),
        ({"name": ""}, 25024),
        ({"callsFrom": {}}, 25008),
        ({"callsFrom": {"selection": "SOME"}}, 25024),
        ({"callsFrom": {"selection": "CUSTOM", "customNumbers": {"numbers": ["1"] * 13}}}, 25024),
        ({"callsTo": []}, 25024),
        ({"callsTo": {"numbers": [{"type": "PRIMARY"}]}}, 25008),
        ({"callsTo": {"numbers": [{"phoneNumber": "1"}]}}, 25008),
        ({"forwardTo": {"selection": "FORWARD_TO_SPECIFIED_NUMBER"}}, 25008),
        ({"businessSchedule": "Nobody made it"}, 25024),
    ],
)
def test_rules_refused(call: Any, url: str, change: Any, code: int) -> None:
    answer = call("POST", f"{url}/selectiveRules", {**RULE, **change})
    assert (answer.status, answer.body["errorCode"]) == (400, code), answer.body
    assert read(call, url)["rules"] == []


def test_names_of_rules_are_unique_in_the_feature(call: Any, url: str) -> None:
    rules = f"{url}/selectiveRules"
    first = call("POST", rules, RULE).body["id"]
    assert call("POST", rules, RULE).status == 409
    other = call("POST", rules, {**RULE, "name": "Day"}).body["id"]
    assert call("PUT", f"{rules}/{other}", {"name": "Night"}).status == 409
    assert call("PUT", f"{rules}/{first}", {"name": "Night"}).body["id"] == first
    assert call("GET", f"{rules}/nonsense").status == 404


def test_a_rule_follows_its_schedule(call: Any, ids: Any, url: str) -> None:
    schedules = f"/telephony/config/locations/{ids.locations['London HQ']}/schedules"
    made = call("POST", schedules, {"type": "holidays", "name": "Christmas"})
    assert made.status == 201, made.body
    rule = call("POST", f"{url}/selectiveRules", {**RULE, "holidaySchedule": "Christmas"})
    assert rule.status == 201
    assert call("POST", f"{url}/selectiveRules", {**RULE, "name": "B", "businessSchedule": "Christmas"}).status == 400
    assert call("GET", f"{url}/selectiveRules/{rule.body['id']}").body["holidaySchedule"] == "Christmas"


def test_operating_modes(call: Any, ids: Any, url: str) -> None:
    mode = {"name": "Lunch", "type": "NONE", "level": "ORGANIZATION"}
    elsewhere = {"name": "There", "type": "NONE", "level": "LOCATION", "locationId": ids.locations["Manchester"]}
    made = [call("POST", "/telephony/config/operatingModes", one) for one in (mode, elsewhere)]
    assert [one.status for one in made] == [201, 201], made
    forward = {"selection": "FORWARD_TO_SPECIFIED_NUMBER", "destination": "+442079460001"}
    entry = {"id": made[0].body["id"], "normalOperationEnabled": True, "forwardTo": forward}
    modes = {"enabled": True, "modes": [entry]}
    assert call("PUT", url, {"callForwarding": {"operatingModes": modes}}).status == 204
    shown = read(call, url)["operatingModes"]
    assert shown["currentOperatingModeId"] == made[0].body["id"]
    [one] = shown["modes"]
    assert (one["name"], one["type"], one["level"]) == ("Lunch", "NONE", "ORGANIZATION")
    assert one["forwardTo"]["destination"] == "+44-2079460001"
    assert one["forwardTo"]["defaultForwardToSelection"] == "DO_NOT_FORWARD"
    assert call("PUT", url, {"callForwarding": {"always": {"enabled": False}}}).status == 204
    assert read(call, url)["operatingModes"] == shown
    foreign = {"callForwarding": {"operatingModes": {"enabled": True, "modes": [{**entry, "id": made[1].body["id"]}]}}}
    assert call("PUT", url, foreign).status == 400
    nowhere = {
        "callForwarding": {"operatingModes": {"modes": [{**entry, "forwardTo": {**forward, "destination": ""}}]}}
    }
    assert call("PUT", url, nowhere).body["errorCode"] == 25008
    assert call("POST", f"{url}/actions/switchMode/invoke").status == 204
    assert call("DELETE", f"/telephony/config/operatingModes/{made[0].body['id']}").status == 204
    assert read(call, url)["operatingModes"]["modes"] == []
    assert call("PUT", url, {"callForwarding": {"always": {"enabled": False}}}).status == 204


def test_survives_dump_and_load(call: Any, simulator: Simulator, url: str) -> None:
    call("POST", f"{url}/selectiveRules", RULE)
    call("PUT", url, {"callForwarding": {"selective": {"enabled": True, "destination": "0100"}}})
    before = read(call, url)
    simulator.load(simulator.state())
    assert read(call, url) == before


def opened(running: Simulator) -> str:
    places = running.edit("GET", "/locations")["items"]
    path = f"/telephony/config/locations/{places[0]['id']}/huntGroups"
    return f"{path}/{running.edit('POST', path, GROUP)['id']}/callForwarding"


@pytest.mark.parametrize(
    "position", ["destinationVoiceMailEnabled", "destinationVoicemailEnabled", "sendToVoicemailEnabled"]
)
def test_switch_feature_forwarding_voicemail_key(position: str) -> None:
    with Simulator({**sample_tenant(), "switches": {"feature_forwarding_voicemail_key": position}}) as running:
        url = opened(running)
        running.edit(
            "PUT", url, {"callForwarding": {"always": {"enabled": False, "destinationVoicemailEnabled": True}}}
        )
        for _ in range(2):  # what is read can be written back
            read = running.edit("GET", url)["callForwarding"]
            assert read["always"] == {"enabled": False, "ringReminderEnabled": False, position: True}
            running.edit("PUT", url, {"callForwarding": read})


@pytest.mark.parametrize("position", ["off", "on"])
def test_switch_selective_needs_rule(position: str) -> None:
    with Simulator({**sample_tenant(), "switches": {"selective_needs_rule": position}}) as running:
        url, body = opened(running), {"callForwarding": {"selective": {"enabled": True, "destination": "0100"}}}
        if position == "on":
            with pytest.raises(EditRefused):
                running.edit("PUT", url, body)
            running.edit("POST", f"{url}/selectiveRules", RULE)
        running.edit("PUT", url, body)
        assert running.edit("GET", url)["callForwarding"]["selective"]["enabled"]


@pytest.mark.parametrize("position", ["CALL_FORWARDING_SELECTIVE_RULE", "CRITERIA"])
def test_switch_selective_rule_id_kind(position: str) -> None:
    with Simulator({**sample_tenant(), "switches": {"selective_rule_id_kind": position}}) as running:
        url = opened(running)
        key = running.edit("POST", f"{url}/selectiveRules", RULE)["id"]
        assert f"us/{position}/" in base64.urlsafe_b64decode(key + "==").decode()
        assert running.edit("GET", f"{url}/selectiveRules/{key}")["id"] == key


@pytest.mark.parametrize("position", ["checked", "unchecked"])
def test_switch_selective_rule_schedule(position: str) -> None:
    with Simulator({**sample_tenant(), "switches": {"selective_rule_schedule": position}}) as running:
        url, rule = opened(running), {**RULE, "businessSchedule": "None such"}
        if position == "checked":
            with pytest.raises(EditRefused):
                running.edit("POST", f"{url}/selectiveRules", rule)
        else:
            running.edit("POST", f"{url}/selectiveRules", rule)


@pytest.mark.parametrize(("position", "status"), [("conflict", 409), ("refuse", 400)])
def test_switch_feature_name_duplicate_for_rules(position: str, status: int) -> None:
    with Simulator({**sample_tenant(), "switches": {"feature_name_duplicate": position}}) as running:
        url = opened(running)
        running.edit("POST", f"{url}/selectiveRules", RULE)
        with pytest.raises(EditRefused) as refused:
            running.edit("POST", f"{url}/selectiveRules", RULE)
        assert refused.value.status == status
