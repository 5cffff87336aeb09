"""Auto attendants: menus, schedules by name, numbers, the merging PUT, forwarding (§14)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.common import AlternateNumber, RingPattern
from wxc_sdk.rest import RestError
from wxc_sdk.telephony.autoattendant import (
    AutoAttendant,
    AutoAttendantAction,
    AutoAttendantKeyConfiguration,
    AutoAttendantMenu,
)
from wxc_sdk.telephony.forwarding import CallForwarding, ForwardingSetting

from reconciler.simulator import EditRefused, Simulator, sample_tenant

FREE, OTHER_FREE, TAKEN = "+442079460080", "+442079460081", "+442079460010"
EXIT = {"key": "0", "action": "EXIT"}
MENU: dict[str, Any] = {"greeting": "DEFAULT", "extensionEnabled": True, "keyConfigurations": [EXIT]}
BODY: dict[str, Any] = {"name": "Main", "extension": "8000", "businessSchedule": "Hours", "businessHoursMenu": MENU,
                        "afterHoursMenu": MENU}  # fmt: skip


@pytest.fixture
def london(ids: Any, simulator: Simulator) -> str:
    """With a schedule of each type."""
    place = str(ids.locations["London HQ"])
    for name, kind in (("Hours", "businessHours"), ("Feasts", "holidays")):
        simulator.edit("POST", f"/telephony/config/locations/{place}/schedules", {"name": name, "type": kind})
    return place


@pytest.fixture
def path(london: str) -> str:
    return f"/telephony/config/locations/{london}/autoAttendants"


def menu(*keys: dict[str, Any]) -> dict[str, Any]:
    return {**MENU, "keyConfigurations": list(keys)}


def test_create_read_list_delete(api: WebexSimpleApi, london: str) -> None:
    """T:telephony_autoattendant: the SDK's default menu has an EXIT without a value."""
    attendants = api.telephony.auto_attendant
    settings = AutoAttendant.create(name="Main", business_schedule="Hours", phone_number=FREE, extension="8000")
    settings.alternate_numbers = [AlternateNumber(phone_number=OTHER_FREE, ring_pattern=RingPattern.long_long)]
    key = attendants.create(london, settings)
    read = attendants.details(london, key)
    assert (read.name, read.phone_number, read.extension, read.esn, read.routing_prefix) == (
        "Main", FREE, "8000", "82018000", "8201",
    )  # fmt: skip
    assert (read.enabled, read.toll_free_number, read.business_schedule, read.holiday_schedule) == (
        True, False, "Hours", None,
    )  # fmt: skip
    assert (read.language_code, read.language, read.time_zone) == ("en_gb", "British English", "Europe/London")
    assert (read.first_name, read.last_name, read.extension_dialing, read.name_dialing) == (
        ".", "Main", "ENTERPRISE", "ENTERPRISE",
    )  # fmt: skip
    assert read.alternate_numbers is not None and read.alternate_numbers[0].phone_number == OTHER_FREE
    assert read.business_hours_menu is not None and read.business_hours_menu.key_configurations[0].value is None
    assert read.location_id is None
    (row,) = attendants.list(location_id=london)
    assert (row.auto_attendant_id, row.location_name, row.business_hours_menu) == (key, "London HQ", None)
    assert attendants.by_name("Main") is not None and attendants.by_name("Mai") is None
    assert not list(attendants.list(phone_number=OTHER_FREE)) and list(attendants.list(phone_number=FREE))
    attendants.delete_auto_attendant(london, key)
    assert not list(attendants.list())
    with pytest.raises(RestError) as gone:
        attendants.details(london, key)
    assert gone.value.response.status_code == 404


def test_a_read_can_be_written_back(api: WebexSimpleApi, call: Any, path: str, london: str) -> None:
    key = call("POST", path, {**BODY, "phoneNumber": FREE, "holidaySchedule": "Feasts"}).body["id"]
    before = api.telephony.auto_attendant.details(london, key)
    api.telephony.auto_attendant.update(london, key, before)
    assert api.telephony.auto_attendant.details(london, key) == before


