"""Operating modes and their holidays (§14)."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.common import IdAndName
from wxc_sdk.person_settings.forwarding import CallForwardingCommon
from wxc_sdk.rest import RestError
from wxc_sdk.telephony.operating_modes import (
    DaySchedule,
    OperatingMode,
    OperatingModeHoliday,
    OperatingModeRecurrence,
    OperatingModeRecurYearlyByDate,
    SameHoursDaily,
)

from reconciler.simulator import EditRefused, Simulator, sample_tenant

PATH = "/telephony/config/operatingModes"
NONE = {"name": "Outage", "type": "NONE", "level": "ORGANIZATION"}
DAY = {"name": "Christmas", "allDayEnabled": True, "startDate": "2026-12-25", "endDate": "2026-12-26"}
HOLIDAY = {"name": "Feasts", "type": "HOLIDAY", "level": "ORGANIZATION", "holidays": [DAY]}
OPEN = {"enabled": True, "allDayEnabled": False, "startTime": "09:00", "endTime": "17:00"}


@pytest.fixture
def london(ids: Any) -> str:
    return str(ids.locations["London HQ"])


def test_create_read_update_delete(api: WebexSimpleApi, london: str) -> None:
    modes = api.telephony.operating_modes
    hours = SameHoursDaily(
        monday_to_friday=DaySchedule(enabled=True, all_day_enabled=False, start_time="09:00", end_time="17:00"),
        saturday_to_sunday=DaySchedule(enabled=False, all_day_enabled=False),
    )
    forward = CallForwardingCommon(enabled=True, destination="0100", destination_voicemail_enabled=False)
    place = IdAndName(id=london, name="")
    settings = OperatingMode(name="Day", type="SAME_HOURS_DAILY", level="LOCATION", location=place,
                             same_hours_daily=hours, call_forwarding=forward)  # fmt: skip
    key = modes.create(settings)
    read = modes.details(key)
    assert (read.name, read.type, read.level) == ("Day", "SAME_HOURS_DAILY", "LOCATION")
    assert read.location is not None and (read.location.id, read.location.name) == (london, "London HQ")
    assert read.same_hours_daily == hours and read.different_hours_daily is None and read.holidays is None
    assert read.call_forwarding is not None and read.call_forwarding.destination == "0100"
    modes.update(key, OperatingMode(name="Daytime"))
    after = modes.details(key)  # merged: only the name is another
    assert after == read.model_copy(update={"name": "Daytime"})
    modes.delete(key)
    with pytest.raises(RestError) as gone:
        modes.details(key)
    assert gone.value.response.status_code == 404


def test_nested_hours_merge(call: Any) -> None:
    hours = {"mondayToFriday": OPEN, "saturdayToSunday": {"enabled": False}}
    mode = {"name": "Day", "type": "SAME_HOURS_DAILY", "level": "ORGANIZATION", "sameHoursDaily": hours}
    key = call("POST", PATH, mode).body["id"]
    part = {"mondayToFriday": {"startTime": "08:00"}}
    assert call("PUT", f"{PATH}/{key}", {"sameHoursDaily": part, "type": "NONE", "level": "LOCATION"}).status == 204
    read = call("GET", f"{PATH}/{key}").body
    assert read["sameHoursDaily"]["mondayToFriday"] == {**OPEN, "startTime": "08:00"}
    assert (read["type"], read["level"]) == ("SAME_HOURS_DAILY", "ORGANIZATION")  # read only, silently


def test_list_is_sorted_and_ten_at_a_time(api: WebexSimpleApi, call: Any, london: str, ids: Any) -> None:
    for number in (12, 3, 7, 1, 11, 2, 10, 4, 9, 5, 8, 6):
        call("POST", PATH, {**NONE, "name": f"Mode {number:02}"})
    call("POST", PATH, {**NONE, "name": "A place", "level": "LOCATION", "locationId": london})
    names = [one.name for one in api.telephony.operating_modes.list()]
    assert names == ["A place", *(f"Mode {number:02}" for number in range(1, 13))]
    first = call("GET", PATH)
    assert len(first.body["operatingModes"]) == 10 and 'rel="next"' in first.headers["Link"]
    modes = api.telephony.operating_modes
    assert next(one.name for one in modes.list(order="desc")) == "Mode 12"
    assert [one.name for one in modes.list(name="11")] == ["Mode 11"]
    assert [one.name for one in modes.list(limit_to_location_id=london)] == ["A place"]
    assert len(list(modes.list(limit_to_org_level_enabled=True))) == 12
    assert len(modes.available_operating_modes(london)) == 13
    assert len(modes.available_operating_modes(ids.locations["New York"])) == 12


def test_holidays(api: WebexSimpleApi, call: Any) -> None:
    modes = api.telephony.operating_modes
    key = call("POST", PATH, HOLIDAY).body["id"]
    by_date = OperatingModeRecurYearlyByDate(day_of_month=1, month="JANUARY")
    day = datetime.date(2027, 1, 1)
    wanted = OperatingModeHoliday(
        name="New Year", all_day_enabled=False, start_date=day, end_date=day,
        start_time=datetime.time(8), end_time=datetime.time(18),
        recurrence=OperatingModeRecurrence(recur_yearly_by_date=by_date),
    )  # fmt: skip
    holiday = modes.holiday_create(key, wanted)
    read = modes.holiday_details(key, holiday)
    assert read == wanted.model_copy(update={"id": holiday})
    wanted.name = "Hogmanay"
    modes.holiday_update(key, holiday, wanted)
    details = modes.details(key)
    assert details.holidays is not None
    assert [(one.name, one.id == holiday) for one in details.holidays] == [("Christmas", False), ("Hogmanay", True)]
    modes.update(key, OperatingMode(name="Feast days"))  # what is not sent stays, ids too
    assert modes.details(key).holidays == details.holidays
    modes.update(key, OperatingMode(holidays=[wanted]))  # what is sent replaces, ids too
    replaced = modes.details(key).holidays
    assert replaced is not None and len(replaced) == 1 and replaced[0].id != holiday
    modes.holiday_delete(key, replaced[0].id)
    assert modes.details(key).holidays == []
    assert call("GET", f"{PATH}/{key}/holidays/{holiday}").status == 404


def test_holidays_only_where_the_type_has_them(call: Any) -> None:
    key = call("POST", PATH, {**NONE, "holidays": [DAY]}).body["id"]
    assert "holidays" not in call("GET", f"{PATH}/{key}").body
    assert call("POST", f"{PATH}/{key}/holidays", DAY).status == 400


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 25008),
        ({"name": "A", "type": "NONE"}, 25008),
        ({"name": "A", "type": "NONE", "level": "LOCATION"}, 25008),
        ({"name": "A", "type": "NONE", "level": "PEOPLE"}, 25024),
        ({"name": "A", "scheduleType": "NONE", "level": "ORGANIZATION"}, 25008),
        ({"name": {}, "type": "NONE", "level": "ORGANIZATION"}, 25024),
        ({**NONE, "callForwarding": {"enabled": True}}, 25008),
        ({**NONE, "callForwarding": {"enabled": True, "destination": "nobody"}}, 25024),
        ({**NONE, "callForwarding": []}, 25024),
        ({**HOLIDAY, "holidays": [{**DAY, "allDayEnabled": False}]}, 25008),
        ({**HOLIDAY, "holidays": [{**DAY, "startDate": "2026-02-30"}]}, 25024),
        ({**HOLIDAY, "holidays": [{"name": "A"}]}, 25008),
        ({**HOLIDAY, "holidays": [DAY] * 151}, 25024),
        ({"name": "A", "type": "SAME_HOURS_DAILY", "level": "ORGANIZATION",
          "sameHoursDaily": {"mondayToFriday": {"enabled": True}, "saturdayToSunday": {}}}, 25008),
        ({"name": "A", "type": "DIFFERENT_HOURS_DAILY", "level": "ORGANIZATION",
          "differentHoursDaily": {"monday": {}}}, 25024),
    ],
)  # fmt: skip
def test_bad_bodies(call: Any, simulator: Simulator, body: Any, code: int) -> None:
    before = simulator.state()["sequence"]
    answer = call("POST", PATH, body)
    assert (answer.status, answer.body["errorCode"]) == (400, code)
    assert simulator.state().get("operating_modes", []) == [] and simulator.state()["sequence"] == before


@pytest.mark.parametrize(("position", "status"), [("conflict", 409), ("refuse", 400)])
def test_names_are_unique_per_level(position: str, status: int) -> None:
    with Simulator({**sample_tenant(), "switches": {"feature_name_duplicate": position}}) as running:
        place = running.edit("GET", "/locations?name=London HQ")["items"][0]["id"]
        running.edit("POST", PATH, NONE)
        local = running.edit("POST", PATH, {**NONE, "level": "LOCATION", "locationId": place})["id"]
        with pytest.raises(EditRefused) as refused:
            running.edit("POST", PATH, {**NONE, "name": "OUTAGE"})
        assert refused.value.status == status
        running.edit("PUT", f"{PATH}/{local}", NONE)


def test_no_more_than_a_hundred_per_level(simulator: Simulator, call: Any, london: str) -> None:
    for number in range(100):
        simulator.edit("POST", PATH, {**NONE, "name": f"Mode {number}"})
    assert call("POST", PATH, NONE).status == 400
    assert call("POST", PATH, {**NONE, "level": "LOCATION", "locationId": london}).status == 201
    assert len(call("GET", f"{PATH}?max=500").body["operatingModes"]) == 100


@pytest.mark.parametrize("position", ["vanish", "refuse"])
def test_switch_operating_mode_in_use(position: str) -> None:
    """An attendant forwards by it (§17.10)."""
    with Simulator({**sample_tenant(), "switches": {"operating_mode_in_use": position}}) as running:
        place = running.edit("GET", "/locations?name=London HQ")["items"][0]["id"]
        base = f"/telephony/config/locations/{place}"
        menu = {"greeting": "DEFAULT", "extensionEnabled": True, "keyConfigurations": []}
        running.edit("POST", f"{base}/schedules", {"name": "Hours", "type": "businessHours"})
        body = {"name": "AA", "extension": "8000", "businessSchedule": "Hours", "businessHoursMenu": menu,
                "afterHoursMenu": menu}  # fmt: skip
        path = f"{base}/autoAttendants/{running.edit('POST', f'{base}/autoAttendants', body)['id']}/callForwarding"
        key = running.edit("POST", PATH, NONE)["id"]
        other = running.edit("POST", PATH, {**NONE, "name": "Unused"})["id"]
        modes = {"enabled": True, "modes": [{"id": key, "normalOperationEnabled": True, "forwardTo": {
            "selection": "DO_NOT_FORWARD"}}]}  # fmt: skip
        running.edit("PUT", path, {"callForwarding": {"operatingModes": modes}})

        def used() -> list[str]:
            found = running.edit("GET", path)["callForwarding"]["operatingModes"]["modes"]
            return [one["name"] for one in found]

        running.edit("DELETE", f"{PATH}/{other}")
        assert used() == ["Outage"]
        if position == "refuse":
            with pytest.raises(EditRefused) as refused:
                running.edit("DELETE", f"{PATH}/{key}")
            assert refused.value.status == 400 and used() == ["Outage"]
        else:
            running.edit("DELETE", f"{PATH}/{key}")
            assert used() == []


def test_numbers_to_forward_to(api: WebexSimpleApi, london: str) -> None:
    found = {one.phone_number for one in api.telephony.operating_modes.call_forward_available_phone_numbers(london)}
    assert "+442079460010" in found and "+442079460080" not in found


def test_ids_and_state(simulator: Simulator, call: Any, london: str) -> None:
    key = call("POST", PATH, HOLIDAY).body["id"]
    before = call("GET", f"{PATH}/{key}").body
    answer = call("GET", f"{PATH}/{london}")
    assert (answer.status, answer.body["message"]) == (400, "Wrong type of Webex ID provided")
    simulator.load(simulator.state())
    assert call("GET", f"{PATH}/{key}").body == before
