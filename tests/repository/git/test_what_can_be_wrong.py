"""What can be wrong with git or a repository is said, with what to do: never a traceback (issue 10, item 31)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.cli.app import run
from tests.repository.git.conftest import Git, Trap
from tests.support.live import Live

pytestmark = pytest.mark.issue10(31)
Break = Callable[[Path, Git, pytest.MonkeyPatch], None]
HISTORY = (
    ["history", "list"],
    ["history", "show", "HEAD"],
    ["history", "blame", "workspace/Board Room"],
    ["history", "diff", "HEAD~1", "HEAD"],
)


def no_git(root: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(root / "nothing"))


def git_that_cannot_be_run(root: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "bin").mkdir()
    (root / "bin" / "git").write_text("no program\n")
    (root / "bin" / "git").chmod(0o644)
    monkeypatch.setenv("PATH", str(root / "bin"))


def another_owner(root: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")


def partial_without_its_remote(root: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / ".git").rename(origin := root.parent / f"{root.name}-origin.git")
    git(root.parent, "--git-dir", str(origin), "config", "core.bare", "true")
    git(root.parent, "--git-dir", str(origin), "config", "uploadpack.allowFilter", "true")
    clone = root.parent / f"{root.name}-clone"
    git(root.parent, "clone", "--quiet", "--no-checkout", "--filter=tree:0", origin.as_uri(), str(clone))
    (clone / ".git").rename(root / ".git")
    shutil.rmtree(origin)


def objects_gone(root: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (root / ".git" / "objects").iterdir():
        shutil.rmtree(folder)


def objects_damaged(root: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in (root / ".git" / "objects").rglob("*"):
        if file.is_file():
            file.chmod(0o644)
            file.write_bytes(b"damaged")


def configuration_damaged(root: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / ".git" / "config").write_text("[core\n")


def a_git_file_that_leads_nowhere(root: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(root / ".git")
    (root / ".git").write_text("gitdir: /nowhere/at/all\n")


def a_format_of_tomorrow(root: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    git(root, "config", "core.repositoryFormatVersion", "9")


def nothing_checked_out(root: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    git(root, "config", "core.bare", "true")


def files_elsewhere(root: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "other").mkdir()
    git(root, "config", "core.worktree", str(root / "other"))


@pytest.mark.parametrize(
    ("breaks", "says"),
    [
        (no_git, "do: install git, or put it on PATH"),
        (git_that_cannot_be_run, "do: install git, or put it on PATH"),
        (another_owner, "do: if you trust it: git config --global --add safe.directory {root}"),
        (partial_without_its_remote, "this clone is partial, and what is missing cannot be fetched"),
        (objects_gone, "git cannot read the history"),
        (objects_damaged, "git cannot read the history"),
        (configuration_damaged, "bad config"),
        (a_git_file_that_leads_nowhere, "is not there"),
        (a_format_of_tomorrow, "Expected git repo version"),
        (nothing_checked_out, "this git repository has no files checked out"),
        (files_elsewhere, "the files of this git repository are elsewhere"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_wrong_is_said_and_a_plan_is_made_all_the_same(
    breaks: Break,
    says: str,
    tenant: Live,
    git: Git,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    breaks(tenant.root, git, monkeypatch)
    told = ""
    for words in HISTORY:
        code = run([*words, "-C", str(tenant.root)])
        said = capsys.readouterr()
        assert code in (0, 1, 64) and "internal error" not in said.err and "Traceback" not in said.err, words
        told += said.err + said.out
    assert says.format(root=tenant.root) in told
    # a delete is blocked where nobody can tell what was protected, and that is a finding of the plan
    assert run(["plan", "-C", str(tenant.root)]) in (0, 4) and "workspace/Board Room" in capsys.readouterr().out
    assert run(["drift", "-C", str(tenant.root)]) in (0, 2)
    assert "internal error" not in capsys.readouterr().err


def test_a_shallow_clone_a_detached_head_and_no_commit_are_usual(
    tenant: Live, git: Git, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth", "1", tenant.root.as_uri(), str(shallow))
    git(tenant.root, "checkout", "--quiet", "--detach", "HEAD~1")
    for root in (shallow, tenant.root):
        assert run(["history", "list", "-C", str(root)]) == 0
        assert run(["plan", "-C", str(root)]) == (4 if root is shallow else 0)
    assert "shallow" in capsys.readouterr().out
    git(tenant.root, "checkout", "--quiet", "--orphan", "new")
    assert run(["history", "list", "-C", str(tenant.root)]) in (0, 1)
    assert run(["plan", "-C", str(tenant.root)]) == 0
    assert "internal error" not in capsys.readouterr().err


def test_git_dir_of_somewhere_else_is_not_followed(
    tenant: Live, git: Git, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a hook is called by git in another repository."""
    monkeypatch.setenv("GIT_DIR", str(tenant.root / "nowhere"))
    assert run(["history", "show", "HEAD", "-C", str(tenant.root)]) == 0
    assert run(["plan", "-C", str(tenant.root)]) == 0


@pytest.mark.parametrize("hooks", ["core.hooksPath", "init.templateDir"])
def test_demo_runs_no_hooks_and_minds_no_set_up(
    hooks: str,
    own_configuration: Path,
    trap: Trap,
    git: Git,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Hooks that fail (of git's two places for them the first hides the second), commits to be signed by what cannot,
    nobody's name, and another repository in the environment: each alone would end the demo, or spring the trap."""
    folder = tmp_path / "template" / "hooks"
    folder.mkdir(parents=True)
    for name in ("pre-commit", "commit-msg", "prepare-commit-msg", "post-commit", "reference-transaction"):
        shutil.copy(trap.script, folder / name)
    trap.script.write_text(trap.script.read_text().replace("exit 0", "exit 1"))
    own_configuration.write_text("[user]\n\tuseConfigOnly = true\n")
    git(tmp_path, "config", "--global", hooks, str(folder if hooks == "core.hooksPath" else folder.parent))
    git(tmp_path, "config", "--global", "commit.gpgSign", "true")
    git(tmp_path, "config", "--global", "gpg.program", str(trap.script))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    assert run(["demo", "--keep", str(tmp_path / "kept")]) == 0, capfd.readouterr().err
    assert not trap.sprung
    monkeypatch.delenv("GIT_DIR")
    assert git(tmp_path / "kept", "log", "--format=%an") == "reconcile demo"


def test_demo_without_git_says_so(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert run(["demo"]) == 1
    said = capfd.readouterr().err
    assert "git cannot be run" in said and "do: install git, or put it on PATH" in said


@pytest.mark.issue10(31)
def test_a_list_of_snapshots_says_what_to_do_about_git(
    tenant: Live, git: Git, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    another_owner(tenant.root, git, monkeypatch)
    assert run(["history", "list", "-C", str(tenant.root)]) == 0
    assert "safe.directory" in capsys.readouterr().out