def test_numbers_of_menus_read_dashed(call: Any, path: str) -> None:
    """§1.8: sent as E.164, read as `+CC-NSN`; that form can be written too."""
    keys = (
        {"key": "1", "action": "TRANSFER_WITHOUT_PROMPT", "value": "+19195559876"},
        {"key": "2", "action": "TRANSFER_TO_MAILBOX", "value": "8000"},
        {"key": "#", "action": "REPEAT_MENU", "value": "", "description": "again"},
    )
    after = {**menu(*keys), "callTreatment": {"retryAttemptForNoInput": "ONE_TIME", "noInputTimer": "20",
             "actionToBePerformed": {"action": "TRANSFER_TO_OPERATOR", "transferCallTo": "+442079460010"}}}  # fmt: skip
    key = call("POST", path, {**BODY, "afterHoursMenu": after}).body["id"]
    read = call("GET", f"{path}/{key}").body["afterHoursMenu"]
    assert [one.get("value") for one in read["keyConfigurations"]] == ["+1-9195559876", "8000", None]
    assert read["callTreatment"]["noInputTimer"] == "20"
    assert read["callTreatment"]["actionToBePerformed"]["transferCallTo"] == "+44-2079460010"
    assert call("PUT", f"{path}/{key}", {"afterHoursMenu": read}).status == 204
    assert call("GET", f"{path}/{key}").body["afterHoursMenu"] == read


def test_put_merges_into_the_menus(call: Any, path: str) -> None:
    """§1.9: objects merge, the list of keys is replaced; the menu for holidays does not exist."""
    key = call("POST", path, {**BODY, "holidaySchedule": "Feasts"}).body["id"]
    before = call("GET", f"{path}/{key}").body
    keys = [{"key": "5", "action": "NAME_DIALING", "value": ""}]
    assert call("PUT", f"{path}/{key}", {"businessHoursMenu": {"extensionEnabled": False}}).status == 204
    sent = {"afterHoursMenu": {"keyConfigurations": keys}, "holidayMenu": MENU, "nameDialing": "GROUP"}
    assert call("PUT", f"{path}/{key}", sent).status == 204
    assert call("PUT", f"{path}/{key}", {}).status == 204
    after = call("GET", f"{path}/{key}").body
    assert after["businessHoursMenu"] == {**before["businessHoursMenu"], "extensionEnabled": False}
    assert after["afterHoursMenu"] == {
        **before["afterHoursMenu"],
        "keyConfigurations": [{"key": "5", "action": "NAME_DIALING"}],
    }
    kept = ("businessHoursMenu", "afterHoursMenu", "nameDialing")
    assert after["nameDialing"] == "GROUP" and "holidayMenu" not in after
    assert {name: after[name] for name in after if name not in kept} == {
        name: before[name] for name in before if name not in kept
    }


def test_defaults_do_not_follow_a_rename(call: Any, path: str) -> None:
    key = call("POST", path, BODY).body["id"]
    call("PUT", f"{path}/{key}", {"name": "Second"})
    read = call("GET", f"{path}/{key}").body
    assert (read["id"], read["name"], read["lastName"]) == (key, "Second", "Main")


@pytest.mark.parametrize(
    "keys",
    [
        [{"key": "1", "action": "TRANSFER_WITH_PROMPT"}],
        [{"key": "1", "action": "TRANSFER_WITHOUT_PROMPT", "value": None}],
        [{"key": "1", "action": "TRANSFER_TO_MAILBOX", "value": ""}],
    ],
)
@pytest.mark.parametrize("which", ["businessHoursMenu", "afterHoursMenu"])
def test_keys_need_values(call: Any, path: str, keys: list[Any], which: str) -> None:
    key = call("POST", path, BODY).body["id"]
    for method, url, body in (("POST", path, {**BODY, "name": "B", "extension": "8001"}), ("PUT", f"{path}/{key}", {})):
        answer = call(method, url, {**body, which: menu(*keys)})
        assert (answer.status, answer.body["errorCode"]) == (400, 25008)
        assert answer.body["message"] == "Missing Mandatory field name: HoursMenu.keyConfigurations.value"
    assert len(call("GET", "/telephony/config/autoAttendants").body["autoAttendants"]) == 1


