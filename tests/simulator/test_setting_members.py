"""Settings that name people, workspaces, virtual lines or call park extensions: monitoring, privacy, push-to-talk and
the receptionist client (webex-behaviour.md §12)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.person_settings.monitoring import Monitoring
from wxc_sdk.person_settings.receptionist import ReceptionistSettings

from reconciler.simulator import Simulator
from tests.simulator.setting_subjects import Subjects


@pytest.fixture
def subjects(call: Any, ids: Any, people: Any) -> Subjects:
    return Subjects(call, ids, people)


def park(call: Any, location: str) -> str:
    body = {"name": "Orbit", "extension": "6101"}
    found: str = call("POST", f"/telephony/config/locations/{location}/callParkExtensions", body).body["id"]
    return found


def test_monitoring_is_written_flat_and_read_wrapped(call: Any, subjects: Subjects) -> None:
    url = f"/people/{subjects.person}/features/monitoring"
    assert call("GET", url).body == {"callParkNotificationEnabled": False, "availableEntriesCount": 50}
    orbit = park(call, subjects.location)
    elements = [
        {"id": subjects.workspace, "type": "MEMBER", "lineKeyLabel": "Board"},
        orbit,
        {"memberId": subjects.extension_only, "type": "MEMBER"},
        {"type": "SPEED_DIAL", "phoneNumber": "+442079460999", "lineKeyLabel": "Taxi"},
        {"id": subjects.line, "type": "SPEED_DIAL"},
    ]
    body = {"enableCallParkNotification": "true", "monitoredElements": elements}
    assert call("PUT", url, body).status == 204
    read = call("GET", url).body
    assert read["callParkNotificationEnabled"] is True and read["availableEntriesCount"] == 45
    kinds = [next(iter(element)) for element in read["monitoredElements"]]
    assert kinds == ["member", "callparkextension", "member", "speedDial", "speedDial"]  # the order is kept
    board, cpe, person, taxi, line = (next(iter(element.values())) for element in read["monitoredElements"])
    assert (board["id"], board["type"], board["lineKeyLabel"]) == (subjects.workspace, "PLACE", "Board")
    assert board["location"] == "London HQ" and board["numbers"][0]["extension"] == "7000"
    assert (cpe["id"], cpe["name"], cpe["extension"], cpe["esn"]) == (orbit, "Orbit", "6101", "82016101")
    assert person["id"] == subjects.extension_only and person["email"]
    assert taxi == {"phoneNumber": "+442079460999", "lineKeyLabel": "Taxi"}
    assert (line["id"], line["type"], line["extension"]) == (subjects.line, "VIRTUAL_LINE", "6001")


def test_monitoring_merges(call: Any, subjects: Subjects) -> None:
    url = f"/workspaces/{subjects.workspace}/features/monitoring"
    assert call("PUT", url, {"monitoredElements": [subjects.person]}).status == 204
    assert call("PUT", url, {"enableCallParkNotification": True}).status == 204
    read = call("GET", url).body
    assert read["callParkNotificationEnabled"] and len(read["monitoredElements"]) == 1
    assert call("PUT", url, {"monitoredElements": []}).status == 204
    assert call("GET", url).body == {"callParkNotificationEnabled": True, "availableEntriesCount": 50}


def test_monitoring_by_sdk_is_stable(api: WebexSimpleApi, subjects: Subjects, call: Any) -> None:
    orbit = park(call, subjects.location)
    url = f"/people/{subjects.person}/features/monitoring"
    assert call("PUT", url, {"monitoredElements": [orbit, subjects.workspace, subjects.line]}).status == 204
    monitoring = api.person_settings.monitoring
    before = monitoring.read(subjects.person)
    before.call_park_notification_enabled = True
    monitoring.configure(subjects.person, before)
    after = monitoring.read(subjects.person)
    assert after.monitored_elements == before.monitored_elements
    assert after.call_park_notification_enabled is True
    assert [cpe.id for cpe in after.monitored_cpes] == [orbit]
    api.workspace_settings.monitoring.configure(subjects.workspace, Monitoring(call_park_notification_enabled=False))


def test_monitoring_refusals(call: Any, subjects: Subjects) -> None:
    url = f"/people/{subjects.person}/features/monitoring"
    dial = {"type": "SPEED_DIAL", "phoneNumber": "0100"}
    assert call("PUT", url, {"monitoredElements": [dial] * 51}).status == 400
    assert call("PUT", url, {"monitoredElements": [dial] * 50}).status == 204
    assert call("GET", url).body["availableEntriesCount"] == 0
    assert call("PUT", url, {"monitoredElements": [subjects.not_calling]}).status == 404
    unknown = base64.b64encode(b"ciscospark://us/CALL_PARK_EXTENSION/00000000-0000-4000-8000-000000000000").decode()
    assert call("PUT", url, {"monitoredElements": [unknown]}).status == 404
    missing = call("PUT", url, {"monitoredElements": [{"type": "SPEED_DIAL"}]})
    assert (missing.status, missing.body["errorCode"]) == (400, 25008)


def test_available_members(api: WebexSimpleApi, subjects: Subjects, call: Any) -> None:
    monitoring = api.person_settings.monitoring
    everyone = list(monitoring.get_available_members_for_monitoring(subjects.person))
    found = {member.id for member in everyone}
    assert {subjects.workspace, subjects.line, subjects.extension_only} <= found
    assert subjects.person not in found and subjects.not_calling not in found
    call("PUT", f"/people/{subjects.person}/features/monitoring", {"monitoredElements": [subjects.workspace]})
    assert subjects.workspace not in {
        one.id for one in monitoring.get_available_members_for_monitoring(subjects.person)
    }
    dials = {one.id for one in monitoring.get_available_speed_dials_for_monitoring(subjects.person)}
    assert subjects.workspace in dials
    rows = list(monitoring.get_available_members_for_monitoring(
        subjects.person, location_id=subjects.location, order=["lastName-desc"]))  # fmt: skip
    assert rows and {row.location.name for row in rows} == {"London HQ"}
    assert [row.last_name for row in rows] == sorted((row.last_name for row in rows), reverse=True)
    [line] = monitoring.get_available_members_for_monitoring(subjects.person, member_name="front desk")
    numbered = monitoring.get_available_members_for_monitoring(subjects.person, phone_number="6001")
    assert line.id == subjects.line and subjects.line in {row.id for row in numbered}
    assert not list(monitoring.get_available_members_for_monitoring(subjects.person, phone_number="60019999"))
    first = call("GET", f"/telephony/config/people/{subjects.person}/monitoring/availableMembers?max=1")
    assert len(first.body["members"]) == 1 and 'rel="next"' in first.headers["Link"]
    gated = call("GET", f"/telephony/config/workspaces/{subjects.basic}/monitoring/availableMembers")
    assert gated.body["errorCode"] == 25409


@pytest.mark.parametrize("order", ["extension", "lastName-up"])
def test_available_members_order(call: Any, subjects: Subjects, order: str) -> None:
    url = f"/telephony/config/people/{subjects.person}/monitoring/availableMembers?order={order}"
    assert call("GET", url).status == 400


def test_privacy(api: WebexSimpleApi, subjects: Subjects, call: Any) -> None:
    privacy = api.person_settings.privacy
    settings = privacy.read(subjects.person)
    assert settings.aa_extension_dialing_enabled and settings.monitoring_agents is None
    settings.enable_phone_status_pickup_barge_in_privacy = True
    settings.monitoring_agents = [subjects.extension_only, subjects.line]
    privacy.configure(subjects.person, settings)
    read = privacy.read(subjects.person)
    assert [agent.agent_id for agent in read.monitoring_agents] == [subjects.extension_only, subjects.line]
    assert read.monitoring_agents[0].numbers[0].extension
    privacy.configure(subjects.person, read)  # objects are turned into ids again
    assert privacy.read(subjects.person) == read
    api.workspace_settings.privacy.configure(subjects.workspace, read)
    assert len(api.workspace_settings.privacy.read(subjects.workspace).monitoring_agents) == 2
    assert call("PUT", f"/people/{subjects.person}/features/privacy", {"monitoringAgents": ["x"]}).status == 404


def test_push_to_talk(api: WebexSimpleApi, subjects: Subjects) -> None:
    for one, subject in (
        (api.person_settings.push_to_talk, subjects.person),
        (api.workspace_settings.push_to_talk, subjects.workspace),
        (api.telephony.virtual_lines.push_to_talk, subjects.line),
    ):
        settings = one.read(subject)
        assert settings.allow_auto_answer is False
        settings.allow_auto_answer, settings.members = True, [subjects.extension_only, subjects.extension_only]
        one.configure(subject, settings)
        read = one.read(subject)
        assert read.allow_auto_answer and [m.member_id for m in read.members] == [subjects.extension_only]
        one.configure(subject, read)
        assert one.read(subject) == read


def test_receptionist(api: WebexSimpleApi, subjects: Subjects, call: Any) -> None:
    receptionist = api.person_settings.receptionist
    receptionist.configure(
        subjects.person, ReceptionistSettings(enabled=True, monitored_members=[subjects.line, subjects.workspace])
    )
    read = receptionist.read(subjects.person)
    assert [member.member_id for member in read.monitored_members] == [subjects.line, subjects.workspace]
    receptionist.configure(subjects.person, ReceptionistSettings(enabled=False))
    off = receptionist.read(subjects.person)
    assert off.enabled is False and off.monitored_members == read.monitored_members
    refused = call(
        "PUT", f"/people/{subjects.person}/features/reception",
        {"receptionEnabled": False, "monitoredMembers": [subjects.line]},
    )  # fmt: skip
    assert (refused.status, refused.body["errorCode"]) == (400, 4470)


def test_ended_members_vanish(call: Any, subjects: Subjects) -> None:
    features, orbit = f"/people/{subjects.person}/features", park(call, subjects.location)
    call("PUT", f"{features}/monitoring", {"monitoredElements": [subjects.line, orbit, subjects.workspace]})
    call("PUT", f"{features}/privacy", {"monitoringAgents": [subjects.line, subjects.workspace]})
    call("PUT", f"{features}/pushToTalk", {"members": [subjects.line]})
    call("PUT", f"{features}/reception", {"receptionEnabled": True, "monitoredMembers": [subjects.line]})
    assert call("DELETE", f"/telephony/config/virtualLines/{subjects.line}").status == 204
    assert call("DELETE", f"/telephony/config/locations/{subjects.location}/callParkExtensions/{orbit}").status == 204
    elements = call("GET", f"{features}/monitoring").body["monitoredElements"]
    assert [element["member"]["id"] for element in elements] == [subjects.workspace]
    agents = call("GET", f"{features}/privacy").body["monitoringAgents"]
    assert [agent["id"] for agent in agents] == [subjects.workspace]
    assert call("GET", f"{features}/pushToTalk").body["members"] == []
    assert call("GET", f"{features}/reception").body["monitoredMembers"] == []


def decoded(text: str) -> str:
    return base64.urlsafe_b64decode(text + "==").decode().partition("ciscospark://")[2]


@pytest.mark.parametrize("position", ["own", "people", "address"])
def test_switch_setting_member_ids(position: str, subjects: Subjects, simulator: Simulator, call: Any) -> None:
    url = f"/people/{subjects.person}/features/monitoring"
    call("PUT", url, {"monitoredElements": [subjects.workspace, subjects.extension_only]})
    with Simulator({**simulator.state(), "switches": {"setting_member_ids": position}}) as running:
        read = running.edit("GET", url)
        shown = [element["member"]["id"] for element in read["monitoredElements"]]
        kinds = [decoded(text).split("/")[1] for text in shown]
        assert kinds == (["PEOPLE", "PEOPLE"] if position == "people" else ["PLACE", "PEOPLE"])
        assert ("@example.com" in decoded(shown[1])) is (position == "address")
        running.edit("PUT", url, {"monitoredElements": shown})  # every encoding is taken back
        assert running.edit("GET", url) == read
