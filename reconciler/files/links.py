"""No link out of the repository is read or written: whoever can commit one could have us print a file of the operator's
(a linked `.env`), delete what is not ours (a linked `state/person`), or empty it (a linked lock).

Links within the repository are followed. Of `desired/`, the repository is git's: tenants in one may share files. A hard
link cannot be told from a file, but git cannot bring one either.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from reconciler.errors import RefusedError

#: What is ours in a repository, beside the desired files.
_OURS = (".env", ".reconcile", "state", "inventory", "insights.yaml")
_DESIRED = "desired"
#: Of these nothing is read but by name, so that a pipe in the place of a file would be waited for without an end.
_FILES_ONLY = ("state", "inventory")


def refuse_out(root: Path) -> None:
    """RefusedError where something that a command may read or write in this repository is a link out of it."""
    home = Path(os.path.realpath(root))
    for name in _OURS:
        _refuse(home / name, home, files_only=name in _FILES_ONLY)
    around = next((folder for folder in (home, *home.parents) if (folder / ".git").exists()), home)
    _refuse(home / _DESIRED, around)


def within(root: Path, path: Path) -> Path:
    """Where a path in a repository really is; RefusedError where that is not in it."""
    home, real = Path(os.path.realpath(root)), Path(os.path.realpath(path))
    if not real.is_relative_to(home):
        raise _leads_out(path, home)
    return real


def refuse_path(path: Path) -> None:
    """RefusedError where a path that somebody named lies in a repository and leads out of it."""
    whole = Path(os.path.abspath(path))
    for folder in whole.parents:
        if (folder / ".git").exists() or (folder / _DESIRED / "tenant.yaml").exists():
            home = Path(os.path.realpath(folder))
            if not Path(os.path.realpath(whole)).is_relative_to(home):
                raise _leads_out(whole, home)
            return


def opened(path: Path, flags: int, mode: int = 0o600) -> int:
    """A descriptor of a file that is none of a link, not even of one that was put in its place just now: its folder is
    held while it is opened. OSError where that is not so, and for what is no file: a pipe would be waited for."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        descriptor = os.open(path.name, flags | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, mode, dir_fd=folder)
    finally:
        os.close(folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    return descriptor


def _refuse(path: Path, home: Path, *, files_only: bool = False) -> None:
    for link in _links(path, files_only=files_only):
        if not Path(os.path.realpath(link)).is_relative_to(home):
            raise _leads_out(link, home)


def _links(path: Path, *, files_only: bool) -> Iterator[Path]:
    """The links at and below a path. Nothing is looked at through one: where it leads is looked at for itself."""
    if path.is_symlink():
        yield path
        return
    folders = [str(path)]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_symlink():
                        yield Path(entry.path)
                    elif entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    elif files_only and not entry.is_file(follow_symlinks=False):
                        raise RefusedError(
                            "refusing to read what is no file",
                            where=entry.path,
                            why="it is a pipe, a socket or a device",
                            do="remove it, or put the file itself there",
                        )
        except OSError:
            continue  # a file, not there, or not to be read: whoever wants to read it says so


def _leads_out(link: Path, home: Path) -> RefusedError:
    return RefusedError(
        "refusing to follow a link out of the repository",
        where=str(link),
        why=f"it leads to {os.path.realpath(link)}, and the repository is {home}",
        do="put the file itself there, or name the place where it is",
    )
