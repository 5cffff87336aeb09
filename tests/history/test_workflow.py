"""The scheduled workflow, its own scripts carried out: drift, snapshot, commit, and a red run only at the end."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from reconciler.repository import git, yamlfile
from tests.support.forks import forked
from tests.support.office import ANA, BEN, KINDS, Office

ROOT = Path(__file__).parents[2]
WORKFLOW = yamlfile.load((ROOT / ".github" / "workflows" / "inventory.yml").read_text(encoding="utf-8"))
SCRIPTS = {step["name"]: step["run"] for step in WORKFLOW["jobs"]["inventory"]["steps"] if "name" in step}

pytestmark = pytest.mark.skipif(not shutil.which("jq"), reason="the runners have jq, this machine has not")


class Job:
    """The steps of one run, one after the other, as a runner would start them."""

    def __init__(self, office: Office, place: Path, reconcile: list[str]) -> None:
        self.office, self.root = office, office.root
        self.outputs: dict[str, str] = {}
        (place / "bin").mkdir()
        command = place / "bin" / "reconcile"
        kinds = " ".join(f"--kind {kind}" for kind in KINDS)
        # an export of everything would only take longer
        command.write_text(
            f'#!/bin/sh\nverb=$1; shift\n[ "$verb" = export ] && set -- {kinds} "$@"\n'
            f'exec {shlex.join(reconcile)} "$verb" "$@"\n'
        )
        command.chmod(0o755)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            "PATH": f"{place / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "GITHUB_STEP_SUMMARY": str(place / "summary.md"),
            "GITHUB_OUTPUT": str(place / "output"),
            "RECONCILE_HOOK": "sh -c 'cat >> told.jsonl'",
        }
        self.summary = place / "summary.md"

    def step(self, name: str, id: str = "") -> int:
        script = re.sub(r"\$\{\{ steps\.(\w+)\.outputs\.code \}\}", lambda match: self.outputs[match[1]], SCRIPTS[name])
        output = Path(self.environment["GITHUB_OUTPUT"])
        output.write_text("")
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        if id:
            self.outputs[id] = output.read_text().removeprefix("code=").strip()
        return done.returncode


@pytest.fixture
def job(office: Office, tmp_path: Path, origin: forked.Origin) -> Job:
    """A repository with a snapshot and something desired, and a remote to push to."""
    from git import Repo

    office.describe(people=[{"email": ANA, "display_name": office.person(ANA)["displayName"]}])
    office.export()
    with (office.root / ".gitignore").open("a") as file:
        file.write("report/\ntold.jsonl\n")
    office.commit("First snapshot")
    Repo.init(tmp_path / "remote.git", bare=True).close()
    with Repo(office.root) as repository:
        repository.create_remote("origin", str(tmp_path / "remote.git"))
        repository.git.push("--set-upstream", "origin", repository.active_branch.name)
    shutil.rmtree(office.root / ".reconcile")  # a runner starts from a fresh clone
    return Job(office, tmp_path, origin.command)


def test_g21_a_day_with_drift(job: Job) -> None:
    job.office.rename(ANA, "Renamed", by=BEN)
    assert job.step("Drift since the last snapshot", "drift") == 0
    assert job.step("Snapshot", "export") == 0
    assert job.step("Commit the snapshot") == 0
    assert job.outputs == {"drift": "2", "export": "0"}
    assert job.step("Verdict") == 2
    found: dict[str, Any] = json.loads((job.root / "report" / "drift.json").read_text())
    assert found["differences"][0]["fields"][0]["by"]["email"] == BEN  # the commit's time was enough
    told = [json.loads(line) for line in (job.root / "told.jsonl").read_text().splitlines()]
    assert [(one["command"], one["exit_code"]) for one in told] == [("drift", 2), ("export", 0)]
    assert told[0]["report"].endswith("report/drift.json")
    assert "Renamed" in job.summary.read_text()
    with git.past(job.root) as past:
        (commit, *_) = past.log("state")
    assert commit.title == "Snapshot of the tenant" and commit.trailer("Snapshot-Taken").startswith("20")
    assert len(job.office.reconcile("history", "list", "-o", "json").data["snapshots"]) == 2


def test_a_day_without_anything(job: Job) -> None:
    steps = (("Drift since the last snapshot", "drift"), ("Snapshot", "export"), ("Commit the snapshot", ""))
    assert [job.step(*step) for step in steps] == [0, 0, 0]
    assert job.step("Verdict") == 0
    with git.past(job.root) as past:
        assert len(past.log("state")) == 1


def test_it_asks_for_no_more_rights_than_to_commit() -> None:
    assert WORKFLOW["permissions"] == {"contents": "write"}
    assert WORKFLOW["concurrency"]["cancel-in-progress"] is False
