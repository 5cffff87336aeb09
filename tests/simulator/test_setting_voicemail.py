"""Voicemail of people, workspaces, virtual lines, of a location and of the organisation (webex-behaviour.md §12)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.rest import RestError
from wxc_sdk.telephony.location.vm import LocationVoiceMailSettings
from wxc_sdk.telephony.vm_rules import EnabledAndNumberOfDays

from reconciler.simulator import EditRefused, Simulator
from tests.simulator.setting_subjects import Subjects

OFF = {"enabled": False}
LEAST = {"notifications": OFF, "transferToNumber": OFF}


@pytest.fixture
def subjects(call: Any, ids: Any, people: Any) -> Subjects:
    return Subjects(call, ids, people)


def test_by_sdk(api: WebexSimpleApi, subjects: Subjects, simulator: Simulator) -> None:
    for one, subject, enabled in (
        (api.person_settings.voicemail, subjects.person, True),
        (api.workspace_settings.voicemail, subjects.workspace, False),
    ):
        settings = one.read(subject)
        assert settings.enabled is enabled
        assert settings.send_unanswered_calls.system_max_number_of_rings == 20
        settings.enabled = True
        settings.send_unanswered_calls.number_of_rings = 7
        settings.notifications.enabled, settings.notifications.destination = True, "desk@example.com"
        settings.transfer_to_number.enabled, settings.transfer_to_number.destination = True, "0100"
        one.configure(subject, settings)
        read = one.read(subject)
        assert read == settings
        one.configure(subject, read)
        assert one.read(subject) == read
        one.modify_passcode(subject, "482915")
        one.reset_pin(subject)


def test_read_only_fields_are_ignored(call: Any, subjects: Subjects) -> None:
    url = f"/people/{subjects.person}/features/voicemail"
    sent = {**LEAST, "voiceMessageForwardingEnabled": True,
            "sendBusyCalls": {"enabled": True, "greetingUploaded": True}}  # fmt: skip
    assert call("PUT", url, sent).status == 204
    read = call("GET", url).body
    assert read["voiceMessageForwardingEnabled"] is False
    assert read["sendBusyCalls"] == {"enabled": True, "greeting": "DEFAULT", "greetingUploaded": False}


def test_what_is_left_out_goes_back(call: Any, subjects: Subjects) -> None:
    url = f"/people/{subjects.person}/features/voicemail"
    before = call("GET", url).body
    assert call("PUT", url, {**LEAST, "sendAllCalls": {"enabled": True}, "enabled": False}).status == 204
    assert call("GET", url).body["sendAllCalls"] == {"enabled": True}
    assert call("PUT", url, LEAST).status == 204
    assert call("GET", url).body == before


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"messageStorage": {"storageType": "EXTERNAL"}}, 25008),
        ({"messageStorage": {"storageType": "TAPE"}}, 25024),
        ({"faxMessage": {"enabled": True}}, 25008),
        ({"sendUnansweredCalls": {"enabled": True, "numberOfRings": 21}}, 25024),
        ({"sendUnansweredCalls": {"enabled": True, "greeting": "SONG"}}, 25024),
        ({"notifications": None}, 25024),
    ],
)
def test_refusals(call: Any, subjects: Subjects, more: Any, code: int) -> None:
    answer = call("PUT", f"/people/{subjects.person}/features/voicemail", {**LEAST, **more})
    assert (answer.status, answer.body["errorCode"]) == (400, code)


@pytest.mark.parametrize(("passcode", "code"), [("12345", 25110), ("1" * 31, 25110), ("12345a", 25024), ([], 25024)])
def test_passcodes(call: Any, subjects: Subjects, passcode: Any, code: int) -> None:
    for root in (f"people/{subjects.person}", f"workspaces/{subjects.workspace}", f"virtualLines/{subjects.line}"):
        answer = call("PUT", f"/telephony/config/{root}/voicemail/passcode", {"passcode": passcode})
        assert (answer.status, answer.body["errorCode"]) == (400, code)
        missing = call("PUT", f"/telephony/config/{root}/voicemail/passcode", {})
        assert missing.body["errorCode"] == 25008


def test_basic_and_not_calling(call: Any, subjects: Subjects) -> None:
    for method, path in (("PUT", "passcode"), ("POST", "actions/resetPin/invoke")):
        gated = call(method, f"/telephony/config/workspaces/{subjects.basic}/voicemail/{path}", {"passcode": "482915"})
        assert (gated.status, gated.body["errorCode"]) == (405, 25409)
    none = call("POST", f"/people/{subjects.not_calling}/features/voicemail/actions/resetPin/invoke")
    assert (none.status, none.body["errorCode"]) == (400, 4003)


def test_greetings(api: WebexSimpleApi, subjects: Subjects) -> None:
    voicemail = api.person_settings.voicemail
    voicemail.configure_busy_greeting(subjects.person, io.BytesIO(b"RIFF"), "busy.wav")
    read = voicemail.read(subjects.person)
    assert read.send_busy_calls.greeting_uploaded and not read.send_unanswered_calls.greeting_uploaded
    voicemail.configure_no_answer_greeting(subjects.person, io.BytesIO(b"RIFF"), "away.wav")
    assert voicemail.read(subjects.person).send_unanswered_calls.greeting_uploaded
    with pytest.raises(RestError):
        voicemail.configure_busy_greeting(subjects.person, io.BytesIO(b"RIFF"), "busy.mp3")
    intercept = api.person_settings.call_intercept
    assert intercept.read(subjects.person).incoming.announcements.file_name == ""
    intercept.greeting(subjects.person, io.BytesIO(b"RIFF"), "moved.wav")
    assert intercept.read(subjects.person).incoming.announcements.file_name == "moved.wav"


def test_greetings_need_a_file(call: Any, subjects: Subjects) -> None:
    url = f"/people/{subjects.person}/features/voicemail/actions/uploadBusyGreeting/invoke"
    assert call("POST", url).status == 400
    assert call("POST", url, {"file": "busy.wav"}).status == 400


@pytest.mark.parametrize(("position", "works"), [("required", False), ("optional", True)])
def test_switch_virtual_line_voicemail_language(
    position: str, works: bool, simulator: Simulator, subjects: Subjects
) -> None:
    with Simulator({**simulator.state(), "switches": {"virtual_line_voicemail_language": position}}) as running:
        url = f"/telephony/config/virtualLines/{subjects.line}/voicemail"
        try:
            running.edit("PUT", url, {**LEAST, "enabled": True})
        except EditRefused as refused:
            assert not works and "announcementLanguageCode" in str(refused)
        else:
            assert works
        running.edit("PUT", url, {**LEAST, "enabled": True, "announcementLanguageCode": "en_gb"})
        read = running.edit("GET", url)
        assert read["enabled"] is True and "announcementLanguageCode" not in read


def test_of_location(api: WebexSimpleApi, subjects: Subjects, call: Any) -> None:
    one = api.telephony.location.voicemail
    assert one.read(subjects.location).voicemail_transcription_enabled is False
    one.update(subjects.location, LocationVoiceMailSettings(voicemail_transcription_enabled=True))
    assert one.read(subjects.location).voicemail_transcription_enabled is True
    url = f"/telephony/config/locations/{subjects.location}/voicemail"
    assert call("PUT", url, {"voicemailTranscriptionEnabled": "often"}).body["errorCode"] == 25024


def test_of_location_without_calling(call: Any, simulator: Simulator) -> None:
    address = {"address1": "4 Side Road", "city": "Leeds", "postalCode": "LS1 1AA", "country": "GB"}
    body = {"name": "Depot", "timeZone": "Europe/London", "preferredLanguage": "en_GB", "address": address}
    depot = call("POST", "/locations", body).body["id"]
    for name in ("voicemail", "intercept", "musicOnHold", "outgoingPermission", "outgoingPermission/digitPatterns"):
        answer = call("GET", f"/telephony/config/locations/{depot}/{name}")
        assert (answer.status, answer.body["errorCode"]) == (404, 4152), name


def test_of_organisation(api: WebexSimpleApi, call: Any, subjects: Subjects) -> None:
    assert api.telephony.organisation_voicemail.read().number_of_days_for_message_expiry == 15
    url = "/telephony/config/voicemail/settings"
    body = {"messageExpiryEnabled": True, "numberOfDaysForMessageExpiry": 30, "voiceMessageForwardingEnabled": True,
            "voicePortalAccessVMDepositEnabled": True}  # fmt: skip
    assert call("PUT", url, body).status == 204
    read = api.telephony.organisation_voicemail.read()
    assert (read.number_of_days_for_message_expiry, read.voice_portal_access_vmdeposit_enabled) == (30, True)
    assert api.person_settings.voicemail.read(subjects.person).voice_message_forwarding_enabled is True
    assert call("PUT", url, {"messageExpiryEnabled": True}).body["errorCode"] == 25008
    with pytest.raises(TypeError):  # a defect of the SDK, wxc-sdk.md §4.4
        api.telephony.organisation_voicemail.update(read)


def test_rules(api: WebexSimpleApi, call: Any) -> None:
    rules = api.telephony.voicemail_rules.read()
    assert rules.default_voicemail_pin_rules.length.min == 6 and rules.expire_passcode.number_of_days == 180
    rules.expire_passcode = EnabledAndNumberOfDays(enabled=False, number_of_days=90)
    rules.default_voicemail_pin_enabled, rules.default_voicemail_pin = True, "482915"
    api.telephony.voicemail_rules.update(rules)
    read = api.telephony.voicemail_rules.read()
    assert read.expire_passcode.number_of_days == 90 and read.expire_passcode.enabled is False
    assert read.default_voicemail_pin_rules.default_voicemail_pin_enabled is True
    assert read.default_voicemail_pin is None  # never readable
    url = "/telephony/config/voicemail/rules"
    assert call("PUT", url, {"defaultVoicemailPinEnabled": True}).body["errorCode"] == 25008
    assert call("PUT", url, {"blockPreviousPasscodes": {"numberOfPasscodes": 11}}).body["errorCode"] == 25024
