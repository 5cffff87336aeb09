"""What git says of the desired state. The commit is read from the files of the repository, because a plan must
not pay for GitPython's import (performance.md §5, S2); everything else goes through GitPython."""

from __future__ import annotations

from pathlib import Path


def head(root: Path) -> str:
    """The commit that HEAD of the repository around `root` names; empty outside git and before a first commit."""
    for folder in (root.resolve(), *root.resolve().parents):
        marker = folder / ".git"
        if marker.exists():
            return _commit(_git_dir(marker))
    return ""


def _git_dir(marker: Path) -> Path:
    """`.git` is a folder, or in a worktree a file that says where the folder is."""
    if marker.is_dir():
        return marker
    return (marker.parent / _text(marker).removeprefix("gitdir: ")).resolve()


def _commit(git_dir: Path) -> str:
    name = _text(git_dir / "HEAD")
    if not name.startswith("ref: "):
        return name
    reference = name.removeprefix("ref: ")
    common = _text(git_dir / "commondir")
    shared = (git_dir / common).resolve() if common else git_dir
    for folder in (git_dir, shared):
        if commit := _text(folder / reference):
            return commit
    packed = (line.split(" ") for line in _text(shared / "packed-refs").splitlines())
    return next((words[0] for words in packed if words[1:] == [reference]), "")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def commit_all(root: Path, message: str) -> str:
    """Make a repository of `root` if it is none, and commit everything in it; the commit's name."""
    from git import Actor, Repo

    with Repo.init(root) as repository:
        repository.git.add(all=True)
        author = Actor("reconcile demo", "demo@example.com")
        return repository.index.commit(message, author=author, committer=author).hexsha


def diff(root: Path) -> str:
    """What changed in the worktree since the last commit, as git shows it."""
    from git import Repo

    with Repo(root) as repository:
        return str(repository.git.diff("--unified=0"))
