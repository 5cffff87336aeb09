"""`runs`, `status`, `resume`, `undo` as they are typed, on the sample tenant."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from reconciler.cli.app import run
from reconciler.repository import git
from reconciler.runs.journal import Journal
from reconciler.simulator import Simulator
from tests.cli.conftest import Result

Reconcile = Callable[..., Result]
NEW = (
    "people:\n  - {email: new@example.com, first_name: New, location: London HQ, extension: '0250',"
    " licenses: [Webex Calling - Professional]}\n"
)


def change(repo: Path) -> None:
    file = repo / "desired" / "london-hq" / "workspaces.yaml"
    file.write_text(file.read_text().replace("capacity: 4", "capacity: 6", 1))
    (repo / "desired" / "new.yaml").write_text(NEW)


def plain(text: str, *names: str) -> str:
    """Without what is different every time."""
    for number, name in enumerate(names, 1):
        text = text.replace(name, f"RUN-{number}")
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(\+00:00|Z)", "WHEN", text)
    text = re.sub(r"plan +[0-9a-f]{12}", "plan      DIGEST", text)
    text = re.sub(r"--approve [0-9a-f]{12}", "--approve DIGEST", text)
    text = re.sub(r"(approved|WHEN)  \S+@\S+", r"\1  WHO", text)
    return re.sub(r"\S*journal\.jsonl:\d+", "JOURNAL", text)


def names(reconcile: Reconcile) -> list[str]:
    return [run["run"] for run in json.loads(reconcile("runs", "-o", "json").out)["runs"]]


def killed(reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch) -> str:
    """An apply of which only the journal up to the first intent is left; the name of its run."""
    record = Journal.record

    def once(journal: Journal, event: str, **facts: object) -> None:
        if event not in ("run started", "intent"):
            raise SystemExit(137)
        record(journal, event, **facts)

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "record", once)
        assert reconcile("apply", "--yes", "--workers", "1").code == 137
    return names(reconcile)[0]


def test_nothing_yet(sim: Simulator, reconcile: Reconcile) -> None:
    assert reconcile("runs").out == "no runs yet; next: reconcile plan\n"
    told = reconcile("status")
    assert (told.code, told.out) == (1, "") and "there is no run yet" in told.err
    assert reconcile("undo", "last").code == 1
    assert reconcile("resume").code == 1


def test_interrupted_then_resumed_then_undone(
    repo: Path, sim: Simulator, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    change(repo)
    run = killed(reconcile, monkeypatch)
    status = reconcile("status")
    assert status.code == 130
    assert plain(status.out, run) == snapshot(name="status interrupted")
    again = reconcile("plan")
    assert again.code == 0
    resumed = reconcile("resume")
    assert resumed.code == 0
    assert plain(resumed.err, run).splitlines()[0] == snapshot(name="resume")
    assert "2 of 2 results verified" in resumed.out
    done = reconcile("status", run[:20])
    assert done.code == 0
    assert plain(done.out, run) == snapshot(name="status finished")
    sim.reset_requests()
    finished = reconcile("resume", run)
    assert finished.code == 0 and "is finished, nothing is left to do" in finished.err
    assert sim.log() == []

    asked = reconcile("undo", run)
    assert asked.code == 4, "nobody is there to ask"
    assert plain(asked.out, run) == snapshot(name="undo")
    undone = reconcile("undo", run, "--approve", asked.digest)
    assert undone.code == 0 and "desired/ still asks for what was taken back" in undone.err
    first = names(reconcile)[0]
    assert plain(reconcile("runs").out, first, run) == snapshot(name="runs")
    assert reconcile("runs", "--verify").code == 0
    (repo / "desired" / "new.yaml").unlink()
    assert "new@example.com" not in json.dumps(sim.state()["people"])


def test_apply_says_that_a_run_was_interrupted(
    repo: Path, sim: Simulator, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(repo)
    run = killed(reconcile, monkeypatch)
    applied = reconcile("apply", "--yes")
    assert f"run {run} is interrupted; to finish it: reconcile resume {run}" in applied.err
    assert applied.code == 0


def test_an_undo_is_saved_and_applied_as_a_plan(repo: Path, sim: Simulator, reconcile: Reconcile) -> None:
    change(repo)
    before = json.dumps(sim.state()["workspaces"])
    assert reconcile("apply", "--yes").code == 0
    saved = repo / "undo.json"
    shown = reconcile("undo", "last", "--out", str(saved))
    assert shown.code == 0 and f"next: reconcile apply {saved}" in shown.out
    assert json.dumps(sim.state()["workspaces"]) != before
    assert reconcile("apply", str(saved), "--approve", shown.digest).code == 0
    assert json.loads(before) == sim.state()["workspaces"]


def test_a_journal_that_was_changed_is_told(repo: Path, sim: Simulator, reconcile: Reconcile) -> None:
    change(repo)
    assert reconcile("apply", "--yes").code == 0
    (run,) = names(reconcile)
    journal = repo / "state" / "runs" / run / "journal.jsonl"
    journal.write_text(journal.read_text().replace('"capacity": 6', '"capacity": 5', 1))
    told = reconcile("runs", "--verify")
    assert told.code == 1 and "does not follow from the one before it" in told.out
    assert json.loads(reconcile("status", "-o", "json").out)["journal"]["intact"] is False
    assert reconcile("status").code == 1
    assert reconcile("undo", run).code == 5
    assert reconcile("resume", run).code == 5


@pytest.mark.issue10("C")
def test_runs_say_who_when_and_what_and_undo_the_commit_to_revert(
    repo: Path, sim: Simulator, reconcile: Reconcile
) -> None:
    git.commit_all(repo, "As it was")
    change(repo)
    asked = git.commit_all(repo, "Seats and a hire")
    (repo / "notes.txt").write_text("nothing of the desired state")
    git.commit_all(repo, "Notes")
    assert reconcile("apply", "--yes").code == 0
    (told,) = json.loads(reconcile("runs", "-o", "json").out)["runs"]
    assert told["actions"] == {"create": 1, "update": 1} and "@" in told["approval"]["by"]
    said = reconcile("runs").out
    assert told["at"] in said and told["approval"]["by"] in said
    assert "create 1, update 1: person/new@example.com, workspace/Board Room" in said
    undo = reconcile("undo", "last", "-o", "json", "--yes")
    digest = reconcile("undo", "last").digest
    assert undo.code == 4
    undone = reconcile("undo", "last", "--approve", digest)
    assert undone.code == 0 and f"git revert {asked[:10]}   (Seats and a hire)" in undone.err


def test_undo_names_the_commit_that_asked_for_it_not_the_last_one_of_the_file(
    repo: Path, sim: Simulator, reconcile: Reconcile
) -> None:
    git.commit_all(repo, "As it was")
    change(repo)
    asked = git.commit_all(repo, "Seats and a hire")
    for file in sorted((repo / "desired").rglob("*.yaml")):
        file.write_text(f"# Reviewed\n{file.read_text()}\n# Reviewed to here\n")
    git.commit_all(repo, "Reviewed")
    assert reconcile("apply", "--yes").code == 0
    undone = reconcile("undo", "last", "--approve", reconcile("undo", "last").digest)
    assert undone.code == 0 and f"git revert {asked[:10]}   (Seats and a hire)" in undone.err


@pytest.mark.issue10("C")
def test_a_kind_that_is_only_read_is_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["kinds", "call_queue"]) == 0
    shown = capsys.readouterr().out
    assert "read by export, not managed yet" in shown and "call_policies.policy" in shown
    assert run(["kinds", "call_kew"]) == 64 and "there is no kind 'call_kew'" in capsys.readouterr().err
    assert run(["kinds", "call_waiting"]) == 64
    assert "did you mean person.call_waiting or virtual_line.call_waiting" in capsys.readouterr().err
    assert run(["kinds", "persn"]) == 64 and "did you mean person?" in capsys.readouterr().err
