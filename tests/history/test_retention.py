"""Dated copies and what becomes of the old ones."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from reconciler.cli.app import run
from reconciler.repository.store.dated import dated
from reconciler.runs.lock import one_run
from tests.support.office import ANA, Office

ROOT = Path(__file__).parents[2]


def run_folder(root: Path, number: int, *, ended: bool = True) -> Path:
    folder = root / "state" / "runs" / f"2026010{number}T000000000Z-0123abcd"
    folder.mkdir(parents=True)
    (folder / "plan.json").write_text("{}")
    if ended:
        (folder / "summary.json").write_text("{}")
    return folder


def test_s24_two_scheduled_runs_leave_two_snapshots_and_retention_prunes_the_third(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cron line of the README, carried out three times; it keeps two here."""
    (line,) = re.findall(r"(?m)^17 4 \* \* \* (.*)$", (ROOT / "README.md").read_text(encoding="utf-8"))
    go, *commands = [shlex.split(command) for command in re.split(r"&&|;", line.replace("--keep 30", "--keep 2"))]
    assert go[0] == "cd" and {words[0] for words in commands} == {"reconcile"}
    (office.root / "notify.sh").write_text("#!/bin/sh\ncat >> told.jsonl\n")
    (office.root / "notify.sh").chmod(0o755)
    office.export()
    monkeypatch.chdir(office.root)
    made = []
    for day in range(3):
        office.rename(ANA, f"Day {day}")
        assert [run(words[1:]) for words in commands] == [0, 0, 0]
        made += [path for path in dated(office.root / "snapshots") if path not in made]
        assert dated(office.root / "snapshots") == made[-2:] and len(made) == day + 1
    told = [json.loads(one) for one in (office.root / "told.jsonl").read_text().splitlines()]
    assert [one["command"] for one in told] == ["drift", "export"] * 3
    assert [Path(one["report"]).name for one in told[:2]] == ["drift.json", "report.html"]


def test_a_copy_is_the_snapshot(office: Office) -> None:
    office.export("--dated", "elsewhere")
    (copy,) = dated(office.root / "elsewhere")
    state = office.root / "state"
    names = sorted(path.relative_to(state) for path in state.rglob("*.json*"))
    assert names and all((copy / name).read_bytes() == (state / name).read_bytes() for name in names)


def test_copies_of_one_moment_do_not_replace_each_other(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    from reconciler.model.snapshot import MemorySnapshot
    from reconciler.repository.store.dated import moment_of, write_dated

    moment, snapshot = datetime(2026, 1, 1, 12, 0, 0, 999_000, tzinfo=UTC), MemorySnapshot({"id": "x"}, {"person": {}})
    names = [write_dated(office.root / "copies", snapshot, moment).name for _ in range(3)]
    assert names == ["20260101T120000999Z", "20260101T120001000Z", "20260101T120001001Z"]
    assert moment_of(office.root / names[0]) == moment


def test_runs_and_copies_are_pruned_apart_and_what_is_not_ours_stays(office: Office) -> None:
    runs = [run_folder(office.root, number) for number in range(1, 5)]
    stranger = office.root / "state" / "runs" / "notes"
    stranger.mkdir()
    (office.root / "snapshots").mkdir()
    (office.root / "snapshots" / "20250101T000000000Z").mkdir()  # no snapshot in it
    link = office.root / "state" / "runs" / "20250101T000000000Z-0123abcd"
    link.symlink_to(stranger)
    said = office.reconcile("history", "prune", "--keep", "3", "--yes")
    assert said.code == 0 and said.out.split() == [f"state/runs/{runs[0].name}"]
    assert not runs[0].exists() and all(run.exists() for run in runs[1:])
    assert stranger.exists() and link.exists() and (office.root / "snapshots" / "20250101T000000000Z").exists()


def test_a_run_that_did_not_end_stays(office: Office) -> None:
    cut_off = run_folder(office.root, 1, ended=False)
    whole = [run_folder(office.root, number) for number in (2, 3)]
    said = office.reconcile("history", "prune", "--keep", "1", "--yes")
    assert cut_off.exists() and "the run did not end" in said.err
    assert [run.exists() for run in whole] == [False, True]


def test_nothing_goes_without_a_word(office: Office) -> None:
    runs = [run_folder(office.root, number) for number in (1, 2)]
    said = office.reconcile("history", "prune", "--keep", "1")
    assert said.code == 4 and runs[0].name in said.out and all(run.exists() for run in runs)


def test_nothing_goes_while_a_run_is_under_way(office: Office) -> None:
    runs = [run_folder(office.root, number) for number in (1, 2)]
    with one_run(office.root, "other"):
        assert office.reconcile("history", "prune", "--keep", "1", "--yes").code == 6
    assert all(run.exists() for run in runs)


def test_git_is_not_touched(office: Office) -> None:
    office.export("--dated", "snapshots")
    office.rename(ANA, "Renamed")
    office.export("--dated", "snapshots")
    office.commit("Snapshot")
    before = {path: path.read_bytes() for path in (office.root / ".git").rglob("*") if path.is_file()}
    office.reconcile("history", "prune", "--keep", "1", "--yes")
    assert {path: path.read_bytes() for path in (office.root / ".git").rglob("*") if path.is_file()} == before


def test_s25_the_hook_gets_the_path_of_a_report_that_is_one_file(office: Office) -> None:
    """What it is told is what the README says; the page that it finds asks for nothing else (test_inventory_report)."""
    (keys,) = re.findall(r"The hook gets `\{(.*?)\}` as JSON", (ROOT / "README.md").read_text(encoding="utf-8"))
    office.export("--report", "--dated", "snapshots", "--hook", "sh -c 'cat > told.json'")
    told = json.loads((office.root / "told.json").read_text())
    (copy,) = dated(office.root / "snapshots")
    assert (told["command"], told["verdict"], told["exit_code"]) == ("export", "complete", 0)
    assert told["report"] == str(office.root / "inventory" / "report.html") and told["snapshot"] == str(copy)
    page = Path(told["report"]).read_text(encoding="utf-8")
    assert page.endswith("</html>") and ANA in page
    assert all(where.startswith("#") for where in re.findall(r"""\b(?:src|href|action)=["']([^"']*)""", page))
    assert "url(" not in page and "@import" not in page
    assert told["counts"]["person"] == 5 and told.keys() == {*keys.split(", "), "snapshot"}


def test_a_hook_without_a_report_is_told_of_none(office: Office) -> None:
    office.export("--hook", "sh -c 'cat > told.json'")
    told = json.loads((office.root / "told.json").read_text())
    assert told["report"] is None and told["snapshot"] == str(office.root / "state")


def test_a_dated_copy_that_cannot_be_written_is_an_error(office: Office) -> None:
    (office.root / "snapshots").write_text("a file where a folder should be")
    said = office.export("--dated", "snapshots")
    assert said.code == 1 and "nothing can be written here" in said.err
