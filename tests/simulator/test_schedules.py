"""Schedules and events of locations and people (§1.7, §12, §14, §17.10)."""

from __future__ import annotations

import base64
import datetime
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.common.schedules import Event, Recurrence, RecurWeekly, RecurYearlyByDate, Schedule
from wxc_sdk.rest import RestError

from reconciler.simulator import EditRefused, Simulator, sample_tenant

DAY = {"name": "Monday", "startDate": "2026-03-02", "endDate": "2026-03-02", "startTime": "09:00", "endTime": "17:00"}
MENU = {"greeting": "DEFAULT", "extensionEnabled": True, "keyConfigurations": [{"key": "0", "action": "EXIT"}]}


def decoded(text: str) -> tuple[str, str]:
    """(kind, name) inside the id of a schedule or an event."""
    *_, kind, value = base64.urlsafe_b64decode(text + "==").decode().split("/", 4)
    return kind, base64.b64decode(value).decode()


@pytest.fixture
def london(ids: Any) -> str:
    return str(ids.locations["London HQ"])


@pytest.fixture
def person(ids: Any, people: dict[str, list[str]], call: Any, london: str) -> str:
    """Somebody with calling in London."""
    for email in people["number"]:
        found = ids.person(email)
        if call("GET", f"/people/{found}?callingData=true").body["locationId"] == london:
            return str(found)
    raise AssertionError("nobody in London")


def test_business_schedule_round_trip(api: WebexSimpleApi, london: str) -> None:
    wanted = Schedule.business(name="Opening Hours")
    key = api.telephony.schedules.create(london, wanted)
    assert decoded(key) == ("SCHEDULE", "Opening Hours")
    details = api.telephony.schedules.details(london, "businessHours", key)
    assert details.events is not None and wanted.events is not None
    assert [event.name for event in details.events] == [event.name for event in wanted.events]
    assert details.events[0].start_time == datetime.time(9) and details.events[0].all_day_enabled is False
    weekly = details.events[0].recurrence and details.events[0].recurrence.recur_weekly
    assert weekly is not None and weekly.monday and not weekly.sunday
    assert weekly.recur_interval is None  # locations know no interval
    listed = list(api.telephony.schedules.list(london))
    assert [(one.name, one.location_id, one.events) for one in listed] == [("Opening Hours", london, None)]
    api.telephony.schedules.delete_schedule(london, "businessHours", key)
    assert not list(api.telephony.schedules.list(london))


def test_list_filters_by_type_and_name_in_pages(api: WebexSimpleApi, call: Any, london: str) -> None:
    for name, kind in (("Alpha", "holidays"), ("Beta", "holidays"), ("Alpha", "businessHours")):
        api.telephony.schedules.create(london, Schedule(name=name, schedule_type=kind))
    path = f"/telephony/config/locations/{london}/schedules"

    def names(query: str) -> list[tuple[str, str]]:
        return [(one["name"], one["type"]) for one in call("GET", f"{path}?{query}").body["schedules"]]

    assert names("type=holidays") == [("Alpha", "holidays"), ("Beta", "holidays")]
    assert names("name=alp") == [("Alpha", "holidays"), ("Alpha", "businessHours")]
    assert names("max=1&start=1") == [("Beta", "holidays")]
    assert 'rel="next"' in call("GET", f"{path}?max=1").headers["Link"]


def test_same_id_in_two_locations_and_types(api: WebexSimpleApi, ids: Any, london: str) -> None:
    """Nothing but the name is in the id: neither the place nor the type."""
    other = ids.locations["Manchester"]
    keys = {
        api.telephony.schedules.create(place, Schedule(name="Büro/Été", schedule_type=kind))
        for place, kind in ((london, "holidays"), (other, "holidays"), (london, "businessHours"))
    }
    assert len(keys) == 1
    api.telephony.schedules.delete_schedule(london, "holidays", keys.pop())
    assert [one.schedule_type for one in api.telephony.schedules.list(london)] == ["businessHours"]
    assert len(list(api.telephony.schedules.list(other))) == 1


def test_rename_changes_the_id_and_keeps_the_events(api: WebexSimpleApi, call: Any, london: str) -> None:
    path = f"/telephony/config/locations/{london}/schedules"
    old = call("POST", path, {"name": "Hours", "type": "businessHours", "events": [DAY]}).body["id"]
    answer = call("PUT", f"{path}/businessHours/{old}", {"name": "Times"})
    new = answer.body["id"]
    assert answer.status == 200 and decoded(new)[1] == "Times"
    assert call("GET", f"{path}/businessHours/{old}").status == 404
    assert [one["name"] for one in call("GET", f"{path}/businessHours/{new}").body["events"]] == ["Monday"]
    assert call("GET", f"{path}/holidays/{new}").status == 404
    assert call("GET", f"{path}/weekends/{new}").body["errorCode"] == 25024


