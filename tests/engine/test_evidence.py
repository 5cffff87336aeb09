"""Journal, lock and commit: the evidence of a run, and one run at a time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler import git
from reconciler.errors import LockedError, ReconcileError
from reconciler.model.plan import Plan
from reconciler.runs import lock
from reconciler.runs.journal import Journal, broken_at

PLAN = Plan("org", "Org", "", "f", [], [], [], 0, 0)


def test_a_journal_is_a_chain(tmp_path: Path) -> None:
    with Journal(tmp_path, PLAN) as journal:
        for number in range(5):
            journal.record("intent", operation=f"op{number}", note="ünïcode\n")
        path = journal.folder / "journal.jsonl"
    assert broken_at(path) == 0
    assert Plan.loads((journal.folder / "plan.json").read_text(), "").digest == PLAN.digest


@pytest.mark.parametrize("line", [1, 3, 5])
def test_a_journal_that_was_tampered_with_shows(line: int, tmp_path: Path) -> None:
    with Journal(tmp_path, PLAN) as journal:
        for number in range(5):
            journal.record("intent", operation=f"op{number}")
        path = journal.folder / "journal.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[: line - 1] + lines[line:]) + "\n")
    assert broken_at(path) == line
    lines[line - 1] = lines[line - 1].replace("op", "ok")
    path.write_text("\n".join(lines) + "\n")
    if "ok" in lines[line - 1]:
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
