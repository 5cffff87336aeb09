"""Voicemail groups (§14): a passcode that is never read, objects that merge, a list that tears, a create that fails."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.rest import RestError
from wxc_sdk.telephony.voicemail_groups import VoicemailGroupDetail

from reconciler.simulator import EditRefused, Simulator, sample_tenant

OFF = {"enabled": False}
BODY: dict[str, Any] = {
    "name": "Support", "extension": "5200", "passcode": 740384, "languageCode": "en_us",
    "messageStorage": {"storageType": "INTERNAL"}, "notifications": OFF, "faxMessage": OFF,
    "transferToNumber": OFF, "emailCopyOfMessage": OFF,
}  # fmt: skip


def place(ids: Any, name: str = "London HQ") -> str:
    return f"/telephony/config/locations/{ids.locations[name]}/voicemailGroups"


def create(running: Simulator, **change: Any) -> str:
    location = running.edit("GET", "/telephony/config/locations")["locations"][0]["id"]
    base = f"/telephony/config/locations/{location}/voicemailGroups"
    return f"{base}/{running.edit('POST', base, {**BODY, **change})['id']}"


def test_life_of_a_group(api: WebexSimpleApi, ids: Any) -> None:
    groups, london = api.telephony.voicemail_groups, ids.locations["London HQ"]
    settings = VoicemailGroupDetail.create(
        name="Support", extension="5200", first_name="Help", last_name="Desk", passcode=740384
    )
    made = groups.create(london, settings)
    details = groups.details(london, made)
    assert (details.name, details.extension, details.esn, details.enabled) == ("Support", "5200", "82015200", True)
    assert (details.passcode, details.language_code, details.time_zone) == (None, "en_us", "Europe/London")
    assert (details.first_name, details.last_name, details.greeting_uploaded) == ("Help", "Desk", False)
    groups.update(london, made, details)
    assert groups.details(london, made) == details
    groups.update(london, made, VoicemailGroupDetail(enabled=False))
    assert groups.details(london, made) == details.model_copy(update={"enabled": False})
    (row,) = groups.list(location_id=london, name="SUPP", phone_number="52")
    assert (row.group_id, row.location_name, row.enabled) == (made, "London HQ", False)
    assert list(groups.list(name="x")) == list(groups.list(phone_number="53")) == []
    (number,) = api.telephony.phone_numbers(extension="5200", owner_type="VOICEMAIL_GROUP")
    assert number.owner.last_name == "Support"
    groups.delete(london, made)
    assert list(groups.list()) == []
    with pytest.raises(RestError, match="404"):
        groups.details(london, made)


def test_passcode_is_written_and_never_read(call: Any, ids: Any, simulator: Simulator) -> None:
    made = f"{place(ids)}/{call('POST', place(ids), {**BODY, 'passcode': '135790'}).body['id']}"
    assert "135790" not in str(call("GET", made).body)
    (stored,) = simulator.state()["voicemail_groups"]
    assert stored["passcode"] == "135790"
    assert call("PUT", made, {"passcode": 246801}).status == 204
    assert call("PUT", made, {"name": "Help"}).status == 204  # not needed in an update
    (stored,) = simulator.state()["voicemail_groups"]
    assert stored["passcode"] == "246801"


def test_objects_merge_too(call: Any, ids: Any) -> None:
    made = f"{place(ids)}/{call('POST', place(ids), BODY).body['id']}"
    assert call("PUT", made, {"messageStorage": {"storageType": "EXTERNAL"}}).body["errorCode"] == 25008
    external = {"storageType": "EXTERNAL", "externalEmail": "a@example.com"}
    assert call("PUT", made, {"messageStorage": external}).status == 204
    assert call("PUT", made, {"messageStorage": {"storageType": "INTERNAL"}}).status == 204
    assert call("PUT", made, {"transferToNumber": {"destination": "+442079460001"}}).status == 204
    read = call("GET", made).body
    assert read["messageStorage"] == {"storageType": "INTERNAL", "externalEmail": "a@example.com"}
    assert read["transferToNumber"] == {"enabled": False, "destination": "+442079460001"}
    assert call("PUT", made, {"languageCode": "fr_fr", "language": "Klingon", "dialByName": "Help"}).status == 204
    after = call("GET", made).body
    assert after == {**read, "languageCode": "fr_fr", "dialByName": "Help"}
    assert call("PUT", made, {"dialByName": "", "greeting": "CUSTOM", "greetingDescription": "a.wav"}).status == 204
    after = call("GET", made).body
    assert "dialByName" not in after and (after["greeting"], after["greetingUploaded"]) == ("CUSTOM", True)
    assert call("PUT", made, {"phoneNumber": "+442079460063"}).status == 204
    assert call("PUT", made, {"extension": "5201"}).status == 204
    after = call("GET", made).body
    assert (after["phoneNumber"], after["extension"]) == ("+442079460063", "5201")
    assert call("PUT", made, {"phoneNumber": None}).status == 204
    assert "phoneNumber" not in call("GET", made).body


def test_fax_number_is_taken(call: Any, api: WebexSimpleApi, ids: Any) -> None:
    groups, london = api.telephony.voicemail_groups, ids.locations["London HQ"]
    fax = {"enabled": True, "phoneNumber": "+442079460063", "extension": "5299"}
    assert call("POST", place(ids), {**BODY, "faxMessage": {"enabled": True}}).body["errorCode"] == 25008
    made = f"{place(ids)}/{call('POST', place(ids), {**BODY, 'faxMessage': fax}).body['id']}"
    assert call("GET", made).body["faxMessage"] == fax
    for offer in (groups.available_phone_numbers, groups.fax_message_available_phone_numbers):
        free = [one.phone_number for one in offer(london)]
        assert "+442079460065" in free and "+442079460063" not in free
    again = call("POST", place(ids), {**BODY, "name": "B", "extension": "5201", "phoneNumber": "+442079460063"})
    assert again.body["errorCode"] == 4201
    assert call("PUT", made, {"phoneNumber": "+442079460063"}).body["errorCode"] == 4201  # its own fax number
    taken = {"faxMessage": {**fax, "extension": "9999"}}
    assert call("PUT", made, taken).body["errorCode"] == 4202
    assert call("PUT", made, {"faxMessage": OFF}).status == 204
    assert "+442079460063" in [one.phone_number for one in groups.available_phone_numbers(london)]


@pytest.mark.parametrize("name", sorted(BODY))
def test_missing_fields(call: Any, ids: Any, name: str) -> None:
    answer = call("POST", place(ids), {key: value for key, value in BODY.items() if key != name})
    assert (answer.status, answer.body["message"]) == (400, f"Missing Mandatory field name: {name}")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"messageStorage": {}}, 25008),
        ({"messageStorage": {"storageType": "TAPE"}}, 25024),
        ({"messageStorage": "INTERNAL"}, 25024),
        ({"messageStorage": {"storageType": "EXTERNAL"}}, 25008),
        ({"notifications": {"enabled": "perhaps"}}, 25024),
        ({"extension": "1"}, 4909),
        ({"extension": "9999"}, 4202),
        ({"languageCode": "en_US"}, None),
        ({"name": ["a"]}, 25024),
        ({"passcode": "12345"}, None),
        ({"passcode": "secret1"}, None),
        ({"phoneNumber": "+15550001"}, 4250),
    ],
)
def test_wrong_creates(call: Any, ids: Any, change: dict[str, Any], code: int | None) -> None:
    answer = call("POST", place(ids), {**BODY, **change})
    assert (answer.status, answer.body.get("errorCode")) == (400, code)
    assert call("GET", "/telephony/config/voicemailGroups").body == {"voicemailGroups": []}


@pytest.mark.parametrize(
    "change", [{"name": 5, "enabled": []}, {"greeting": "LOUD"}, {"faxMessage": {"enabled": True}}, {"passcode": "1"}]
)
def test_wrong_updates_change_nothing(call: Any, ids: Any, change: dict[str, Any]) -> None:
    made = f"{place(ids)}/{call('POST', place(ids), BODY).body['id']}"
    before = call("GET", made).body
    assert call("PUT", made, {"languageCode": "fr_fr", **change}).status == 400
    assert call("GET", made).body == before


def test_name_is_unique(call: Any, ids: Any) -> None:
    call("POST", place(ids), BODY)
    assert call("POST", place(ids), {**BODY, "extension": "5201"}).status == 409
    assert call("POST", place(ids, "Manchester"), BODY).status == 201


@pytest.mark.parametrize(("position", "refused"), [("6-30", {"1234", "12a456"}), ("any", {"12a456"})])
def test_switch_voicemail_group_passcode(position: str, refused: set[str]) -> None:
    with Simulator({**sample_tenant(), "switches": {"voicemail_group_passcode": position}}) as running:
        made, seen = create(running), set()
        for passcode in ("1234", "123456", "12a456"):
            try:
                running.edit("PUT", made, {"passcode": passcode})
            except EditRefused:
                seen.add(passcode)
        assert seen == refused


@pytest.mark.parametrize("position", ["languageCode", "language"])
def test_switch_voicemail_group_language_key(position: str) -> None:
    with Simulator({**sample_tenant(), "switches": {"voicemail_group_language_key": position}}) as running:
        made = create(running)
        read = running.edit("GET", made)
        assert {"languageCode", "language"} & set(read) == {position} and read[position] == "en_us"


@pytest.mark.parametrize("position", ["0s", "25s"])
def test_switch_voicemail_group_busy(position: str) -> None:
    with Simulator({**sample_tenant(), "switches": {"voicemail_group_busy": position}}) as running:
        create(running)
        second = {"name": "Second", "extension": "5201"}
        if position == "25s":
            with pytest.raises(EditRefused) as refused:
                create(running, **second)
            assert refused.value.status == 502
            running.load(running.state())
            running.advance(25)
        create(running, **second)
        assert len(running.edit("GET", "/telephony/config/voicemailGroups")["voicemailGroups"]) == 2


@pytest.mark.parametrize("position", ["whole", "torn"])
def test_switch_voicemail_group_pages(
    api: WebexSimpleApi, call: Any, ids: Any, simulator: Simulator, position: str
) -> None:
    simulator.turn("voicemail_group_pages", position)
    for index in range(10):
        call("POST", place(ids), {**BODY, "name": f"Group {index}", "extension": f"52{index:02d}"})
    groups = api.telephony.voicemail_groups
    whole = [one.name for one in groups.list()]
    small = [one.name for one in groups.list(max=4)]
    assert len(whole) == len(set(whole)) == len(small) == 10
    assert (small == whole) is (position == "whole")
    if position == "torn":
        assert set(whole) - set(small) == {"Group 4", "Group 8"}
        assert [name for name in whole if small.count(name) == 2] == ["Group 3", "Group 7"]


def test_survives_dump_and_load(call: Any, ids: Any, simulator: Simulator) -> None:
    fax = {"enabled": True, "phoneNumber": "+442079460063"}
    made = f"{place(ids)}/{call('POST', place(ids), {**BODY, 'faxMessage': fax}).body['id']}"
    before = call("GET", made).body
    simulator.load(simulator.state())
    assert call("GET", made).body == before
    row = call("GET", "/telephony/config/numbers?phoneNumber=%2B442079460063").body["phoneNumbers"][0]
    assert row["owner"]["type"] == "VOICEMAIL_GROUP"
