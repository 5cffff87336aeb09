"""One run per tenant: a lock that the kernel drops when its owner dies, and that says who holds it.

Two things hold it: `flock`, which the kernel gives back when the process ends however it ends, and the content, which
names the owner and is renewed while it lives. The content alone counts where `flock` does not reach: an owner on
another machine that shares the folder.

    flock   content                         then
    ------  ------------------------------  ------------------------------------------
    taken   -                               locked
    free    nothing                         ours
    free    owner on this machine           it is dead: taken over
    free    owner elsewhere, not expired    locked
    free    owner elsewhere, expired        taken over
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from reconciler.errors import LockedError, ReconcileError
from reconciler.files import links
from reconciler.files.wholefile import local_folder
from reconciler.runs import lease
from reconciler.runs.lease import Lease, Store

#: A living owner says so this often, and is taken for dead after so many seconds without a sign of life.
RENEW = 30.0
EXPIRES = 300.0


@dataclass
class Lock:
    """The lock while it is held. `previous` is the dead owner it was taken over from, empty when there was none.
    `lease` is the one that other clones see, where there is one."""

    handle: int
    owner: dict[str, Any]
    previous: dict[str, Any] = field(default_factory=dict)
    lease: Lease | None = None
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)

    def names(self, run: str) -> None:
        """From here on the lock is held by this run."""
        self.owner["run"] = run
        self.renew()

    def heard(self, event: str, facts: Mapping[str, Any]) -> None:
        """An observer of the run (events.py): who finds the lock taken sees how far the run is."""
        if event == "heartbeat":
            self.owner |= {name: facts[name] for name in ("state", "done", "total", "bad", "eta")}
        elif event in ("paused", "resumed"):
            self.owner |= {"state": "paused" if event == "paused" else "running", "why": facts["why"]}
        else:
            return
        self.renew()

    def check(self) -> None:
        """LockedError when it is lost: asked before everything that is sent."""
        if self.lease is not None:
            self.lease.check()

    def renew(self) -> None:
        """A sign of life."""
        with self._guard:
            if not self._over.is_set():
                expires = datetime.now(UTC) + timedelta(seconds=EXPIRES)
                self._write(json.dumps({**self.owner, "expires": f"{expires:%FT%TZ}"}))

    def keep_renewing(self) -> None:
        while not self._over.wait(RENEW):
            with suppress(OSError):  # a disk that is full now may not be so the next time
                self.renew()
            if self.lease is not None:
                self.lease.renew(run=self.owner["run"])

    def release(self) -> None:
        with self._guard:
            self._over.set()
            self._write("")

    def _write(self, text: str) -> None:
        data = text.encode()
        os.pwrite(self.handle, data, 0)
        os.ftruncate(self.handle, len(data))


@contextmanager
def one_run(root: Path, run: str, again: str = "reconcile plan", shared: Store | None = None) -> Iterator[Lock]:
    """Hold the lock of this repository's tenant; LockedError names the holder, since when, and what to do: `again` is
    the command that goes on when the holder has ended. `shared` is where one is that other clones see (lease.py)."""
    path = root / ".reconcile" / "lock"
    try:
        local_folder(root)
        handle = links.opened(path, os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise _unusable(path, error) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise _held(path, _owner(path), again) from None
        previous = _owner(path)
        if previous and previous.get("host") != socket.gethostname() and not _expired(previous):
            raise _held(path, previous, again)
        owner = {"who": who(), "host": socket.gethostname(), "pid": os.getpid(), "run": run}
        lock = Lock(handle, {**owner, "since": f"{datetime.now(UTC):%FT%TZ}"}, previous)
        try:
            lock.renew()
        except OSError as error:  # nobody elsewhere would know
            raise _unusable(path, error) from None
        if shared is not None:
            lock.lease = lease.take(shared, lock.owner, again)
            lock.previous = lock.previous or lock.lease.previous
        threading.Thread(target=lock.keep_renewing, name="lock", daemon=True).start()
        try:
            yield lock
        finally:
            if lock.lease is not None:
                lock.lease.release()
            lock.release()
    finally:
        os.close(handle)


def refuse_held(root: Path, again: str = "reconcile plan", shared: Store | None = None) -> None:
    """LockedError when somebody holds the lock now, so that nobody reads a plan and approves it in vain. Whether it is
    free is for `one_run` to say."""
    if shared is not None:
        lease.refuse_held(shared, again)
    path, owner = root / ".reconcile" / "lock", holder(root)
    if owner and (owner.get("host") != socket.gethostname() or _taken(path)):
        raise _held(path, owner, again)


def holder(root: Path) -> dict[str, Any]:
    """Who holds the lock now, as far as this machine can tell; empty when nobody does."""
    path = root / ".reconcile" / "lock"
    owner = _owner(path)
    if not owner or owner.get("host") != socket.gethostname():
        return owner if owner and not _expired(owner) else {}
    try:  # asking for the flock would, for a moment, keep it from somebody who is about to take it
        pid = int(owner["pid"])
        if pid < 1:  # would be asked of a group of processes
            return {}
        os.kill(pid, 0)
    except (ProcessLookupError, ValueError, TypeError, KeyError, OverflowError):
        return {}
    except PermissionError:
        pass
    return owner


def who() -> str:
    """`user@host`, for other people to read."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def _taken(path: Path) -> bool:
    """Whether the number of the owner's process is still the owner's: its flock tells."""
    handle = links.opened(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _owner(path: Path) -> dict[str, Any]:
    for _ in range(3):  # it may be read in the middle of a sign of life
        try:
            text = _text(path)
            owner = json.loads(text) if text else {}
        except OSError:
            return {}
        except (ValueError, RecursionError):
            continue
        return owner if isinstance(owner, dict) else {}
    return {}


def _text(path: Path) -> str:
    with open(links.opened(path, os.O_RDONLY), encoding="utf-8") as file:
        return file.read()


def _expired(owner: dict[str, Any]) -> bool:
    """Whether its last sign of life is too old; what names no time counts as expired."""
    expires = _time(owner.get("expires"))
    return expires is None or datetime.now(UTC) > expires


def _time(text: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _age(owner: dict[str, Any]) -> str:
    since = _time(owner.get("since"))
    if since is None:
        return ""
    minutes, seconds = divmod(max(0, round((datetime.now(UTC) - since).total_seconds())), 60)
    return f" ({minutes}m{seconds:02d}s ago)" if minutes else f" ({seconds}s ago)"


def _unusable(path: Path, error: OSError) -> ReconcileError:
    why = error.strerror or ""
    return ReconcileError("cannot take the lock, so nothing is applied", where=str(path.parent), why=why)


def _held(path: Path, owner: dict[str, Any], again: str) -> LockedError:
    by = f"{owner.get('who', 'someone')} (process {owner.get('pid', '?')}) since {owner.get('since', '?')}{_age(owner)}"
    until = f", without a sign of life it expires {owner['expires']}" if owner.get("expires") else ""
    run, state = owner.get("run", "?"), owner.get("state", "running")
    steps = f", {owner['done']} of {owner['total']} steps" if {"done", "total"} <= owner.keys() else ""
    far = f" ({state}{steps})"
    goes_on = f"go on with it: reconcile resume {run}" if state == "paused" else "wait for it to end"
    return LockedError(
        "another run is applying to this tenant",
        why=f"{path} is held by {by}, run {run}{far}{until}",
        do=f"{goes_on}, see it: reconcile status {run}; afterwards: {again}; the lock goes with its process",
    )
