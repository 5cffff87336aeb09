"""One run per tenant: who holds the lock, when it is taken over, and that two never have it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import LockedError
from reconciler.report.heartbeat import holder_line
from reconciler.runs import lock

ROOT = Path(__file__).parents[2]
#: Takes the lock many times; whoever is in makes a file that must not be there, and takes it away.
_RACER = """
import os, sys
from pathlib import Path
from reconciler.errors import LockedError
from reconciler.runs.lock import one_run
root, wanted = Path(sys.argv[1]), int(sys.argv[2])
inside, got, refused = root / "inside", 0, 0
while got < wanted:
    try:
        with one_run(root, f"run-{os.getpid()}"):
            handle = os.open(inside, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
            os.close(handle)
            os.unlink(inside)
            got += 1
            if got == wanted:
                os.kill(os.getpid(), 9) if len(sys.argv) > 3 else None
    except LockedError:
        refused += 1
print(refused)
"""


def owner(root: Path, **facts: Any) -> None:
    """A lock file as somebody left it behind."""
    (root / ".reconcile").mkdir(exist_ok=True)
    told = {"who": "eve@elsewhere", "host": "elsewhere", "pid": 1, "run": "run-1", "since": "2026-01-01T00:00:00Z"}
    (root / ".reconcile" / "lock").write_text(json.dumps({**told, **facts}))


def in_seconds(seconds: float) -> str:
    return f"{datetime.now(UTC) + timedelta(seconds=seconds):%FT%TZ}"


def test_an_owner_elsewhere_counts_until_it_expires(tmp_path: Path) -> None:
    owner(tmp_path, expires=in_seconds(60))
    with pytest.raises(LockedError) as error, lock.one_run(tmp_path, "run-2", again="reconcile resume run-2"):
        pass
    assert error.value.exit_code == 6
    assert "eve@elsewhere (process 1)" in error.value.why and "it expires" in error.value.why
    assert "reconcile resume run-2" in error.value.do
    owner(tmp_path, expires=in_seconds(-1))
    with lock.one_run(tmp_path, "run-2") as held:
        assert held.previous["who"] == "eve@elsewhere"


def test_a_dead_owner_here_is_taken_over_at_once(tmp_path: Path) -> None:
    owner(tmp_path, host=socket.gethostname(), expires=in_seconds(300))
    with lock.one_run(tmp_path, "run-2") as held:
        assert held.previous["run"] == "run-1"
    with lock.one_run(tmp_path, "run-3") as held:
        assert held.previous == {}, "given back, not left behind"


def test_it_gives_signs_of_life_and_names_its_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with lock.one_run(tmp_path, "plan") as held:
        held.names("run-7")
        monkeypatch.setattr(lock, "EXPIRES", 1000.0)
        held.renew()
        told = json.loads((tmp_path / ".reconcile" / "lock").read_text())
        assert told["run"] == "run-7" and told["expires"] > in_seconds(900)
        assert lock.holder(tmp_path)["run"] == "run-7"
    assert lock.holder(tmp_path) == {}
    held.renew()
    assert (tmp_path / ".reconcile" / "lock").read_text() == "", "no sign of life after the end"


def test_two_processes_never_have_it_together(tmp_path: Path) -> None:
    """Three race for it, one of them dies in it; a second one inside would fail to make the file."""
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", _RACER, str(tmp_path), "150", *(["die"] if one == 0 else [])],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for one in range(3)
    ]
    said = [racer.communicate(timeout=60) for racer in racers]
    assert [racer.returncode for racer in racers] == [-9, 0, 0], said
    with lock.one_run(tmp_path, "after"):
        pass


def test_g18_the_second_one_is_told_who_how_far_and_how_to_go_on(tmp_path: Path) -> None:
    with lock.one_run(tmp_path, "plan") as held:
        held.names("run-7")
        held.heard("heartbeat", {"state": "running", "done": 12, "total": 50, "bad": 0, "eta": 9.0})
        with pytest.raises(LockedError) as error, lock.one_run(tmp_path, "run-8"):
            pass
        assert f"(process {os.getpid()}) since " in error.value.why and "s ago)" in error.value.why
        assert "run run-7 (running, 12 of 50 steps)" in error.value.why and "expires" in error.value.why
        assert error.value.do.startswith(
            "wait for it to end, see it: reconcile status run-7; afterwards: reconcile plan"
        )
        held.heard("paused", {"why": "ana asked for it"})
        with pytest.raises(LockedError) as error, lock.one_run(tmp_path, "run-8"):
            pass
        assert error.value.do.startswith("go on with it: reconcile resume run-7")
    with lock.one_run(tmp_path, "run-8"):
        assert "done" not in lock.holder(tmp_path), "nothing is left of the former owner"


@pytest.mark.issue10("C")
@pytest.mark.parametrize("facts", [{"total": 9}, {"total": 9, "done": None, "bad": "x"}, {"done": 3}])
def test_a_holder_that_says_half_of_it_is_told_as_far_as_it_goes(facts: dict[str, Any], tmp_path: Path) -> None:
    owner(tmp_path, expires=in_seconds(60), **facts)
    with pytest.raises(LockedError, match="another run is applying"), lock.one_run(tmp_path, "mine"):
        pass
    assert holder_line(lock.holder(tmp_path)) == ""


def test_g18_a_dead_owner_whose_number_is_somebody_elses_now(tmp_path: Path) -> None:
    """A process with the number of the dead one lives; the flock is free, so nobody is kept out."""
    owner(tmp_path, host=socket.gethostname(), pid=os.getpid(), expires=in_seconds(300))
    lock.refuse_held(tmp_path)
    with lock.one_run(tmp_path, "run-2") as held:
        assert held.previous["run"] == "run-1"
        with pytest.raises(LockedError, match="another run"):
            lock.refuse_held(tmp_path)
    lock.refuse_held(tmp_path)
    owner(tmp_path, expires=in_seconds(60))
    with pytest.raises(LockedError) as error:
        lock.refuse_held(tmp_path)
    assert "eve@elsewhere" in error.value.why


def test_g18_a_file_that_is_being_written_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = iter(['{"who": "e', '{"who": "eve"}'])
    monkeypatch.setattr(lock, "_text", lambda _: next(texts))
    assert lock._owner(tmp_path) == {"who": "eve"}


@pytest.mark.parametrize("pid", ["null", "[1]", "-1", '"x"', "1e99"])
def test_an_owner_that_makes_no_sense_is_none(pid: str, tmp_path: Path) -> None:
    file = tmp_path / ".reconcile" / "lock"
    file.parent.mkdir()
    file.write_text(f'{{"host": "{socket.gethostname()}", "run": "r", "pid": {pid}}}')
    assert lock.holder(tmp_path) == {}
    file.write_text("[" * 99_999)
    assert lock.holder(tmp_path) == {}
    file.write_text('{"host": "elsewhere", "expires": "2000-01-01T00:00:00"}')
    assert lock.holder(tmp_path) == {}, "a time without a zone"