@pytest.mark.parametrize(("position", "expected"), [("replace", ["Mon", "Sun"]), ("merge", ["Tuesday", "Mon", "Sun"])])
def test_switch_schedule_put_events(position: str, expected: list[str]) -> None:
    with Simulator({**sample_tenant(), "switches": {"schedule_put_events": position}}) as running:
        place = running.edit("GET", "/locations?name=London HQ")["items"][0]["id"]
        path = f"/telephony/config/locations/{place}/schedules"
        events = [DAY, {**DAY, "name": "Tuesday"}]
        key = running.edit("POST", path, {"name": "Hours", "type": "businessHours", "events": events})["id"]
        sent = [{**DAY, "newName": "Mon"}, {**DAY, "name": "Sun"}]
        running.edit("PUT", f"{path}/businessHours/{key}", {"name": "Hours", "events": sent})
        found = running.edit("GET", f"{path}/businessHours/{key}")["events"]
        assert [one["name"] for one in found] == expected


@pytest.mark.parametrize(("position", "names"), [("taken", ("New", "Later")), ("ignored", ("Old", "Monday"))])
def test_switch_schedule_new_name(position: str, names: tuple[str, str]) -> None:
    """`newName` at a location, where only `name` is documented."""
    with Simulator({**sample_tenant(), "switches": {"schedule_new_name": position}}) as running:
        place = running.edit("GET", "/locations?name=London HQ")["items"][0]["id"]
        path = f"/telephony/config/locations/{place}/schedules"
        key = running.edit("POST", path, {"name": "Old", "type": "holidays", "events": [DAY]})["id"]
        event = running.edit("GET", f"{path}/holidays/{key}")["events"][0]["id"]
        running.edit("PUT", f"{path}/holidays/{key}/events/{event}", {**DAY, "newName": "Later"})
        key = running.edit("PUT", f"{path}/holidays/{key}", {"name": "Old", "newName": "New"})["id"]
        found = running.edit("GET", f"{path}/holidays/{key}")
        assert (found["name"], found["events"][0]["name"]) == names


def test_events(api: WebexSimpleApi, london: str) -> None:
    schedules = api.telephony.schedules
    key = schedules.create(london, Schedule(name="Holidays", schedule_type="holidays"))
    day = datetime.date(2026, 12, 25)
    yearly = Recurrence(recur_for_ever=True, recur_yearly_by_date=RecurYearlyByDate.from_date(day))
    event = Event(name="Christmas", start_date=day, end_date=day, all_day_enabled=True, recurrence=yearly)
    first = schedules.event_create(london, "holidays", key, event)
    assert decoded(first) == ("SCHEDULE_EVENT", "Christmas")
    read = schedules.event_details(london, "holidays", key, first)
    assert read == event.model_copy(update={"event_id": first})
    event.new_name, event.start_time, event.end_time = "Xmas", datetime.time(8), datetime.time(12)
    event.all_day_enabled, event.recurrence = False, None
    second = schedules.event_update(london, "holidays", key, event, event_id=first)
    assert decoded(second)[1] == "Xmas"
    read = schedules.event_details(london, "holidays", key, second)
    assert read.recurrence is None and read.start_time == datetime.time(8)  # a full replace
    with pytest.raises(RestError) as gone:
        schedules.event_details(london, "holidays", key, first)
    assert gone.value.response.status_code == 404
    schedules.event_delete(london, "holidays", key, second)
    assert schedules.details(london, "holidays", key).events == []


