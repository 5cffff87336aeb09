"""Journal, lock and commit: the evidence of a run, and one run at a time."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.show import save
from reconciler.errors import LockedError, ReconcileError, StaleError
from reconciler.model.plan import Plan
from reconciler.repository import git
from reconciler.runs import lock, pause_file
from reconciler.runs.journal import Journal, broken_at, read
from reconciler.runs.views import JournalViews
from reconciler.simulator import generate_tenant
from tests.properties.differential.desk import Desk

PLAN = Plan("org", "Org", "", "f", [], [], [], 0, 0)


def test_a_journal_is_a_chain(tmp_path: Path) -> None:
    with Journal(tmp_path, PLAN) as journal:
        for number in range(5):
            journal.record("acknowledged", operation=f"step{number}", note="ünïcode\n")
        path = journal.folder / "journal.jsonl"
    assert broken_at(path) == 0
    assert Plan.loads((journal.folder / "plan.json").read_text(), "").digest == PLAN.digest


@pytest.mark.parametrize("line", [1, 3, 5])
def test_a_journal_that_was_tampered_with_shows(line: int, tmp_path: Path) -> None:
    with Journal(tmp_path, PLAN) as journal:
        for number in range(5):
            journal.record("acknowledged", operation=f"step{number}")
        path = journal.folder / "journal.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[: line - 1] + lines[line:]) + "\n")
    assert broken_at(path) == line
    lines[line - 1] = lines[line - 1].replace("step", "stop")
    path.write_text("\n".join(lines) + "\n")
    if "stop" in lines[line - 1]:
        assert broken_at(path) == line + 1


def test_no_journal_no_run(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    with pytest.raises(ReconcileError, match="cannot write the journal"):
        Journal(tmp_path, PLAN)


def test_the_lock_says_who_and_goes_with_its_process(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from reconciler.runs.lock import one_run\n"
        "with one_run(Path(sys.argv[1]), 'run-1'):\n print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    with pytest.raises(LockedError) as error, lock.one_run(tmp_path, "run-2"):
        pass
    assert f"process {holder.pid}" in error.value.why and "run-1" in error.value.why
    holder.kill()
    holder.wait()
    with lock.one_run(tmp_path, "run-2"):
        owner = json.loads((tmp_path / ".reconcile" / "lock").read_text())
    assert owner["run"] == "run-2"


def test_head_is_what_git_says(tmp_path: Path) -> None:
    from git import Repo

    assert git.head(tmp_path) == ""
    root = tmp_path / "repo"
    (root / "desired").mkdir(parents=True)
    (root / "desired" / "a.yaml").write_text("a: 1\n")
    commit = git.commit_all(root, "first")
    with Repo(root) as repository:
        assert git.head(root / "desired") == commit == repository.head.commit.hexsha
        repository.git.pack_refs("--all")
        assert git.head(root) == commit
        repository.git.worktree("add", str(tmp_path / "tree"), "-b", "branch")
        assert git.head(tmp_path / "tree") == commit
        repository.git.checkout("--detach")
        assert git.head(root) == commit
    (root / "desired" / "a.yaml").write_text("a: 2\n")
    assert "+a: 2" in git.diff(root)


def journal_of(root: Path, *events: tuple[str, dict[str, Any]]) -> Path:
    with Journal(root, PLAN) as journal:
        for event, facts in events:
            journal.record(event, **facts)
    return journal.folder / "journal.jsonl"


@pytest.mark.parametrize("left", ["nothing", "zeros", "half of the first line", "all but the first line"])
def test_m8_without_its_first_record_nothing_is_resumed(left: str, tmp_path: Path) -> None:
    """It says who approved which plan, and it is on the disk before the run is there at all."""
    path = journal_of(tmp_path, ("acknowledged", {"operation": "a"}))
    first, _, rest = path.read_bytes().partition(b"\n")
    path.write_bytes({"nothing": b"", "zeros": bytes(99), "half of the first line": first[:40]}.get(left, rest))
    assert broken_at(path) == 1
    with pytest.raises(StaleError, match="line 1 does not follow"):
        Journal.reopen(path.parent)


INTENT = {"operation": "o", "action": "update", "members": [{"address": "a/b", "want": {}, "before": {}}]}
OUTCOME = {"operation": "o", "address": "a/b", "action": "update", "verdict": "verified", "wrote": True}


@pytest.mark.parametrize(
    ("record", "edit"),
    [
        (("intent", INTENT), {"members": [{"address": "a/b"}]}),
        (("intent", INTENT), {"event": None}),
        (("outcome", OUTCOME), {"verdict": "splendid"}),
        (("not begun", {"operations": ["o"], "why": "x"}), {"operations": 1}),
        pytest.param(("outcome", OUTCOME), {"wrote": None}, marks=pytest.mark.issue10("C")),
        pytest.param(("outcome", OUTCOME), {"read": [1]}, marks=pytest.mark.issue10("C")),
        pytest.param(("outcome", OUTCOME), {"tracking_id": 5}, marks=pytest.mark.issue10("C")),
        pytest.param(("error", {"operation": "o"}), {"requests": ["x"]}, marks=pytest.mark.issue10("C")),
        pytest.param(
            ("intent", INTENT), {"members": [{**INTENT["members"][0], "want": 1}]}, marks=pytest.mark.issue10("C")
        ),
        *(
            pytest.param(*one, marks=pytest.mark.issue10("C"))
            for one in (
                (("intent", INTENT), {"members": [{**INTENT["members"][0], "was": 1}]}),
                (("intent", INTENT), {"members": [{**INTENT["members"][0], "id": 5}]}),
                (("error", {"operation": "o"}), {"told": ["x"]}),
                (("outcome", OUTCOME), {"seconds": "x"}),
                (("before", {"owner": "o", "parts": {}}), {"unread": []}),
                (("retries", {"before": {}}), {"whole": {"o": {"parts": [], "unread": {}}}}),
                (("retries", {"before": {}}), {"whole": {"o": {"else": {}}}}),
                (("retries", {"before": {}}), {"before": {"a": 1}}),
                (("retries", {"before": {}}), {"was": {"a": 1}}),
                (("lock taken over", {"owner": {}}), {"owner": 1}),
                (("run ended", {"state": "finished"}), {"state": 1}),
                (("run ended", {"state": "finished"}), {"event": "run started", "approval": [1]}),
            )
        ),
    ],
)
def test_m8_a_chain_that_was_made_anew_does_not_make_it_a_journal(
    record: tuple[str, dict[str, Any]], edit: dict[str, Any], tmp_path: Path
) -> None:
    path = journal_of(tmp_path, record)
    assert not broken_at(path)
    last, lines = "0" * 64, []
    for number, line in enumerate(path.read_text().splitlines()):
        entry = {**json.loads(line), "previous": last, **(edit if number == 1 else {})}
        lines.append(json.dumps(entry, sort_keys=True))
        last = hashlib.sha256(lines[-1].encode()).hexdigest()
    path.write_text("\n".join(lines) + "\n")
    assert broken_at(path) == 2


@pytest.mark.issue10("C")
def test_what_a_run_leaves_is_for_its_owner_alone(tmp_path: Path) -> None:
    """It names people, their numbers, and what became of them."""
    path = journal_of(tmp_path, ("outcome", OUTCOME), ("run ended", {"state": "finished"}))
    JournalViews(path.parent, PLAN)
    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert {"plan.json", "journal.jsonl", f"{path.parent.name}_ok.csv"} <= modes.keys()
    assert set(modes.values()) == {0o600}


@pytest.mark.issue10("C")
def test_what_is_kept_in_the_local_folder_is_for_its_owner_alone() -> None:
    """Whatever the umask: what earlier plans found, shown plans, the lock, and who asked a run to pause."""
    umask = os.umask(0)
    try:
        with Desk(generate_tenant(people=2, locations=1, workspaces=1, seed=1), seed=5) as desk:
            desk.describe({"workspaces": [{"name": "Room 0001", "capacity": 7}]})
            said = [desk.run("export"), desk.run("plan", "--offline"), desk.run("plan"), desk.apply()]
            assert [one.code for one in said] == [0] * 4, "\n".join(map(str, said))
            pause_file.ask(next((desk.root / "state" / "runs").iterdir()), "somebody")
            local, runs = desk.root / ".reconcile", desk.root / "state" / "runs"
            found = [path for top in (local, runs) for path in top.rglob("*") if path.is_file()]
            open_ones = {path.name for path in found if path.stat().st_mode & 0o777 != 0o600}
            names = {path.relative_to(local).parts[0] for path in found if path.is_relative_to(local)}
            assert local.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(umask)
    assert open_ones == set()
    assert names >= {"plan.sqlite", "answers", "plans", "lock", "applied.json", "state-taken.json"}


@pytest.mark.issue10("C")
@pytest.mark.parametrize("name", ["99991231T235959999Z-deadbeef", "99999999T999999999Z-deadbeef", "9999…"])
def test_a_run_of_the_end_of_time_keeps_no_other_from_beginning(name: str, tmp_path: Path) -> None:
    (tmp_path / "state" / "runs" / name).mkdir(parents=True)
    with Journal(tmp_path, PLAN) as journal:
        assert (journal.folder / "journal.jsonl").stat().st_size


@pytest.mark.parametrize("seal", ["[1]", '{"records": "x"}', '{"records": -9}', '{"records": null}', "[" * 99_999])
def test_a_summary_that_makes_no_sense_seals_nothing(seal: str, tmp_path: Path) -> None:
    path = journal_of(tmp_path, ("run ended", {"state": "finished"}))
    (path.parent / "summary.json").write_text(f'{{"journal": {seal}}}')
    assert broken_at(path) == 0


@contextmanager
def small_disk(most: int) -> Iterator[None]:
    """No file grows beyond so many bytes; the system says so as it does of a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.issue10("C")
