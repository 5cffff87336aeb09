"""The differential run (differential/): random tenants, each with one of the faults of issue 10 in it; after a command
that ended with 0 the tenant's own state is as desired."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.properties.differential.classes import classes
from tests.properties.differential.running import examples, play, table

pytestmark = pytest.mark.issue10("C")
#: So often each class is drawn in three hundred.
_OFTEN = 20


@pytest.mark.parametrize("name", classes())
def test_after_exit_0_the_tenant_is_as_desired(name: str) -> None:
    """A few of each class; the campaign searches."""
    found = [result for result in examples(3, seed=1, only=name) if result.wrong]
    assert not found, "\n".join(f"{one.seed}: {'; '.join(one.wrong)}\n{one.told}" for one in found)


@pytest.mark.issue10(6)
def test_permissions_that_are_turned_on_are_sent_whole_and_a_clone_that_lost_its_own_is_seen() -> None:
    """Another clone blocks toll-free calls between our reading and our write of the same person's permissions."""
    result = play("others", classes()["others"], "2/others/1")
    assert not result.wrong and not result.ended and "elsewhere with the account of this run" in result.told


@pytest.mark.campaign
@pytest.mark.timeout(0)
def test_over_300_tenants_none_differs(capsys: pytest.CaptureFixture[str]) -> None:
    """CAMPAIGN_EXAMPLES (300), from CAMPAIGN_SEED (1) on."""
    tenants, seed = (int(os.environ.get(f"CAMPAIGN_{name}", usual)) for name, usual in (("EXAMPLES", 300), ("SEED", 1)))
    results = list(examples(tenants, seed))
    with capsys.disabled():
        print(f"\n{table(results)}")
    drawn = Counter(result.name for result in results)
    assert tenants < 300 or min(drawn[name] for name in classes()) >= _OFTEN, drawn
    assert not [f"{one.seed}: {one.wrong}" for one in results if one.wrong]


def test_it_runs_as_a_module_and_tells_what_it_did() -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.properties.differential", "--tenants", "1", "--only", "swaps"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[0].split() == ["class", "item", "drawn", "exit", "0", "differing"], done.stderr
    assert done.stdout.splitlines()[1].split()[:3] == ["swaps", "1", "1"]
