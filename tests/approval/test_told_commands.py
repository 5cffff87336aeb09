"""Whoever copies the command that goes on with a run gives again what the run's plan lifts (item 10)."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from reconciler.simulator import Simulator
from tests.approval.conftest import Typed
from tests.support.live import Live

pytestmark = pytest.mark.issue10(10)
ROOM = "Room 0001"
ASTRAY = "Ana's Room"


@pytest.fixture
def lifted(office: Live, server: Simulator) -> str:
    """A room is to go that is protected, and its name has to be quoted; the name of the override."""
    state = office.state()
    next(one for one in state["workspaces"] if one["displayName"] == ROOM)["displayName"] = ASTRAY
    server.load(state)
    office.describe({"workspaces": [{"name": ASTRAY, "state": "absent"}]}, protect=[f"workspace/{ASTRAY}"])
    return f"protected:workspace/{ASTRAY}"


def _told(said: str) -> list[str]:
    """The one command that goes on with a run, as a shell takes it out of what is said."""
    (command,) = set(re.findall(r"reconcile (resume .*?)(?:, or .*|   \(.*)?$", said, re.M))
    return shlex.split(command)


def test_what_is_told_to_go_on_with_a_run_is_told_with_what_the_run_lifts(
    office: Live, typed: Typed, lifted: str
) -> None:
    from reconciler.runs.journal import Journal

    with Journal(office.root, office.plan(lift=[lifted]), None) as journal:
        run = journal.run
    asked = ["resume", run, "--override", lifted]
    assert _told(typed("status", run).out) == asked
    assert _told(typed("pause", run).err) == asked
    assert _told(typed("resume", "--only-failures", run).err) == asked
    assert _told(typed("apply", "--override", lifted).err) == asked
    assert json.loads(typed("status", run, "-o", "json").out)["next"] == f"reconcile {shlex.join(asked)}"
    refused = typed("resume", run)
    assert refused.code == 4 and shlex.join(["--override", lifted]) in refused.err
    done = typed(*asked)
    assert done.code == 0, done.err
    assert all(one["displayName"] != ASTRAY for one in office.state()["workspaces"])


def test_what_is_told_to_do_again_what_failed_is_told_with_what_the_run_lifts(
    office: Live, typed: Typed, server: Simulator, lifted: str
) -> None:
    server.faults([{"match": {"method": "DELETE"}, "times": 1, "do": {"status": 403}}])
    failed = typed("apply", "--override", lifted, "--approve", office.plan(lift=[lifted]).digest)
    assert failed.code == 3, failed.err
    again = _told(failed.out)
    assert again[:2] == ["resume", "--only-failures"] and again[-2:] == ["--override", lifted]
    assert _told(typed("status", again[2]).out) == again == _told(typed("resume", again[2]).err)
    refused = typed(*again)
    assert refused.code == 4 and "not approved" in refused.err
    approve = _told(refused.err)
    assert approve[:-2] == again and approve[-2] == "--approve"
    assert typed(*approve).code == 0
    assert all(one["displayName"] != ASTRAY for one in office.state()["workspaces"])


def test_a_run_that_waits_tells_it_too(lifted: str) -> None:
    from reconciler.report.heartbeat import paused_lines

    assert _told("\n".join(paused_lines("20261201-run", "asked", [lifted])[:3])) == [
        *("resume", "20261201-run", "--override", lifted)
    ]
