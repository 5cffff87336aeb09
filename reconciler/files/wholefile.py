"""Writing a file that is there whole or not at all, also where the disk is full or the process is killed, and that only
its owner can read: plans, the evidence of runs and what is kept in `.reconcile/` name people and their numbers.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from reconciler.files.links import opened, refuse_path

PRIVATE = 0o600
LOCAL = ".reconcile"


def write_whole(path: Path, data: str | bytes) -> None:
    """Put `data` in place of the file; OSError where that cannot be, and then what was there before stays.

    A link to a file stays a link, and one that leads out of its repository is refused (RefusedError). What is no file
    (`/dev/stdout`, a pipe) is written to as it is.
    """
    content = data.encode("utf-8", "backslashreplace") if isinstance(data, str) else data
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    refuse_path(path)
    target = Path(os.path.realpath(path))
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with open(partial, "wb", opener=private) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except OSError:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise


def private(path: str, flags: int) -> int:
    """An `opener` for files that only their owner may read."""
    return os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, PRIVATE)


def local_folder(root: str | Path) -> Path:
    """`.reconcile/`, the folder of local working files, made for its owner alone; it keeps itself out of git. OSError
    where it cannot be."""
    folder = Path(root) / LOCAL
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not os.path.lexists(ignore):
        with open(opened(ignore, os.O_WRONLY | os.O_CREAT), "w", encoding="utf-8") as file:  # not through a link
            file.write("*\n")
    return folder
