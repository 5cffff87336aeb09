"""Two applies at once, and an apply against an admin who edits the same objects: what is lost, what is told (M9, G18).

The API has no ETag and no If-Match (webex-behaviour.md §18.40): between the last look at an object and the write there
is a moment in which nobody can see a change by somebody else. These tests measure that it is the only one.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.simulator import Simulator, generate_tenant
from tests.crash import victim
from tests.properties.history import ADMIN, History
from tests.properties.stage import Stage
from tests.properties.truth import unmet
from tests.support.live import Live

Json = dict[str, Any]
PRO = "Webex Calling - Professional"
TENANT = generate_tenant(people=4, locations=1, workspaces=1, seed=1)
HERE, WHO, ROOM = "Site 001", "person000001@example.com", "Room 0001"

#: What is wanted, and what an admin does to the same field meanwhile.
CASES: dict[str, tuple[Json, Json]] = {
    "person": (
        {"people": [{"email": WHO, "extension": "4444"}]},
        {"edit": "extension", "of": f"people/{WHO}", "value": 1},
    ),
    "section": (
        {"people": [{"email": WHO, "forwarding": {"always": {"destination": "5555"}}}]},
        {"edit": "forwarding", "of": f"people/{WHO}", "value": 1},
    ),
    "workspace": (
        {"workspaces": [{"name": ROOM, "capacity": 7}]},
        {"edit": "capacity", "of": f"workspaces/{ROOM}", "value": 1},
    ),
    "location": (
        {"locations": [{"name": HERE, "calling": {"outside_dial_digit": "8"}}]},
        {"edit": "dial_digit", "of": f"locations/{HERE}", "value": 1},
    ),
}


class Race:
    """One apply by one worker, with one edit just before its nth request (0: without)."""

    def __init__(self, desired: Json, edit: Json, at: int, **around: Any) -> None:
        step: Json = {"do": "apply", "workers": 1, **around}
        if at:
            step["edits"] = [{"at": at, "edit": edit}]
        with Stage(TENANT, {"number_release": "0s"}, seed=1) as stage:
            stage.step({"do": "want", "desired": desired})
            stage.step(step)  # AssertionError where a change that could be seen was overwritten
            self.history: History = stage.history
            self.left = unmet(desired, stage.server.state())
            self.told = stage.told[-1]
            self.requests = [one for one in stage.log if one["path"] != "/v1/people/me"]
            self.applied = [one["method"] for one in stage.log[_last_me(stage.log) :]]
            stage.end()

    @property
    def verdict(self) -> str:
        return "stale" if "'stale'" in self.told else "drifted" if "'drifted'" in self.told else "verified"


def _last_me(log: list[Json]) -> int:
    return max(number for number, one in enumerate(log) if one["path"] == "/v1/people/me")


@pytest.mark.parametrize("name", CASES)
def test_m9_an_admin_at_every_moment_of_an_apply(name: str) -> None:
    """Before the comparison: stale, theirs stays. In the one moment between it and the write: nobody can see it, ours
    stands. After the write: the reading back, or the next plan, shows theirs."""
    desired, edit = CASES[name]
    calm = Race(desired, edit, 0)
    assert calm.verdict == "verified" and calm.left == {}
    verdicts = []
    for at in range(1, len(calm.applied) + 1):
        race = Race(desired, edit, at)
        unseen = bool(race.history.windows)
        verdicts.append("unseen" if unseen else race.verdict)
        theirs = any(deed.who == ADMIN for deed in race.history.deeds)
        assert theirs
        assert bool(race.left) == (not unseen), f"{at}: {race.told}: {race.left}"
        if race.verdict == "stale":
            assert "the plan saw" in race.told
    order = ["stale", "unseen", "drifted", "verified"]
    assert verdicts == sorted(verdicts, key=order.index), verdicts
    # who am I, compare: seen; the write; the reading back; nothing after it is ours any more
    write = next(number for number, method in enumerate(calm.applied) if method != "GET")
    looks_between = write - calm.applied.index("GET", 1) - 1
    assert verdicts.count("unseen") <= 1 + looks_between, verdicts
    assert "stale" in verdicts and "drifted" in verdicts, verdicts


@pytest.mark.parametrize("answer", [{"status": 503}, {"drop": "after"}])
def test_m9_a_write_is_not_repeated_over_an_edit(answer: Json) -> None:
    """The answer is lost or an error, the admin edits, and the reading before the next attempt shows it."""
    desired, edit = CASES["person"]
    faults = [{"match": {"method": "PUT"}, "nth": 1, "times": 1, "do": answer}]
    verdicts = []
    for at in range(2, 9):
        race = Race(desired, edit, at, faults=faults)
        verdicts.append("unseen" if race.history.windows else race.verdict)
    # before each write, and once while lists are read for the first time
    assert verdicts.count("unseen") <= 3, verdicts
    assert verdicts.count("stale") >= 2, verdicts


@pytest.mark.parametrize(("status", "field"), [(429, "title"), (423, "extension")])
def test_m9_a_write_that_waited_is_compared_again(status: int, field: str) -> None:
    """Forty seconds after the comparison it is worth nothing, neither for what is wanted nor for what only goes along
    (PUT /people replaces everything)."""
    desired, edit = CASES["person"]
    faults = [
        {"match": {"method": "PUT"}, "nth": 1, "times": 2, "do": {"status": status, "headers": {"Retry-After": "40"}}}
    ]
    race = Race(desired, edit, 0, faults=faults, edits=[{"after": 20, "edit": {**edit, "edit": field}}])
    assert race.history.windows == []
    assert race.verdict == ("stale" if field == "extension" else "verified"), race.told


# --- two applies ---


DESIRED: Json = {
    "people": [
        {"email": "new0@example.com", "first_name": "Nia", "last_name": "New", "location": HERE, "extension": "2001"}
        | {"licenses": [PRO]},
        {"email": WHO, "extension": "1003", "forwarding": {"always": {"destination": "2001"}}},
        {"email": "person000003@example.com", "extension": "1001"},
    ],
    "workspaces": [{"name": ROOM, "capacity": 7}],
    "numbers": [{"number": f"+1555000090{n}", "location": HERE, "state": "inactive"} for n in "123"],
}


@pytest.fixture
def clones(server: Simulator, tmp_path: Path) -> list[Live]:
    """Two clones of one repository, each with its plan of the tenant as it is."""
    made = [Live(server, tmp_path / name, TENANT) for name in ("one", "other")]
    for live in made:
        live.describe(DESIRED)
        (live.root / "plan.json").write_text(live.plan().dumps(), encoding="utf-8")
    server.reset_requests()
    return made


def test_g18_two_processes_on_one_repository(clones: list[Live]) -> None:
    """The second ends with 6 and says who is at it and what to do. It has asked nothing of the tenant: its token is
    void, and nobody found out."""
    live = clones[0]
    first = victim.start("apply", live.root, live.server.base_url, live.server.token, 3, "stop")
    try:
        _until(lambda: Path(f"/proc/{first.pid}/stat").read_text().split()[2] == "T")
        second = _reconcile(live, "apply", "plan.json", "--yes", "--max-age", "off")
    finally:
        os.kill(first.pid or 0, signal.SIGCONT)
        first.join(60)
    assert second.returncode == 6, second.stderr
    assert second.stdout == "", "no plan is shown, or asked for, that could not be carried out"
    assert f"(process {first.pid})" in second.stderr and "another run is applying to this tenant" in second.stderr
    assert "is interrupted" not in second.stderr
    assert "do: wait for it to end" in second.stderr and "afterwards: reconcile plan" in second.stderr
    assert first.exitcode == 0
    assert unmet(DESIRED, live.state()) == {}


def test_g18_two_processes_in_two_clones(clones: list[Live]) -> None:
    """They share no lock; what protects is that each compares before it writes. Nothing is created twice."""
    both = [victim.start("apply", live.root, live.server.base_url, live.server.token) for live in clones]
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    live = clones[0]
    created = [one["route"] for one in live.server.log() if one["method"] == "POST" and one["status"] in (200, 201)]
    assert created.count("/people") == 1, created
    state = live.state()
    assert unmet(DESIRED, state) == {}
    assert len({one["number"] for one in state["numbers"]}) == len(state["numbers"])


def test_m3_two_clones_in_many_orders() -> None:
    """Over the same and over contrary wishes: each is carried out or told, and the next plan comes to rest."""
    for seed in range(3):
        with Stage(TENANT, {"number_release": "0s"}, seed) as stage:
            stage.step({"do": "want", "desired": DESIRED})
            stage.step({"do": "apply", "rival": "clone"})
            assert unmet(DESIRED, stage.server.state()) == {}, f"seed {seed}"
            assert stage.end().startswith("reached")


def test_m9_two_rooms_of_one_name_are_told() -> None:
    """Names of workspaces are not unique, so two runs at once can each create one. Who reads back last sees both."""
    doubled = 0
    for seed in range(6):
        with Stage(TENANT, {}, seed) as stage:
            stage.step({"do": "want", "desired": {"workspaces": [{"name": "Studio", "notes": "Sofa"}]}})
            stage.step({"do": "apply", "rival": "clone"})
            rooms = [one for one in stage.server.state()["workspaces"] if one["displayName"] == "Studio"]
            if len(rooms) == 2:
                doubled += 1
                assert any("the name is ambiguous, 2 in the tenant have it" in line for line in stage.told), stage.told
    assert doubled, "none of these orders shows what this is about"


def _reconcile(live: Live, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "WEBEX_API_URL": live.server.base_url, "WEBEX_ACCESS_TOKEN": "void"}
    command = [sys.executable, "-m", "reconciler", *arguments]
    return subprocess.run(
        command, cwd=live.root, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def _until(happened: Callable[[], bool]) -> None:
    ends = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < ends
        time.sleep(0.01)
