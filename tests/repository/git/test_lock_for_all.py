"""One tenant, one writer: a lock that other clones see (issue 10, item 6; row M29). Real remotes, real clones."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.app import run
from reconciler.errors import InputError, LockedError, ReconcileError
from reconciler.repository.git.refs import RefStore
from reconciler.runs import lease
from reconciler.runs.lease import FolderStore, Store, take
from tests.repository.git.conftest import Git
from tests.support.live import Live

pytestmark = pytest.mark.issue10(6)
REF = "refs/reconcile/lock"
ANA = {"who": "ana@one", "host": "one", "pid": 1, "run": "hers", "since": "2026-12-01T00:00:00Z"}
BEN = {"who": "ben@two", "host": "two", "pid": 2, "run": "his", "since": "2026-12-01T00:00:01Z"}


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def remote(tmp_path: Path, git: Git) -> Path:
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    return tmp_path / "remote.git"


def clone(remote: Path, name: str, git: Git) -> Path:
    git(remote.parent, "clone", "--quiet", str(remote), name)
    return remote.parent / name


@pytest.fixture(params=["ref", "folder"])
def two(request: pytest.FixtureRequest, remote: Path, tmp_path: Path, git: Git) -> tuple[Store, Store]:
    """The same lock as two clones see it."""
    if request.param == "folder":
        (tmp_path / "shared").mkdir()
        return FolderStore(tmp_path / "shared", "org"), FolderStore(tmp_path / "shared", "org")
    return RefStore(clone(remote, "one", git), REF), RefStore(clone(remote, "two", git), REF)


def test_two_clones_at_once_one_is_refused_by_name(two: tuple[Store, Store]) -> None:
    one, other = two
    held = take(one, ANA, "again")
    with pytest.raises(LockedError, match="another clone is applying") as error:
        take(other, BEN, "reconcile plan")
    assert "ana@one (process 1), run hers, since 2026-12-01" in error.value.why and "reconcile plan" in error.value.do
    held.release()
    take(other, BEN, "again").release()
    assert one.read() == ("", None)


def test_of_two_that_saw_it_free_one_gets_it(two: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked before either has written: the swap decides, not the look."""
    one, other = two
    seen = other.read()
    held = take(one, ANA, "again")
    looks = iter([seen])
    real = other.read
    monkeypatch.setattr(other, "read", lambda: next(looks, None) or real())
    with pytest.raises(LockedError) as error:
        take(other, BEN, "again")
    assert "ana@one" in error.value.why
    held.check()


