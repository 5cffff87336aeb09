"""Killed anywhere, `resume` finishes: the tenant is that of an uninterrupted run, and nothing was created twice."""

from __future__ import annotations

import contextlib
import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import InputError, UsageError
from reconciler.model.selection import ALL, Selection
from reconciler.runs.journal import read
from reconciler.runs.known import find, runs
from reconciler.simulator import Simulator, generate_tenant
from tests.crash import victim
from tests.properties import callback, check
from tests.properties.differential.classes import emergency, odd_names, swaps
from tests.properties.differential.oracle import differing
from tests.support.live import Live, changes_of
from tests.support.state import State, by_name, differences, value_at

HERE = "Site 002"
PRO, ROOMS = "Webex Calling - Professional", "Webex Calling - Workspaces"
#: Something of everything: creates of three kinds, of which one has no unique name; updates, a section, a job, a
#: delete, and two people who swap extensions, so that one of them is parked in between.
DESIRED: dict[str, Any] = {
    "people": [
        {"email": "new1@example.com", "first_name": "Nia", "location": HERE, "extension": "2001", "licenses": [PRO]},
        {"email": "new2@example.com", "first_name": "Noa", "location": HERE, "extension": "2002", "licenses": [PRO]},
        {"email": "person000001@example.com", "extension": "1002", "forwarding": {"always": {"destination": "2001"}}},
        {"email": "person000003@example.com", "extension": "1001"},
        {"email": "person000004@example.com", "location": HERE, "extension": "2004"},
        {"email": "person000006@example.com", "state": "absent"},
    ],
    "workspaces": [
        {"name": "Studio", "location": HERE, "extension": "2005", "license": ROOMS},
        {"name": "Quiet corner", "capacity": 1},
        {"name": "Room 0001", "capacity": 7},
    ],
    "numbers": [
        {"range": ["+15550000901", "+15550000903"], "location": HERE, "state": "inactive"},
        {"number": "+15550000034", "location": HERE, "state": "active"},
    ],
}
TENANT = generate_tenant(people=6, locations=2, workspaces=2, seed=1)


class Scene:
    """The same tenant and plan again and again, each in a folder of its own; what a guard blocks is left out."""

    def __init__(self, server: Simulator, folder: Path, tenant: State = TENANT, desired: Any = DESIRED) -> None:
        self.server, self.folder, self.tenant, self.desired = server, folder, tenant, desired
        self.count = 0
        self.left_out = ALL
        self.live = self._set()
        if blocked := tuple(sorted(finding.address for finding in self.live.plan().findings)):
            self.left_out = Selection(exclude=blocked)
            self.live = self._set()
        self.before, self.called_back = self.live.state(), callback.valid(server)
        self.process("apply", 0)
        self.wanted, self.creates, self.verdicts = self.live.state(), _creates(self.live), self._verdicts()
        self.rest = changes_of(self.live.plan(self.left_out))
        self.records = len(read(find(self.live.root).folder).records)
        assert not find(self.live.root).standing.left

    def _set(self) -> Live:
        self.count += 1
        live = Live(self.server, self.folder / str(self.count), self.tenant)
        live.describe(self.desired)
        (live.root / "plan.json").write_text(live.plan(self.left_out).dumps(), encoding="utf-8")
        live.forget()
        return live

    def _verdicts(self) -> dict[tuple[str, str], str]:
        """By operation and address: one that took nothing back says nothing of the move."""
        settled = find(self.live.root).standing.settled.values()
        return {(one.operation, one.address): str(one.verdict) for one in settled}

    def process(self, verb: str, code: int, at: int = 0, moment: victim.Moment = "after") -> None:
        process = victim.start(verb, self.live.root, self.server.base_url, self.server.token, at, moment)
        process.join(60)
        assert process.exitcode == code

    def killed(self, kill: Callable[[], None]) -> None:
        """One crash, then resume until the journal says that nothing is left."""
        self.live = self._set()
        kill()
        check.callbacks(self.server, self.called_back, "a crash")
        self.finish()

    def finish(self) -> None:
        # killed before the run was there: nothing was sent, and apply is what begins it
        self.process("resume" if runs(self.live.root) else "apply", 0)
        run = find(self.live.root)
        assert self._verdicts() == self.verdicts, run.standing.settled
        assert run.ended and not run.standing.left and not run.kept.broken and not run.kept.torn
        assert _differences(self.wanted, self.live.state()) == set()
        assert _creates(self.live) == self.creates, "as often as in an uninterrupted run"
        self.live.forget()
        assert changes_of(self.live.plan(self.left_out)) == self.rest and self.live.writes() == {}


