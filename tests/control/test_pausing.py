"""S104: pause drains what is under way, resume goes on, from other terminals; either side may die."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ReconcileError
from reconciler.model.control import Ending
from reconciler.runs import lock, pause_file
from reconciler.runs.known import find
from tests.control.conftest import Desk, verdicts


def test_s104_pause_drains_and_resume_goes_on(rooms: Any) -> None:
    """A request in the run's folder, as `reconcile pause` makes it; taken back half an hour later."""
    office = rooms(30)

    def ask_and_take_back(event: str, facts: Any) -> None:
        if event == "operation_outcome" and facts["done"] == 7:
            folder = find(office.root).folder
            pause_file.ask(folder, "ana@desk")
            office.simulation.loop.call_later(1800, pause_file.go_on, folder)

    applied = office.apply(None, ask_and_take_back, chunk_size=20, timeout=300.0)
    assert applied.ending is Ending.FINISHED and verdicts(applied) == {"verified": 30}
    (paused,), (resumed,) = office.told("paused"), office.told("resumed")
    assert paused["why"] == "ana@desk asked for it" and resumed["now"] - paused["now"] >= 1790
    ended = [facts["now"] for facts in office.told("operation_outcome")]
    assert not [now for now in ended if paused["now"] < now < resumed["now"]], "nothing ends in a pause: it was drained"
    drained = sum(now <= paused["now"] for now in ended)
    assert 7 <= drained < 7 + office.tenant.workers
    assert office.told("run_ended")[0]["now"] > 1800, "the pause is not counted as time of the run (--timeout 300)"


def test_s104_it_is_noticed_while_everything_takes_its_time(rooms: Any) -> None:
    """Nothing begins or ends for a minute; that it drains is told all the same, and then that it is paused."""
    office = rooms(5)
    office.server._tenant.latency = 30.0

    def ask(event: str, facts: Any) -> None:
        if event == "run_started":
            folder = find(office.root).folder
            office.simulation.loop.call_later(5, pause_file.ask, folder, "ana@desk")
            office.simulation.loop.call_later(3000, pause_file.go_on, folder)

    assert verdicts(office.apply(None, ask)) == {"verified": 5}
    states = [beat["state"] for beat in office.told("heartbeat")]
    assert list(dict.fromkeys(states)) == ["pausing", "paused", "running"]


def test_s104_interrupted_while_it_is_paused(rooms: Any) -> None:
    office = rooms(10)
    steered: list[Any] = []

    def pause_then_interrupt(event: str, facts: Any) -> None:
        if event == "operation_outcome" and facts["done"] == 3:
            pause_file.ask(find(office.root).folder, "ana@desk")
        if event == "paused":
            office.simulation.loop.call_later(60, steered[0].interrupt)

    applied = office.apply(None, pause_then_interrupt, on_start=steered.append)
    assert applied.ending is Ending.INTERRUPTED
    done = verdicts(applied)["verified"]
    assert verdicts(office.resume()) == {"verified": 10} and len(office.writes()) == 10
    assert 3 <= done < 10
    assert not pause_file.asked(find(office.root).folder), "resume has taken the request back"


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"by": 1}', "\0\0", '{"why": "x"}'])
def test_a_request_that_cannot_be_read_is_one(tmp_path: Path, content: str) -> None:
    (tmp_path / pause_file.NAME).write_text(content)
    assert pause_file.asked(tmp_path)
    pause_file.go_on(tmp_path)
    pause_file.go_on(tmp_path)
    assert pause_file.asked(tmp_path) == ""


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReconcileError, match="cannot ask the run to pause"):
        pause_file.ask(tmp_path / "missing", "ana")


# --- real processes, real terminals ---


def test_s104_from_other_terminals(desk: Desk) -> None:
    """apply here; pause, status and resume there, twice. The second time the process is killed while it is paused: the
    request outlives it, the lock does not, and resume takes over. Every room is written once."""
    apply = desk.start()
    desk.until(lambda: desk.written() >= 2)
    code, _, err = desk.say("pause")
    found = find(desk.root)
    assert code == 0 and f"next: reconcile resume {found.name}" in err and f"(process {apply.pid})" in err
    drained = desk.written()
    code, out, _ = desk.say("status")
    assert out.startswith(f"run {found.name}: paused, ") and f"(process {apply.pid})" in out
    assert out.splitlines()[-1] == f"next: reconcile resume {found.name}" and code == 3
    code, _, err = desk.say("apply", str(desk.root / "plan.json"), "--yes", "--max-age", "off")
    assert code == 6 and f"reconcile resume {found.name}" in err, "G18: who has the lock, and how to go on"
    assert desk.written() == drained < 30 and apply.poll() is None
    code, _, err = desk.say("resume", found.name)
    assert code == 0 and f"goes on in process {apply.pid}" in err
    desk.until(lambda: desk.written() > drained)

    assert desk.say("pause", found.name)[0] == 0 and pause_file.asked(found.folder)
    os.kill(apply.pid, signal.SIGKILL)
    _, err = apply.communicate(timeout=10)
    assert err.count("paused: ") == 2 and err.count("resumed: ") == 1
    assert pause_file.asked(found.folder) and lock.holder(desk.root) == {}
    code, _, err = desk.say("pause", found.name)
    assert code == 1 and "is not under way" in err and f"reconcile resume {found.name}" in err
    code, out, _ = desk.say("resume", found.name)
    assert code == 0 and "30 of 30 results verified" in out and desk.written() == 30
    (taken,) = [record for record in find(desk.root).kept.records if record["event"] == "lock taken over"]
    assert taken["owner"]["pid"] == apply.pid, "G18: a dead owner's lock is taken over, and said"
    code, _, err = desk.say("pause", found.name)
    assert code == 1 and "is not under way" in err and "reconcile resume" not in err
    assert json.loads((found.folder / "summary.json").read_text())["totals"]["executed"] == 30
