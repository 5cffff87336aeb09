"""What is recorded of desired files that are not as the commit has them (issue 10, item 22). Real repositories."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import RefusedError
from reconciler.repository import git as door
from reconciler.repository import provenance
from tests.repository.git.conftest import Git

pytestmark = pytest.mark.issue10(22)
TEXT = "people:\n  - email: ana@example.com\n"


@pytest.fixture
def root(tmp_path: Path, git: Git) -> Path:
    """Committed: settings, two files, a shared one beside desired/ with a link to it, and what is not used."""
    root = tmp_path / "repository"
    (root / "desired" / "london").mkdir(parents=True)
    (root / "shared").mkdir()
    for name in ("desired/tenant.yaml", "desired/a.yaml", "desired/london/b.csv", "shared/c.yaml", "README.md"):
        (root / name).write_text(TEXT)
    (root / "desired" / "c.yaml").symlink_to("../shared/c.yaml")
    (root / "desired" / "insights.yaml").write_text("disable: []\n")
    (root / ".gitignore").write_text("*ignored*\n.reconcile/\n")
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "One")
    return root


def edit(root: Path, name: str) -> None:
    (root / name).write_text("people: []\n")


def hide(root: Path, git: Git, how: str) -> None:
    git(root, "update-index", how, "desired/a.yaml")
    edit(root, "desired/a.yaml")


Deed = Callable[[Path, Git], object]
MODIFIED: dict[str, tuple[Deed, list[str]]] = {
    "edited": (lambda root, git: edit(root, "desired/a.yaml"), ["desired/a.yaml"]),
    "settings": (lambda root, git: edit(root, "desired/tenant.yaml"), ["desired/tenant.yaml"]),
    "staged": (lambda root, git: (edit(root, "desired/a.yaml"), git(root, "add", "desired")), ["desired/a.yaml"]),
    "untracked": (lambda root, git: edit(root, "desired/new.yaml"), ["desired/new.yaml"]),
    "untracked folder": (
        lambda root, git: ((root / "desired" / "x").mkdir(), edit(root, "desired/x/new.CSV")),
        ["desired/x/new.CSV"],
    ),
    "ignored": (lambda root, git: edit(root, "desired/ignored.yaml"), ["desired/ignored.yaml"]),
    "deleted": (lambda root, git: (root / "desired/london/b.csv").unlink(), ["desired/london/b.csv"]),
    "renamed": (
        lambda root, git: git(root, "mv", "desired/a.yaml", "desired/z.yaml"),
        ["desired/a.yaml", "desired/z.yaml"],
    ),
    "assume-unchanged": (lambda root, git: hide(root, git, "--assume-unchanged"), ["desired/a.yaml"]),
    "skip-worktree": (lambda root, git: hide(root, git, "--skip-worktree"), ["desired/a.yaml"]),
    "what a link leads to": (lambda root, git: edit(root, "shared/c.yaml"), ["desired/c.yaml"]),
    "another link": (
        lambda root, git: ((root / "desired/c.yaml").unlink(), (root / "desired/c.yaml").symlink_to("a.yaml")),
        ["desired/c.yaml"],
    ),
    "a file in the place of a link": (
        lambda root, git: ((root / "desired/c.yaml").unlink(), (root / "desired/c.yaml").write_text(TEXT)),
        ["desired/c.yaml"],
    ),
}


@pytest.mark.parametrize("case", MODIFIED)
def test_what_the_commit_does_not_have_counts(case: str, root: Path, git: Git) -> None:
    head = git(root, "rev-parse", "HEAD")
    assert provenance.commit(root) == head
    deed, names = MODIFIED[case]
    deed(root, git)
    assert (provenance.commit(root), provenance.modified(root)) == (f"{head}+modified", names)
    with pytest.raises(RefusedError) as error:
        provenance.refuse_modified(root)
    assert error.value.exit_code == 4 and all(name in error.value.why for name in names) and "commit" in error.value.do
    for how in ("--no-assume-unchanged", "--no-skip-worktree"):
        git(root, "update-index", how, *git(root, "ls-files", "desired").split())
    git(root, "add", "--all", "--force", "desired", "shared")
    git(root, "commit", "--quiet", "-m", "Two")
    assert provenance.commit(root) == git(root, "rev-parse", "HEAD")
    provenance.refuse_modified(root)


CLEAN: dict[str, Deed] = {
    "beside desired": lambda root, git: edit(root, "README.md"),
    "no desired file": lambda root, git: edit(root, "desired/NOTES.md"),
    "hidden": lambda root, git: edit(root, "desired/.draft.yaml"),
    "no part of a plan": lambda root, git: edit(root, "desired/insights.yaml"),
    "touched": lambda root, git: (root / "desired/a.yaml").write_text(TEXT),
    "staged and put back": lambda root, git: (
        edit(root, "desired/a.yaml"),
        git(root, "add", "--all"),
        (root / "desired/a.yaml").write_text(TEXT),
    ),
    "executable": lambda root, git: (root / "desired/a.yaml").chmod(0o755),
}


@pytest.mark.parametrize("case", CLEAN)
def test_what_no_plan_is_made_from_does_not(case: str, root: Path, git: Git) -> None:
    CLEAN[case](root, git)
    assert provenance.commit(root) == git(root, "rev-parse", "HEAD")
    provenance.refuse_modified(root)


def test_line_ends_and_filters_of_the_user_are_no_change(root: Path, git: Git) -> None:
    """As on Windows, or with LFS: the file is not byte by byte as the commit has it, and git says it is."""
    git(root, "config", "--global", "core.autocrlf", "true")
    git(root, "config", "--global", "filter.upper.clean", "tr a-z A-Z")
    (root / "desired" / "a.yaml").write_bytes(TEXT.replace("\n", "\r\n").encode())
    (root / "shared" / "c.yaml").write_bytes(TEXT.replace("\n", "\r\n").encode())
    assert provenance.modified(root) == []
    (root / ".gitattributes").write_text("desired/*.csv filter=upper\n")
    (root / "desired" / "d.csv").write_text("email\nana@example.com\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "Filtered")
    assert git(root, "show", "HEAD:desired/d.csv").startswith("EMAIL") and provenance.modified(root) == []
    (root / "desired" / "a.yaml").write_bytes(b"people: []\r\n")
    assert provenance.modified(root) == ["desired/a.yaml"]


def test_a_folder_of_a_larger_repository_a_link_to_one_and_a_worktree(root: Path, git: Git, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    (whole / "acme").mkdir(parents=True)
    (root / "desired").rename(whole / "acme" / "desired")
    (root / "shared").rename(whole / "acme" / "shared")
    (whole / "twin").mkdir()
    (whole / "twin" / "desired").symlink_to("../acme/desired")
    git(whole, "init", "--quiet")
    git(whole, "add", "--all")
    git(whole, "commit", "--quiet", "-m", "One")
    git(whole, "worktree", "add", "--quiet", str(tmp_path / "tree"))
    for top in (whole, tmp_path / "tree"):
        for name in ("acme", "twin"):
            assert provenance.commit(top / name) == git(top, "rev-parse", "HEAD")
            file = top / name / "desired" / "a.yaml"
            file.write_text(TEXT.replace("\n", "\r\n"))
            assert provenance.modified(top / name) == ["desired/a.yaml"]
            git(top, "config", "--global", "core.autocrlf", "true")
            assert provenance.modified(top / name) == []
            git(top, "config", "--global", "core.autocrlf", "false")
            file.write_text(TEXT)
            (top / name / "desired" / "new.yaml").write_text(TEXT)
            assert provenance.modified(top / name) == ["desired/new.yaml"]
            (top / name / "desired" / "new.yaml").unlink()


def test_without_a_commit_nothing_is_said_and_nothing_is_clean(root: Path, git: Git, tmp_path: Path) -> None:
    (root / ".git").rename(tmp_path / "kept")
    for begin in (lambda: None, lambda: git(root, "init", "--quiet")):
        begin()
        assert provenance.commit(root) == ""
        with pytest.raises(RefusedError, match="no commit has the desired files") as error:
            provenance.refuse_modified(root)
        assert error.value.exit_code == 4 and "git init" in error.value.do


def test_where_git_cannot_be_asked_it_is_said_that_nobody_checked(
    root: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = git(root, "rev-parse", "HEAD")
    monkeypatch.setenv("PATH", str(root / "nothing"))
    assert provenance.commit(root) == f"{head}+unchecked"
    with pytest.raises(RefusedError, match="nobody can tell") as error:
        provenance.refuse_modified(root)
    assert error.value.exit_code == 4 and "install git" in error.value.do


def test_two_processes_where_it_is_clean_and_none_outside_git(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from reconciler.repository.git import command

    asked: list[str] = []
    real = command.run

    def run(words: Sequence[str], *rest: Any, **more: Any) -> tuple[int, bytes]:
        asked.append(words[0])
        return real(words, *rest, **more)

    monkeypatch.setattr(command, "run", run)
    provenance.commit(root)
    assert len(asked) <= 3  # the last one for the link's target, which lies elsewhere
    asked.clear()
    (root / ".git").rename(tmp_path / "kept")
    assert provenance.commit(root) == "" and asked == [] and door.head(root) == ""
