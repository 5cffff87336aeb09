"""A repository of our own making, for `reconcile demo`: nothing of what the user has set up for commits runs."""

from __future__ import annotations

from pathlib import Path

from reconciler.repository.git import command
from reconciler.repository.git.checkout import head, needed

_AUTHOR = {"NAME": "reconcile demo", "EMAIL": "demo@example.com"}


def commit_all(root: Path, message: str) -> str:
    """Make a repository of `root` if it is none, and commit everything in it; the commit's name."""
    if not (root / ".git").exists():
        command.run(["init", "--quiet", "--template=", "--initial-branch=main"], root, ceiling=root.parent)
    place = needed(root)
    place.ask("add", "--all", "--", ".", settings=place.unfiltered)
    author = {f"GIT_{who}_{part}": value for who in ("AUTHOR", "COMMITTER") for part, value in _AUTHOR.items()}
    words = ("commit", "--quiet", "--no-verify", "--no-gpg-sign", "--allow-empty", "--cleanup=verbatim", "-m", message)
    place.ask(*words, settings=("commit.gpgSign=false", *place.unfiltered), more=author)
    return head(root)


def diff(root: Path) -> str:
    """What changed in the worktree since the last commit, as git shows it."""
    place = needed(root)
    words = ("diff", "--unified=0", "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=all")
    return place.ask(*words, settings=place.unfiltered).decode("utf-8", "replace").rstrip("\n")
