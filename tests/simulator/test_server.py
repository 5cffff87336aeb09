"""The server itself: token, log, control calls, rate limit, latency, headers, persistence, `serve`."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from wxc_sdk.as_api import AsWebexSimpleApi

from reconciler.simulator import EditRefused, Simulator, sample_tenant


async def fetch(url: str, method: str = "GET", **kwargs: Any) -> tuple[int, dict[str, str], Any]:
    async with aiohttp.ClientSession() as session, session.request(method, url, **kwargs) as answer:
        text = await answer.text()
        return answer.status, dict(answer.headers), json.loads(text) if text else None


def test_token_is_required_on_v1_and_scim_only(simulator: Simulator) -> None:
    root = simulator.base_url.removesuffix("/v1")
    for path in ("/v1/people", "/v1/nowhere", "/identity/scim/x/v2/Users"):
        status, _, body = asyncio.run(fetch(root + path, headers={"Authorization": "Bearer wrong"}))
        assert status == 401
        assert body["message"].startswith("The request requires a valid access token")
        assert body["trackingId"].startswith("ROUTER_") and "errorCode" not in body
    assert asyncio.run(fetch(f"{simulator.control_url}/requests"))[2]["status"] == {"401": 3}


def test_log_and_counts_leave_control_out(simulator: Simulator, call: Any) -> None:
    call("GET", "/people?max=1")
    call("GET", "/people/nobody")
    call("POST", "/nowhere/at/all", {})
    simulator.edit("GET", "/people")
    assert [(one["method"], one["route"], one["status"]) for one in simulator.log()] == [
        ("GET", "/people", 200),
        ("GET", "/people/{personId}", 404),
        ("POST", "/v1/nowhere/at/all", 404),
    ]
    assert simulator.log()[0]["path"] == "/v1/people?max=1"
    counts = simulator.requests()
    assert (counts["total"], counts["by_method"]) == (3, {"GET": 2, "POST": 1})
    assert counts["by_route"]["GET /people/{personId}"] == 1
    assert asyncio.run(fetch(f"{simulator.control_url}/requests/log"))[2] == simulator.log()
    assert asyncio.run(fetch(f"{simulator.control_url}/requests", "DELETE"))[0] == 204
    assert simulator.requests() == {"total": 0, "by_method": {}, "by_route": {}, "status": {}, "max_in_flight": 0}


def test_control_edit_and_state(simulator: Simulator) -> None:
    edit = {"method": "POST", "path": "/workspaces", "body": {"displayName": "Edited"}}
    status, _, body = asyncio.run(fetch(f"{simulator.control_url}/edit", "POST", json=edit))
    assert status == 201 and body["displayName"] == "Edited"
    state = asyncio.run(fetch(f"{simulator.control_url}/state"))[2]
    assert state == simulator.state() and state["workspaces"][-1]["displayName"] == "Edited"
    with pytest.raises(EditRefused) as refused:
        simulator.edit("GET", "/people/nobody")
    assert refused.value.status == 404
    assert simulator.requests()["total"] == 0


def test_state_is_a_tenant(simulator: Simulator) -> None:
    assert simulator.state() == {**sample_tenant(), "version": 1, "switches": {"number_release": "0s"}}
    with Simulator(simulator.state()) as other:
        assert other.state() == simulator.state()


def test_load_replaces_in_place(simulator: Simulator, call: Any) -> None:
    tenant = sample_tenant()
    tenant["workspaces"] = []
    call("DELETE", f"/people/{tenant['people'][1]['id']}")
    simulator.load(tenant)
    assert simulator.state() == tenant and simulator.log() == []
    assert call("GET", "/workspaces").body["items"] == []


def test_tracking_id_comes_back_and_unknown_paths_are_springs(call: Any) -> None:
    answer = call("GET", "/telephony/config/nothing", headers={"TrackingID": "SIMPLE_1"})
    assert answer.headers["trackingid"] == "SIMPLE_1"
    assert answer.body["message"] == "No static resource hydra/v1/telephony/config/nothing."
    assert call("POST", "/people").body["errorCode"] == 25024


def test_malformed_json_and_foreign_org(simulator: Simulator, call: Any) -> None:
    headers = {"Authorization": f"Bearer {simulator.token}"}
    status, _, body = asyncio.run(fetch(f"{simulator.base_url}/people", "POST", data="{", headers=headers))
    assert (status, body["errorCode"]) == (400, 25024)
    assert call("GET", "/people?orgId=Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi94").status == 403
    assert call("GET", f"/people?max=1&orgId={call('GET', '/people/me').body['orgId']}").status == 200


def test_a_body_of_wrong_types_is_a_400_and_the_server_goes_on(call: Any, simulator: Simulator) -> None:
    assert call("POST", "/people?callingData=true", {"emails": [{}], "licenses": 3}).status == 400
    assert call("PATCH", "/licenses/users", {"email": "amelia.ashford@example.com", "licenses": 3}).status == 400
    assert call("GET", "/people/me").status == 200
    assert simulator.requests()["total"] == 3 and simulator.requests()["max_in_flight"] == 1


def test_rate_limit_says_when_to_come_back() -> None:
    with Simulator(rate=(3, 60.0), token="t") as slow:
        headers = {"Authorization": "Bearer t"}
        answers = [asyncio.run(fetch(f"{slow.base_url}/people/me", headers=headers)) for _ in range(4)]
        assert [answer[0] for answer in answers] == [200, 200, 200, 429]
        assert 1 <= int(answers[3][1]["Retry-After"]) <= 20
        assert slow.requests()["status"] == {"200": 3, "429": 1}
    with Simulator(rate=(1, 0.05), token="t") as quick:
        for _ in range(3):
            assert asyncio.run(fetch(f"{quick.base_url}/people/me", headers=headers))[0] == 200
            time.sleep(0.06)


def test_latency_and_concurrency_are_seen() -> None:
    async def many(url: str) -> None:
        await asyncio.gather(*(fetch(url, headers={"Authorization": "Bearer t"}) for _ in range(5)))

    with Simulator(latency=0.1, token="t") as slow:
        started = time.monotonic()
        asyncio.run(many(f"{slow.base_url}/people/me"))
        assert 0.1 <= time.monotonic() - started < 0.45
        assert slow.requests()["max_in_flight"] == 5


def test_async_sdk(simulator: Simulator) -> None:
    async def run() -> list[int]:
        async with AsWebexSimpleApi(tokens=simulator.token) as api:
            api.session.BASE = simulator.base_url
            people = await api.people.list(calling_data=True, max=10)
            numbers = await api.telephony.phone_numbers(max=100)
            return [len(people), len(numbers), len(await api.workspaces.list())]

    assert asyncio.run(run()) == [60, 332, 8]


def test_state_survives_a_restart(tmp_path: Path) -> None:
    with Simulator(data_dir=tmp_path) as first:
        first.edit("POST", "/workspaces", {"displayName": "Kept"})
        kept = first.state()
    assert json.loads((tmp_path / "tenant.json").read_text("utf-8")) == {**kept, "writes": 1}
    with Simulator(data_dir=tmp_path) as second:
        assert second.state() == kept
    assert [path.name for path in tmp_path.iterdir()] == ["tenant.json"]


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_serve_announces_itself_and_ends_cleanly(tmp_path: Path, ending: signal.Signals) -> None:
    ready, tenant = tmp_path / "ready.json", tmp_path / "in.json"
    tenant.write_text(json.dumps(sample_tenant()), "utf-8")
    arguments = {"tenant_file": str(tenant), "ready_file": str(ready), "data_dir": str(tmp_path / "data")}
    code = f"import sys; from reconciler.simulator import serve; sys.exit(serve(**{arguments!r}))"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[2])
    try:
        deadline = time.monotonic() + 20
        while not ready.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        told = json.loads(ready.read_text("utf-8"))
        assert told.keys() == {"base_url", "control_url", "token", "client_id", "client_secret", "refresh_token"}
        headers = {"Authorization": f"Bearer {told['token']}"}
        assert asyncio.run(fetch(f"{told['base_url']}/people/me", headers=headers))[0] == 200
        assert asyncio.run(fetch(f"{told['control_url']}/requests"))[2]["total"] == 1
        process.send_signal(ending)
        assert process.wait(10) == 0
        assert json.loads((tmp_path / "data" / "tenant.json").read_text("utf-8")) == {**sample_tenant(), "writes": 0}
    finally:
        process.kill()


def test_start_is_fast() -> None:
    """Hundreds of tests start one. The margin is wide, because the machine is shared; typical is 5 ms."""
    with Simulator():
        pass  # the first start imports the resources
    best = min(_start_time() for _ in range(5))
    assert best < 0.05


def _start_time() -> float:
    started = time.perf_counter()
    with Simulator():
        return time.perf_counter() - started


def test_port_in_use_is_an_error(simulator: Simulator) -> None:
    port = int(simulator.base_url.rsplit(":", 1)[1].removesuffix("/v1"))
    with pytest.raises(OSError):
        Simulator(port=port).start()