@pytest.mark.parametrize("name", ["monday", "MONDAY"])
def test_event_names_are_unique(call: Any, london: str, name: str) -> None:
    path = f"/telephony/config/locations/{london}/schedules"
    key = call("POST", path, {"name": "H", "type": "holidays", "events": [DAY]}).body["id"]
    assert call("POST", f"{path}/holidays/{key}/events", {**DAY, "name": name}).status == 400
    twice = {"name": "I", "type": "holidays", "events": [DAY, {**DAY, "name": name}]}
    assert call("POST", path, twice).status == 400


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 25008),
        ({"name": "H"}, 25008),
        ({"type": "holidays"}, 25008),
        ({"name": "", "type": "holidays"}, 25024),
        ({"name": "H", "type": "HOLIDAYS"}, 25024),
        ({"name": ["H"], "type": "holidays"}, 25024),
        ({"name": "H", "type": "holidays", "events": "none"}, 25024),
        ({"name": "H", "type": "holidays", "events": [{"name": "E"}]}, 25008),
        ({"name": "H", "type": "holidays", "events": [{**DAY, "startDate": "25.12.2026"}]}, 25024),
        ({"name": "H", "type": "holidays", "events": [{**DAY, "startTime": 9}]}, 25024),
        ({"name": "H", "type": "holidays", "events": [{**DAY, "startTime": None}]}, 25008),
        ({"name": "H", "type": "holidays", "events": [{**DAY, "endDate": "2026-03-01"}]}, 25024),
        ({"name": "H", "type": "holidays", "events": [{**DAY, "recurrence": {"recurYearlyByDate": {}}}]}, 25008),
        ({"name": "H", "type": "holidays", "events": [{**DAY, "recurrence": 1}]}, 25024),
    ],
)
def test_bad_bodies_change_nothing(call: Any, london: str, body: Any, code: int) -> None:
    path = f"/telephony/config/locations/{london}/schedules"
    answer = call("POST", path, body)
    assert (answer.status, answer.body["errorCode"]) == (400, code)
    assert call("GET", path).body["schedules"] == []


@pytest.mark.parametrize(("position", "status"), [("refuse", 400), ("conflict", 409)])
def test_switch_schedule_duplicate(position: str, status: int) -> None:
    with Simulator({**sample_tenant(), "switches": {"schedule_duplicate": position}}) as running:
        place = running.edit("GET", "/locations?name=London HQ")["items"][0]["id"]
        path = f"/telephony/config/locations/{place}/schedules"
        running.edit("POST", path, {"name": "Hours", "type": "holidays"})
        running.edit("POST", path, {"name": "Hours", "type": "businessHours"})
        with pytest.raises(EditRefused) as refused:
            running.edit("POST", path, {"name": "HOURS", "type": "holidays"})
        assert (refused.value.status, refused.value.body["errorCode"]) == (status, 25030)
        other = running.edit("POST", path, {"name": "Other", "type": "holidays"})["id"]
        with pytest.raises(EditRefused) as refused:
            running.edit("PUT", f"{path}/holidays/{other}", {"name": "Hours"})
        assert refused.value.body["errorCode"] == 25030


@pytest.mark.parametrize("position", ["refuse", "dangle", "clear"])
def test_switch_schedule_in_use(position: str) -> None:
    """An attendant and a forwarding rule name the schedule; both see its new name (§17.10)."""
    with Simulator({**sample_tenant(), "switches": {"schedule_in_use": position}}) as running:
        place = running.edit("GET", "/locations?name=London HQ")["items"][0]["id"]
        base = f"/telephony/config/locations/{place}"
        key = running.edit("POST", f"{base}/schedules", {"name": "Old", "type": "businessHours"})["id"]
        body = {"name": "AA", "extension": "8000", "businessSchedule": "Old", "businessHoursMenu": MENU,
                "afterHoursMenu": MENU}  # fmt: skip
        path = f"{base}/autoAttendants/{running.edit('POST', f'{base}/autoAttendants', body)['id']}"
        rule = {"name": "R", "enabled": True, "businessSchedule": "Old", "forwardTo": {
            "selection": "FORWARD_TO_DEFAULT_NUMBER"}, "callsFrom": {"selection": "ANY"},
            "callsTo": {"numbers": [{"type": "PRIMARY", "extension": "8000"}]}}  # fmt: skip
        rule_id = running.edit("POST", f"{path}/callForwarding/selectiveRules", rule)["id"]
        key = running.edit("PUT", f"{base}/schedules/businessHours/{key}", {"name": "Shop"})["id"]

        def named() -> tuple[str | None, str | None]:
            found = running.edit("GET", f"{path}/callForwarding/selectiveRules/{rule_id}")
            return running.edit("GET", path).get("businessSchedule"), found.get("businessSchedule")

        assert named() == ("Shop", "Shop")
        if position == "refuse":
            with pytest.raises(EditRefused) as refused:
                running.edit("DELETE", f"{base}/schedules/businessHours/{key}")
            assert refused.value.status == 400 and named() == ("Shop", "Shop")
            return
        running.edit("DELETE", f"{base}/schedules/businessHours/{key}")
        assert named() == (("Shop", "Shop") if position == "dangle" else (None, None))
        running.edit("PUT", path, {"name": "AA 2"})  # still changeable
        with pytest.raises(EditRefused):
            running.edit("PUT", path, {"businessSchedule": "Shop"})


