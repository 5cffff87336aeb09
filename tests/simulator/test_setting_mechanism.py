"""What holds for all call settings: who has them, which licence lets them through, what a PUT leaves out (§12, §13)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.simulator import Simulator, sample_tenant
from tests.simulator.setting_subjects import BASIC, Subjects, paths

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def subjects(call: Any, ids: Any, people: Any) -> Subjects:
    return Subjects(call, ids, people)


def test_everyone_with_calling_has_them(call: Any, subjects: Subjects) -> None:
    for path in subjects.all():
        assert call("GET", path).status == 200, path


def test_what_is_read_can_be_written_back(call: Any, subjects: Subjects) -> None:
    for path in subjects.all():
        before = call("GET", path).body
        if path.endswith(("callRecording", "callRecordings")):
            continue  # its "None" must be written as null
        if "virtualLines" in path and path.endswith("/voicemail"):
            continue  # needs a field that reads do not have
        assert call("PUT", path, before or {}).status == 204 or path.endswith("accessCodes"), path
        assert call("GET", path).body == before, path


def test_without_calling_it_is_4003(call: Any, subjects: Subjects) -> None:
    for path in paths(subjects.not_calling, subjects.no_calling_room):
        for method, body in (("GET", None), ("PUT", {})):
            answer = call(method, path, body)
            assert (answer.status, answer.body["errorCode"]) == (400, 4003), (method, path)
            assert answer.body["message"].startswith("[Error 4003] Unauthorized request: User")


def test_basic_tier(call: Any, subjects: Subjects) -> None:
    for path in paths(workspace=subjects.basic):
        answer = call("GET", path)
        if "/telephony/config/" not in path or path.endswith(BASIC):
            assert answer.status == 200, path
            continue
        assert (answer.status, answer.body["errorCode"]) == (405, 25409), path
        assert answer.body["message"].startswith("Invalid Professional Place: ")
        assert call("PUT", path, {}).body["errorCode"] == 25409, path


def test_paths_that_do_not_exist(call: Any, subjects: Subjects) -> None:
    for path in (
        f"/workspaces/{subjects.workspace}/features/voicemail",
        f"/workspaces/{subjects.workspace}/features/doNotDisturb",
        f"/telephony/config/people/{subjects.person}/callWaiting",
        f"/telephony/config/people/{subjects.person}/simultaneousRing",
        f"/telephony/config/people/{subjects.person}/selectiveAccept",
        f"/people/{subjects.person}/features/outgoingPermission/autoTransferNumbers",
    ):
        for method in ("GET", "PUT"):
            answer = call(method, path, {"enabled": True})
            assert answer.status == 404, path
            assert answer.body["message"].startswith("No static resource hydra/v1/"), path


def test_ids(call: Any, subjects: Subjects, simulator: Simulator) -> None:
    for url in (f"/people/{UNKNOWN}/features/callWaiting", f"/telephony/config/locations/{UNKNOWN}/intercept"):
        assert call("GET", url).status == 404
    wrong = call("GET", f"/workspaces/{subjects.person}/features/callWaiting")
    assert (wrong.status, wrong.body["message"]) == (400, "Wrong type of Webex ID provided")
    line = call("GET", f"/telephony/config/virtualLines/{subjects.person}/callWaiting")
    assert line.status == 400


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("callWaiting", {}, 25008),
        ("callWaiting", {"enabled": "perhaps"}, 25024),
        ("callWaiting", {"enabled": None}, 25024),
        ("doNotDisturb", {"enabled": True}, 25008),
        ("doNotDisturb", {"webexGoOverrideEnabled": []}, 25024),
        ("bargeIn", {"enabled": {}}, 25024),
        ("hoteling", {}, 25008),
        ("incomingPermission", {"useCustomEnabled": True, "externalTransfer": "BLOCK_ALL_EXTERNAL",
                                "internalCallsEnabled": True}, 25008),
        ("incomingPermission", {"useCustomEnabled": True, "externalTransfer": "NONE", "internalCallsEnabled": True,
                                "collectCallsEnabled": True}, 25024),
        ("intercept", {"incoming": {"type": "SOME"}}, 25024),
        ("intercept", {"incoming": []}, 25024),
        ("callRecording", {"record": "Sometimes"}, 25024),
        ("callRecording", {"notification": {"type": "None", "enabled": True}}, 25024),
        ("callRecording", {"repeat": {"interval": 9, "enabled": True}}, 25024),
        ("pushToTalk", {"connectionType": "THREE_WAY"}, 25024),
        ("privacy", {"monitoringAgents": "me"}, 25024),
        ("reception", {}, 25008),
        ("executiveAssistant", {"type": "BOSS"}, 25024),
        ("applications", {"mobileClientEnabled": 7}, 25024),
        ("voicemail", {"notifications": {"enabled": False}}, 25008),
        ("voicemail", {"notifications": {}, "transferToNumber": {"enabled": False}}, 25008),
        ("monitoring", {"monitoredElements": "all"}, 25024),
        ("monitoring", {"monitoredElements": [{"type": "MEMBER"}]}, 25008),
        ("monitoring", {"enableCallParkNotification": "maybe"}, 25024),
        ("callerId", {}, 25008),
        ("callerId", {"selected": "ANY"}, 25024),
        ("callForwarding", {"callForwarding": "none"}, 25024),
        ("callForwarding", {"callForwarding": {"noAnswer": {"enabled": False, "numberOfRings": "many"}}}, 25024),
        ("outgoingPermission", {"callingPermissions": [{"action": "ALLOW"}]}, 25008),
        ("outgoingPermission", {"callingPermissions": {}}, 25024),
        ("outgoingPermission", {"useCustomEnabled": "x"}, 25024),
        ("outgoingPermission/autoTransferNumbers", {"autoTransferNumber1": []}, 25024),
        ("callWaiting", None, 25024),
        ("callWaiting", [], 25024),
    ],
)  # fmt: skip
def test_bad_bodies_change_nothing(call: Any, ids: Any, people: Any, name: str, body: Any, code: int) -> None:
    person = ids.person(people["number"][0])
    # transfer numbers of people have no address below /people (D)
    one = "/telephony/config/people/{}/{}" if name.endswith("autoTransferNumbers") else "/people/{}/features/{}"
    url = one.format(person, name)
    before = call("GET", url).body
    answer = call("PUT", url, body)
    assert (answer.status, answer.body["errorCode"]) == (400, code)
    assert call("GET", url).body == before


@pytest.mark.parametrize(("position", "tone"), [("reset", False), ("kept", True)])
def test_switch_setting_put_omitted(position: str, tone: bool) -> None:
    with Simulator({**sample_tenant(), "switches": {"setting_put_omitted": position}}) as running:
        url = f"/people/{running.state()['people'][0]['id']}/features/bargeIn"
        running.edit("PUT", url, {"enabled": True, "toneEnabled": True})
        running.edit("PUT", url, {"enabled": False})
        assert running.edit("GET", url) == {"enabled": False, "toneEnabled": tone}


@pytest.mark.parametrize(("position", "kind"), [("reset", "INTERCEPT_ALL"), ("kept", "ALLOW_ALL")])
def test_switch_setting_put_omitted_inside_of_objects(position: str, kind: str) -> None:
    with Simulator({**sample_tenant(), "switches": {"setting_put_omitted": position}}) as running:
        url = f"/people/{running.state()['people'][0]['id']}/features/intercept"
        running.edit("PUT", url, {"incoming": {"type": "ALLOW_ALL"}})
        running.edit("PUT", url, {"incoming": {"voicemailEnabled": True}})
        assert running.edit("GET", url)["incoming"]["type"] == kind


def test_unknown_and_read_only_fields_are_ignored(call: Any, subjects: Subjects) -> None:
    url = f"/people/{subjects.person}/features/callWaiting"
    assert call("PUT", url, {"enabled": False, "volume": 11}).status == 204
    assert call("GET", url).body == {"enabled": False}


def test_settings_go_with_calling(call: Any, subjects: Subjects, ids: Any, people: Any) -> None:
    url = f"/people/{subjects.extension_only}/features/callWaiting"
    assert call("PUT", url, {"enabled": False}).status == 204
    person = call("GET", f"/people/{subjects.extension_only}?callingData=true").body
    without = {"emails": person["emails"], "displayName": person["displayName"], "licenses": []}
    assert call("PUT", f"/people/{subjects.extension_only}?callingData=true", without).status == 200
    assert call("GET", url).body["errorCode"] == 4003
    again = {**without, "licenses": person["licenses"], "locationId": person["locationId"], "extension": "5987"}
    assert call("PUT", f"/people/{subjects.extension_only}?callingData=true", again).status == 200
    assert call("GET", url).body == {"enabled": True}


def test_state_survives(call: Any, subjects: Subjects, simulator: Simulator) -> None:
    for root in (
        f"/people/{subjects.person}/features", f"/workspaces/{subjects.workspace}/features",
        f"/telephony/config/virtualLines/{subjects.line}",
    ):  # fmt: skip
        assert call("PUT", f"{root}/callWaiting", {"enabled": False}).status == 204
    members = {"receptionEnabled": True, "monitoredMembers": [subjects.workspace, subjects.line]}
    assert call("PUT", f"/people/{subjects.person}/features/reception", members).status == 204
    pattern = {"name": "Block", "pattern": "9XX", "action": "BLOCK", "transferEnabled": False}
    place = f"/telephony/config/locations/{subjects.location}"
    assert call("POST", f"{place}/outgoingPermission/digitPatterns", pattern).status == 201
    assert call("PUT", f"{place}/voicemail", {"voicemailTranscriptionEnabled": True}).status == 204
    before = {path: call("GET", path).body for path in subjects.all()}
    with Simulator(json.loads(json.dumps(simulator.state()))) as running:
        for path, body in before.items():
            assert running.edit("GET", path) == body, path


def test_another_admin(simulator: Simulator, subjects: Subjects, call: Any) -> None:
    simulator.edit("PUT", f"/people/{subjects.person}/features/hoteling", {"enabled": True})
    assert call("GET", f"/people/{subjects.person}/features/hoteling").body == {"enabled": True}