@pytest.mark.parametrize(("position", "accepted"), [("destinations", True), ("every", False)])
def test_switch_attendant_key_value(position: str, accepted: bool) -> None:
    with Simulator({**sample_tenant(), "switches": {"attendant_key_value": position}}) as running:
        url = _prepared(running)
        if accepted:
            assert running.edit("POST", url, BODY)["id"]
            return
        with pytest.raises(EditRefused) as refused:
            running.edit("POST", url, BODY)
        assert refused.value.body["errorCode"] == 25008
        valued = menu({**EXIT, "value": ""})
        assert running.edit("POST", url, {**BODY, "businessHoursMenu": valued, "afterHoursMenu": valued})["id"]


@pytest.mark.parametrize(("position", "left"), [("keeps", "Feasts"), ("clears", None)])
def test_switch_attendant_null_holiday(position: str, left: str | None) -> None:
    with Simulator({**sample_tenant(), "switches": {"attendant_null_holiday": position}}) as running:
        url = _prepared(running)
        running.edit("POST", url.replace("autoAttendants", "schedules"), {"name": "Feasts", "type": "holidays"})
        url += "/" + running.edit("POST", url, {**BODY, "holidaySchedule": "Feasts"})["id"]
        running.edit("PUT", url, {"holidaySchedule": None})
        assert running.edit("GET", url).get("holidaySchedule") == left
        running.edit("PUT", url, {"holidaySchedule": ""})
        assert "holidaySchedule" not in running.edit("GET", url)


def _prepared(running: Simulator) -> str:
    """The attendants' path of London, which has the schedule Hours."""
    place = running.edit("GET", "/locations?name=London HQ")["items"][0]["id"]
    base = f"/telephony/config/locations/{place}"
    running.edit("POST", f"{base}/schedules", {"name": "Hours", "type": "businessHours"})
    return f"{base}/autoAttendants"


@pytest.mark.parametrize("name", ["name", "businessSchedule", "businessHoursMenu", "afterHoursMenu"])
def test_required_fields(call: Any, path: str, name: str) -> None:
    answer = call("POST", path, {key: value for key, value in BODY.items() if key != name})
    assert (answer.status, answer.body["message"]) == (400, f"Missing Mandatory field name: {name}")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"extension": None}, None),
        ({"name": 5.5, "extension": []}, 25024),
        ({"businessHoursMenu": []}, 25024),
        ({"businessHoursMenu": {"greeting": "DEFAULT"}}, 25008),
        ({"businessHoursMenu": {**MENU, "greeting": "LOUD"}}, 25024),
        ({"businessHoursMenu": {**MENU, "greeting": "CUSTOM"}}, 25008),
        ({"businessHoursMenu": {**MENU, "audioAnnouncementFile": {"fileName": "a.wav"}}}, 25008),
        ({"businessHoursMenu": {**MENU, "keyConfigurations": EXIT}}, 25024),
        ({"businessHoursMenu": menu({"key": "0"})}, 25008),
        ({"businessHoursMenu": menu({"key": "A", "action": "EXIT"})}, 25024),
        ({"businessHoursMenu": menu({"key": "0", "action": "DANCE"})}, 25024),
        ({"businessHoursMenu": menu(EXIT, EXIT)}, 25024),
        ({"afterHoursMenu": {**MENU, "callTreatment": {"noInputTimer": 61}}}, 25024),
        ({"afterHoursMenu": {**MENU, "callTreatment": {"actionToBePerformed": {"action": "TRANSFER_TO_OPERATOR"}}}},
         25008),
        ({"extensionDialing": "WORLD"}, 25024),
        ({"alternateNumbers": [{"phoneNumber": FREE}]}, 25008),
        ({"alternateNumbers": [{"phoneNumber": TAKEN, "ringPattern": "NORMAL"}]}, 4201),
        ({"phoneNumber": FREE, "alternateNumbers": [{"phoneNumber": FREE, "ringPattern": "NORMAL"}]}, 4201),
        ({"phoneNumber": TAKEN}, 4201),
        ({"extension": "9999"}, 4202),
        ({"businessSchedule": "Feasts"}, None),
        ({"businessSchedule": "Nothing"}, None),
        ({"holidaySchedule": "Hours"}, None),
        ({"languageCode": "en_GB"}, None),
    ],
)  # fmt: skip
def test_refused_bodies_change_nothing(call: Any, simulator: Simulator, path: str, change: Any, code: Any) -> None:
    answer = call("POST", path, {**BODY, **change})
    assert (answer.status, answer.body.get("errorCode")) == (400, code)
    assert simulator.state().get("auto_attendants", []) == []
    key = call("POST", path, BODY).body["id"]
    before = call("GET", f"{path}/{key}").body
    if change.get("businessHoursMenu") != {"greeting": "DEFAULT"}:  # which is a fine merge
        assert call("PUT", f"{path}/{key}", change).status == 400
    assert call("GET", f"{path}/{key}").body == before


