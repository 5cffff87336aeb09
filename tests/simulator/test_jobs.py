"""Jobs: pace, families, actions, item errors; moving numbers and changing their usage (§4, §15)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.rest import RestError
from wxc_sdk.telephony.jobs import NumberItem

from reconciler.simulator import Simulator

PATH = "/telephony/config/jobs/numbers/manageNumbers"
DEVICES = "/telephony/config/jobs/devices"
FREE, INACTIVE, MAIN = "+442079460080", "+442079460095", "+442079460000"


@pytest.fixture
def move(call: Any, ids: Any) -> Any:
    """`move(number, …)` from London to Manchester; `to` names another target."""

    def run(*numbers: str, to: str = "Manchester", source: str = "London HQ") -> Any:
        entry = {"locationId": ids.locations[source], "numbers": list(numbers)}
        return call("POST", PATH, {"operation": "MOVE", "numberList": [entry], "targetLocationId": ids.locations[to]})

    return run


@pytest.fixture
def usage(call: Any, ids: Any) -> Any:
    def run(*numbers: str, usage: str = "SERVICE") -> Any:
        entry = {"locationId": ids.locations["London HQ"], "numbers": list(numbers)}
        return call("POST", PATH, {"operation": "NUMBER_USAGE_CHANGE", "numberUsageType": usage, "numberList": [entry]})

    return run


def row(call: Any, number: str) -> dict[str, Any]:
    found: dict[str, Any] = call("GET", f"/telephony/config/numbers?phoneNumber=%2B{number[1:]}").body["phoneNumbers"][
        0
    ]
    return found


def finish(call: Any, started: Any, path: str = PATH) -> dict[str, Any]:
    assert started.status == 202, started.body
    for _ in range(3):
        body: dict[str, Any] = call("GET", f"{path}/{started.body['id']}").body
    return body


def codes(call: Any, job: dict[str, Any], path: str = PATH) -> list[str]:
    items = call("GET", f"{path}/{job['id']}/errors").body["items"]
    return [message.get("code") for item in items for message in item["error"]["message"]]


def test_move_by_sdk(api: WebexSimpleApi, call: Any, ids: Any) -> None:
    here, there = ids.locations["London HQ"], ids.locations["Manchester"]
    jobs = api.jobs.manage_numbers
    job = jobs.initiate_job("MOVE", [NumberItem(location_id=here, numbers=[FREE])], target_location_id=there)
    assert (job.operation_type, job.source_location_id, job.target_location_id) == ("MOVE", here, there)
    assert (job.latest_execution_status, job.counts.total_numbers, job.counts.numbers_moved) == ("STARTING", 1, 0)
    states = [jobs.status(job.id) for _ in range(3)]
    assert [one.latest_execution_status for one in states] == ["STARTING", "STARTED", "COMPLETED"]
    last = states[-1]
    assert (last.latest_execution_exit_code, last.counts.numbers_moved, last.counts.numbers_failed) == (
        "COMPLETED", 1, 0,
    )  # fmt: skip
    steps = last.job_execution_status[0].step_execution_statuses
    assert len(steps) == 2 and {step.status_message for step in steps} == {"COMPLETED"}
    assert [len(one.job_execution_status[0].step_execution_statuses) for one in states] == [0, 1, 2]
    assert list(jobs.errors(job.id)) == [] and [one.id for one in jobs.list()] == [job.id]
    assert row(call, FREE)["location"]["name"] == "Manchester"
    moved = call("GET", f"/telephony/config/locations/{there}/availableNumbers?phoneNumber=%2B{FREE[1:]}")
    assert len(moved.body["phoneNumbers"]) == 1


@pytest.mark.parametrize("position", ["refuse", "accept"])
def test_switch_several_numbers(simulator: Simulator, call: Any, move: Any, position: str) -> None:
    simulator.turn("move_several_numbers", position)
    answer = move(FREE, "+442079460081")
    if position == "refuse":
        assert answer.status == 412 and answer.headers["Cisco-Spark-Error-Codes"] == "1017031"
        assert "BATCH-1017031" in answer.body["message"]
        assert call("GET", PATH).body == {"items": []}
        assert row(call, FREE)["location"]["name"] == "London HQ"
    else:
        assert finish(call, answer)["counts"]["numbersMoved"] == 2


def test_what_speaks_against_a_move_is_an_error_of_the_job(call: Any, move: Any, simulator: Simulator) -> None:
    owned = simulator.state()["people"][0]["calling"]["number"]
    for number, to, code in (
        (owned, "Manchester", "BATCH-1017023"),
        (MAIN, "Manchester", "BATCH-1017024"),
        (FREE, "New York", "BATCH-1017022"),
        ("+441632960999", "Manchester", "BATCH-1017027"),
    ):
        before = simulator.state()["numbers"]
        job = finish(call, move(number, to=to))
        assert codes(call, job) == [code]
        assert job["latestExecutionStatus"] == "COMPLETED"
        assert job["latestExecutionExitCode"] == "COMPLETED_WITH_ERRORS"
        assert (job["counts"]["numbersMoved"], job["counts"]["numbersFailed"]) == (0, 1)
        assert simulator.state()["numbers"] == before


def test_another_provider_is_another_carrier(call: Any, ids: Any, move: Any) -> None:
    base = f"/telephony/pstn/locations/{ids.locations['Manchester']}"
    options = {one["pstnConnectionType"]: one["id"] for one in call("GET", f"{base}/connectionOptions").body["items"]}
    call("PUT", f"{base}/connection", {"id": options["NON_INTEGRATED_CCP"]})
    assert codes(call, finish(call, move(FREE))) == ["BATCH-1017022"]


@pytest.mark.parametrize("position", ["job", "412"])
def test_switch_precondition(simulator: Simulator, call: Any, move: Any, position: str) -> None:
    simulator.turn("move_number_precondition", position)
    answer = move(MAIN)
    if position == "job":
        assert codes(call, finish(call, answer)) == ["BATCH-1017024"]
    else:
        assert answer.status == 412 and "BATCH-1017024" in answer.body["message"]
        assert call("GET", PATH).body == {"items": []}
        assert finish(call, move(FREE))["counts"]["numbersMoved"] == 1


@pytest.mark.parametrize(("position", "found"), [("accept", []), ("refuse", ["BATCH-1017021"])])
def test_switch_inactive_number(simulator: Simulator, call: Any, move: Any, position: str, found: list[str]) -> None:
    simulator.turn("move_inactive_number", position)
    assert codes(call, finish(call, move(INACTIVE))) == found
    assert row(call, INACTIVE)["location"]["name"] == ("London HQ" if found else "Manchester")


def test_second_job_while_one_runs(call: Any, move: Any) -> None:
    first = move(FREE)
    assert move("+442079460081").status == 409
    finish(call, first)
    assert finish(call, move("+442079460081"))["counts"]["numbersMoved"] == 1


def test_usage_change(simulator: Simulator, call: Any, usage: Any) -> None:
    """Several numbers are fine here; behind a local gateway no carrier has to have the service."""
    owned = simulator.state()["people"][0]["calling"]["number"]
    job = finish(call, usage(FREE, "+442079460081", owned))
    assert (job["counts"]["numbersUsageChanged"], job["counts"]["numbersFailed"]) == (2, 1)
    assert codes(call, job) == ["BATCH-1017023"] and "targetLocationId" not in job
    assert row(call, FREE)["isServiceNumber"] is True and row(call, owned)["isServiceNumber"] is False
    finish(call, usage(FREE, usage="NONE"))
    assert row(call, FREE)["isServiceNumber"] is False


def test_usage_change_needs_the_carriers_service(call: Any, ids: Any, usage: Any) -> None:
    base = f"/telephony/pstn/locations/{ids.locations['London HQ']}"
    options = {one["pstnConnectionType"]: one["id"] for one in call("GET", f"{base}/connectionOptions").body["items"]}
    call("PUT", f"{base}/connection", {"id": options["NON_INTEGRATED_CCP"]})
    assert codes(call, finish(call, usage(FREE))) == ["BATCH-1017027"]
    assert codes(call, finish(call, usage(FREE, usage="NONE"))) == []


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"operation": None}, 400, 25024),
        ({"operation": "DELETE"}, 400, 25024),
        ({"numberList": []}, 400, 25008),
        ({"numberList": [{"numbers": ["+442079460080"]}]}, 400, 25008),
        ({"targetLocationId": None}, 400, 25008),
        ({"operation": "NUMBER_USAGE_CHANGE"}, 400, 25008),
        ({"operation": "NUMBER_USAGE_CHANGE", "numberUsageType": "X"}, 400, 25024),
    ],
)
def test_refused_requests(call: Any, ids: Any, changes: dict[str, Any], status: int, code: int) -> None:
    entry = {"locationId": ids.locations["London HQ"], "numbers": [FREE]}
    body = {"operation": "MOVE", "numberList": [entry], "targetLocationId": ids.locations["Manchester"], **changes}
    answer = call("POST", PATH, body)
    assert (answer.status, answer.body["errorCode"]) == (status, code)
    assert call("GET", PATH).body == {"items": []}


def test_same_location_and_too_many(call: Any, ids: Any, move: Any) -> None:
    assert move(FREE, to="London HQ").status == 400
    assert move(*[f"+4420{n:08d}" for n in range(1001)]).body["errorCode"] == 25024


def test_pause_resume_abandon(api: WebexSimpleApi, call: Any, move: Any, simulator: Simulator) -> None:
    jobs, job = api.jobs.manage_numbers, move(FREE).body["id"]
    jobs.pause(job)
    assert [jobs.status(job).latest_execution_status for _ in range(4)] == ["PAUSED"] * 4
    simulator.load(simulator.state())  # a paused job survives
    assert move("+442079460081").status == 409
    jobs.resume(job)
    assert [jobs.status(job).latest_execution_status for _ in range(3)][-1] == "COMPLETED"
    second = move("+442079460081").body["id"]
    with pytest.raises(RestError):
        jobs.abandon(second)  # it runs
    jobs.pause(second)
    jobs.abandon(second)
    assert jobs.status(second).latest_execution_status == "ABANDONED"
    assert row(call, "+442079460081")["location"]["name"] == "London HQ"
    assert move("+442079460082").status == 202


@pytest.mark.parametrize(("position", "status"), [("400", 400), ("409", 409)])
def test_switch_action_refused(simulator: Simulator, call: Any, move: Any, position: str, status: int) -> None:
    simulator.turn("job_action_refused", position)
    job = finish(call, move(FREE))["id"]
    for action in ("pause", "resume", "abandon"):
        assert call("POST", f"{PATH}/{job}/actions/{action}/invoke").status == status


@pytest.mark.parametrize("position", ["none", "first"])
def test_switch_item_errors(simulator: Simulator, call: Any, ids: Any, move: Any, usage: Any, position: str) -> None:
    """Nothing speaks against the first item, and yet it fails; the second one is done."""
    simulator.turn("job_item_errors", position)
    expected = 1 if position == "first" else 0
    job = finish(call, usage(FREE, "+442079460081"))
    assert job["latestExecutionStatus"] == "COMPLETED"
    assert (job["counts"]["numbersFailed"], job["counts"]["numbersUsageChanged"]) == (expected, 2 - expected)
    assert row(call, FREE)["isServiceNumber"] is (expected == 0)
    assert codes(call, job) == [None] * expected  # no code is known for it
    person = ids.person("amelia.ashford@example.com")
    users = [{"userId": person, "phoneNumber": ""}]
    body = {"usersList": [{"locationId": ids.locations["Manchester"], "validate": False, "users": users}]}
    path = "/telephony/config/jobs/person/moveLocation"
    started = call("POST", path, body)
    started.body = started.body["response"]["jobDetails"]
    assert codes(call, finish(call, started, path), path) == ["1026015"] * expected
    url = f"/telephony/config/locations/{ids.locations['New York']}"
    prefix = call("PUT", url, {"routingPrefix": "8555"}).body["batchJobId"]
    path = "/telephony/config/jobs/updateRoutingPrefix"
    done = [call("GET", f"{path}/{prefix}").body for _ in range(3)][-1]
    assert done["counts"]["routingPrefixFailed"] == expected


@pytest.mark.parametrize("position", ["COMPLETED_WITH_ERRORS", "COMPLETED"])
def test_switch_exit_with_errors(simulator: Simulator, call: Any, move: Any, position: str) -> None:
    simulator.turn("job_exit_with_errors", position)
    assert finish(call, move(MAIN))["latestExecutionExitCode"] == position
    assert finish(call, move(FREE))["latestExecutionExitCode"] == "COMPLETED"


def test_pace_by_the_clock(simulator: Simulator, call: Any, move: Any) -> None:
    """Reads do not matter; the work is done in time even when nobody reads the job."""
    simulator.run_clock(0)
    simulator.turn("job_pace", "clock")
    job = f"{PATH}/{move(FREE).body['id']}"
    assert [call("GET", job).body["latestExecutionStatus"] for _ in range(4)] == ["STARTING"] * 4
    simulator.advance(5)
    assert [call("GET", job).body["latestExecutionStatus"] for _ in range(4)] == ["STARTED"] * 4
    assert row(call, FREE)["location"]["name"] == "London HQ"
    simulator.advance(15)
    assert row(call, FREE)["location"]["name"] == "Manchester"
    assert call("GET", job).body["latestExecutionStatus"] == "COMPLETED"


def test_pace_by_the_clock_while_paused(simulator: Simulator, call: Any, move: Any) -> None:
    simulator.run_clock(0)
    simulator.turn("job_pace", "clock")
    job = f"{PATH}/{move(FREE).body['id']}"
    simulator.advance(10)
    assert call("POST", f"{job}/actions/pause/invoke").status == 204
    simulator.advance(1000)
    assert call("GET", job).body["latestExecutionStatus"] == "PAUSED"
    assert call("POST", f"{job}/actions/resume/invoke").status == 204
    simulator.advance(9)
    assert call("GET", job).body["latestExecutionStatus"] == "STARTED"
    simulator.advance(1)
    assert simulator.state()["jobs"][0]["counts"]["numbersMoved"] == 1


def test_a_running_job_survives(simulator: Simulator, call: Any, move: Any) -> None:
    started = move(FREE)
    call("GET", f"{PATH}/{started.body['id']}")
    simulator.load(simulator.state())
    assert [call("GET", f"{PATH}/{started.body['id']}").body["latestExecutionStatus"] for _ in range(2)] == [
        "STARTED", "COMPLETED",
    ]  # fmt: skip


def test_device_jobs_are_one_family(api: WebexSimpleApi, call: Any, ids: Any) -> None:
    here = ids.locations["London HQ"]
    job = api.jobs.rebuild_phones.rebuild_phones_configuration(here)
    assert (job.target, job.location_name, job.latest_execution_status) == ("LOCATION", "London HQ", "STARTING")
    tags = [{"familyOrModelDisplayName": "F", "tag": "t", "action": "SET", "value": "v"}]
    for segment, body in (
        ("rebuildPhones", {"locationId": here}),
        ("callDeviceSettings", {"customizations": {}}),
        ("dynamicDeviceSettings", {"tags": tags}),
        ("applyLineKeyTemplate", {"action": "APPLY_DEFAULT_TEMPLATES"}),
    ):
        assert call("POST", f"{DEVICES}/{segment}", body).status == 409, segment
    states = [api.jobs.rebuild_phones.status(job.id).latest_execution_status for _ in range(3)]
    assert states[-1] == "COMPLETED"
    for segment, body in (
        ("callDeviceSettings", {"customizations": {}}),
        ("dynamicDeviceSettings", {"tags": tags}),
        ("applyLineKeyTemplate", {"action": "APPLY_DEFAULT_TEMPLATES"}),
    ):
        done = finish(call, call("POST", f"{DEVICES}/{segment}", body), f"{DEVICES}/{segment}")
        assert done["percentageComplete"] == 100
    assert [one.target for one in api.jobs.device_settings.list()] == ["CUSTOMER"]
    assert len(list(api.jobs.dynamic_device_settings.list())) == 1
    assert len(api.jobs.apply_line_key_templates.list()) == 1
    assert list(api.jobs.rebuild_phones.errors(job.id)) == []


def test_activation_emails(api: WebexSimpleApi, simulator: Simulator, ids: Any) -> None:
    org = api.people.me().org_id
    jobs = api.jobs.activation_emails
    job = jobs.start(org)
    with pytest.raises(RestError) as refused:
        jobs.start(org)
    assert refused.value.response.status_code == 409
    last = [jobs.status(org, job.id) for _ in range(3)][-1]
    assert last.latest_execution_status == "COMPLETED" and last.counts.total_users == 60
    assert list(jobs.errors(org, job.id)) == []
    with pytest.raises(RestError) as refused:
        jobs.start(ids.locations["London HQ"])
    assert refused.value.response.status_code == 403


def test_no_call_recording_jobs_and_no_foreign_kind(call: Any, move: Any) -> None:
    assert call("GET", "/telephony/config/jobs/callRecording").body == {"items": []}
    job = move(FREE).body["id"]
    for path in ("/telephony/config/jobs/callRecording", f"{DEVICES}/rebuildPhones"):
        assert call("GET", f"{path}/{job}").status == 404
        assert call("GET", f"{path}/{job}/errors").status == 404


def test_a_call_recording_job(api: WebexSimpleApi, simulator: Simulator, ids: Any) -> None:
    """Nothing here starts one, so it comes with the tenant; its list by the SDK has a path that does not exist."""
    state = simulator.state()
    place, key = state["locations"][0]["id"], "00000000-0000-4000-8000-000000000009"
    made = "2026-01-01T00:00:00.000Z"
    state["jobs"] = [{"id": key, "kind": "callRecording", "number": 1, "polls": 0, "created": made,
                      "updated": made, "startedAt": 0, "errors": [], "counts": {},
                      "location": place, "vendor": "x"}]  # fmt: skip
    simulator.load(state)
    job = simulator.edit("GET", "/telephony/config/jobs/callRecording")["items"][0]["id"]
    read = api.jobs.call_recording.status(job)
    assert (read.location_id, read.vendor_id) == (ids.locations["London HQ"], "x")
    assert list(api.jobs.call_recording.errors(job)) == []
    with pytest.raises(RestError, match="No static resource"):
        list(api.jobs.call_recording.list())
