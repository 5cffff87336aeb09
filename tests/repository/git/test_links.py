"""No link out of the repository is read or written (issue 10, item 30)."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from reconciler.cli.app import run
from reconciler.errors import LockedError, ReconcileError
from reconciler.files import links
from reconciler.runs.lock import one_run
from tests.support.live import Live

pytestmark = pytest.mark.issue10(30)
SECRET = "WEBEX_ACCESS_TOKEN=a-token-of-somebody"
VERBS = (
    ["validate"],
    ["plan"],
    ["plan", "--offline"],
    ["apply", "--yes"],
    ["export"],
    ["adopt"],
    ["drift"],
    ["insights"],
    ["runs"],
    ["status", "last"],
    ["resume", "last"],
    ["history", "list"],
)


@pytest.fixture
def repository(live: Live, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WEBEX_API_URL", live.server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", live.server.token)
    root = live.root / "repository"
    root.mkdir()
    (live.root / "desired").rename(root / "desired")
    return root


@pytest.fixture
def outside(live: Live) -> Path:
    """Files of somebody else's, beside the repository."""
    folder = live.root / "outside"
    (folder / "person").mkdir(parents=True)
    for name in ("secret", "lock", "file.jsonl", "person/ana.jsonl", "people.yaml", "notes.csv"):
        (folder / name).write_text(f"{SECRET}\n")
    return folder


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("link", "target"),
    [
        (".env", "secret"),
        (".reconcile", "."),
        (".reconcile/lock", "lock"),
        (".reconcile/pace.json", "secret"),
        (".reconcile/.gitignore", "secret"),
        ("state", "."),
        ("state/person", "person"),
        ("state/person.jsonl", "file.jsonl"),
        ("state/manifest.json", "secret"),
        ("state/runs", "."),
        ("state/runs/20260101T000000Z-0000000000", "."),
        ("desired/people.yaml", "people.yaml"),
        ("desired/notes.csv", "notes.csv"),
        ("desired/more", "."),
        ("desired/more", "nothing-there"),
        ("inventory", "."),
    ],
)
def test_a_link_out_of_the_repository_ends_every_verb(
    link: str, target: str, repository: Path, outside: Path, live: Live, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(outside)
    (repository / link).parent.mkdir(parents=True, exist_ok=True)
    (repository / link).symlink_to(os.path.relpath(outside / target, (repository / link).parent))
    live.server.reset_requests()
    for words in VERBS:
        code = run([*words, "-C", str(repository)])
        said = capsys.readouterr()
        assert code == 4 and f"{repository / link}: refusing to follow a link" in said.err, (words, said.err)
        assert SECRET not in said.err + said.out
    assert contents(outside) == before and live.server.log() == []


@pytest.mark.parametrize("option", ["--out", "--log-file", "--metrics-file"])
def test_a_file_that_is_named_is_not_written_through_a_link_of_the_repository(
    option: str, repository: Path, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A committed `plan.json` that leads to the operator's own files."""
    (repository / "named.json").symlink_to(outside / "secret")
    assert run(["plan", "-C", str(repository), option, str(repository / "named.json")]) == 4
    assert "refusing to follow a link" in capsys.readouterr().err
    assert (outside / "secret").read_text() == f"{SECRET}\n"
    (repository / "folder").symlink_to(outside)
    assert run(["plan", "-C", str(repository), option, str(repository / "folder" / "new.json")]) == 4
    assert not (outside / "new.json").exists()
    assert (
        run(["plan", "-C", str(repository), option, str(outside / "mine.json")]) == 0
    )  # outside it is one's own affair


@pytest.mark.parametrize("verb", [["plan", "--offline"], ["export"], ["adopt"], ["insights"]])
def test_a_pipe_in_the_place_of_a_snapshot_is_not_waited_for(
    verb: list[str], repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "state").mkdir(exist_ok=True)
    os.mkfifo(repository / "state" / "people.jsonl")
    assert run([*verb, "-C", str(repository)]) == 4
    assert "people.jsonl: refusing to read what is no file" in capsys.readouterr().err


def test_links_within_the_repository_are_followed(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "shared").mkdir()
    (repository / "desired" / "case.yaml").unlink()
    (repository / "shared" / "rooms.yaml").write_text(
        json.dumps({"workspaces": [{"name": "Board Room", "capacity": 9}]})
    )
    (repository / "desired" / "rooms.yaml").symlink_to("../shared/rooms.yaml")
    (repository / "shared" / "env").write_text("# nothing\n")
    (repository / ".env").symlink_to("shared/env")
    assert run(["plan", "-C", str(repository), "--detailed-exitcode"]) == 2
    assert "workspace/Board Room" in capsys.readouterr().out


def test_a_link_in_place_of_the_lock_just_now_is_not_followed(repository: Path, outside: Path) -> None:
    """After everything was looked at: the descriptor is of no link, and neither is its folder."""
    (repository / ".reconcile").mkdir()
    (repository / ".reconcile" / "lock").symlink_to(outside / "lock")
    with pytest.raises(ReconcileError, match="cannot take the lock") as error, one_run(repository, "a run"):
        pass
    assert not isinstance(error.value, LockedError)
    shutil.rmtree(repository / ".reconcile")
    (repository / ".reconcile").symlink_to(outside)
    with pytest.raises(ReconcileError, match="cannot take the lock"), one_run(repository, "a run"):
        pass
    assert (outside / "lock").read_text() == f"{SECRET}\n" and not (outside / ".gitignore").exists()
    with pytest.raises(OSError):
        links.opened(repository / ".reconcile" / "lock", os.O_RDONLY)