def test_duplicate_names(call: Any, path: str, ids: Any, simulator: Simulator) -> None:
    call("POST", path, BODY)
    assert call("POST", path, {**BODY, "name": "MAIN", "extension": "8001"}).status == 409
    other = path.replace(ids.locations["London HQ"], ids.locations["Manchester"])
    simulator.edit("POST", other.replace("autoAttendants", "schedules"), {"name": "Hours", "type": "businessHours"})
    assert call("POST", other, BODY).status == 201


def test_numbers_are_claimed_and_given_back(call: Any, path: str) -> None:
    key = call("POST", path, {**BODY, "phoneNumber": FREE}).body["id"]

    def owner() -> Any:
        found = call("GET", f"/telephony/config/numbers?phoneNumber=%2B{FREE[1:]}").body["phoneNumbers"]
        return found[0].get("owner")

    assert (owner()["type"], owner()["lastName"]) == ("AUTO_ATTENDANT", "Main")
    listed = call("GET", "/telephony/config/numbers?ownerType=AUTO_ATTENDANT").body["phoneNumbers"]
    assert [one["phoneNumber"] for one in listed] == [FREE]
    assert call("PUT", f"{path}/{key}", {"extension": ""}).status == 204
    answer = call("PUT", f"{path}/{key}", {"phoneNumber": None})
    assert answer.status == 400  # neither of both
    assert call("PUT", f"{path}/{key}", {"extension": "8005", "phoneNumber": ""}).status == 204
    assert owner() is None and "phoneNumber" not in call("GET", f"{path}/{key}").body
    call("DELETE", f"{path}/{key}")
    assert call("POST", path, {**BODY, "extension": "8005", "phoneNumber": FREE}).status == 201


def test_available_numbers(api: WebexSimpleApi, call: Any, path: str, london: str) -> None:
    attendants = api.telephony.auto_attendant
    before = {one.phone_number for one in attendants.primary_available_phone_numbers(london)}
    assert FREE in before and TAKEN not in before
    call("POST", path, {**BODY, "phoneNumber": FREE})
    for method in (attendants.primary_available_phone_numbers, attendants.alternate_available_phone_numbers):
        assert {one.phone_number for one in method(london)} == before - {FREE}
    targets = {one.phone_number for one in attendants.call_forward_available_phone_numbers(london)}
    assert {FREE, TAKEN} <= targets and OTHER_FREE not in targets
    (named,) = attendants.call_forward_available_phone_numbers(london, owner_name="Main")
    assert named.owner is not None and named.owner.owner_type == "AUTO_ATTENDANT"


