"""The fault campaign (M3, M9): whatever the tenant, the wishes, the faults and the other admins, in whatever order."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.properties.edits import edits
from tests.properties.schedules import faults, happenings, plan_faults, switches
from tests.properties.stage import Stage
from tests.properties.worlds import World, beside, desired_states, tenants

#: Every example counts once. Stories are shrunk as data (shrinking.py): from draws it takes hypothesis too long.
_SETTINGS = settings(
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
_ENOUGH = 5
#: Mostly nobody wants what somebody has; otherwise too many end at the first conflict.
_MOSTLY = st.sampled_from([True, True, False])


class Faults(RuleBasedStateMachine):
    """Each rule plays one step; the story so far is what has to be kept of a counter-example."""

    met: ClassVar[Counter[str]] = Counter()

    @initialize(world=tenants(_MOSTLY), turned=switches, seed=st.integers(0, 2**32 - 1), data=st.data())
    def begin(self, world: World, turned: dict[str, str], seed: int, data: st.DataObject) -> None:
        self.world, self.failed = world, False
        self.story: dict[str, Any] = {"seed": seed, "tenant": world.size, "switches": turned, "steps": []}
        self.stage = Stage(world.tenant, turned, seed, world.settings).__enter__()
        self._play({"do": "want", "desired": data.draw(desired_states(world))})

    @rule(data=st.data())
    def want(self, data: st.DataObject) -> None:
        self._play({"do": "want", "desired": data.draw(desired_states(self.world))})

    @rule(data=st.data(), at_planning=plan_faults, rival=st.sampled_from([None, None, None, "same", "clone"]))
    def apply(self, data: st.DataObject, at_planning: list[Any], rival: str | None) -> None:
        step = {"do": "apply", "plan_faults": at_planning, **data.draw(happenings(self.world, self.stage.desired))}
        self._play({**step, "rival": rival} if rival else step)

    @rule(data=st.data())
    def apply_beside_a_clone_that_wants_something_else(self, data: st.DataObject) -> None:
        theirs = beside(self.stage.desired, data.draw(st.sampled_from(["forwarding", "permissions"])))
        happening = data.draw(happenings(self.world, self.stage.desired))
        if theirs:
            self._play({"do": "apply", **happening, "rival": "clone", "theirs": theirs})

    @rule(data=st.data())
    def apply_in_bad_weather(self, data: st.DataObject) -> None:
        happening = data.draw(happenings(self.world, self.stage.desired))
        self._play({"do": "apply", **happening, "faults": data.draw(faults)})

    @precondition(lambda self: self.story["steps"][-1]["do"] == "apply")
    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        self._play({"do": "resume", **data.draw(happenings(self.world, self.stage.desired))})

    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        self._play({"do": "edit", "edit": data.draw(edits(self.world, self.stage.desired))})

    @rule(seconds=st.sampled_from([3, 40]))
    def wait(self, seconds: int) -> None:
        self._play({"do": "wait", "seconds": seconds})

    def _play(self, step: dict[str, Any]) -> None:
        self.story["steps"].append(step)
        self._watched(lambda: self.stage.step(step))

    def teardown(self) -> None:
        if not hasattr(self, "stage"):
            return
        try:
            if not self.failed:
                self._watched(lambda: self._count(self.stage.end()))
        finally:
            self.stage.__exit__(None, None, None)

    def _count(self, ending: str) -> None:
        self.met.update({"examples": 1, f"end: {ending}": 1, "unseen edits": len(self.stage.history.windows)})
        self.met.update(self.stage.seen)

    def _watched(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception:
            self.failed = True
            note("\n".join([*self.stage.told, "the story:", json.dumps(self.story, ensure_ascii=False)]))
            raise


def batch(seed: int, examples: int = 25, steps: int = 6) -> Counter[str]:
    """So many examples of so many steps; the same seed gives the same ones. What they met, by name."""
    met: Counter[str] = Counter()
    machine = type("Faults", (Faults,), {"met": met, "_hypothesis_internal_use_seed": seed})
    run_state_machine_as_test(machine, settings=settings(_SETTINGS, max_examples=examples, stateful_step_count=steps))
    return met


def test_m3_whatever_happens_it_converges_or_says_why() -> None:
    met = batch(4, examples=8, steps=3)
    assert met["examples"] >= 8 and any(count for what, count in met.items() if what.startswith("fault"))


@pytest.mark.campaign
@pytest.mark.timeout(0)
def test_m3_m9_fault_campaign(capsys: pytest.CaptureFixture[str]) -> None:
    """CAMPAIGN_EXAMPLES (10,000) in batches with seeds of their own, from CAMPAIGN_SEED (1) on. What is found is told
    at once, and the campaign goes on; each batch replays with `python -m tests.properties.replay --seed N`."""
    met: Counter[str] = Counter()
    found: list[int] = []
    seed = int(os.environ.get("CAMPAIGN_SEED", "1"))
    while met["examples"] < int(os.environ.get("CAMPAIGN_EXAMPLES", "10000")) and len(found) < _ENOUGH:
        try:
            met += batch(seed)
        except Exception as error:
            found.append(seed)
            with capsys.disabled():
                print(f"\nseed {seed}: {error}", *getattr(error, "__notes__", []), sep="\n", flush=True)
        seed += 1
        if not seed % 10:
            with capsys.disabled():
                print(f"{met['examples']} examples, seeds up to {seed - 1}", flush=True)
    with capsys.disabled():
        print("\n" + "\n".join(f"{count:8} {what}" for what, count in sorted(met.items())))
    assert not found, f"seeds {found}"
