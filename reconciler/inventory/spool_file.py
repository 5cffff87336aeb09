"""The file of a spool: where it lies, for whom it is, and what a line of it is.

A line begins with the checksum of the rest, so that one which is not as it was written is known, and never read as an
answer of the tenant.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import stat
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler.errors import LockedError
from reconciler.files.wholefile import LOCAL, local_folder
from reconciler.model.remote_id import uuid_of
from reconciler.repository.store.layout import parsed
from reconciler.repository.store.writing import writable


def obstacle(root: Path) -> str:
    """Why nothing can be kept in this repository; empty when something can."""
    try:
        make_place(root)
    except OSError as error:
        return error.strerror or str(error)
    return "" if writable(place_of(root)) else "it cannot be written"


def place_of(root: Path) -> Path:
    return root / LOCAL / "export"


def make_place(root: Path) -> None:
    """The folder, for its owner alone; OSError where it cannot be, or is a link to somewhere else."""
    place = place_of(root)
    local_folder(root)
    place.mkdir(exist_ok=True)
    if place.is_symlink():
        raise OSError(f"{place.name} is a link")
    if stat.S_IMODE(place.stat().st_mode) != 0o700:
        place.chmod(0o700)


def path_of(root: Path, org_id: str) -> Path:
    """An id comes from the tenant: what is none is no name of a file."""
    name = uuid_of(org_id)
    if not re.fullmatch(r"[\w-]{1,64}", name):
        name = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return place_of(root) / f"{name}.jsonl"


def opened(path: Path, how: int) -> int:
    """Nobody else's file by a link, and nothing that is no file."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | how, 0o600)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{path.name} is no file")
        os.fchmod(descriptor, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise LockedError(
            "another export of this organisation is under way here", do="wait for its end, or use --no-cache"
        ) from None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def line_of(entry: Mapping[str, Any]) -> bytes:
    said = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return b"%08x %b\n" % (zlib.crc32(said), said)


def write(descriptor: int, line: Mapping[str, Any]) -> None:
    """One write per line, past all buffers of ours: whatever ends the process, whole lines are there."""
    data = line_of(line)
    while data:
        data = data[os.write(descriptor, data) :]


def entry_of(line: bytes) -> dict[str, Any]:
    """What a line says. ValueError when it is not as it was written."""
    said = line[9:].removesuffix(b"\n")
    if line[:9] != b"%08x " % zlib.crc32(said):
        raise ValueError("damaged")
    found = parsed(said)
    if not isinstance(found, dict):
        raise ValueError("not a line of a spool")
    return found
