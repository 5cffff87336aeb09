"""The history of the repository around a folder, for reading only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from reconciler.errors import ReconcileError
from reconciler.model.history import Commit
from reconciler.repository.git.checkout import Checkout, head, needed
from reconciler.repository.git.command import GitError
from reconciler.repository.git.objects import Objects

#: Commit, time, author, address, message; records end with NUL.
_FORMAT = "--format=%H%n%cI%n%an%n%ae%n%B"


class Past:
    """Paths are relative to the folder that was asked about."""

    def __init__(self, place: Checkout, objects: Objects) -> None:
        self._place, self._objects = place, objects

    def log(self, paths: str | tuple[str, ...], *, most: int | None = None, since: str = "HEAD") -> list[Commit]:
        """The commits that changed something below these paths, newest first, from that commit backwards. A merge
        counts where it changed a path itself."""
        if since == "HEAD" and not self._objects.find("HEAD", "commit"):
            return []
        bound = [f"--max-count={most}"] if most else []
        return self._commits(bound, since, [paths] if isinstance(paths, str) else list(paths))

    def _commits(self, options: list[str], since: str, paths: list[str] | None = None) -> list[Commit]:
        words = ["log", "-z", "--no-color", _FORMAT, *options, "--end-of-options", since, "--", *(paths or [])]
        said = self._place.ask(*words)
        return [_parsed(record) for record in said.decode("utf-8", "replace").split("\0") if record]

    def _commit(self, name: str) -> Commit:
        return self._commits(["--max-count=1"], name)[0]

    def find(self, name: str) -> Commit | None:
        """The commit that a revision names (`HEAD~2`, `main`, an id or the beginning of one)."""
        if not name or name.startswith("-") or not name.isprintable():
            return None
        try:
            found = self._place.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
            return self._commit(found.decode().strip())
        except (GitError, IndexError):
            return None

    def read(self, commit: str, path: str) -> bytes | None:
        """The content of a file in a commit; None where it is not there."""
        return self._objects.find(f"{commit}:{self._place.prefix}{path}", "blob")

    def files(self, commit: str, folder: str) -> dict[str, str]:
        """The files in a folder of a commit and in the folders there, relative to it: name → the id of the content."""
        base = f"{self._place.prefix}{folder}"
        if self._objects.find(f"{commit}:{base}", "tree") is None:
            return {}
        said = self._place.ask("ls-tree", "-r", "-z", "--full-tree", f"{commit}:{base}")
        found = {}
        for entry in said.decode("utf-8", "surrogateescape").split("\0")[:-1]:
            about, _, name = entry.partition("\t")
            _, kind, identity = about.split(" ")
            if kind == "blob" and name.count("/") <= 1:
                found[name] = identity
        return found

    def differing(self, commit: str, folder: str) -> list[str]:
        """The files below a folder that the commit has and the working tree has otherwise, or not at all."""
        words = ["diff", "--name-only", "-z", "--relative", "--no-renames", "--no-ext-diff", "--no-textconv"]
        words += ["--diff-filter=DMT", "--ignore-submodules=all", "--end-of-options", commit, "--", folder]
        said = self._place.ask(*words, settings=self._place.unfiltered)
        return [name for name in said.decode("utf-8", "surrogateescape").split("\0") if name]

    def before_head(self) -> list[Commit]:
        """HEAD, the commit that it follows, and the one where its branch left the main line: what stood there before
        whatever is being changed now. LookupError where a clone is too shallow to say."""
        here = self._objects.find("HEAD", "commit")
        if here is None:
            raise LookupError("nothing is committed yet")
        commits = ["HEAD"]
        # of the object itself: where a clone was cut off, git says that there is no parent
        if (parent := _parent(here)) is not None:
            if self._objects.find(f"{parent}^{{tree}}", "tree") is None:
                raise LookupError("this clone is shallow, and the commit before HEAD is not in it")
            commits.append(parent)
        if (main := self._main_line()) is not None:
            said = self._place.ask("merge-base", "--all", "HEAD", main, fails=(1,))
            commits += said.decode().split()
        found = {commit.id: commit for commit in map(self._commit, commits)}
        return list(found.values())

    def _main_line(self) -> str | None:
        """The newest commit of the branch that changes are merged into, as far as this clone knows one."""
        target = os.environ.get("GITHUB_BASE_REF", "")
        for name in (*([f"origin/{target}"] if target else []), "origin/HEAD", "origin/main", "origin/master", "main"):
            if (found := self.find(name)) is not None:
                return found.id
        return None

    @property
    def shallow(self) -> bool:
        """Whether older commits were left behind when this repository was cloned."""
        return (self._place.shared / "shallow").is_file()

    def clean(self, path: str) -> bool:
        """Whether what is below a path is exactly what HEAD has; what git ignores does not count."""
        words = ("status", "--porcelain", "-z", "--ignore-submodules=all", "--untracked-files=normal", "--", path)
        return not self._place.ask(*words, settings=self._place.unfiltered)


@contextmanager
def past(root: Path) -> Iterator[Past]:
    """The history of the repository around `root`. ReconcileError where there is none, or git cannot read it;
    RefusedError where it must not be asked (place.py)."""
    place = needed(root)
    with Objects(place) as objects:
        commit = head(root)
        if commit and objects.find(commit, "commit") is None:
            why = f"{commit[:10]}, to which HEAD points, is not there or damaged"
            raise ReconcileError("git cannot read the history", where=str(root), why=why, do="git fsck says more")
        yield Past(place, objects)


def _parsed(record: str) -> Commit:
    name, at, author, email, message = record.split("\n", 4)
    return Commit(name, datetime.fromisoformat(at).astimezone(UTC), author, email, message.strip())


def _parent(commit: bytes) -> str | None:
    """The first parent that a commit names."""
    for line in commit.split(b"\n\n", 1)[0].splitlines():
        if line.startswith(b"parent "):
            return line.removeprefix(b"parent ").decode()
    return None
