"""The small call settings, through the SDK (webex-behaviour.md §12)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.person_settings import UserCallCaptions
from wxc_sdk.person_settings.barge import BargeSettings
from wxc_sdk.person_settings.call_recording import CallRecordingSetting
from wxc_sdk.person_settings.callbridge import CallBridgeSetting
from wxc_sdk.person_settings.calling_behavior import CallingBehavior
from wxc_sdk.person_settings.dnd import DND
from wxc_sdk.person_settings.permissions_in import IncomingPermissions
from wxc_sdk.telephony import MoHConfig

from reconciler.simulator import EditRefused, Simulator, sample_tenant
from tests.simulator.setting_subjects import Subjects


@pytest.fixture
def subjects(call: Any, ids: Any, people: Any) -> Subjects:
    return Subjects(call, ids, people)


def three(api: WebexSimpleApi, subjects: Subjects, name: str) -> list[tuple[Any, str]]:
    """That setting of a person, a workspace and a virtual line."""
    return [
        (getattr(api.person_settings, name), subjects.person),
        (getattr(api.workspace_settings, name), subjects.workspace),
        (getattr(api.telephony.virtual_lines, name), subjects.line),
    ]


def test_call_waiting(api: WebexSimpleApi, subjects: Subjects) -> None:
    for one, subject in three(api, subjects, "call_waiting"):
        assert one.read(subject) is True
        one.configure(subject, False)
        assert one.read(subject) is False


def test_do_not_disturb(api: WebexSimpleApi, subjects: Subjects, call: Any) -> None:
    for one, subject in three(api, subjects, "dnd"):
        one.configure(subject, DND(enabled=True, ring_splash_enabled=True, webex_go_override_enabled=True))
        read = one.read(subject)
        assert read.enabled and read.ring_splash_enabled
        assert read.webex_go_override_enabled is (True if subject == subjects.person else None)
    basic = f"/telephony/config/workspaces/{subjects.basic}/doNotDisturb"
    assert call("PUT", basic, {"enabled": True}).status == 204
    assert call("GET", basic).body == {"enabled": True, "ringSplashEnabled": False}


def test_barge(api: WebexSimpleApi, subjects: Subjects) -> None:
    for one, subject in three(api, subjects, "barge"):
        one.configure(subject, BargeSettings(enabled=True, tone_enabled=True))
        assert one.read(subject) == BargeSettings(enabled=True, tone_enabled=True)


def test_call_bridge(api: WebexSimpleApi, subjects: Subjects) -> None:
    for one, subject in three(api, subjects, "call_bridge"):
        assert one.read(subject).warning_tone_enabled is True
        one.configure(subject, CallBridgeSetting(warning_tone_enabled=False))
        assert one.read(subject).warning_tone_enabled is False


def test_intercept(api: WebexSimpleApi, subjects: Subjects) -> None:
    for one, subject in [
        *three(api, subjects, "call_intercept"),
        (api.telephony.location.intercept, subjects.location),
    ]:
        settings = one.read(subject)
        assert settings.enabled is False and settings.incoming.announcements.greeting == "DEFAULT"
        settings.enabled = True
        settings.outgoing.intercept_type = "ALLOW_LOCAL_ONLY"
        settings.incoming.announcements.new_number.enabled = True
        settings.incoming.announcements.new_number.destination = "+442079460070"
        one.configure(subject, settings)
        assert one.read(subject) == settings


def test_incoming_permissions(api: WebexSimpleApi, subjects: Subjects) -> None:
    for one, subject in three(api, subjects, "permissions_in"):
        assert one.read(subject) == IncomingPermissions.default()
        closed = IncomingPermissions(
            use_custom_enabled=True,
            external_transfer="BLOCK_ALL_EXTERNAL",
            internal_calls_enabled=False,
            collect_calls_enabled=False,
        )
        one.configure(subject, closed)
        assert one.read(subject) == closed


@pytest.mark.parametrize(("position", "calls"), [("inherited", True), ("own", False)])
def test_switch_incoming_permission_off_shows(position: str, calls: bool) -> None:
    with Simulator({**sample_tenant(), "switches": {"incoming_permission_off_shows": position}}) as running:
        url = f"/people/{running.state()['people'][0]['id']}/features/incomingPermission"
        body = {"useCustomEnabled": False, "externalTransfer": "BLOCK_ALL_EXTERNAL", "internalCallsEnabled": False,
                "collectCallsEnabled": False}  # fmt: skip
        running.edit("PUT", url, body)
        assert running.edit("GET", url)["internalCallsEnabled"] is calls
        running.edit("PUT", url, {**body, "useCustomEnabled": True})
        assert running.edit("GET", url)["internalCallsEnabled"] is False


def test_call_recording(api: WebexSimpleApi, subjects: Subjects, call: Any) -> None:
    for one, subject in (
        (api.person_settings.call_recording, subjects.person),
        (api.telephony.virtual_lines.call_recording, subjects.line),
    ):
        settings = one.read(subject)
        assert settings.record == "Never" and settings.notification.notification_type == "None"
        settings.enabled, settings.record = True, "Always"
        one.configure(subject, settings)  # turns "None" into null
        read = one.read(subject)
        assert read == settings and read.notification.notification_type == "None"
        settings.notification.notification_type, settings.notification.enabled = "Beep", True
        one.configure(subject, settings)
        assert one.read(subject).notification.notification_type == "Beep"
    room = f"/telephony/config/workspaces/{subjects.workspace}/features/callRecordings"
    CallRecordingSetting.model_validate(call("GET", room).body)
    assert call("PUT", room, {"enabled": True, "record": "Always"}).status == 204
    assert call("GET", room).body["record"] == "Always"
    assert call("PUT", room, {"enabled": True}).status == 204
    assert call("GET", room).body["record"] == "Never"  # not a merge


@pytest.mark.parametrize(("position", "status"), [("Webex", 200), ("none 503", 503), ("none 403", 403)])
def test_switch_call_recording_vendor(position: str, status: int) -> None:
    with Simulator({**sample_tenant(), "switches": {"call_recording_vendor": position}}) as running:
        url = f"/people/{running.state()['people'][0]['id']}/features/callRecording"
        running.edit("GET", url)
        try:
            running.edit("PUT", url, {"enabled": True})
            assert status == 200
        except EditRefused as refused:
            assert refused.status == status and "Dubber API Error: Unauthorized" in str(refused)
        assert running.edit("GET", url)["enabled"] is (status == 200)


def test_settings_of_people(api: WebexSimpleApi, subjects: Subjects) -> None:
    settings, person = api.person_settings, subjects.person
    assert settings.hoteling.read(person) is False
    settings.hoteling.configure(person, True)
    assert settings.hoteling.read(person) is True
    assert settings.exec_assistant.read(person) == "UNASSIGNED"
    settings.exec_assistant.configure(person, "EXECUTIVE")
    assert settings.exec_assistant.read(person) == "EXECUTIVE"
    apps = settings.appservices.read(person)
    assert apps.mobile_client_id and apps.available_line_count == 31
    apps.mobile_client_enabled = False
    settings.appservices.configure(person, apps)
    read = settings.appservices.read(person)
    assert read.mobile_client_id is None and read.available_line_count == 32
    assert read.desktop_client_id == apps.desktop_client_id


def test_calling_behavior(api: WebexSimpleApi, subjects: Subjects, call: Any) -> None:
    one = api.person_settings.calling_behavior
    for person in (subjects.person, subjects.not_calling):
        assert one.read(person).behavior_type is None
        one.configure(person, CallingBehavior(behavior_type="NATIVE_SIP_CALL_TO_UCM"))
        assert one.read(person).effective_behavior_type == "NATIVE_SIP_CALL_TO_UCM"
        one.configure(person, CallingBehavior(behavior_type=None))
        assert one.read(person).behavior_type is None
    bad = call("PUT", f"/people/{subjects.person}/features/callingBehavior", {"behaviorType": "LOUD"})
    assert bad.body["errorCode"] == 25024


def test_settings_of_workspaces(api: WebexSimpleApi, subjects: Subjects, call: Any) -> None:
    settings, room = api.workspace_settings, subjects.workspace
    assert settings.call_policy.read(room) == "NO_PRIVACY"
    settings.call_policy.configure(room, "PRIVACY_FOR_ALL_CALLS")
    assert settings.call_policy.read(room) == "PRIVACY_FOR_ALL_CALLS"
    assert settings.anon_calls.read(room) is False
    settings.anon_calls.configure(room, True)
    assert settings.anon_calls.read(room) is True
    assert call("PUT", f"/telephony/config/workspaces/{room}/callPolicies", {}).body["errorCode"] == 25008


def test_outbound_billing_plan(api: WebexSimpleApi, subjects: Subjects) -> None:
    for one, subject in three(api, subjects, "outbound_billing_plan"):
        assert one.read(subject) is False
        one.update(subject, True)
        assert one.read(subject) is True


def test_call_captions(api: WebexSimpleApi, subjects: Subjects) -> None:
    one = api.person_settings
    location = api.telephony.location.get_call_captions_settings(subjects.location)
    assert location.use_org_settings_enabled is True
    location.use_org_settings_enabled, location.location_transcripts_enabled = False, True
    api.telephony.location.update_call_captions_settings(subjects.location, location)
    place = one.get_call_captions_settings(subjects.person)
    read = api.telephony.location.get_call_captions_settings(subjects.location)
    assert read.location_transcripts_enabled is True
    assert (place.location_transcripts_enabled is True) is (subjects.in_location(subjects.person))
    one.update_call_captions_settings(
        subjects.person, UserCallCaptions(user_transcripts_enabled=True, use_location_settings_enabled=False)
    )
    assert one.get_call_captions_settings(subjects.person).user_transcripts_enabled is True


def test_music_on_hold(api: WebexSimpleApi, subjects: Subjects, call: Any) -> None:
    place = f"/telephony/config/locations/{subjects.location}"
    media = {"name": "Jazz", "fileName": "jazz.wav",
             "fileUri": f"cmf://customers/{sample_tenant()['org']['id']}/media/urls/x"}  # fmt: skip
    jazz = call("POST", f"{place}/announcements", media).body["id"]
    location = api.telephony.location.moh
    settings = location.read(subjects.location)
    assert settings.greeting == "SYSTEM" and settings.call_hold_enabled is True
    assert call("PUT", f"{place}/musicOnHold", {"greeting": "CUSTOM"}).body["errorCode"] == 25008
    body = {"greeting": "CUSTOM", "callHoldEnabled": False, "audioFile": {"id": jazz}}
    assert call("PUT", f"{place}/musicOnHold", body).status == 204
    read = location.read(subjects.location)
    assert (read.greeting, read.audio_file.id, read.call_park_enabled) == ("CUSTOM", jazz, True)
    location.update(subjects.location, read)
    assert location.read(subjects.location) == read
    for one, subject in three(api, subjects, "music_on_hold"):
        before = one.read(subject)
        assert before.moh_enabled is True and before.greeting == "DEFAULT"
        assert before.moh_location_enabled is not subjects.in_location(subject)
    line = f"/telephony/config/virtualLines/{subjects.line}/musicOnHold"
    assert call("PUT", line, {"greeting": "CUSTOM", "audioAnnouncementFile": {"id": jazz}}).status == 204
    own = api.telephony.virtual_lines.music_on_hold.read(subjects.line)
    assert own.audio_announcement_file.file_name
    refused = call("DELETE", f"{place}/announcements/{jazz}")
    assert (refused.status, refused.body["errorCode"]) == (400, 6675)
    for url in (line, f"{place}/musicOnHold"):
        assert call("PUT", url, {}).status == 204
    assert call("DELETE", f"{place}/announcements/{jazz}").status == 204
    assert call("PUT", f"{place}/musicOnHold", {"playlistId": "x"}).status == 400
    basic = f"/telephony/config/workspaces/{subjects.basic}/musicOnHold"
    assert call("PUT", basic, {"mohEnabled": False}).status == 204


def test_music_of_organisation(api: WebexSimpleApi, call: Any) -> None:
    assert api.telephony.read_moh().default_org_moh == "OPUS"
    api.telephony.update_moh(MoHConfig(default_org_moh="LEGACY"))
    assert api.telephony.read_moh().default_org_moh == "LEGACY"
    assert call("PUT", "/telephony/config/moh/settings", {"defaultOrgMoh": "JAZZ"}).body["errorCode"] == 25024