def test_a_plan_that_the_disk_cannot_hold_leaves_nothing_and_nothing_changed(tmp_path: Path) -> None:
    fresh, kept = tmp_path / "fresh.json", tmp_path / "kept.json"
    kept.write_text("the one of before")
    for path in (fresh, kept):
        with small_disk(40), pytest.raises(ReconcileError, match="cannot save the plan"):
            save(PLAN, path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"kept.json": "the one of before"}


@pytest.mark.issue10("C")
def test_a_plan_goes_where_it_is_sent(tmp_path: Path) -> None:
    """Through a link to the file it names, and into what is no file."""
    (tmp_path / "link").symlink_to("plan.json")
    save(PLAN, tmp_path / "link")
    save(PLAN, Path("/dev/null"))
    assert (tmp_path / "link").is_symlink() and Plan.loads(
        (tmp_path / "plan.json").read_text(), ""
    ).digest == PLAN.digest
    assert (tmp_path / "plan.json").stat().st_mode & 0o777 == 0o600 and not Path("/dev/null").is_file()


def test_a_disk_that_is_full_ends_the_run_and_says_how_it_goes_on(tmp_path: Path) -> None:
    with pytest.raises(ReconcileError, match="cannot write the evidence") as error, Journal(tmp_path, PLAN) as journal:
        size = (journal.folder / "journal.jsonl").stat().st_size
        with small_disk(size + 40):
            try:
                journal.record("acknowledged", operation="o")
            except OSError:  # another worker's comes in between
                with pytest.raises(OSError, match="too large"):
                    journal.record("acknowledged", operation="p")
                raise
    assert error.value.why and error.value.do.endswith(f"reconcile resume {journal.run}")
    with Journal.reopen(journal.folder) as again:
        again.record("run ended", state="finished")
    kept = read(journal.folder)
    assert not kept.broken and [one["event"] for one in kept.records][-2:] == ["run resumed", "run ended"]


