"""Files that a version of before wrote (commit 924137b, `of_before/`): a run that was killed goes on, is told of and is
taken back; a saved plan is carried out where its operations come out equal, and refused with the reason elsewhere."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.plan import Plan
from tests.properties.truth import unmet
from tests.support.office import Office
from tests.support.state import differences

BEFORE = Path(__file__).parent / "of_before"
GONE, NEW = "person000004@example.com", {"people/new@example.com", "workspaces/Studio", "numbers/+15559000000"}


def read(name: str) -> Any:
    return json.loads((BEFORE / name).read_text(encoding="utf-8"))


def described(office: Office, folder: str) -> None:
    shutil.rmtree(office.root / "desired")
    shutil.copytree(BEFORE / folder, office.root / "desired")


@pytest.fixture
def before(office: Office) -> Office:
    """The tenant as it was planned for, and the repository of then."""
    office.server.load(read("tenant.json"))
    office.server.run_clock(300)
    described(office, "desired")
    return office


@pytest.fixture
def interrupted(before: Office) -> Office:
    """As the process left it that was killed in the middle: some steps are done, one is in doubt."""
    before.server.load(read("interrupted.json"))
    before.server.run_clock(300)
    shutil.copytree(BEFORE / "runs", before.root / "state" / "runs")
    return before


def test_a_run_of_before_is_told_of_and_goes_on_to_its_end(interrupted: Office) -> None:
    told = interrupted.reconcile("status")
    assert told.code == 130 and "interrupted" in told.out and "the chain holds" in told.out
    assert "in doubt  1: workspace/Room 0001" in told.out
    assert interrupted.reconcile("resume").code == 0
    assert unmet(read("desired/case.yaml"), interrupted.server.state()) == {}
    assert interrupted.reconcile("plan", "--detailed-exitcode").code == 0


def test_a_run_of_before_is_taken_back(interrupted: Office) -> None:
    assert interrupted.reconcile("resume").code == 0
    planned = interrupted.reconcile("undo", "last", "-o", "json").data
    assert interrupted.reconcile("undo", "last", "--approve", planned["digest"]).code in (0, 3)
    left = {"/".join(path.split("/")[:2]) for path in differences(read("tenant.json"), interrupted.server.state())}
    assert left == {f"people/{GONE}"}, "who was deleted has another id"


def test_a_saved_plan_of_before_comes_out_equal_and_is_carried_out(before: Office) -> None:
    made = before.root / "made.json"
    assert before.reconcile("plan", "--out", str(made)).code == 0
    saved, today = loaded(BEFORE / "plan.json"), loaded(made)
    assert [one.to_json() for one in saved.operations] == [one.to_json() for one in today.operations]
    done = before.reconcile("apply", str(BEFORE / "plan.json"), "--approve", saved.digest)
    assert done.code == 0, done.err
    assert unmet(read("desired/case.yaml"), before.server.state()) == {}


def test_one_that_is_carried_out_otherwise_today_is_refused_with_that_as_the_reason(before: Office) -> None:
    """Of two who swap one is parked: in another way then, and nobody may get other steps than were approved."""
    described(before, "swap")
    state = before.server.state()["people"]
    done = before.reconcile(
        "apply", str(BEFORE / "swap_plan.json"), "--approve", loaded(BEFORE / "swap_plan.json").digest
    )
    assert done.code == 5 and "an earlier version, which made it, would carry it out in another way" in done.err
    assert "reconcile plan --out" in done.err and before.server.state()["people"] == state


def loaded(file: Path) -> Plan:
    return Plan.loads(file.read_text(encoding="utf-8"), file.name)
