"""`--data`: killed at any moment, the tenant is the one that clients were told of."""

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

from reconciler.simulator import Simulator
from reconciler.simulator.core.persistence import Keeper

ROOT = Path(__file__).parents[2]


def serve(tmp_path: Path, **more: Any) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    ready = tmp_path / "ready.json"
    ready.unlink(missing_ok=True)
    arguments = {"ready_file": str(ready), "data_dir": str(tmp_path / "data"), "token": "t", **more}
    code = f"from reconciler.simulator import serve; serve(**{arguments!r})"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while not ready.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    told: dict[str, str] = json.loads(ready.read_text("utf-8"))
    return process, told


def test_killed_in_the_middle_of_writing(tmp_path: Path) -> None:
    process, told = serve(tmp_path)
    answered: list[str] = []

    async def write_until_killed() -> dict[str, Any]:
        headers = {"Authorization": "Bearer t"}
        state: dict[str, Any] = {}
        async with aiohttp.ClientSession(headers=headers) as session:
            try:
                for index in range(100_000):
                    if index == 50:
                        asyncio.get_running_loop().call_later(0.05, process.send_signal, signal.SIGKILL)
                    name = {"displayName": f"Room {index}"}
                    async with session.post(f"{told['base_url']}/workspaces", json=name) as response:
                        answered.append((await response.json())["id"])
            except aiohttp.ClientError:
                pass
        return state

    asyncio.run(write_until_killed())
    process.wait(10)
    assert len(answered) > 50
    with Simulator(data_dir=tmp_path / "data") as again:
        rooms = {room["displayName"]: room for room in again.state()["workspaces"]}
        kept = [name for name in rooms if name.startswith("Room ")]
        # one more may have been carried out whose answer was lost
        assert kept == [f"Room {index}" for index in range(len(kept))]
        assert len(kept) - len(answered) in (0, 1)
        seen = again.edit("GET", "/workspaces?max=1000")["items"]
        assert {one["id"] for one in seen} >= set(answered)
        once = again.state()
    with Simulator(data_dir=tmp_path / "data") as twice:
        assert twice.state() == once


def test_a_torn_line_and_a_log_older_than_the_file(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path)
    keeper.save({"org": {}}, [])
    keeper.log({"at": 1.0, "method": "POST", "path": "/v1/a", "query": {}, "body": None})
    keeper.log({"at": 2.0, "method": "POST", "path": "/v1/b", "query": {}, "body": None})
    log = tmp_path / "writes.jsonl"
    text = log.read_text("utf-8")
    log.write_text(text[:-10], "utf-8")
    assert [entry["path"] for entry in Keeper(tmp_path).read()[1]] == ["/v1/a"]
    keeper.save({"org": {}}, [])
    log.write_text(text, "utf-8")  # as if killed before the log was begun anew
    assert Keeper(tmp_path).read()[1] == []


def test_delayed_writes_and_the_clock_survive(tmp_path: Path) -> None:
    with Simulator(data_dir=tmp_path) as first:
        first.run_clock(0)
        first.faults([{"match": {"method": "POST"}, "do": {"later": 60}}])
        headers = {"Authorization": f"Bearer {first.token}"}

        async def write() -> None:
            async with aiohttp.ClientSession(headers=headers) as session:
                await session.post(f"{first.base_url}/workspaces", json={"displayName": "Late"})

        asyncio.run(write())
        moment = first.state()["clock"]
    with Simulator(data_dir=tmp_path) as second:
        assert second.state()["clock"] == moment
        assert "Late" not in str(second.state()["workspaces"])
        second.advance(60)
        assert "Late" in str(second.state()["workspaces"])


def test_the_state_is_the_same_text_for_the_same_doing() -> None:
    def text() -> str:
        with Simulator() as running:
            running.run_clock(0)
            running.load({**running.state(), "clock": {"now": 1_800_000_000.0, "speed": 0}})
            running.edit("POST", "/workspaces", {"displayName": "One"})
            running.edit("POST", "/people", {"emails": ["one@example.com"], "displayName": "One"})
            running.advance(5)
            running.edit("POST", "/workspaces", {"displayName": "Two"})
            return json.dumps(running.state())

    assert text() == text()


def test_the_clock_runs_as_it_is_told(simulator: Simulator) -> None:
    with pytest.raises(ValueError, match="forward"):
        simulator.advance(-1)
    with pytest.raises(ValueError, match="speed"):
        simulator.run_clock(float("nan"))
    simulator.run_clock(0)
    before = simulator.state()["clock"]["now"]
    simulator.advance(86400)
    assert simulator.state()["clock"]["now"] == before + 86400
