"""Whatever lies in the tree, git runs nothing of it, and sees no token (issue 10, item 8)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.cli.app import run
from reconciler.errors import RefusedError
from reconciler.repository import git as ours
from tests.repository.git.conftest import Git, Trap
from tests.support.live import Live

pytestmark = pytest.mark.issue10(8)
#: All that ask git something: a delete asks what was protected before.
VERBS = (
    ["plan"],
    ["drift"],
    ["apply", "--dry-run", "--yes"],
    ["history", "list"],
    ["history", "show", "HEAD"],
    ["history", "blame", "workspace/Board Room"],
    ["history", "diff", "HEAD~1", "HEAD"],
)
Lay = Callable[[Path, Trap, Git], None]


def every_verb(root: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    found = {" ".join(words): run([*words, "-C", str(root)]) for words in VERBS}
    said = capsys.readouterr().err
    assert "internal error" not in said and "Traceback" not in said
    return found


def _fsmonitor(root: Path, trap: Trap, git: Git) -> None:
    git(root, "config", "core.fsmonitor", str(trap.script))


def _hooks(root: Path, trap: Trap, git: Git) -> None:
    for name in ("post-index-change", "reference-transaction", "pre-commit", "post-commit", "post-checkout"):
        shutil.copy(trap.script, root / ".git" / "hooks" / name)


def _hooks_path(root: Path, trap: Trap, git: Git) -> None:
    (root / "hooks").mkdir()
    shutil.copy(trap.script, root / "hooks" / "post-index-change")
    git(root, "config", "core.hooksPath", "hooks")


def _filter(root: Path, trap: Trap, git: Git) -> None:
    """The attribute is committed, the filter is the clone's own: nobody needs it for reading."""
    (root / ".gitattributes").write_text("* filter=evil diff=evil\n")
    for name in ("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv"):
        git(root, "config", name, str(trap.script))
    git(root, "config", "filter.evil.required", "true")
    for file in (root / "state").rglob("*"):
        if file.is_file():
            os.utime(file, (1, 1))  # so that git looks into it again


def _external(root: Path, trap: Trap, git: Git) -> None:
    for name in ("diff.external", "core.pager", "pager.log", "gpg.program", "core.editor", "core.sshCommand"):
        git(root, "config", name, str(trap.script))
    git(root, "config", "log.showSignature", "true")


@pytest.mark.parametrize("lay", [_fsmonitor, _hooks, _hooks_path, _filter, _external], ids=lambda lay: lay.__name__)
def test_nothing_that_a_configuration_names_runs(
    lay: Lay, tenant: Live, trap: Trap, git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tenant.root, trap, git)
    codes = every_verb(tenant.root, capsys)
    assert not trap.sprung
    assert codes["history list"] == 0 and codes["plan"] in (0, 4)


def test_the_trap_is_one(tenant: Live, trap: Trap, git: Git) -> None:
    """What the test above lays out is run by a git that is called as usual."""
    _fsmonitor(tenant.root, trap, git)
    git(tenant.root, "status")
    assert trap.sprung


def _bare(folder: Path, trap: Trap) -> None:
    for name in ("objects", "refs"):
        (folder / name).mkdir(parents=True)
    (folder / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / "config").write_text(
        "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = ..\n"
        f"\tfsmonitor = {trap.script}\n\tsshCommand = {trap.script}\n"
    )


