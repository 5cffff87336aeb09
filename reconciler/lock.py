"""One run per tenant: a lock that the kernel drops when its owner dies, and that says who holds it."""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from reconciler.errors import LockedError, ReconcileError


@contextmanager
def one_run(root: Path, run: str) -> Iterator[None]:
    """Hold the lock of this repository's tenant; LockedError names the holder, since when, and what to do."""
    folder = root / ".reconcile"
    try:
        folder.mkdir(exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
        opened = (folder / "lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise ReconcileError(
            "cannot take the lock, so nothing is applied", where=str(folder), why=error.strerror or ""
        ) from None
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise _held(file.name, _owner(Path(file.name))) from None
        file.truncate(0)
        json.dump({"who": _who(), "pid": os.getpid(), "since": f"{datetime.now(UTC):%FT%TZ}", "run": run}, file)
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def _who() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def _owner(path: Path) -> dict[str, str]:
    try:
        owner: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return owner


def _held(path: str, owner: dict[str, str]) -> LockedError:
    by = f"{owner.get('who', 'someone')} (process {owner.get('pid', '?')}) since {owner.get('since', '?')}"
    return LockedError(
        "another run is applying to this tenant",
        why=f"{path} is held by {by}, run {owner.get('run', '?')}",
        do="wait for it to end, then plan again; the lock goes with its process",
    )