def test_a_dead_one_is_taken_over_and_its_owner_sends_nothing_more(
    two: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    hers = take(two[0], ANA, "again", clock)
    hers.check()

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + timedelta(seconds=lease.EXPIRES + 1)

    monkeypatch.setattr(lease, "datetime", Later)
    his = take(two[1], BEN, "again", clock)
    assert his.previous["who"] == "ana@one"
    clock.at = lease.RENEW + 1
    hers.renew()
    with pytest.raises(LockedError, match="lost") as error:
        hers.check()
    assert error.value.exit_code == 6 and "ben@two" in error.value.why
    hers.release()  # not his
    assert json.loads(two[0].read()[1] or "")["who"] == "ben@two"
    his.check()


def test_it_is_renewed_while_its_owner_lives(two: tuple[Store, Store]) -> None:
    clock = Clock()
    held = take(two[0], ANA, "again", clock)
    for minute in range(1, 20):
        clock.at = minute * (lease.RENEW + 1)
        held.renew(run="its name")
        held.check()
    assert json.loads(two[1].read()[1] or "")["run"] == "its name"
    held.release()


def test_without_the_remote_it_is_lost_before_anybody_may_take_it(two: tuple[Store, Store], tmp_path: Path) -> None:
    clock = Clock()
    held = take(two[0], ANA, "again", clock)
    for name in ("remote.git", "shared"):
        if (tmp_path / name).exists():
            (tmp_path / name).rename(tmp_path / f"{name}-gone")
    clock.at = lease.EXPIRES - lease.MARGIN - 1
    held.renew()
    held.check()
    clock.at += 2
    held.renew()
    with pytest.raises(LockedError, match="could not be renewed in time") as error:
        held.check()
    assert "reconcile resume" in error.value.do
    held.release()


def test_what_is_no_lock_is_left_alone(two: tuple[Store, Store]) -> None:
    store = two[0]
    assert store.swap("", "somebody's notes\n")
    with pytest.raises(ReconcileError, match="what is there is no lock"):
        take(two[1], BEN, "again")
    assert (store.read()[1] or "").startswith("somebody's notes")


@pytest.mark.parametrize(
    "lock",
    [
        "refs/heads/main",
        "refs/tags/lock",
        "refs/remotes/origin/x",
        "refs/x",
        "refs/reconcile/../heads/main",
        "refs/reconcile/lock.lock",
        "refs/reconcile/a:refs/heads/main",
        "refs/reconcile/*",
        "+refs/reconcile/lock",
        "main",
        "relative/folder",
        "ext::sh -c true",
        "https://example.com/x",
        "--upload-pack=x",
    ],
)
def test_a_lock_is_no_branch_no_address_and_no_option(lock: str, live: Live) -> None:
    from reconciler.repository import desired

    live.describe({}, lock=lock)
    with pytest.raises(InputError, match=r"lock"):
        desired.load_tenant(live.root)


@pytest.fixture
def clones(live: Live, remote: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two clones of one tenant's repository, with a change to make."""
    monkeypatch.setenv("WEBEX_API_URL", live.server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", live.server.token)
    live.describe({"workspaces": [{"name": "Board Room", "capacity": 9}]}, lock=REF)
    roots = clone(remote, "one", git), clone(remote, "two", git)
    for root in roots:
        shutil.copytree(live.root / "desired", root / "desired")
    return roots


def test_apply_holds_it_and_gives_it_back(
    clones: tuple[Path, Path], remote: Path, live: Live, git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    held = take(RefStore(clones[1], REF), BEN, "again")
    live.server.reset_requests()
    assert run(["apply", "--yes", "-C", str(clones[0])]) == 6
    assert "ben@two (process 2), run his" in capsys.readouterr().err and live.writes() == {}
    held.release()
    assert run(["apply", "--yes", "-C", str(clones[0])]) == 0
    said = capsys.readouterr().err
    assert "no lock protects" not in said and live.writes() == {"PUT /workspaces/{workspaceId}": 1}
    assert git(remote, "for-each-ref") == ""  # no branch, no tag, and no lock any more
    assert run(["undo", "last", "--yes", "-C", str(clones[0])]) == 0
    assert git(clones[0], "status", "--porcelain", "--untracked-files=no") == ""


def test_who_loses_it_sends_nothing_more_and_resumes(
    clones: tuple[Path, Path], live: Live, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Taken over while the run is on its way: exit 6, nothing written, and resume finishes it."""
    real = lease.take

    def taken_over(*arguments: Any) -> lease.Lease:
        made = real(*arguments)
        made.lost = "it was taken over by ben@two"
        return made

    monkeypatch.setattr(lease, "take", taken_over)
    live.server.reset_requests()
    assert run(["apply", "--yes", "-C", str(clones[0])]) == 6
    assert "nothing more is sent" in capsys.readouterr().err and live.writes() == {}
    monkeypatch.setattr(lease, "take", real)
    RefStore(clones[0], REF).swap(RefStore(clones[0], REF).read()[0], "")
    assert run(["resume", "last", "-C", str(clones[0])]) == 0
    assert live.writes() == {"PUT /workspaces/{workspaceId}": 1}
    held = take(RefStore(clones[1], REF), BEN, "again")
    assert run(["undo", "last", "--yes", "-C", str(clones[0])]) == 6
    held.release()


def test_a_remote_that_cannot_be_reached_or_is_not_there_ends_apply_before_anything(
    clones: tuple[Path, Path], live: Live, remote: Path, git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    live.server.reset_requests()
    remote.rename(remote.parent / "gone")
    assert run(["apply", "--yes", "-C", str(clones[0])]) == 1
    git(clones[1], "remote", "remove", "origin")
    assert run(["apply", "--yes", "-C", str(clones[1])]) == 1
    said = capsys.readouterr().err
    assert "no remote to lock at" in said and "internal error" not in said and live.writes() == {}


def test_without_one_apply_says_that_none_protects(
    live: Live, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEBEX_API_URL", live.server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", live.server.token)
    live.describe({"workspaces": [{"name": "Board Room", "capacity": 9}]})
    assert run(["apply", "--yes", "-C", str(live.root)]) == 0
    assert "no lock protects this tenant from other clones" in capsys.readouterr().err


def test_status_in_another_clone_says_who_holds_it(
    clones: tuple[Path, Path], remote: Path, git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where this clone has no run of its own, and not when nobody holds it."""
    held = take(RefStore(clones[1], REF), BEN, "again")
    before = git(remote, "for-each-ref")
    run(["status", "-C", str(clones[0])])
    said = capsys.readouterr().err
    assert f"{REF} of origin is held by ben@two (process 2), run his, since 2026-12-01T00:00:01Z" in said
    assert "expires" in said and "there is no run yet" in said and git(remote, "for-each-ref") == before
    held.release()
    run(["status", "-C", str(clones[0])])
    assert "held by" not in capsys.readouterr().err
    remote.rename(remote.parent / "gone")
    run(["status", "-C", str(clones[0])])
    assert "who holds the lock of this tenant cannot be told" in capsys.readouterr().err