def drawn(server: Simulator, folder: Path, seed: int) -> Scene | None:
    """People who swap, odd names, emergency callbacks, and whoever moves with settings that nobody describes, in turn;
    None where there is nothing to be done."""
    classes = (swaps, emergency, odd_names)
    case = classes[seed % len(classes)].draw(random.Random(seed))
    with contextlib.suppress(InputError, UsageError):  # or a guard blocks all of it
        scene = Scene(server, folder, case.world.tenant, case.written or case.world.described)
        if set(scene.verdicts.values()) == {"verified"} and scene.left_out is ALL:
            assert not (wrong := differing(scene.before, scene.wanted, case.world.described)), wrong
        return scene if scene.verdicts else None
    return None


def _creates(live: Live) -> Counter[str]:
    """What the simulator has created, by its log: answers of success, and those that nobody was there to hear."""
    made = (one for one in live.server.log() if one["method"] == "POST" and (one["status"] < 300 or not one["status"]))
    return Counter(one["path"] for one in made)


@pytest.fixture
def scene(server: Simulator, tmp_path: Path) -> Scene:
    return Scene(server, tmp_path)


def test_s120_killed_at_some_records_of_the_journal(scene: Scene) -> None:
    """Twelve of all positions, spread evenly, the three moments in turn; the campaign has all of them."""
    moments: tuple[victim.Moment, ...] = ("before", "torn", "after")
    for turn in range(12):
        at = 1 + turn * (scene.records - 1) // 11
        scene.killed(lambda at=at, turn=turn: scene.process("apply", -signal.SIGKILL, at, moments[turn % 3]))  # type: ignore[misc]


def test_the_scene_is_carried_out_whole(scene: Scene) -> None:
    assert set(scene.verdicts.values()) == {"verified"} and not scene.rest


@pytest.mark.issue10("C")
@pytest.mark.parametrize("seed", [4, 6])
def test_whoever_swaps_is_where_they_were_to_be_after_a_crash_as_well(
    server: Simulator, tmp_path: Path, seed: int
) -> None:
    scene = drawn(server, tmp_path, seed)
    assert scene is not None
    for part, moment in ((2, "after"), (3, "torn")):
        at = scene.records * part // 4
        scene.killed(lambda at=at, moment=moment: scene.process("apply", -signal.SIGKILL, at, moment))  # type: ignore[misc]