def test_a_disk_that_is_full_leaves_no_half_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(ReconcileError, match="the evidence"), Journal(tmp_path, PLAN) as journal, small_disk(5_000):
        journal.summary({"results": "x" * 9_000})
    assert sorted(file.name for file in journal.folder.iterdir()) == ["journal.jsonl", "plan.json"]
    with pytest.raises(ReconcileError, match="nothing is applied"), small_disk(100):
        Journal(tmp_path, PLAN)
    assert [folder.name for folder in (tmp_path / "state" / "runs").iterdir()] == [journal.run]
    taken = lock.one_run(tmp_path / "state", "run")
    with pytest.raises(ReconcileError, match="cannot take the lock") as error, small_disk(10), taken:
        raise AssertionError
    assert error.value.where.endswith(".reconcile")


def test_a_clock_that_was_set_back_does_not_hide_the_last_run(tmp_path: Path) -> None:
    with Journal(tmp_path, PLAN) as ahead:
        pass
    future = ahead.folder.with_name("2099" + ahead.run[4:])
    ahead.folder.rename(future)
    (future.parent / "zzz").mkdir()
    names = [future.name]
    for _ in range(2):
        with Journal(tmp_path, PLAN) as journal:
            names.append(journal.run)
    assert names == sorted(set(names)) and names[-1].startswith("2099")
