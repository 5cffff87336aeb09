"""Call queues: create, read, merge, delete, Customer Assist, and the four services (§14)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.common.schedules import ScheduleLevel, ScheduleType
from wxc_sdk.rest import RestError
from wxc_sdk.telephony.callqueue import (
    CallBounce,
    CallQueue,
    CallQueueCallPolicies,
    CallQueueSettings,
    CQRoutingType,
    QueueSettings,
)
from wxc_sdk.telephony.callqueue.policies import (
    CPActionType,
    ForcedForward,
    HolidayService,
    NightService,
    StrandedCalls,
    StrandedCallsAction,
)
from wxc_sdk.telephony.hg_and_cq import Agent, Policy

from reconciler.simulator import EditRefused, Simulator, sample_tenant

OVERFLOW = {"action": "PERFORM_BUSY_TREATMENT", "greeting": "DEFAULT"}
FULL = {"routingType": "PRIORITY_BASED", "policy": "CIRCULAR", "callBounce": {}, "distinctiveRing": {"enabled": False}}
Make = Callable[..., str]


def body(**more: Any) -> dict[str, Any]:
    fields = {"name": "Support", "extension": "6001", "agents": [], "callPolicies": {"policy": "CIRCULAR"},
              "queueSettings": {"queueSize": 10}}  # fmt: skip
    return {name: value for name, value in {**fields, **more}.items() if value is not None}


@pytest.fixture
def here(ids: Any) -> str:
    return f"/telephony/config/locations/{ids.locations['London HQ']}/queues"


@pytest.fixture
def make(call: Any, here: str) -> Make:
    """Creates a queue in London and answers its URL."""

    def run(query: str = "", **more: Any) -> str:
        answer = call("POST", here + query, body(**more))
        assert answer.status == 201, answer.body
        return f"{here}/{answer.body['id']}"

    return run


def settings(queue_size: int = 10) -> QueueSettings:
    return QueueSettings.default(queue_size=queue_size)


def test_life_through_the_sdk(api: WebexSimpleApi, ids: Any, people: Any) -> None:
    queues, place = api.telephony.callqueue, ids.locations["London HQ"]
    members = [Agent(agent_id=ids.person(email), weight="5") for email in people["number"][:2]]
    created = CallQueue(
        name="Support", extension="6001", call_policies=CallQueueCallPolicies.default(), queue_settings=settings(),
        agents=members,
    )  # fmt: skip
    key = queues.create(place, created)
    before = queues.details(place, key)
    assert (before.enabled, before.first_name, before.last_name, before.esn) == (True, ".", "Support", "82016001")
    assert before.queue_settings and before.queue_settings.welcome_message and before.queue_settings.overflow
    assert before.queue_settings.welcome_message.enabled and not before.queue_settings.overflow.is_transfer_number_set
    assert [one.join_enabled for one in before.agents or []] == [True, True]
    listed = queues.by_name("Support", location_id=place)
    assert listed is not None and listed.agents is None and listed.location_name == "London HQ"
    # partial settings and policies merge
    queues.update(place, key, CallQueue(queue_settings=QueueSettings(queue_size=9)))
    bounce = CallQueueCallPolicies(call_bounce=CallBounce(enabled=False))
    queues.update(place, key, CallQueue(call_policies=bounce, allow_call_waiting_for_agents_enabled=True))
    after = queues.details(place, key)
    assert after.queue_settings and after.call_policies and after.call_policies.call_bounce
    assert after.queue_settings.queue_size == 9
    assert after.call_policies.call_bounce.enabled is False and after.allow_call_waiting_for_agents_enabled
    after.queue_settings.queue_size, after.call_policies.call_bounce.enabled = 10, True
    after.allow_call_waiting_for_agents_enabled = False
    assert after == before
    queues.update(place, key, before)  # what is read can be written
    assert queues.details(place, key) == before
    queues.delete_queue(place, key)
    with pytest.raises(RestError):
        queues.details(place, key)


def test_a_new_policy_needs_the_routing_type(api: WebexSimpleApi, ids: Any, people: Any) -> None:
    queues, place = api.telephony.callqueue, ids.locations["London HQ"]
    members = [Agent(agent_id=ids.person(email)) for email in people["number"][:3]]
    key = queues.create(place, CallQueue.create(name="Q", extension="6001", queue_size=5, agents=members))
    with pytest.raises(RestError) as refused:
        queues.update(place, key, CallQueue(call_policies=CallQueueCallPolicies(policy=Policy.weighted)))
    assert refused.value.code == 25008
    same = CallQueueCallPolicies(policy=Policy.circular)
    queues.update(place, key, CallQueue(call_policies=same))
    weighted = CallQueueCallPolicies(policy=Policy.weighted, routing_type=CQRoutingType.priority_based)
    queues.update(place, key, CallQueue(call_policies=weighted))
    read = queues.details(place, key)
    assert read.call_policies and read.call_policies.policy == "WEIGHTED"
    assert [one.weight for one in read.agents or []] == ["34", "33", "33"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": None}, 25008),
        ({"callPolicies": None}, 25008),
        ({"callPolicies": {}}, 25008),
        ({"queueSettings": {"queueSize": "many"}}, 25024),
        ({"queueSettings": {"queueSize": 0}}, 25024),
        ({"queueSettings": {"queueSize": 5, "overflow": {"action": "TRANSFER_TO_PHONE_NUMBER"}}}, 25008),
        ({"queueSettings": {"queueSize": 5, "overflow": {"overflowAfterWaitTime": 7201}}}, 25024),
        ({"queueSettings": {"queueSize": 5, "comfortMessage": {"timeBetweenMessages": 9}}}, 25024),
        ({"queueSettings": {"queueSize": 5, "welcomeMessage": {"greeting": "CUSTOM"}}}, 25008),
        ({"queueSettings": {"queueSize": 5, "autoAnswerEnabled": True}}, 28018),
        ({"digitalInboxEnabled": True}, 28018),
        ({"callPolicies": {"policy": "SIMULTANEOUS", "routingType": "SKILL_BASED"}}, 25024),
        ({"callPolicies": {"policy": "CIRCULAR", "distinctiveRing": {}}}, 25008),
        ({"agents": ["x"]}, 25024),
        ({"agents": [{"id": "x", "skillLevel": 21}]}, 25024),
        ({"agents": [{"id": "x", "joinEnabled": "perhaps"}]}, 25024),
        ({"department": "Sales"}, 25024),
        ({"extension": "9999"}, 4202),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, dict) else None,
)
def test_refused_and_nothing_changed(call: Any, simulator: Simulator, here: str, change: Any, code: int) -> None:
    before = simulator.state()
    answer = call("POST", here, body(**change))
    assert (answer.status, answer.body["errorCode"]) == (400, code), answer.body
    assert {**simulator.state(), "call_queues": []} == {**before, "call_queues": []}


def test_caller_id_cannot_be_written_back(call: Any, make: Make) -> None:
    url = make()
    custom = {"callingLineIdPolicy": "CUSTOM", "callingLineIdPhoneNumber": "+442079460070"}
    assert call("PUT", url, custom).status == 204
    read = call("GET", url).body
    assert read["callingLineIdPolicy"] == "CUSTOM" and "callingLineIdPhoneNumber" not in read
    refused = call("PUT", url, read)
    assert (refused.status, refused.body["message"]) == (400, "Missing callingLineIdPhoneNumber")
    assert call("PUT", url, {"name": "Partial"}).status == 204


def test_numbers_of_a_queue(call: Any, api: WebexSimpleApi, here: str, make: Make) -> None:
    url = make(phoneNumber="+442079460070", queueSettings={"queueSize": 5, "overflow": {
        **OVERFLOW, "action": "TRANSFER_TO_PHONE_NUMBER", "transferNumber": "+442079460001"}})  # fmt: skip
    read = call("GET", url).body
    assert (read["phoneNumber"], read["numberUsageType"], read["lastName"]) == (
        "+442079460070", "PSTN_NUMBER", "+442079460070",
    )  # fmt: skip
    overflow = read["queueSettings"]["overflow"]
    assert (overflow["transferNumber"], overflow["isTransferNumberSet"]) == ("+44-2079460001", True)
    row = next(iter(api.telephony.phone_numbers(owner_type="CALL_QUEUE")))
    assert row.phone_number == "+442079460070"
    for variant in ("", "/alternate"):
        free = call("GET", f"{here}{variant}/availableNumbers?max=2000").body["phoneNumbers"]
        assert "+442079460070" not in {one["phoneNumber"] for one in free}
    [target] = call("GET", f"{here}/callForwarding/availableNumbers?extension=6001").body["phoneNumbers"]
    assert target["phoneNumber"] == "+442079460070"


def test_customer_assist_queues_are_hidden(call: Any, here: str, make: Make) -> None:
    plain = make()
    cx = make("?hasCxEssentials=true", name="CX", extension="6002",
              queueSettings={"queueSize": 5, "autoAnswerEnabled": True})  # fmt: skip
    every = "/telephony/config/queues"
    assert [one["name"] for one in call("GET", every).body["queues"]] == ["Support"]
    [row] = call("GET", every + "?hasCxEssentials=true").body["queues"]
    assert (row["name"], row["hasCxEssentials"], row["digitalInboxEnabled"]) == ("CX", True, False)
    assert call("GET", every + "?hasCxEssentials=true&digitalInboxEnabled=true").body["queues"] == []
    assert call("GET", cx).status == 404
    read = call("GET", cx + "?hasCxEssentials=true").body
    assert read["hasCxEssentials"] and read["queueSettings"]["autoAnswerEnabled"]
    assert "autoAnswerEnabled" not in call("GET", plain).body["queueSettings"]
    refused = call("GET", plain + "?hasCxEssentials=true")
    assert (refused.status, refused.body["errorCode"]) == (400, 28018)
    assert call("PUT", cx, {"digitalInboxEnabled": True}).status == 204
    assert call("GET", every + "?hasCxEssentials=true&digitalInboxEnabled=true").body["queues"] != []
    assert call("POST", here, body(name="cx", extension="6003")).status == 409  # the name is taken by a hidden one


def test_services_merge(api: WebexSimpleApi, ids: Any, call: Any, make: Make) -> None:
    url, place = make(), ids.locations["London HQ"]
    key, policy = url.rpartition("/")[2], api.telephony.callqueue.policy
    for kind, name in (("holidays", "Christmas"), ("businessHours", "Office")):
        call("POST", f"/telephony/config/locations/{place}/schedules", {"type": kind, "name": name})
    first = policy.holiday_service_details(place, key)
    assert not first.holiday_service_enabled and first.action == "BUSY"
    assert [(one.schedule_name, one.schedule_level) for one in first.holiday_schedules] == [("Christmas", "LOCATION")]
    holiday = HolidayService(
        holiday_service_enabled=True, action=CPActionType.busy, holiday_schedule_level=ScheduleLevel.location,
        holiday_schedule_name="Christmas", play_announcement_before_enabled=False,
    )  # fmt: skip
    policy.holiday_service_update(place, key, holiday)
    assert policy.holiday_service_details(place, key).holiday_schedule_name == "Christmas"
    unknown = call("PUT", f"{url}/holidayService", {"holidayServiceEnabled": True, "holidayScheduleName": "Office"})
    assert (unknown.status, unknown.body["errorCode"]) == (400, 25024)
    schedule = api.telephony.schedules.details(place, ScheduleType.holidays, next(
        one.schedule_id for one in api.telephony.schedules.list(place) if one.name == "Christmas"))  # fmt: skip
    schedule.new_name = "Xmas"
    api.telephony.schedules.update(place, schedule, schedule_id=schedule.schedule_id)
    assert policy.holiday_service_details(place, key).holiday_schedule_name == "Xmas"
    night = NightService(
        night_service_enabled=True, action=CPActionType.transfer, transfer_phone_number="+442079460001",
        play_announcement_before_enabled=False, business_hours_name="Office",
        business_hours_level=ScheduleLevel.location,
    )  # fmt: skip
    policy.night_service_update(place, key, night)
    after = policy.night_service_detail(place, key)
    assert (after.business_hours_name, after.transfer_phone_number) == ("Office", "+44-2079460001")
    assert after.announcement_mode == "NORMAL" and after.force_night_service_enabled is False
    policy.night_service_update(place, key, after)
    assert policy.night_service_detail(place, key) == after
    policy.stranded_calls_update(place, key, StrandedCalls(action=StrandedCallsAction.ringing))
    assert policy.stranded_calls_details(place, key).action == "RINGING"
    policy.forced_forward_update(place, key, ForcedForward(forced_forward_enabled=True, transfer_phone_number="1234"))
    policy.forced_forward_update(place, key, ForcedForward(forced_forward_enabled=False))
    kept = policy.forced_forward_details(place, key)
    assert (kept.forced_forward_enabled, kept.transfer_phone_number) == (False, "1234")


@pytest.mark.parametrize(
    ("service", "change", "code"),
    [
        ("holidayService", {}, 25008),
        ("holidayService", {"holidayServiceEnabled": "so"}, 25024),
        ("holidayService", {"holidayServiceEnabled": True, "holidayScheduleName": "Nobody's"}, 25008),
        ("nightService", {"nightServiceEnabled": True, "action": "TRANSFER"}, 25008),
        ("nightService", {"nightServiceEnabled": True, "manualAudioMessageSelection": "CUSTOM"}, 25008),
        ("nightService", {"nightServiceEnabled": True, "audioMessageSelection": "LOUD"}, 25024),
        ("strandedCalls", {}, 25008),
        ("strandedCalls", {"action": "HANG_UP"}, 25024),
        ("strandedCalls", {"action": "TRANSFER", "transferPhoneNumber": "home"}, 25024),
        ("forcedForward", {"forcedForwardEnabled": True}, 25008),
    ],
)
def test_services_refused(call: Any, make: Make, service: str, change: Any, code: int) -> None:
    url = f"{make()}/{service}"
    before = call("GET", url).body
    answer = call("PUT", url, change)
    assert (answer.status, answer.body["errorCode"]) == (400, code), answer.body
    assert call("GET", url).body == before


def test_announcements(call: Any, simulator: Simulator, make: Make) -> None:
    url, state = make(), simulator.state()
    state["call_queues"][0]["announcements"] = [{"fileName": "hello.wav", "fileSize": 12}]
    record = {"id": "11111111-1111-4111-8111-111111111111", "location": None, "name": "Hello", "fileName": "org.wav",
              "fileSize": 9, "mediaFileType": "WAV", "lastUpdated": "", "fileUri": ""}  # fmt: skip
    simulator.load({**state, "announcements": [record]})
    assert call("GET", f"{url}/announcements").body == {"announcements": [{"fileName": "hello.wav", "fileSize": 12}]}
    assert call("DELETE", f"{url}/announcements/hello.wav").status == 204
    assert call("DELETE", f"{url}/announcements/hello.wav").status == 404
    file = {"fileName": "org.wav", "mediaFileType": "WAV", "level": "ORGANIZATION"}
    welcome = {"greeting": "CUSTOM", "audioAnnouncementFiles": [file]}
    assert call("PUT", url, {"queueSettings": {"welcomeMessage": welcome}}).status == 204
    [shown] = call("GET", url).body["queueSettings"]["welcomeMessage"]["audioAnnouncementFiles"]
    assert {**file, "fileSize": "9", "isTextToSpeech": False, "id": shown["id"]} == shown
    assert call("PUT", url, {"name": "Renamed"}).status == 204
    forced = {"forcedForwardEnabled": False, "audioMessageSelection": "CUSTOM", "audioFiles": [{"id": shown["id"]}]}
    assert call("PUT", f"{url}/forcedForward", forced).status == 204
    assert call("GET", f"{url}/forcedForward").body["audioFiles"] == [shown]
    used = call("DELETE", f"/telephony/config/announcements/{shown['id']}")
    assert (used.status, used.body["errorCode"]) == (400, 6675)
    unknown = {"queueSettings": {"welcomeMessage": {"audioAnnouncementFiles": [{"id": url.rpartition("/")[2]}]}}}
    assert call("PUT", url, unknown).status == 400


def test_settings_of_the_organisation(api: WebexSimpleApi, call: Any) -> None:
    queues = api.telephony.callqueue
    before = queues.get_call_queue_settings()
    queues.update_call_queue_settings(CallQueueSettings(maintain_queue_position_for_sim_ring_enabled=True))
    after = queues.get_call_queue_settings()
    assert after.maintain_queue_position_for_sim_ring_enabled
    assert after.force_agent_unavailable_on_bounced_enabled == before.force_agent_unavailable_on_bounced_enabled
    wrong = call("PUT", "/telephony/config/queues/settings", {"playToneToAgentForBargeInEnabled": "loud"})
    assert wrong.body["errorCode"] == 25024


def test_survives_dump_and_load(call: Any, ids: Any, people: Any, simulator: Simulator, make: Make) -> None:
    agents = [{"id": ids.person(people["number"][0]), "skillLevel": 3, "joinEnabled": False}]
    skilled = {"policy": "UNIFORM", "routingType": "SKILL_BASED"}
    url = make("?hasCxEssentials=true", agents=agents, callPolicies=skilled)
    call("PUT", f"{url}/strandedCalls", {"action": "RINGING"})
    call("PUT", "/telephony/config/queues/settings", {"playToneToAgentForBargeInEnabled": True})
    paths = (f"{url}?hasCxEssentials=true", f"{url}/strandedCalls", "/telephony/config/queues/settings")
    before = [call("GET", path).body for path in paths]
    assert (before[0]["agents"][0]["skillLevel"], before[0]["agents"][0]["joinEnabled"]) == (3, False)
    simulator.load(simulator.state())
    assert [call("GET", path).body for path in paths] == before


def _place(running: Simulator) -> str:
    return f"/telephony/config/locations/{running.edit('GET', '/locations')['items'][0]['id']}/queues"


@pytest.mark.parametrize("position", ["live", "documented"])
def test_switch_group_required_fields(position: str) -> None:
    with Simulator({**sample_tenant(), "switches": {"group_required_fields": position}}) as running:
        if position == "documented":
            with pytest.raises(EditRefused, match="25008"):
                running.edit("POST", _place(running), body())
        full = body(callPolicies=FULL, queueSettings={"queueSize": 5, "overflow": OVERFLOW})
        url = f"{_place(running)}/{running.edit('POST', _place(running), full)['id']}"
        partial = {"forcedForwardEnabled": True, "transferPhoneNumber": "1234"}
        if position == "documented":
            with pytest.raises(EditRefused, match="playAnnouncementBeforeEnabled"):
                running.edit("PUT", f"{url}/forcedForward", partial)
        else:
            running.edit("PUT", f"{url}/forcedForward", partial)


@pytest.mark.parametrize(("position", "shown"), [("hidden", None), ("shown", "+442079460001")])
def test_switch_queue_caller_id_number(position: str, shown: str | None) -> None:
    with Simulator({**sample_tenant(), "switches": {"queue_caller_id_number": position}}) as running:
        custom = body(callingLineIdPolicy="CUSTOM", callingLineIdPhoneNumber="+442079460001")
        url = f"{_place(running)}/{running.edit('POST', _place(running), custom)['id']}"
        read = running.edit("GET", url)
        assert read.get("callingLineIdPhoneNumber") == shown


@pytest.mark.parametrize("position", ["off", "on"])
def test_switch_cx_queue_needs_licenses(position: str) -> None:
    tenant = sample_tenant()
    first, second = [one for one in tenant["people"] if one["calling"]][:2]
    cx = {"id": "22222222-2222-4222-8222-222222222222", "offer": "CXE", "name": "Customer Experience - Essential",
          "totalUnits": 5}  # fmt: skip
    first["licenses"].append(cx["id"])
    tenant["licenses"].append(cx)
    with Simulator({**tenant, "switches": {"cx_queue_needs_licenses": position}}) as running:
        people = {one["emails"][0]: one["id"] for one in running.edit("GET", "/people?max=100")["items"]}
        licensed, plain = ([{"id": people[one["emails"][0]]}] for one in (first, second))
        url = _place(running) + "?hasCxEssentials=true"
        if position == "on":
            with pytest.raises(EditRefused, match="no Customer Assist license"):
                running.edit("POST", url, body(agents=plain))
        else:
            running.edit("POST", url, body(agents=plain))
        key = running.edit("POST", url, body(agents=licensed, name="Licensed", extension="6002"))["id"]
        [agent] = running.edit("GET", f"{_place(running)}/{key}?hasCxEssentials=true")["agents"]
        assert agent["hasCxEssentials"]