def test_announcement_by_name_and_only_of_this_place(call: Any, path: str, ids: Any) -> None:
    file = {"fileName": "menu.wav", "contentType": "audio/wav", "size": 10}
    other = call("POST", f"/telephony/config/locations/{ids.locations['New York']}/announcements",
                 {"name": "Far", "file": file}).body["id"]  # fmt: skip
    here = call("POST", path.replace("autoAttendants", "announcements"), {"name": "Near", "file": file}).body["id"]
    play = {"key": "1", "action": "PLAY_ANNOUNCEMENT", "value": ""}
    by_name = {"fileName": "menu.wav", "mediaFileType": "WAV", "level": "LOCATION"}
    for wrong in ({"id": other}, {**by_name, "level": "ORGANIZATION"}, {**by_name, "fileName": "other.wav"}):
        body = {**BODY, "businessHoursMenu": menu({**play, "audioAnnouncementFile": wrong})}
        assert call("POST", path, body).status == 400
    kept = menu({**play, "audioAnnouncementFile": by_name})
    key = call("POST", path, {**BODY, "businessHoursMenu": kept}).body["id"]
    read = call("GET", f"{path}/{key}").body["businessHoursMenu"]["keyConfigurations"][0]
    assert read["audioAnnouncementFile"] == {**by_name, "id": here}
    # an id beats everything else that is sent
    both = {**MENU, "greeting": "CUSTOM", "audioAnnouncementFile": {**by_name, "id": here, "fileName": "no.wav"}}
    assert call("PUT", f"{path}/{key}", {"afterHoursMenu": both}).status == 204


def test_key_models_of_the_sdk(api: WebexSimpleApi, london: str) -> None:
    keys = [AutoAttendantKeyConfiguration(key="1", action=AutoAttendantAction.name_dialing, value="", description="x")]
    custom = AutoAttendantMenu(greeting="DEFAULT", extension_enabled=False, key_configurations=keys)
    settings = AutoAttendant(name="Menu", business_schedule="Hours", extension="8100", business_hours_menu=custom,
                             after_hours_menu=AutoAttendantMenu.default(), holiday_schedule="Feasts")  # fmt: skip
    key = api.telephony.auto_attendant.create(london, settings)
    read = api.telephony.auto_attendant.details(london, key)
    assert read.business_hours_menu is not None
    (shown,) = read.business_hours_menu.key_configurations
    assert (shown.action, shown.value, shown.description) == (AutoAttendantAction.name_dialing, None, "x")
    treatment = read.business_hours_menu.call_treatment
    assert treatment is not None and treatment.no_input_timer == 10  # filled in by the server


def test_forwarding(api: WebexSimpleApi, call: Any, path: str, london: str) -> None:
    key = call("POST", path, BODY).body["id"]
    forwarding = api.telephony.auto_attendant.forwarding
    assert forwarding.settings(london, key).always.enabled is False
    always = ForwardingSetting(enabled=True, destination="+442079460010", ring_reminder_enabled=False)
    forwarding.update(london, key, CallForwarding(always=always, selective=ForwardingSetting.default(), rules=[]))
    read = forwarding.settings(london, key).always
    assert (read.enabled, read.destination) == (True, "+44-2079460010")
    call("PUT", f"{path}/{key}", {"name": "Other"})
    assert forwarding.settings(london, key).always.enabled is True


def test_paths_and_ids(call: Any, path: str, ids: Any) -> None:
    key = call("POST", path, BODY).body["id"]
    answer = call("GET", f"/telephony/config/autoAttendants/{key}")
    assert (answer.status, answer.body["message"].startswith("No static resource hydra")) == (404, True)
    other = path.replace(ids.locations["London HQ"], ids.locations["New York"])
    assert call("GET", f"{other}/{key}").status == 404
    answer = call("GET", f"{path}/{ids.locations['London HQ']}")
    assert (answer.status, answer.body["message"]) == (400, "Wrong type of Webex ID provided")
    assert call("PATCH", f"{path}/{key}", {}).status == 405


def test_state_survives(simulator: Simulator, call: Any, path: str) -> None:
    key = call("POST", path, {**BODY, "phoneNumber": FREE, "holidaySchedule": "Feasts"}).body["id"]
    before = call("GET", f"{path}/{key}").body
    simulator.load(json.loads(json.dumps(simulator.state())))
    assert call("GET", f"{path}/{key}").body == before
    assert call("POST", path, {**BODY, "name": "B"}).body["errorCode"] == 4202
