"""Whether a file is still the one that was read, without reading it: as git's index does it.

A signature (size, times, inode) proves that only when the file was last changed well before it was read: a second
change within the clock's grain would not show. Such fresh files are told by their content.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

Signature = tuple[int, int, int, int]
#: A change within this of the reading may not show in the times (FAT and some network file systems: 2 s).
GRAIN = 2_000_000_000


def signature(found: os.stat_result) -> Signature:
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def fresh(of: Signature, now: int) -> bool:
    """Whether a file was changed so shortly before `now` (or after it) that its signature proves nothing."""
    return max(of[1], of[2]) > now - GRAIN


def now() -> int:
    return time.time_ns()


def below(folder: str, prefix: str, found: dict[str, Signature], but: Collection[str] = ()) -> None:
    """The signatures of all files below a folder, by `prefix/name`; hidden ones, runs, and what is in the folders `but`
    are left out."""
    try:
        entries = os.scandir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    with entries:
        for entry in entries:
            name = f"{prefix}/{entry.name}"
            if entry.name.startswith(".") or name == "state/runs" or name in but:
                continue
            if entry.is_dir():
                below(entry.path, name, found)
            else:
                found[name] = signature(entry.stat())


def of_tool() -> str:
    """What this program is: its sources by signature, and the Python that runs it. Results of another are not ours."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    found: dict[str, Signature] = {}
    below(package, "", found)
    sources = sorted((name, sign[:2]) for name, sign in found.items() if name.endswith(".py"))
    return hashlib.sha256(repr((package, sources, sys.version)).encode()).hexdigest()


def content(path: str) -> str:
    """A digest of a file's bytes; of what is no file, and could be waited for without end, none."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        return ""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()
