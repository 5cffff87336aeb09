"""Only its owner reads it; the old folder stays until the new one is whole; what is not ours is not touched (S33)."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.errors import ReconcileError, RefusedError
from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.outputs import Request, write
from reconciler.outputs.folder import replacing
from tests.outputs.conftest import files_of

ALL = Request(("csv", "json", "jsonl", "sqlite"))


def _snapshot(*names: str) -> MemorySnapshot:
    found = {name: Current("trunk", name, f"id-{name}", {"name": name}) for name in names}
    return MemorySnapshot(org={"id": "o", "name": "O"}, kinds={"trunk": found})


def _dead() -> int:
    """The id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write(tmp_path / "deep/out", _snapshot("T"), [], ALL)
        assert os.umask(0o022) == 0o022, "what came before is set again"
    finally:
        os.umask(before)
    for path in [tmp_path / "deep/out", *(tmp_path / "deep/out").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_new_export_replaces_the_whole_folder(tmp_path: Path) -> None:
    write(tmp_path / "out", _snapshot("T"), [], ALL)
    write(tmp_path / "out", _snapshot("T", "U"), [], Request(("jsonl",)))
    assert not (tmp_path / "out/csv").exists()
    assert (tmp_path / "out/jsonl/trunk.jsonl").read_bytes().count(b"\n") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_export_that_fails_leaves_the_one_before(tmp_path: Path) -> None:
    write(tmp_path / "out", _snapshot("T"), [], ALL)
    before = files_of(tmp_path / "out")

    class Broken(MemorySnapshot):
        def get(self, kind: str, key: str) -> Current | None:
            if key == "U":
                raise ReconcileError("the file of the snapshot is damaged")
            return super().get(kind, key)

    broken = _snapshot("T", "U")
    with pytest.raises(ReconcileError, match="damaged"):
        write(tmp_path / "out", Broken(broken.org, broken.kinds), [], ALL)
    assert files_of(tmp_path / "out") == before and [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_full_disk_is_an_error_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "out", _snapshot("T"), [], ALL)
    before = files_of(tmp_path / "out")
    replace = os.replace

    def refuse(source: Path, target: Path) -> None:
        if str(source).endswith(".new"):
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(ReconcileError, match="cannot write the outputs") as caught:
        write(tmp_path / "out", _snapshot("T", "U"), [], ALL)
    assert "No space left" in str(caught.value) and caught.value.do
    assert files_of(tmp_path / "out") == before and [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("there", ["notes.txt", "csv/notes.txt"])
def test_what_no_export_wrote_is_not_removed(tmp_path: Path, there: str) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path / "empty", _snapshot("T"), [], ALL)
    foreign = tmp_path / "empty" / there
    foreign.write_text("mine")
    with pytest.raises(RefusedError, match=rf"no export wrote, such as {there}"):
        write(tmp_path / "empty", _snapshot("T"), [], ALL)
    assert foreign.read_text() == "mine"


def test_a_folder_of_somebody_else_and_a_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}")
    (tmp_path / "a").write_text("a")
    for target in (tmp_path, tmp_path / "a"):
        with pytest.raises(RefusedError):
            write(target, _snapshot("T"), [], ALL)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "run.json"]


def test_what_a_killed_export_left_is_cleared_and_the_old_folder_comes_back(tmp_path: Path) -> None:
    target, dead = tmp_path / "out", _dead()
    write(target, _snapshot("T"), [], ALL)
    before = files_of(target)
    target.rename(tmp_path / f".out.{dead}.old")  # killed between the two steps of the exchange
    (tmp_path / f".out.{dead}.new").mkdir()
    (tmp_path / f".out.{os.getppid()}.new").mkdir()  # of an export that runs
    with pytest.raises(KeyboardInterrupt), replacing(target, {}):
        raise KeyboardInterrupt
    assert files_of(target) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [f".out.{os.getppid()}.new", "out"]


def test_git_does_not_take_it(tmp_path: Path) -> None:
    write(tmp_path / "inventory", _snapshot("T"), [], ALL)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    listed = subprocess.run(["git", "status", "--porcelain"], cwd=tmp_path, check=True, stdout=subprocess.PIPE).stdout
    assert listed == b""


@pytest.mark.parametrize("link_to", ["file", "folder"])
def test_a_link_in_the_folder_is_no_exports(tmp_path: Path, link_to: str) -> None:
    write(tmp_path / "out", _snapshot("T"), [], ALL)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    (tmp_path / "out" / "mine").symlink_to(tmp_path / link_to)
    with pytest.raises(RefusedError, match="no export wrote, such as mine"):
        write(tmp_path / "out", _snapshot("T"), [], ALL)


def test_a_folder_with_what_nobody_may_look_into_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out" / "closed").mkdir(parents=True)
    scan = os.scandir

    def closed(path: Path) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", closed)
    with pytest.raises(RefusedError, match="cannot be looked into"):
        write(tmp_path / "out", _snapshot("T"), [], ALL)


def test_a_whole_disk_is_not_looked_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(50):
        (tmp_path / "out" / f"{number:02}").mkdir(parents=True)
        (tmp_path / "out" / f"{number:02}" / "mine").write_text("")
    seen: list[str] = []
    scan = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: (seen.append(str(path)), scan(path))[1])
    with pytest.raises(RefusedError, match="such as 00/mine"):
        write(tmp_path / "out", _snapshot("T"), [], ALL)
    assert len(seen) < 5


def test_a_disk_that_is_full_for_sqlite_is_an_error_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    from reconciler.outputs.formats import database

    class Full(sqlite3.Connection):
        def executemany(self, *arguments: object) -> sqlite3.Cursor:
            raise sqlite3.OperationalError("database or disk is full")

    connect = sqlite3.connect
    monkeypatch.setattr(database.sqlite3, "connect", lambda *a, **k: connect(*a, **k, factory=Full))
    with pytest.raises(ReconcileError, match="cannot write the outputs") as caught:
        write(tmp_path / "out", _snapshot("T"), [], ALL)
    assert "disk is full" in str(caught.value) and list(tmp_path.iterdir()) == []
