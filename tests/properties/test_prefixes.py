"""Issue 10, 9, over all prefixes of a plan: after each write of a run, and of each run in which one write is refused,
whoever could be called back in an emergency can be. Asked of the tenant, between the requests of the run."""

from __future__ import annotations

import os
from collections import Counter
from random import Random
from typing import Any

import pytest

from tests.properties import check
from tests.properties.differential.classes import emergency
from tests.properties.stage import US, Stage

pytestmark = pytest.mark.issue10(9)
#: Seconds after which whatever was on its way has arrived.
_ARRIVED = 600.0


def prefixes(seed: int) -> Counter[str]:
    """One plan carried out whole, and once for each of its writes, with that one refused; what it has met."""
    met: Counter[str] = Counter()
    writes = _played(seed, [], met)
    for number in range(1, writes + 1):
        refusal = {"match": {"method": "[!G]*"}, "nth": number, "times": 1, "do": {"status": 400}}
        _played(seed, [refusal], met)
    met["plans"] += bool(writes)
    return met


def _played(seed: int, faults: list[dict[str, Any]], met: Counter[str]) -> int:
    """The writes that the tenant heard; AssertionError where somebody cannot be called back after one."""
    case = emergency.draw(Random(seed))
    with Stage(case.world.tenant, {}, seed, case.settings) as stage:
        stage.step({"do": "want", "desired": case.world.described})
        if (plan := stage.plan(US, [])) is None or plan.findings:
            return 0
        asked = len(stage.log)
        stage.perform({"faults": faults}, {US: plan})
        stage.sim.wait(_ARRIVED)
        stage.history.settle()
        check.history(stage.history)
        writes = sum(one["method"] != "GET" for one in stage.log[asked:])
        met.update({"runs": 1, "states": writes, **{f"guard {rule}": 1 for rule in _rules(stage)}})
        return writes


def _rules(stage: Stage) -> list[str]:
    return [what.removeprefix("guard ") for what in stage.seen if what.startswith("guard ")]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_prefix_of_a_run_leaves_somebody_without_a_callback(seed: int) -> None:
    prefixes(seed)


@pytest.mark.campaign
@pytest.mark.timeout(0)
def test_no_prefix_of_hundreds_of_runs_does(capsys: pytest.CaptureFixture[str]) -> None:
    """CAMPAIGN_EXAMPLES plans (200), from CAMPAIGN_SEED (1) on."""
    first, count = (int(os.environ.get(f"CAMPAIGN_{name}", usual)) for name, usual in (("SEED", 1), ("EXAMPLES", 200)))
    met, found = Counter[str](), {}
    for seed in range(first, first + count):
        try:
            met += prefixes(seed)
        except AssertionError as error:
            found[seed] = str(error)[:300]
    with capsys.disabled():
        print(f"\n{dict(met)}")
    assert not found