def test_killed_again_while_it_resumes(scene: Scene) -> None:
    def twice() -> None:
        scene.process("apply", -signal.SIGKILL, scene.records // 3, "after")
        for at in (1, 2, 5):
            scene.process("resume", -signal.SIGKILL, at, "torn")

    scene.killed(twice)
    assert find(scene.live.root).resumed >= 2


def test_apply_after_a_crash_works_as_well(scene: Scene) -> None:
    scene.live = scene._set()
    scene.process("apply", -signal.SIGKILL, scene.records // 2, "before")
    scene.live.server.advance(60)
    outcomes = scene.live.apply(scene.live.plan()).outcomes
    assert {str(outcome.verdict) for outcome in outcomes} == {"verified"}
    assert _differences(scene.wanted, scene.live.state()) == set()
    # a new plan knows nothing of a job that the dead run has begun, and which may only end later
    creates = Counter({path: n for path, n in _creates(scene.live).items() if "/jobs/" not in path})
    assert creates == Counter({path: n for path, n in scene.creates.items() if "/jobs/" not in path})


@pytest.mark.campaign
@pytest.mark.timeout(0)
def test_killed_at_every_record(scene: Scene) -> None:
    for moment in ("before", "torn", "after"):
        for at in range(1, scene.records + 1):
            scene.killed(lambda at=at, moment=moment: scene.process("apply", -signal.SIGKILL, at, moment))  # type: ignore[misc]


@pytest.mark.campaign
@pytest.mark.timeout(0)
def test_killed_in_the_middle_of_whatever_is_drawn(
    server: Simulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """CAMPAIGN_EXAMPLES plans (30), from CAMPAIGN_SEED (1) on, each killed at every fifth record."""
    first, count = (int(os.environ.get(f"CAMPAIGN_{name}", usual)) for name, usual in (("SEED", 1), ("EXAMPLES", 30)))
    moments: tuple[victim.Moment, ...] = ("before", "torn", "after")
    met, found = Counter[str](), []
    for seed in range(first, first + count):
        if (scene := drawn(server, tmp_path / str(seed), seed)) is None:
            continue
        met.update(["plans", *scene.verdicts.values()])
        for at in range(1 + seed % 5, scene.records + 1, 5):
            moment = moments[at % 3]
            try:
                scene.killed(lambda at=at, moment=moment, to=scene: to.process("apply", -signal.SIGKILL, at, moment))  # type: ignore[misc]
            except AssertionError as error:
                found.append(f"seed {seed}, {moment} record {at}: {str(error)[:300]}")
            met["kills"] += 1
    with capsys.disabled():
        print(f"\n{dict(met)}")
    assert not found, "\n".join(found)


@pytest.mark.campaign
@pytest.mark.timeout(0)
def test_killed_at_random_moments(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """CAMPAIGN_KILLS moments (200) within a run: every second one by the clock, which mostly meets the waiting for the
    job, the others up to 50 ms after a record drawn by lot. CAMPAIGN_SEED repeats them as far as a clock can."""
    chance = random.Random(int(os.environ.get("CAMPAIGN_SEED", "5")))
    whole = _duration(scene)
    landed: Counter[int] = Counter()
    tries = early = 0
    while landed.total() < int(os.environ.get("CAMPAIGN_KILLS", "200")):
        tries += 1
        moment = (0, 0.0) if tries % 2 else (chance.randint(1, scene.records), chance.uniform(0.0001, 0.05))

        def kill(at: int = moment[0], later: float = moment[1]) -> None:
            nonlocal early
            reach = (scene.live.root, scene.server.base_url, scene.server.token)
            process = victim.start("apply", *reach, at, "after", later)
            process.join(60 if at else chance.uniform(0, whole))
            process.kill()
            process.join()
            if process.exitcode == -signal.SIGKILL:
                known = runs(scene.live.root)
                if known:
                    landed[len(known[0].kept.records)] += 1
                early += not known

        scene.killed(kill)
    with capsys.disabled():
        where = " ".join(f"{position}:{count}" for position, count in sorted(landed.items()))
        print(f"\n{landed.total()} kills in a run, {early} before it began, after records {where} of {scene.records}")


def _duration(scene: Scene) -> float:
    import time

    scene.live = scene._set()
    began = time.monotonic()
    scene.process("apply", 0)
    return time.monotonic() - began


def test_the_scene_has_something_of_everything(scene: Scene) -> None:
    assert sum(scene.creates.values()) == 6, "two people, two workspaces, one request of numbers, one job"
    assert value_at(scene.wanted, "people/person000001@example.com/calling/extension") == "1002"
    assert "people/person000006@example.com" not in by_name(scene.wanted)


def _differences(wanted: State, found: State) -> set[str]:
    """All but the ids that the tenant gave out: they depend on the order of two creates."""
    return {path for path in differences(wanted, found) if not path.endswith("/id")}
