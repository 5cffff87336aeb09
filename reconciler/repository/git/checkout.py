"""Which repository a folder is in, and whether it may be asked at all.

A tree that somebody else wrote can hold what git takes for a repository or for its configuration, and both can name
programs. So nothing is asked of git where

    a folder below the repository is laid out as a bare one: HEAD, objects, refs (git takes it for the nearer one)
    `.git` is a file that leads to such a layout in the tree
    the configuration includes a file of the tree: `include.path = ../.gitconfig`
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from reconciler.errors import ReconcileError, RefusedError
from reconciler.repository.git import command

_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_LAYOUT = ("HEAD", "objects", "refs")
#: What a team may well share in a file of the tree: it names no program that we have run, and leads nowhere.
_HARMLESS = re.compile(
    r"(alias|advice|blame|branch|color|column|commit|format|help|init|log|pull|rebase|status|tag|user)\..*"
    r"|push\.(default|followtags|autosetupremote)|merge\.(ff|conflictstyle)|fetch\.prune"
    r"|core\.(autocrlf|eol|safecrlf|whitespace|quotepath|ignorecase|filemode|abbrev)"
)
_REFERENCE = re.compile(r"refs/[^\x00-\x20\x7f~^:?*\[\\]+")


@dataclass(frozen=True)
class Checkout:
    """A repository: where its files are, where git keeps its own, and the folder in it that is looked at."""

    root: Path
    top: Path
    git_dir: Path

    @property
    def prefix(self) -> str:
        """Of paths in the repository: empty, or with `/` at the end."""
        inside = self.root.relative_to(self.top).as_posix()
        return "" if inside == "." else f"{inside}/"

    @property
    def shared(self) -> Path:
        """Where a worktree shares its history with the others."""
        common = _text(self.git_dir / "commondir")
        return (self.git_dir / common).resolve() if common else self.git_dir

    def ask(
        self,
        *words: str,
        data: bytes = b"",
        settings: tuple[str, ...] = (),
        more: dict[str, str] | None = None,
        fails: tuple[int, ...] = (),
    ) -> bytes:
        """What git says to these words; GitError when it refuses with another code than `fails`."""
        return self.tell(*words, data=data, settings=settings, more=more, fails=fails)[1]

    def tell(
        self,
        *words: str,
        data: bytes = b"",
        settings: tuple[str, ...] = (),
        more: dict[str, str] | None = None,
        fails: tuple[int, ...] = (),
    ) -> tuple[int, bytes]:
        """As `ask`, with the exit code."""
        return command.run(
            words, self.root, data=data, settings=settings, ceiling=self.top.parent, more=more, fails=fails
        )

    @cached_property
    def unfiltered(self) -> tuple[str, ...]:
        """Settings that put the user's and the system's filters in the place of those in `.git/config`."""
        theirs: dict[str, str] = {}
        local: set[str] = set()
        for scope, _, name, value in self._configuration:
            if name.startswith("filter."):
                if scope in ("local", "worktree"):
                    local.add(name)
                else:
                    theirs[name] = value
        off = {name: theirs.get(name, "false" if name.endswith(".required") else "") for name in sorted(local)}
        return tuple(f"{name}={value}" for name, value in off.items())

    @cached_property
    def _configuration(self) -> list[tuple[str, str, str, str]]:
        """Scope, origin, name and value of each setting."""
        asked = ("config", "--list", "--show-scope", "--show-origin", "-z")
        # from the top, for that is what git takes relative names from
        said = command.run(asked, self.top, ceiling=self.top.parent)[1].decode("utf-8", "replace")
        words = said.split("\0")[:-1]
        found = []
        for scope, origin, setting in zip(words[::3], words[1::3], words[2::3], strict=False):
            name, _, value = setting.partition("\n")
            found.append((scope, origin, name, value))
        return found

    def refuse_configured(self) -> None:
        """RefusedError where a file of the tree is part of the configuration, and says more than how things look."""
        for scope, origin, setting, _ in self._configuration:
            kind, _, name = origin.partition(":")
            if scope not in ("local", "worktree") or kind != "file" or _HARMLESS.fullmatch(setting):
                continue
            file = (self.top / name).resolve()
            own = (self.git_dir, self.shared)
            if file.is_relative_to(self.top) and not any(file.is_relative_to(folder) for folder in own):
                raise RefusedError(
                    "refusing to ask git: a file of this repository is part of its configuration",
                    where=str(file),
                    why=f"it sets {setting}: whoever commits to it could say what git runs here",
                    do="take it out of .git/config: git config --local --unset-all include.path",
                )


def find(root: Path) -> Checkout | None:
    """The repository around a folder; None where there is none. RefusedError where what looks like one must not be
    asked. Nothing is started for this."""
    begin = root.resolve()
    for folder in (begin, *begin.parents):
        marker = folder / ".git"
        if marker.exists() or marker.is_symlink():
            return Checkout(begin, folder, _git_dir(marker, _outermost(folder)))
        if _is_layout(folder):
            if any((above / ".git").exists() for above in folder.parents) or folder == begin:
                raise _laid_out(folder)
            return None
    return None


def head(root: Path) -> str:
    """The commit that HEAD of the repository around `root` names; empty outside git and before a first commit."""
    place = find(root)
    return _commit(place) if place is not None else ""


def needed(root: Path) -> Checkout:
    """The repository around a folder, safe to be asked. ReconcileError where there is none."""
    place = find(root)
    if place is None:
        raise ReconcileError(
            "this is not a git repository", where=str(root), do="commit state/ in one, or keep `export --dated` copies"
        )
    if not place.git_dir.is_dir():
        raise ReconcileError(
            "this is not a git repository any more", where=str(root), why=f"{place.git_dir} is not there"
        )
    try:
        said = place.ask("rev-parse", "--show-toplevel", "--is-inside-work-tree").decode("utf-8", "surrogateescape")
    except command.GitError as error:
        if "must be run in a work tree" not in error.why:
            raise
        said = ""
    top, _, inside = said.rstrip("\n").rpartition("\n")
    if not top:
        raise ReconcileError("this git repository has no files checked out", where=str(root))
    if inside != "true" or Path(top).resolve() != place.top:
        why = f"they are in {top}"
        raise ReconcileError("the files of this git repository are elsewhere", where=str(root), why=why)
    place.refuse_configured()
    return place


def _outermost(folder: Path) -> Path:
    """The folder of the outermost repository around this one: a tree that came along with it is anywhere below."""
    return [above for above in (folder, *folder.parents) if (above / ".git").exists() or above == folder][-1]


def _git_dir(marker: Path, tree: Path) -> Path:
    """`.git` is a folder, or in a worktree or submodule a file that says where the folder is."""
    if not marker.is_file():
        return marker.resolve()
    told = (marker.parent / _text(marker).removeprefix("gitdir: ")).resolve()
    if told.is_relative_to(tree) and ".git" not in told.relative_to(tree).parts:
        raise RefusedError(
            "refusing to ask git: this repository is laid out in a folder of the tree",
            where=str(marker),
            why=f"it leads to {told}, and what is committed there could say what git runs",
            do="look at where it is from, and clone it anew",
        )
    return told


def _is_layout(folder: Path) -> bool:
    """Whether git would take the folder itself for a bare repository; a little more readily than git does."""
    return all((folder / name).exists() or (folder / name).is_symlink() for name in _LAYOUT)


def _laid_out(folder: Path) -> RefusedError:
    return RefusedError(
        "refusing to ask git: this folder is laid out as a bare git repository",
        where=str(folder),
        why="git would take it for the repository, and run what its config says",
        do=f"remove {', '.join(_LAYOUT)} and config from it, or work in a clone",
    )


def _commit(place: Checkout) -> str:
    name = _text(place.git_dir / "HEAD")
    if not name.startswith("ref: "):
        return name if _COMMIT.fullmatch(name) else ""
    reference = name.removeprefix("ref: ")
    if not _REFERENCE.fullmatch(reference) or ".." in reference:
        return ""
    shared = place.shared
    for folder in (place.git_dir, shared):
        commit = _text(folder / reference)
        if _COMMIT.fullmatch(commit):
            return commit
    packed = (line.split(" ") for line in _text(shared / "packed-refs").splitlines())
    return next((words[0] for words in packed if words[1:] == [reference] and _COMMIT.fullmatch(words[0])), "")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
