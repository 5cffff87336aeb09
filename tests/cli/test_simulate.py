"""`reconcile simulate` as another process: ready file, size, data that survives, limits, a clean end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def simulator(tmp_path: Path, *arguments: str) -> Iterator[dict[str, str]]:
    ready = tmp_path / "ready.json"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "reconciler", "simulate", "--ready-file", str(ready), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        for _ in range(200):
            if ready.exists():
                break
            assert process.poll() is None
            time.sleep(0.05)
        yield json.loads(ready.read_text())
    finally:
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert json.loads(out) == json.loads(ready.read_text())


def ask(url: str, token: str = "", method: str = "GET", body: Any = None) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method)) as response:
        text = response.read()
    return json.loads(text) if text else None


def test_size_and_control(tmp_path: Path) -> None:
    with simulator(tmp_path, "--size", "people=30,locations=2,workspaces=4", "--seed", "7") as at:
        people = ask(f"{at['base_url']}/people?max=100", at["token"])["items"]
        assert len(people) == 30
        counted = ask(f"{at['control_url']}/requests")
        assert set(counted) == {"total", "by_method", "by_route", "status", "max_in_flight"}
        assert (counted["total"], counted["by_route"]) == (1, {"GET /people": 1})
        (entry,) = ask(f"{at['control_url']}/requests/log")
        assert (entry["method"], entry["route"], entry["status"]) == ("GET", "/people", 200)
        state = ask(f"{at['control_url']}/state")
        assert (len(state["people"]), len(state["locations"]), len(state["workspaces"])) == (30, 2, 4)
        edit = {"method": "DELETE", "path": f"/people/{people[0]['id']}", "body": None}
        ask(f"{at['control_url']}/edit", method="POST", body=edit)
        assert ask(f"{at['control_url']}/requests")["total"] == 1
        ask(f"{at['control_url']}/requests", method="DELETE")
        assert ask(f"{at['control_url']}/requests")["total"] == 0
        assert len(ask(f"{at['control_url']}/state")["people"]) == 29
    assert at["base_url"].startswith("http://127.0.0.1:") and at["base_url"].endswith("/v1")


def test_data_survives_and_a_tenant_can_be_given(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    with simulator(tmp_path, "--data", data) as at:
        first = ask(f"{at['base_url']}/people?max=1", at["token"])["items"][0]
        ask(f"{at['base_url']}/people/{first['id']}", at["token"], "DELETE")
        state = ask(f"{at['control_url']}/state")
    with simulator(tmp_path, "--data", data) as at:
        assert ask(f"{at['control_url']}/state") == state
    tenant = tmp_path / "tenant.json"
    tenant.write_text(json.dumps(state))
    with simulator(tmp_path, "--tenant", str(tenant), "--latency", "1ms") as at:
        assert len(ask(f"{at['control_url']}/state")["people"]) == len(state["people"])


def test_rate(tmp_path: Path) -> None:
    with simulator(tmp_path, "--rate", "3/60s") as at:
        for _ in range(3):
            ask(f"{at['base_url']}/licenses", at["token"])
        with pytest.raises(urllib.error.HTTPError) as error:
            ask(f"{at['base_url']}/licenses", at["token"])
        assert error.value.code == 429 and int(error.value.headers["Retry-After"]) > 0


@pytest.mark.parametrize("arguments", [["--size", "people"], ["--rate", "3"], ["--latency", "fast"], ["--port", "x"]])
def test_usage(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reconciler", "simulate", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 64
    assert "Traceback" not in done.stderr


def test_a_tenant_file_that_is_none(tmp_path: Path) -> None:
    broken = tmp_path / "tenant.json"
    broken.write_text("{")
    command = [sys.executable, "-m", "reconciler", "simulate", "--tenant", str(broken)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "cannot read the tenant" in done.stderr
