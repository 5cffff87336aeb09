"""A tenant with many rooms in virtual time, one operation each, and everything that a run tells of itself."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.applying.run import ApplyOptions
from reconciler.cli.app import run
from reconciler.model.applied import Applied
from reconciler.model.control import Control
from reconciler.model.plan import Plan
from reconciler.simulator import Simulator, generate_tenant
from reconciler.simulator.core import ids
from reconciler.webex.connection import Connection
from tests.properties.differential.desk import Desk as VirtualDesk
from tests.properties.simulation import EPOCH, Simulation
from tests.support.live import Live

#: What a room is changed by: PUT once, read before and after.
PUT = "PUT /workspaces/{workspaceId}"


class Rooms:
    """`count` rooms that are to become larger. Requests take a tenth of a second or so; all of it is virtual."""

    def __init__(self, simulation: Simulation, root: Path, org_id: str, count: int) -> None:
        self.simulation, self.server, self.root, self.count = simulation, simulation.server, root, count
        self.org_id = org_id
        self.tenant = Connection(simulation.credentials, waiting=lambda *_: None, workers=4)
        self.events: list[tuple[str, Mapping[str, Any]]] = []
        self.listens = True
        self.describe({"workspaces": [{"name": f"Room {n:04d}", "capacity": 7} for n in range(1, count + 1)]})

    def describe(self, desired: dict[str, Any]) -> None:
        pinned = {"schema_version": 1, "org": {"name": "Rooms", "id": self.org_id}}
        for name, content in (("tenant.yaml", pinned), ("rooms.yaml", desired)):
            (self.root / "desired").mkdir(parents=True, exist_ok=True)
            (self.root / "desired" / name).write_text(json.dumps(content), encoding="utf-8")

    def plan(self) -> Plan:
        made: Plan = self.simulation.run(pipeline.plan(self.root, self.tenant))
        self.server.reset_requests()
        return made

    def apply(self, plan: Plan | None = None, *observers: Any, on_start: Any = None, **control: Any) -> Applied:
        done: Applied = self.simulation.run(
            self.applying(plan or self.plan(), *observers, on_start=on_start, **control)
        )
        return done

    def applying(self, plan: Plan, *observers: Any, on_start: Any = None, **control: Any) -> Any:
        started = {"on_start": on_start} if on_start else {}
        how = ApplyOptions(Control(**control), (self._heard, *observers), **started)
        return pipeline.apply(self.root, self.tenant, plan, how)

    def resume(self, name: str = "last", **control: Any) -> Applied:
        how = ApplyOptions(Control(**control), (self._heard,))
        done: Applied = self.simulation.run(pipeline.resume(self.root, self.tenant, name, how))
        return done

    def _heard(self, event: str, facts: Mapping[str, Any]) -> None:
        if self.listens:
            self.events.append((event, {**facts, "now": self.simulation.now}))

    def told(self, event: str) -> list[Mapping[str, Any]]:
        return [facts for name, facts in self.events if name == event]

    def fail(self, *nth: int, status: int = 400, **do: Any) -> None:
        """The nth, … write to a room fails, or does what is said instead."""
        act = do or {"status": status}
        self.server.faults([{"match": _matched(PUT), "nth": n, "do": act} for n in nth])

    def writes(self) -> list[str]:
        """The paths that were written to, in order."""
        return [one["path"] for one in self.server.log() if one["method"] != "GET"]

    def larger(self) -> int:
        return sum(room.get("capacity") == 7 for room in self.server.state()["workspaces"])


def _matched(route: str) -> dict[str, str]:
    method, _, path = route.partition(" ")
    return {"method": method, "route": path}


def without_calling(tenant: dict[str, Any]) -> dict[str, Any]:
    """Such a room is one request to read, not three."""
    for room in tenant["workspaces"]:
        room |= {"callingType": "freeCalling", "licenses": []}
        room.pop("calling", None)
    return tenant


def verdicts(applied: Applied) -> dict[str, int]:
    counted = applied.summary["verdicts"]
    return dict(counted)


@pytest.fixture
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """`rooms(12)` makes the tenant, and ends the one before; the pauses are those of real life, which cost nothing."""
    monkeypatch.undo()  # conftest.py shortens them for real time
    monkeypatch.setenv("NO_COLOR", "1")
    opened: list[Simulation] = []

    def end() -> None:
        while opened:
            opened.pop().__exit__(None, None, None)

    def made(count: int, **tenant: Any) -> Rooms:
        end()
        size = {"people": 2, "locations": 2, "workspaces": count, "seed": 1}
        document = without_calling(generate_tenant(**{**size, **tenant}))
        clock = {"now": EPOCH, "speed": 1}
        simulation = Simulation({**document, "clock": clock, "switches": {"number_release": "0s"}}, seed=5)
        simulation.__enter__()
        opened.append(simulation)
        simulation.server.run_clock(1)
        return Rooms(simulation, tmp_path, ids.encode("ORGANIZATION", document["org"]["id"]), count)

    yield made
    end()


# --- the command itself, on a tenant in real time ---

#: The first fault that fits acts, so this one comes last.
SLOW = {"match": {"method": "PUT"}, "do": {"delay": 15.0}}


def _at_a_terminal() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Desk:
    """30 rooms that are to become larger, with the plan saved; `apply` in a process of its own or here, and what other
    terminals say of it. A write takes 50 ms: the clock of the tenant runs 300 times faster."""

    def __init__(self, live: Live, capsys: pytest.CaptureFixture[str]) -> None:
        self.live, self.root, self._capsys = live, live.root, capsys

    @property
    def plan(self) -> list[str]:
        return ["apply", str(self.root / "plan.json"), "--yes", "--max-age", "off"]

    def start(self, *flags: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "reconciler", *self.plan, "--workers", "2", *flags, "-C", str(self.root)]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        # a hang-up ends it as it ends what is started at a terminal, though these tests run under nohup
        return subprocess.Popen(command, text=True, preexec_fn=_at_a_terminal, **pipes)

    def say(self, *arguments: str) -> tuple[int, str, str]:
        self._capsys.readouterr()
        code = run([*arguments, "-C", str(self.root)])
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def apply(self, *flags: str) -> tuple[int, str, str]:
        return self.say(*self.plan, *flags)

    def until(self, what: Callable[[], Any]) -> None:
        ends = time.monotonic() + 30
        while not what():
            assert time.monotonic() < ends
            time.sleep(0.02)

    def fail(self, *nth: int, slow: bool = False, **do: Any) -> None:
        """From here on the nth, … write to a room is refused, or does what is said; the others take no time."""
        act = do or {"status": 400, "body": {"message": "no luck"}}
        faults = [{"match": {"method": "PUT"}, "nth": n, "do": act} for n in nth]
        self.live.server.no_faults()
        self.live.server.faults([*faults, *([SLOW] if slow else [])])

    def writes(self) -> Counter[str]:
        """How often each path was written to, as far as the tenant carried it out or refused it."""
        return Counter(one["path"] for one in self.live.server.log() if one["method"] == "PUT")

    def written(self) -> int:
        return self.writes().total()

    def rests(self) -> bool:
        """Whether no request is under way: not even one that nobody waits for any more."""
        self.live.forget()
        return not self.live.server.requests()["max_in_flight"]

    def larger(self) -> int:
        return sum(room.get("capacity") == 7 for room in self.live.state()["workspaces"])


@pytest.fixture
def desk(
    server: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    rooms = Live(server, tmp_path, without_calling(generate_tenant(people=2, locations=1, workspaces=30, seed=1)))
    monkeypatch.setenv("WEBEX_API_URL", server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", server.token)
    rooms.describe({"workspaces": [{"name": f"Room {n:04d}", "capacity": 7} for n in range(1, 31)]})
    (rooms.root / "plan.json").write_text(rooms.plan().dumps(), encoding="utf-8")
    rooms.forget()
    rooms.server.faults([SLOW])
    return Desk(rooms, capsys)


class Typed(Desk):
    """The same, with the command in this process and in virtual time: nothing depends on how fast the machine is."""

    def __init__(self, virtual: VirtualDesk) -> None:
        self.live, self.root, self._virtual = virtual, virtual.root, virtual  # type: ignore[assignment]

    def say(self, *arguments: str) -> tuple[int, str, str]:
        said = self._virtual.run(*arguments)
        return said.code, said.out, said.err


@pytest.fixture
def typed() -> Iterator[Typed]:
    tenant = without_calling(generate_tenant(people=2, locations=1, workspaces=30, seed=1))
    with VirtualDesk(tenant, seed=5) as virtual:
        virtual.describe({"workspaces": [{"name": f"Room {n:04d}", "capacity": 7} for n in range(1, 31)]})
        assert virtual.run("plan", "--out", str(virtual.root / "plan.json")).code == 0
        virtual.server.reset_requests()
        yield Typed(virtual)