def test_person_schedules(api: WebexSimpleApi, london: str, person: str) -> None:
    schedules = api.person_settings.schedules
    api.telephony.schedules.create(london, Schedule(name="Office", schedule_type="businessHours"))
    weekly = Recurrence(recur_for_ever=True, recur_weekly=RecurWeekly(recur_interval=2, monday=True))
    day = datetime.date(2026, 3, 2)
    event = Event(name="Shift", start_date=day, end_date=day, start_time=datetime.time(6),
                  end_time=datetime.time(14), recurrence=weekly)  # fmt: skip
    key = schedules.create(person, Schedule(name="Shifts", schedule_type="businessHours", events=[event]))
    assert decoded(key) == ("USER_SCHEDULE", "Shifts")
    levels = {one.name: one.level for one in schedules.list(person)}
    assert levels == {"Office": "LOCATION", "Shifts": "PEOPLE"}
    assert [one.name for one in api.telephony.schedules.list(london)] == ["Office"]
    office = next(one.schedule_id for one in schedules.list(person, name="Off"))
    with pytest.raises(RestError) as absent:  # listed, but not found here (T:person_schedules test_005)
        schedules.details(person, "businessHours", office)
    assert absent.value.response.status_code == 404
    read = schedules.details(person, "businessHours", key)
    assert read.events is not None and read.events[0].recurrence == weekly
    renamed = Schedule(name="Shifts", new_name="Turns", schedule_type="businessHours")
    new = schedules.update(person, renamed, schedule_id=key)
    assert schedules.details(person, "businessHours", new).events == read.events
    first = read.events[0].event_id
    assert first is not None and decoded(first)[0] == "USER_SCHEDULE_EVENT"
    schedules.event_delete(person, "businessHours", new, first)
    schedules.delete_schedule(person, "businessHours", new)
    assert [one.name for one in schedules.list(person)] == ["Office"]


def test_person_schedule_rules(call: Any, api: WebexSimpleApi, london: str, person: str) -> None:
    api.telephony.schedules.create(london, Schedule(name="Office", schedule_type="holidays"))
    path = f"/people/{person}/features/schedules"
    answer = call("POST", path, {"name": "office", "type": "holidays"})
    assert (answer.status, answer.body["errorCode"]) == (400, 25030)
    key = call("POST", path, {"name": "Office", "type": "businessHours"}).body["id"]
    answer = call("PUT", f"{path}/businessHours/{key}", {"name": "Office", "type": "businessHours"})
    assert answer.body["errors"][0]["description"] == "Missing Mandatory field name: newName"
    # a person's event repeats by days or by weeks, and by one of them
    for recurrence in (
        {"recurForEver": True},
        {"recurDaily": {"recurInterval": 1}, "recurWeekly": {"recurInterval": 1}},
    ):
        answer = call("POST", f"{path}/businessHours/{key}/events", {**DAY, "recurrence": recurrence})
        assert (answer.status, answer.body["errorCode"]) == (400, 25024)
    answer = call("POST", f"{path}/businessHours/{key}/events", {**DAY, "recurrence": {"recurWeekly": {}}})
    assert answer.body["errorCode"] == 25008
    created = call("POST", f"{path}/businessHours/{key}/events", DAY)
    answer = call("PUT", f"{path}/businessHours/{key}/events/{created.body['id']}", DAY)
    assert (answer.status, answer.body["errorCode"]) == (400, 25008)
    # a location schedule may have the name of a person's
    api.telephony.schedules.create(london, Schedule(name="Office", schedule_type="businessHours"))


def test_person_without_calling(call: Any, ids: Any, people: dict[str, list[str]]) -> None:
    answer = call("GET", f"/people/{ids.person(people['none'][0])}/features/schedules")
    assert (answer.status, answer.body["errorCode"]) == (400, 4003)


def test_person_schedules_end_with_the_person(simulator: Simulator, call: Any, person: str) -> None:
    call("POST", f"/people/{person}/features/schedules", {"name": "Mine", "type": "holidays"})
    assert len(simulator.state()["person_schedules"]) == 1
    call("DELETE", f"/people/{person}")
    assert "person_schedules" not in simulator.state()


def test_ids_of_the_wrong_kind(call: Any, london: str) -> None:
    path = f"/telephony/config/locations/{london}/schedules/holidays"
    answer = call("GET", f"{path}/{london}")
    assert (answer.status, answer.body["message"]) == (400, "Wrong type of Webex ID provided")
    assert call("GET", f"{path}/nonsense").status == 404


def test_state_survives(simulator: Simulator, call: Any, london: str) -> None:
    path = f"/telephony/config/locations/{london}/schedules"
    key = call("POST", path, {"name": "H", "type": "holidays", "events": [DAY]}).body["id"]
    before = call("GET", f"{path}/holidays/{key}").body
    simulator.load(simulator.state())
    assert call("GET", f"{path}/holidays/{key}").body == before
