"""`reconcile simulate` where it cannot: ports, folders and files that are taken, broken or somebody else's. Each ends
with a sentence and an exit code; and a tenant in a folder stays what clients were told, whatever kills it."""

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

from reconciler.simulator import BadFolder, FolderInUse, Simulator, sample_tenant

ROOT = Path(__file__).parents[2]


def simulate(*arguments: object, timeout: float = 60) -> tuple[int, str]:
    """(exit code, stderr) of a simulator that is not to come up."""
    command = [sys.executable, "-m", "reconciler", "simulate", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout)
    return done.returncode, done.stderr


def test_a_port_in_use(simulator: Simulator) -> None:
    port = simulator.base_url.split(":")[2].removesuffix("/v1")
    code, said = simulate("--port", port)
    assert code == 1 and f"port {port} is in use" in said and "Traceback" not in said and "internal" not in said


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none(port: str) -> None:
    assert simulate(f"--port={port}")[0] == 64


def test_folders_that_cannot_be(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_text("mine")
    for folder in (taken, taken / "below", Path("/proc/nothing")):
        code, said = simulate("--data", folder)
        assert code == 1 and "cannot serve" in said and str(folder) in said and "internal" not in said
    code, said = simulate("--ready-file", taken / "ready.json")
    assert code == 1 and "cannot serve" in said and "internal" not in said


@pytest.mark.parametrize(
    ("tenant", "why"),
    [
        ('{"half', "cannot read the tenant"),
        ("", "cannot read the tenant"),
        ("[]", "a tenant is an object with an org"),
        ("null", "a tenant is an object with an org"),
        ("{}", "org is not an object"),
        ('{"org": {"id": "8f2b6a10-3c57-4d1e-9b64-0f5e7a9c2d31"}}', "org has no name"),
        (json.dumps({**sample_tenant(), "switches": {"bogus": "x"}}), "there is no switch 'bogus'"),
    ],
)
def test_half_a_tenant(tmp_path: Path, tenant: str, why: str) -> None:
    path = tmp_path / "tenant.json"
    path.write_text(tenant)
    code, said = simulate("--tenant", path)
    assert code == 1 and why in said and str(path) in said and "internal" not in said


def test_a_tenant_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "tenant.json").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "tenant.json", tmp_path, tmp_path / "none"):
        code, said = simulate("--tenant", path)
        assert code == 1 and "cannot read the tenant" in said


@pytest.mark.parametrize("kept", [b'{"half', b"[]", b"\xff\xfe", b'{"org": 3, "writes": "x"}', b'{"pending": [3]}'])
def test_a_folder_with_a_broken_tenant(tmp_path: Path, kept: bytes) -> None:
    (tmp_path / "tenant.json").write_bytes(kept)
    with pytest.raises(BadFolder, match="is no tenant"):
        Simulator(data_dir=tmp_path)
    assert (tmp_path / "tenant.json").read_bytes() == kept


def test_a_folder_with_a_broken_tenant_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "tenant.json").write_text("{")
    code, said = simulate("--data", tmp_path)
    assert code == 1 and "the tenant that is kept there cannot be read" in said and "internal" not in said
    (tmp_path / "tenant.json").write_text('{"org": 3}')
    code, said = simulate("--data", tmp_path)
    assert code == 1 and "the tenant cannot be served" in said and "internal" not in said


ENTRY = '{"n": 1, "at": 1.0, "method": "POST", "path": "/v1/workspaces", "query": {}, "body": {"displayName": "Kept"}}'


@pytest.mark.parametrize("line", ["{}", "[]", '{"n": "x"}', '{"n": 1}', ENTRY.replace("1.0", '"x"')])
def test_a_log_of_something_else(tmp_path: Path, line: str) -> None:
    with Simulator(data_dir=tmp_path):
        pass
    (tmp_path / "writes.jsonl").write_text(f"{ENTRY}\n{line}\n")
    with pytest.raises(BadFolder, match="is no log of writes"):
        Simulator(data_dir=tmp_path)


def test_two_simulators_on_one_folder(tmp_path: Path) -> None:
    with Simulator(data_dir=tmp_path) as first:
        first.edit("POST", "/workspaces", {"displayName": "First"})
        with pytest.raises(FolderInUse):
            Simulator(data_dir=tmp_path)
        code, said = simulate("--data", tmp_path)
        assert code == 1 and f"another simulator keeps its tenant in {tmp_path}" in said and "internal" not in said
        first.edit("POST", "/workspaces", {"displayName": "Second"})
        kept = first.state()
    with Simulator(data_dir=tmp_path) as again:
        assert again.state() == kept


class Served:
    """`reconcile simulate --data` as a process that can be killed."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.ready = folder.parent / "ready.json"
        self.ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "reconciler", "simulate", "--data", str(folder), *arguments]
        self.process = subprocess.Popen(
            [*command, "--ready-file", str(self.ready)], cwd=ROOT, stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while not self.ready.exists() and time.monotonic() < deadline:
            assert self.process.poll() is None
            time.sleep(0.02)
        self.at: dict[str, str] = json.loads(self.ready.read_text())

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)


async def state(at: dict[str, str]) -> Any:
    async with aiohttp.ClientSession() as session, session.get(f"{at['control_url']}/state") as answer:
        return await answer.json()


def test_kill_9_between_writes_loses_nothing(tmp_path: Path) -> None:
    """The same state after the kill, to the last byte; also of names with line ends that are not \\n (U+2028)."""

    async def write(at: dict[str, str], names: list[str]) -> Any:
        headers = {"Authorization": f"Bearer {at['token']}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            for name in names:
                async with session.post(f"{at['base_url']}/workspaces", json={"displayName": name}) as answer:
                    assert answer.status == 201
        return await state(at)

    folder = tmp_path / "data"
    names = ["Plain", "Line\u2028separator", "Next\u0085line", "Form\ffeed", "Smile \U0001f600"]
    for round_ in range(3):
        served = Served(folder)
        try:
            told = asyncio.run(write(served.at, [f"{name} {round_}" for name in names]))
        finally:
            served.kill()
        with Simulator(data_dir=folder) as again:
            assert again.state() == told


def test_killed_between_the_file_and_the_log_of_a_start(tmp_path: Path) -> None:
    """A start writes the whole file and then drops the log; killed in between, nothing may happen twice."""
    with Simulator(data_dir=tmp_path):
        pass
    log = tmp_path / "writes.jsonl"
    log.write_text(ENTRY + "\n")
    with Simulator(data_dir=tmp_path) as replayed:
        kept = replayed.state()
    log.write_text(ENTRY + "\n")  # as if it had not been dropped
    with Simulator(data_dir=tmp_path) as again:
        assert again.state() == kept


def test_a_disk_that_fails_is_a_500_and_nothing_is_changed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with Simulator(data_dir=tmp_path, token="t") as served:
        before = served.state()
        (tmp_path / "writes.jsonl").mkdir()

        async def create() -> int:
            headers, room = {"Authorization": "Bearer t"}, {"displayName": "Lost"}
            url = f"{served.base_url}/workspaces"
            async with aiohttp.ClientSession(headers=headers) as session, session.post(url, json=room) as answer:
                return answer.status

        assert asyncio.run(create()) == 500
        assert served.state() == before
        (tmp_path / "writes.jsonl").rmdir()
        assert asyncio.run(create()) == 201
    said = capfd.readouterr().err
    assert "cannot be kept" in said and "Traceback" not in said
