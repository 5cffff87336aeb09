"""Repositories that are not whole: what is missing is said, and never taken for nothing."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.office import ANA, Office


@pytest.fixture
def twice(office: Office) -> Office:
    office.export("--no-report")
    office.commit("One")
    office.rename(ANA, "Renamed")
    office.export("--no-report")
    office.commit("Two")
    return office


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def test_a_shallow_clone_knows_no_first_snapshot(twice: Office, tmp_path: Path) -> None:
    _git(tmp_path, "clone", "--depth", "1", twice.root.as_uri(), "shallow")
    twice.root = tmp_path / "shallow"
    for verb in (["list"], ["show"], ["blame", f"person/{ANA}"]):
        said = twice.reconcile("history", *verb)
        assert said.code == 0 and "git fetch --unshallow" in said.out + said.err, verb
    assert "--unshallow" in twice.reconcile("history", "list", "-o", "json").data["note"]


def test_a_repository_that_is_damaged_has_not_no_history(twice: Office) -> None:
    for path in (twice.root / ".git" / "objects").rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(b"garbage")
    for verb in (["show"], ["blame", f"person/{ANA}"]):
        said = twice.reconcile("history", *verb)
        assert said.code == 1 and "git cannot read the history" in said.err and "git fsck" in said.err, verb
    assert "git cannot read the history" in twice.reconcile("history", "list").out


def test_a_detached_head_and_a_branch_without_commits_are_no_damage(twice: Office) -> None:
    _git(twice.root, "checkout", "--detach", "HEAD~1")
    assert len(twice.reconcile("history", "list", "-o", "json").data["snapshots"]) == 1
    _git(twice.root, "symbolic-ref", "HEAD", "refs/heads/unborn")
    said = twice.reconcile("history", "list", "-o", "json")
    assert said.code == 0 and said.data["snapshots"] == [] and said.data["note"] == ""


def test_a_dated_copy_that_cannot_be_written_leaves_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from reconciler.repository.store import writing

    replace = writing._replace

    def full(path: Path, data: bytes) -> bool:
        if "snapshots" in path.parts and path.name == "manifest.json":
            raise OSError(28, "No space left on device")
        return replace(path, data)

    monkeypatch.setattr(writing, "_replace", full)
    said = office.export("--no-report", "--dated", "snapshots")
    assert said.code == 1 and "No space left" in said.err
    assert list((office.root / "snapshots").iterdir()) == []


def test_a_name_that_has_no_bytes_is_spelled_out_by_every_verb(office: Office) -> None:
    """Half a surrogate pair: JSON can say it, and no stream can carry it."""
    office.export("--no-report")
    office.commit("One")
    tenant = office.server.state()
    for person in tenant["people"]:
        person["displayName"] = "half\ud83d"  # all the same, so that there is something to say of it
    office.server.load(tenant)
    office.describe(people=[{"email": ANA}])
    verbs = (
        ["drift", "--all", "--detailed"],
        ["history", "diff", "HEAD"],
        ["history", "blame", f"person/{ANA}"],
        ["insights"],
    )
    for verb in verbs:
        for output in ("text", "json"):
            said = office.reconcile(*verb, "-o", output)
            assert said.code in (0, 2), (verb, said.err)
            assert "half\\ud83d" in said.out, verb
            if output == "json":
                assert "half\ud83d" in json.dumps(said.data, ensure_ascii=False)
        if verb[0] == "drift":
            office.export("--no-report")
