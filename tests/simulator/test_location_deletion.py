"""Switching calling off and deleting a location: the check, the job, the cool-down (§2, §3)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi

from reconciler.simulator import Simulator

PATH = "/telephony/config/jobs/locations/deleteCallingLocation"
PLACE = {
    "name": "Leeds",
    "timeZone": "Europe/London",
    "preferredLanguage": "en_gb",
    "announcementLanguage": "en_gb",
    "address": {"address1": "9 Nowhere", "city": "Leeds", "postalCode": "LS1 1AA", "country": "GB"},
}


@pytest.fixture
def leeds(call: Any) -> str:
    """A calling location with nothing in it."""
    key = str(call("POST", "/locations", PLACE).body["id"])
    assert call("POST", "/telephony/config/locations", {**PLACE, "id": key}).status == 201
    return key


@pytest.fixture
def uuid(simulator: Simulator, leeds: str) -> str:
    return next(str(one["id"]) for one in simulator.state()["locations"] if one["name"] == "Leeds")


def precheck(call: Any, location: str) -> dict[str, Any]:
    answer = call("POST", f"/telephony/config/locations/{location}/actions/precheckForDeletion/invoke")
    assert answer.status == 200
    body: dict[str, Any] = answer.body
    return body


def disable(call: Any, location: str, **more: Any) -> tuple[dict[str, Any], list[str]]:
    """The finished job and the codes of its errors."""
    started = call("POST", PATH, {"locationId": location, **more})
    assert started.status == 202 and started.body["latestExecutionStatus"] == "STARTING"
    job = [call("GET", f"{PATH}/{started.body['id']}").body for _ in range(3)][-1]
    items = call("GET", f"{PATH}/{job['id']}/errors").body["items"]
    return job, [message["code"] for item in items for message in item["error"]["message"]]


def add(simulator: Simulator, table: str, *records: dict[str, Any]) -> None:
    """Records that another admin or another product has made."""
    state = simulator.state()
    state[table] = [*state.get(table, []), *records]
    simulator.load(state)


def test_empty_location_goes_at_once(api: WebexSimpleApi, call: Any, leeds: str) -> None:
    location = api.telephony.location
    assert location.safe_delete_check_before_disabling_calling_location(leeds).location_delete_status == "UNBLOCKED"
    assert call("DELETE", f"/locations/{leeds}").status == 409  # UNBLOCKED promises nothing
    jobs = api.jobs.disable_calling_location
    job = jobs.initiate(leeds, location_name="Leeds")
    assert (job.location_id, job.location_name) == (leeds, "Leeds")
    states = [jobs.status(job.id).latest_execution_status for _ in range(3)]
    assert states == ["STARTING", "STARTED", "COMPLETED"]
    assert list(jobs.errors(job.id)) == [] and [one.id for one in jobs.list()] == [job.id]
    assert jobs.status(job.id).counts.total_feature_accounts == 0
    assert call("GET", f"/telephony/config/locations/{leeds}").status == 404
    assert leeds not in [one.location_id for one in location.list()]
    assert call("GET", f"/locations/{leeds}").status == 200
    assert call("DELETE", f"/locations/{leeds}").status == 204
    assert call("GET", f"/locations/{leeds}").status == 404


def test_blocked_by_who_is_there(call: Any, ids: Any, simulator: Simulator) -> None:
    place, state = ids.locations["London HQ"], simulator.state()
    uuid = state["numbers"][0]["location"]
    body = precheck(call, place)
    here = [one for one in state["people"] + state["workspaces"] if (one["calling"] or {}).get("location") == uuid]
    users = sum("emails" in one for one in here)
    assert body["locationDeleteStatus"] == "BLOCKED"
    assert body["blocking"] == {
        "lastLocation": False,
        "trunksInUseCount": 1,
        "usersInUseCount": users,
        "workspacesInUseCount": len(here) - users,
        "virtualLineInUseCount": 0,
        "numbersOrderPending": False,
    }
    assert body["nonBlocking"] == {"numbersPresent": True}
    job, codes = disable(call, place, forceDelete=True)
    assert job["latestExecutionStatus"] == "FAILED"
    assert codes == ["BATCH-1012006", "BATCH-1012007", "BATCH-1012008"]
    assert f"Count: {users}" in str(call("GET", f"{PATH}/{job['id']}/errors").body)
    after = simulator.state()
    assert (after["locations"], after["numbers"]) == (state["locations"], state["numbers"])


def test_pending_order_and_virtual_line(call: Any, simulator: Simulator, leeds: str, uuid: str) -> None:
    add(simulator, "virtual_lines", {"id": "0" * 8 + "-0000-4000-8000-000000000001", "firstName": "V", "lastName": "L",
        "calling": {"location": uuid, "extension": "77", "number": None}})  # fmt: skip
    state = simulator.state()
    next(one for one in state["locations"] if one["name"] == "Leeds")["calling"]["ordersPending"] = True
    simulator.load(state)
    body = precheck(call, leeds)
    assert body["blocking"]["virtualLineInUseCount"] == 1 and body["blocking"]["numbersOrderPending"] is True
    assert disable(call, leeds)[1] == ["BATCH-1012009", "BATCH-1012010"]


def test_features_and_idle_trunks_need_force(call: Any, simulator: Simulator, leeds: str, uuid: str) -> None:
    trunk = simulator.state()["trunks"][0]
    add(simulator, "trunks", {**trunk, "id": "0" * 8 + "-0000-4000-8000-000000000002", "name": "T", "location": uuid})
    add(simulator, "hunt_groups", {"id": "0" * 8 + "-0000-4000-8000-000000000003", "name": "H", "location": uuid,
        "agents": [], "calling": {"location": uuid, "extension": "88", "number": None}})  # fmt: skip
    body = precheck(call, leeds)
    assert body["locationDeleteStatus"] == "FORCE_REQUIRED"
    assert body["blockingUnlessForced"] == {"nonUserEntitiesInUse": True, "trunksCount": 1}
    job, codes = disable(call, leeds)
    assert (job["latestExecutionStatus"], codes) == ("FAILED", ["BATCH-1012011", "BATCH-1012013"])
    job, codes = disable(call, leeds, forceDelete=True)
    assert (job["latestExecutionStatus"], codes) == ("COMPLETED", [])
    assert job["counts"]["featureAccountsDeleted"] == 1
    state = simulator.state()
    assert not [one for one in state.get("hunt_groups", []) + state["trunks"] if one["location"] == uuid]
    assert call("DELETE", f"/locations/{leeds}").status == 204


def test_numbers_and_extensions_go_with_calling(call: Any, ids: Any, leeds: str) -> None:
    """The same number can be added elsewhere afterwards, and calling can be switched on anew."""
    group = call("GET", "/telephony/config/premisePstn/routeGroups").body["routeGroups"][0]["id"]
    connection = {"premiseRouteType": "ROUTE_GROUP", "premiseRouteId": group}
    assert call("PUT", f"/telephony/pstn/locations/{leeds}/connection", connection).status == 204
    number = {"phoneNumbers": ["+441632960001"]}
    assert call("POST", f"/telephony/config/locations/{leeds}/numbers", number).status == 201
    assert precheck(call, leeds)["nonBlocking"] == {"numbersPresent": True}
    assert precheck(call, leeds)["locationDeleteStatus"] == "UNBLOCKED"
    assert disable(call, leeds)[1] == []
    assert call("GET", "/telephony/config/numbers?phoneNumber=%2B441632960001").body["phoneNumbers"] == []
    here = ids.locations["London HQ"]
    assert call("POST", f"/telephony/config/locations/{here}/numbers", number).status == 201
    assert call("POST", "/telephony/config/locations", {**PLACE, "id": leeds}).status == 201
    assert precheck(call, leeds)["nonBlocking"] == {"numbersPresent": False}


def test_last_location_and_unknown_one(call: Any, ids: Any, leeds: str, simulator: Simulator) -> None:
    state = simulator.state()
    state["locations"] = [one for one in state["locations"] if one["name"] == "Leeds"]
    for table in ("people", "workspaces", "numbers", "trunks", "route_groups"):
        state[table] = []
    simulator.load(state)
    assert precheck(call, leeds)["blocking"]["lastLocation"] is True
    assert disable(call, leeds, forceDelete=True)[1] == ["BATCH-1012012"]
    assert disable(call, ids.locations["London HQ"])[1] == ["BATCH-1012014"]


def test_trunk_in_use_by_others(call: Any, ids: Any, simulator: Simulator, leeds: str, uuid: str) -> None:
    """The route of its own location is no use by others; that of another one is."""
    trunk = {**simulator.state()["trunks"][0], "id": "0" * 8 + "-0000-4000-8000-000000000002", "location": uuid}
    add(simulator, "trunks", {**trunk, "name": "Leeds trunk"})
    listed = call("GET", "/telephony/config/premisePstn/trunks?name=Leeds").body["trunks"]
    body = {"premiseRouteType": "TRUNK", "premiseRouteId": listed[0]["id"]}
    assert call("PUT", f"/telephony/pstn/locations/{leeds}/connection", body).status == 204
    assert precheck(call, leeds)["locationDeleteStatus"] == "FORCE_REQUIRED"
    assert call("PUT", f"/telephony/pstn/locations/{ids.locations['New York']}/connection", body).status == 204
    assert precheck(call, leeds)["blocking"]["trunksInUseCount"] == 1
    assert disable(call, leeds, forceDelete=True)[1] == ["BATCH-1012006"]


@pytest.mark.parametrize("position", ["0s", "3600s"])
def test_switch_cooldown(simulator: Simulator, call: Any, leeds: str, position: str) -> None:
    simulator.run_clock(0)
    simulator.turn("location_cooldown", position)
    disable(call, leeds)
    first = call("DELETE", f"/locations/{leeds}")
    if position == "0s":
        assert first.status == 204
        return
    assert (first.status, first.body["message"]) == (409, "Location is being referenced, cannot be deleted")
    simulator.load(simulator.state())
    simulator.advance(3590)
    assert call("DELETE", f"/locations/{leeds}").status == 409
    simulator.advance(20)
    assert call("DELETE", f"/locations/{leeds}").status == 204


@pytest.mark.parametrize("position", ["FAILED", "COMPLETED"])
def test_switch_refused(simulator: Simulator, call: Any, ids: Any, position: str) -> None:
    simulator.turn("delete_calling_refused", position)
    job, codes = disable(call, ids.locations["London HQ"])
    assert job["latestExecutionStatus"] == position and codes
    assert call("GET", f"/telephony/config/locations/{ids.locations['London HQ']}").status == 200


def test_back_end_failure(simulator: Simulator, call: Any, leeds: str) -> None:
    simulator.turn("job_item_errors", "first")
    job, codes = disable(call, leeds)
    assert (job["latestExecutionStatus"], codes) == ("FAILED", ["BATCH-1012002"])
    assert call("GET", f"/telephony/config/locations/{leeds}").status == 200


def test_six_seconds_by_the_clock(simulator: Simulator, call: Any, leeds: str) -> None:
    """The cool-down counts from the end of the job, however late somebody looks."""
    simulator.run_clock(0)
    simulator.turn("job_pace", "clock")
    simulator.turn("location_cooldown", "10s")
    assert call("POST", PATH, {"locationId": leeds}).status == 202
    simulator.advance(5)
    assert call("GET", f"/telephony/config/locations/{leeds}").status == 200
    simulator.advance(10)
    assert call("GET", f"/telephony/config/locations/{leeds}").status == 404
    assert call("DELETE", f"/locations/{leeds}").status == 409
    simulator.advance(1)
    assert call("DELETE", f"/locations/{leeds}").status == 204


def test_pause_and_resume(api: WebexSimpleApi, leeds: str) -> None:
    jobs = api.jobs.disable_calling_location
    job = jobs.initiate(leeds).id
    jobs.pause(job)
    assert [jobs.status(job).latest_execution_status for _ in range(3)] == ["PAUSED"] * 3
    jobs.resume(job)
    assert [jobs.status(job).latest_execution_status for _ in range(3)][-1] == "COMPLETED"


def test_precheck_and_job_requests(call: Any, ids: Any) -> None:
    missing = call("POST", PATH, {})
    assert (missing.status, missing.body["errorCode"]) == (400, 25008)
    assert call("POST", PATH, {"locationId": 7}).status == 404
    key = call("POST", "/locations", PLACE).body["id"]
    assert call("POST", f"/telephony/config/locations/{key}/actions/precheckForDeletion/invoke").status == 404
    assert call("DELETE", f"/telephony/config/locations/{ids.locations['London HQ']}").status == 404


def test_passwords_and_languages(api: WebexSimpleApi, call: Any, ids: Any, simulator: Simulator) -> None:
    here = ids.locations["London HQ"]
    assert len(api.telephony.location.generate_password(here)) >= 8
    url = f"/telephony/config/locations/{here}/actions/modifyAnnouncementLanguage/invoke"
    body = {"announcementLanguageCode": "fr_fr", "agentEnabled": True}
    for verb in ("PUT", "POST"):
        assert call(verb, url, body).status == 204
    assert call("GET", f"/telephony/config/locations/{here}").body["announcementLanguage"] == "en_gb"
    assert simulator.state()["people"][0]["calling"]["announcementLanguage"] == "fr_fr"
    assert call("POST", url, {"announcementLanguageCode": "fr_FR"}).body["message"] == "Invalid Language Code"
    assert call("POST", url, {"agentEnabled": True}).body["errorCode"] == 25008
