"""What git says of the desired state. The commit is read from the files of the repository, because a plan must
not pay for GitPython's import (performance.md §5, S2); everything else goes through GitPython."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.errors import ReconcileError

if TYPE_CHECKING:
    from git import Repo

    from reconciler.model.history import Commit


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


class Past:
    """The history of the repository around a folder, for reading only. Paths are relative to that folder."""

    def __init__(self, repository: Repo, prefix: str) -> None:
        self._repository, self._prefix = repository, prefix
        self._trees: dict[str, Any] = {}

    def log(self, paths: str | tuple[str, ...], *, most: int | None = None, since: str = "HEAD") -> list[Commit]:
        """The commits that changed something below these paths, newest first, from that commit backwards. A merge
        counts where it changed a path itself."""
        if not self._repository.head.is_valid():
            return []
        below = [f"{self._prefix}{path}" for path in ([paths] if isinstance(paths, str) else paths)]
        found = self._repository.iter_commits(since, paths=below, max_count=most or -1)
        return [_commit_of(commit) for commit in found]

    def find(self, name: str) -> Commit | None:
        """The commit that a revision names (`HEAD~2`, `main`, an id or the beginning of one)."""
        if not name or name.startswith("-"):
            return None
        from git.exc import BadName, BadObject, GitCommandError

        try:
            return _commit_of(self._repository.commit(name))
        except (BadName, BadObject, GitCommandError, ValueError, IndexError, AttributeError, LookupError, OSError):
            return None

    def read(self, commit: str, path: str) -> bytes | None:
        """The content of a file in a commit; None where it is not there."""
        if commit not in self._trees:
            self._trees = {commit: self._repository.commit(commit).tree}  # one at a time: a log can be long
        try:
            blob = self._trees[commit] / f"{self._prefix}{path}"
        except KeyError:
            return None
        return bytes(blob.data_stream.read()) if blob.type == "blob" else None

    def files(self, commit: str, folder: str) -> dict[str, str]:
        """The files in a folder of a commit and in the folders there, relative to it: name → the id of the content."""
        try:
            tree = self._repository.commit(commit).tree / f"{self._prefix}{folder}"
        except KeyError:
            return {}
        if tree.type != "tree":
            return {}
        found = {blob.name: blob.hexsha for blob in tree.blobs}
        return found | {f"{below.name}/{blob.name}": blob.hexsha for below in tree.trees for blob in below.blobs}

    def before_head(self) -> list[Commit]:
        """HEAD, the commit that it follows, and the one where its branch left the main line: what stood there before
        whatever is being changed now. LookupError where a clone is too shallow to say."""
        from git.exc import GitError

        here = self._repository.head.commit
        found = [here, *here.parents[:1]]
        try:
            for commit in found:
                _ = commit.tree.hexsha  # a shallow clone names the parent, but does not have it
            if (main := self._main_line()) is not None:
                found += self._repository.merge_base(here, main)
        except (ValueError, GitError) as error:
            raise LookupError("this clone is shallow, and the commit before HEAD is not in it") from error
        return [_commit_of(commit) for commit in dict.fromkeys(found)]

    def _main_line(self) -> Any:
        """The newest commit of the branch that changes are merged into, as far as this clone knows one."""
        from git.exc import BadName, GitCommandError

        target = os.environ.get("GITHUB_BASE_REF", "")
        for name in (*([f"origin/{target}"] if target else []), "origin/HEAD", "origin/main", "origin/master", "main"):
            try:
                return self._repository.commit(name)
            except (BadName, GitCommandError, ValueError, IndexError):
                continue
        return None

    @property
    def shallow(self) -> bool:
        """Whether older commits were left behind when this repository was cloned."""
        return (Path(self._repository.common_dir) / "shallow").is_file()

    def clean(self, path: str) -> bool:
        """Whether what is below a path is exactly what HEAD has; what git ignores does not count."""
        return not self._repository.git.status("--porcelain", "--", f"{self._prefix}{path}")


@contextmanager
def past(root: Path) -> Iterator[Past]:
    """The history of the repository around `root`. ReconcileError where there is none, or git cannot read it."""
    from git import Repo
    from git.exc import GitCommandError, InvalidGitRepositoryError, NoSuchPathError

    try:
        repository = Repo(root, search_parent_directories=True)
    except (InvalidGitRepositoryError, NoSuchPathError):
        raise ReconcileError(
            "this is not a git repository", where=str(root), do="commit state/ in one, or keep `export --dated` copies"
        ) from None
    with repository:
        if repository.working_tree_dir is None:
            raise ReconcileError("this git repository has no files checked out", where=str(root))
        if not repository.head.is_valid() and (commit := _commit(Path(repository.git_dir))):
            why = f"{commit[:10]}, to which HEAD points, is not there or damaged"
            raise ReconcileError("git cannot read the history", where=str(root), why=why, do="git fsck says more")
        inside = root.resolve().relative_to(Path(repository.working_tree_dir).resolve()).as_posix()
        try:
            yield Past(repository, "" if inside == "." else f"{inside}/")
        except GitCommandError as error:
            why = str(error.stderr or "").strip().removeprefix("stderr: ").strip("'\n ")
            raise ReconcileError("git cannot read the history", where=str(root), why=why) from None


def _commit_of(commit: Any) -> Commit:
    from datetime import UTC

    from reconciler.model.history import Commit

    message = commit.message if isinstance(commit.message, str) else commit.message.decode("utf-8", "replace")
    author = commit.author
    at = commit.committed_datetime.astimezone(UTC)
    return Commit(commit.hexsha, at, str(author.name or ""), str(author.email or ""), message.strip())
