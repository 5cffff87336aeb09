"""What cannot be written is said before anything is read, and costs no more than it must."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reconciler.cli.app import run
from reconciler.errors import ReconcileError
from reconciler.inventory.spool import begin, resume
from reconciler.simulator import Simulator, generate_tenant

ORG, NOW = "5d1c3c50-7a3e-4a53-9a0e-2f3a8a1f7c11", datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
KINDS = ["--kind", "location", "--kind", "person"]


@pytest.fixture
def root(server: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A repository with a snapshot, of somebody whom rights bind: root is not bound by any."""
    monkeypatch.setenv("WEBEX_API_URL", server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", server.token)
    server.load(generate_tenant(people=3, locations=1, workspaces=0, seed=1))
    folder = Path(tempfile.mkdtemp())  # pytest's own are for root alone
    assert run(["export", "-q", "-C", str(folder), *KINDS]) == 0
    before = os.geteuid()
    if before == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, 65534, 65534)
        os.seteuid(65534)
    server.reset_requests()
    try:
        yield folder
    finally:
        for path in (folder, *folder.rglob("*")):
            if path.is_dir():
                path.chmod(0o700)
        os.seteuid(before)
        shutil.rmtree(folder)


@pytest.mark.parametrize("closed", ["state", "state/person"])
def test_a_state_folder_that_cannot_be_written_ends_it_before_any_request(
    root: Path, server: Simulator, closed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / closed).chmod(0o500)
    assert run(["export", "-q", "-C", str(root), *KINDS]) == 1
    said = capsys.readouterr().err
    assert f"{root / closed}: nothing can be written here" in said and "do: " in said
    assert server.requests()["total"] == 0


@pytest.mark.parametrize("options", [["--format", "csv"], ["--report"], ["--dated", "copies"], ["--out", "{root}/new"]])
def test_so_does_a_folder_of_outputs(root: Path, server: Simulator, options: list[str]) -> None:
    root.chmod(0o500)
    assert run(["export", "-q", "-C", str(root), *KINDS, *(word.format(root=root) for word in options)]) == 1
    assert server.requests()["total"] == 0
    assert run(["export", "-q", "-C", str(root), *KINDS]) == 0, "what is not asked for need not be writable"


@pytest.mark.parametrize("place", [".reconcile", ".reconcile/export"])
def test_without_a_place_to_keep_it_an_export_cannot_be_resumed_and_that_is_all(
    root: Path, server: Simulator, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(root / ".reconcile" / "export")
    if place == ".reconcile":
        (root / place).chmod(0o500)
    else:
        (root / place).write_text("in the way")
    assert run(["export", "-q", "-C", str(root), *KINDS, "--resume"]) == 1
    assert "nothing that was read can be opened" in capsys.readouterr().err
    assert server.requests()["total"] == 0
    assert run(["export", "-q", "-C", str(root), *KINDS]) == 0
    assert "warning: nothing can be kept" in capsys.readouterr().err


def test_a_file_that_can_be_written_and_not_removed_is_emptied(root: Path) -> None:
    """The export that it served has ended well, and says so."""
    spool = begin(root, ORG, {}, NOW)
    assert spool is not None
    spool.keep("/a", {})
    spool.path.parent.chmod(0o500)
    spool.done()
    assert spool.path.read_bytes() == b""
    with pytest.raises(ReconcileError, match="no interrupted export"):
        resume(root, ORG, {}, NOW, timedelta(hours=1))


def test_what_is_kept_is_for_its_owner_alone_whoever_made_the_place(root: Path) -> None:
    place = root / ".reconcile" / "export"
    place.chmod(0o755)
    (place / f"{ORG}.jsonl").write_text("")
    (place / f"{ORG}.jsonl").chmod(0o644)
    spool = begin(root, ORG, {}, NOW)
    assert spool is not None
    assert (spool.path.stat().st_mode & 0o777, place.stat().st_mode & 0o777) == (0o600, 0o700)
    spool.close()