@pytest.mark.parametrize("where", ["the tenant's folder", "a folder above it", "the outermost one"])
def test_a_bare_layout_below_the_repository_is_refused(
    where: str, tenant: Live, trap: Trap, git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tenant.root / "tenants" / "one"
    root.mkdir(parents=True)
    for name in ("desired", "state"):
        shutil.copytree(tenant.root / name, root / name)
    laid = {"the tenant's folder": root, "a folder above it": root.parent, "the outermost one": root}[where]
    if where == "the outermost one":
        shutil.rmtree(tenant.root / ".git")
    _bare(laid, trap)
    for words in VERBS:
        assert run([*words, "-C", str(root)]) == 4, words
        assert f"{laid}: refusing to ask git" in capsys.readouterr().err
    assert not trap.sprung


def test_a_git_file_that_leads_into_the_tree_is_refused(tenant: Live, trap: Trap, git: Git) -> None:
    root = tenant.root / "one"
    root.mkdir()
    _bare(tenant.root / "layout", trap)
    (root / ".git").write_text("gitdir: ../layout\n")
    for ask in (ours.head, lambda root: ours.past(root).__enter__()):
        with pytest.raises(RefusedError, match="laid out in a folder of the tree"):
            ask(root)
    assert not trap.sprung


def test_worktrees_and_submodules_lead_out_of_the_tree_and_are_read(tenant: Live, git: Git, tmp_path: Path) -> None:
    git(tenant.root, "worktree", "add", "--quiet", "--detach", str(tmp_path / "beside"))
    git(tenant.root, "worktree", "add", "--quiet", "--detach", str(tenant.root / "below"))
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "--quiet")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tenant.root), "sub")
    for root in (tmp_path / "beside", tenant.root / "below", outer / "sub"):
        assert ours.head(root) == git(tenant.root, "rev-parse", "HEAD")
        with ours.past(root) as past:
            assert [one.title for one in past.log("desired")] == ["Desired", "Snapshot"]


def test_a_file_of_the_tree_is_no_configuration(
    tenant: Live, trap: Trap, git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    (tenant.root / ".gitconfig").write_text(f"[core]\n\tfsmonitor = {trap.script}\n\tsshCommand = {trap.script}\n")
    git(tenant.root, "config", "include.path", "../.gitconfig")
    codes = every_verb(tenant.root, capsys)
    assert codes["history list"] == codes["history show HEAD"] == 4 and not trap.sprung
    (tenant.root / ".gitconfig").write_text("[alias]\n\tst = status\n[blame]\n\tignoreRevsFile = .ignored\n")
    assert every_verb(tenant.root, capsys)["history list"] == 0  # what names no program may be shared


def test_a_head_that_leads_out_of_the_repository_is_no_commit(tenant: Live) -> None:
    (tenant.root / "secret").write_text("a-token\n")
    for said in ("ref: ../secret", "ref: refs/../../secret", "a-token"):
        (tenant.root / ".git" / "HEAD").write_text(f"{said}\n")
        assert ours.head(tenant.root) == ""


def test_no_token_and_no_key_is_in_its_environment_and_another_repository_is_not_taken(
    tenant: Live, trap: Trap, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A git that notes what it sees, as every verb calls it."""
    real, folder, seen = shutil.which("git"), tmp_path / "bin", tmp_path / "seen"
    folder.mkdir()
    (folder / "git").write_text(f'#!/bin/sh\nenv >>"{seen}"\nexec "{real}" "$@"\n')
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    for name in ("WEBEX_REFRESH_TOKEN", "WEBEX_CLIENT_SECRET", "WEBEX_CLIENT_ID", "WEBEX_ANYTHING"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("RECONCILE_PLAN_KEY", "secret")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(trap.script))
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    codes = every_verb(tenant.root, capsys)
    names = {line.partition("=")[0] for line in seen.read_text().splitlines()}
    assert codes["history list"] == 0 and not trap.sprung
    assert {"PATH", "GIT_CONFIG_GLOBAL"} <= names
    assert not {name for name in names if name.startswith(("WEBEX_", "RECONCILE_"))}


def test_the_users_own_filters_stay(tenant: Live, git: Git, own_configuration: Path) -> None:
    """As LFS is set up: the attribute in the tree, what it does in the user's configuration."""
    (tenant.root / ".gitattributes").write_text("*.csv filter=up\n")
    for name in ("clean", "smudge"):
        git(tenant.root, "config", "--global", f"filter.up.{name}", "tr a-z A-Z" if name == "clean" else "tr A-Z a-z")
    (tenant.root / "desired" / "more.csv").write_text("name\n")
    git(tenant.root, "add", "--all")
    git(tenant.root, "commit", "--quiet", "-m", "With a filter")
    used = ["desired/tenant.yaml", "desired/case.yaml", "desired/more.csv"]
    assert git(tenant.root, "show", "HEAD:desired/more.csv") == "NAME"
    assert ours.differing(tenant.root, "desired", used, lambda name: True) == []
    git(tenant.root, "config", "filter.up.clean", "false")  # the clone's own does not take its place
    assert ours.differing(tenant.root, "desired", used, lambda name: True) == []
