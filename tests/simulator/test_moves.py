"""Moving people between locations: a job, what it keeps, what it loses, and item errors (§15)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.telephony.jobs import MoveUser, MoveUsersList

from reconciler.simulator import Simulator

PATH = "/telephony/config/jobs/person/moveLocation"


def users_list(location: str, *users: dict[str, Any], validate: bool = False) -> dict[str, Any]:
    return {"usersList": [{"locationId": location, "validate": validate, "users": list(users)}]}


def finish(call: Any, job: str) -> dict[str, Any]:
    for _ in range(4):
        body: dict[str, Any] = call("GET", f"{PATH}/{job}").body
    assert body["latestExecutionStatus"] == "COMPLETED"
    return body


def test_move_takes_number_along_and_loses_settings(call: Any, ids: Any, simulator: Simulator) -> None:
    person = ids.person("amelia.ashford@example.com")
    before = simulator.state()["people"][0]["calling"]
    number, second = before["number"], before["alternates"][0]["number"]
    forwarding = {"callForwarding": {"always": {"enabled": True, "destination": "0101"}}}
    call("PUT", f"/people/{person}/features/callForwarding", forwarding)
    call("PUT", f"/people/{person}/features/outgoingPermission", {"useCustomEnabled": True})
    target = ids.locations["Manchester"]
    started = call("POST", PATH, users_list(target, {"userId": person}))
    job = started.body["response"]["jobDetails"]
    assert started.status == 202 and job["latestExecutionStatus"] == "STARTING"
    assert call("GET", f"/people/{person}?callingData=true").body["locationId"] == ids.locations["London HQ"]
    assert finish(call, job["id"])["counts"] == {"totalMoves": 1, "moved": 1, "failed": 0, "pending": 0, "skipped": 0}
    read = call("GET", f"/people/{person}?callingData=true").body
    assert (read["locationId"], read["extension"]) == (target, before["extension"])
    assert read["phoneNumbers"][1]["value"] == f"8202{before['extension']}"
    rows = {one["phoneNumber"]: one for one in call(
        "GET", f"/telephony/config/numbers?phoneNumber={number},{second}".replace("+", "%2B")
    ).body["phoneNumbers"]}  # fmt: skip
    assert rows[number]["location"]["name"] == "Manchester" and "owner" in rows[number]
    assert rows[second]["location"]["name"] == "London HQ" and "owner" not in rows[second]
    assert call("GET", f"/people/{person}/features/callForwarding").body["callForwarding"]["always"]["enabled"] is False
    assert call("GET", f"/people/{person}/features/outgoingPermission").body["useCustomEnabled"] is False


def test_replaced_and_released(call: Any, ids: Any) -> None:
    person = ids.person("amelia.ashford@example.com")
    move = {"userId": person, "extension": "2777", "phoneNumber": "+12125550190"}
    finish(call, call("POST", PATH, users_list(ids.locations["New York"], move)).body["response"]["jobDetails"]["id"])
    read = call("GET", f"/people/{person}?callingData=true").body
    assert (read["extension"], read["phoneNumbers"][0]["value"]) == ("2777", "+12125550190")
    back = {"userId": person, "phoneNumber": ""}
    finish(call, call("POST", PATH, users_list(ids.locations["London HQ"], back)).body["response"]["jobDetails"]["id"])
    read = call("GET", f"/people/{person}?callingData=true").body
    assert [one["type"] for one in read["phoneNumbers"]] == ["work_extension"]


def test_item_errors_of_a_completed_job(call: Any, ids: Any, people: Any) -> None:
    good, bad = (ids.person(email) for email in people["number"][:2])
    users = ({"userId": good, "phoneNumber": ""}, {"userId": bad, "extension": "9999", "phoneNumber": ""})
    job = call("POST", PATH, users_list(ids.locations["Manchester"], *users)).body["response"]["jobDetails"]["id"]
    assert finish(call, job)["counts"]["failed"] == 1
    errors = call("GET", f"{PATH}/{job}/errors").body["items"]
    assert len(errors) == 1 and errors[0]["item"] == bad
    assert errors[0]["error"]["message"][0]["code"] == "4202"
    assert call("GET", f"/people/{bad}?callingData=true").body["extension"] != "9999"


def test_validate_moves_nothing(call: Any, ids: Any, simulator: Simulator) -> None:
    person, state = ids.person("amelia.ashford@example.com"), simulator.state()
    body = users_list(ids.locations["Manchester"], {"userId": person, "extension": "9999"}, validate=True)
    item = call("POST", PATH, body).body["response"]["usersList"][0]
    assert [one["code"] for one in item["errors"]] == [4202] and item["impacts"] == []
    body = users_list(ids.locations["Manchester"], {"userId": person, "extension": "1888"}, validate=True)
    item = call("POST", PATH, body).body["response"]["usersList"][0]
    assert item["errors"] == [] and [one["code"] for one in item["impacts"]] == [19701, 19703]
    assert simulator.state() == state


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"usersList": []}, 1026011),
        ({"usersList": [{"validate": True, "locationId": "x", "users": []}]}, 1026012),
        ({"usersList": [{"locationId": "x", "users": [{}]}]}, 1026006),
        ({"usersList": [{"validate": True, "locationId": "x", "users": [{}, {}]}]}, 1026005),
    ],
)
def test_refused_at_once(call: Any, body: dict[str, Any], code: int) -> None:
    answer = call("POST", PATH, body)
    assert (answer.status, answer.body["errorCode"]) == (400, code)


def test_same_location_and_no_address_left(call: Any, ids: Any) -> None:
    person = ids.person("amelia.ashford@example.com")
    for location, move, code in (
        ("London HQ", {}, "25378"),
        ("Manchester", {"extension": "", "phoneNumber": ""}, "1026016"),
        ("Manchester", {"phoneNumber": "+442079460090"}, "27966"),
    ):
        job = call("POST", PATH, users_list(ids.locations[location], {"userId": person, **move})).body["response"][
            "jobDetails"
        ]["id"]
        finish(call, job)
        found = call("GET", f"{PATH}/{job}/errors").body["items"]
        assert found[0]["error"]["message"][0]["code"] == code


def test_sdk_moves(api: WebexSimpleApi, ids: Any, people: Any) -> None:
    calling, messaging = ids.person("amelia.ashford@example.com"), ids.person(people["none"][0])

    def move(person: str) -> Any:
        users = [MoveUser(user_id=person)]
        request = MoveUsersList(location_id=ids.locations["Manchester"], validate_only=False, users=users)
        return api.jobs.move_users.validate_or_initiate([request])

    job = move(calling).job_details.id
    states = [api.jobs.move_users.status(job).latest_execution_status for _ in range(3)]
    assert states == ["STARTING", "STARTED", "COMPLETED"]
    assert [one.id for one in api.jobs.move_users.list()] == [job]
    assert list(api.jobs.move_users.errors(job)) == []
    assert move(messaging).job_details is None  # done at once, without a job
