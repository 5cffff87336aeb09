"""A lock that other clones and machines see: a document under a ref of the remote, or in a folder that they share.

It is taken by compare-and-swap, with owner, age and expiry, and renewed while its owner lives. Whoever cannot renew it
in time has lost it and sends nothing more, before anybody else may take it over: `MARGIN` lies between.

    there                       then
    --------------------------  --------------------------------------------
    nothing                     ours
    an owner, not expired       locked
    an owner, expired           taken over
    something that is no lock   an error: it is somebody's
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from reconciler.errors import LockedError, ReconcileError
from reconciler.files import links
from reconciler.files.wholefile import write_whole
from reconciler.model.remote_id import uuid_of

#: Renewed this often; lost after so long without; and given up so long before somebody else may take it.
RENEW, EXPIRES, MARGIN = 60.0, 300.0, 60.0
Owner = dict[str, Any]


class Store(Protocol):
    """Where the document is. `read` and `swap` as in repository/git/refs.py."""

    name: str

    def read(self) -> tuple[str, str | None]: ...

    def swap(self, token: str, document: str) -> str | None: ...


class FolderStore:
    """A file in a folder that machines share; what is compared and swapped is guarded by a lock of the kernel."""

    def __init__(self, folder: Path, org_id: str) -> None:
        name = hashlib.sha256(uuid_of(org_id).encode()).hexdigest()[:16]
        self._file, self._guard = folder / f"reconcile-{name}.lock", folder / f"reconcile-{name}.guard"
        self.name = str(self._file)

    def read(self) -> tuple[str, str | None]:
        try:
            with open(links.opened(self._file, os.O_RDONLY), encoding="utf-8") as file:
                text = file.read()
        except FileNotFoundError:
            return "", None
        except (OSError, UnicodeDecodeError) as error:
            raise self._unusable(error) from None
        return (text, text) if text else ("", None)

    def swap(self, token: str, document: str) -> str | None:
        try:
            handle = links.opened(self._guard, os.O_RDWR | os.O_CREAT)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                if self.read()[0] != token:
                    return None
                if document:
                    write_whole(self._file, document)
                else:
                    self._file.unlink(missing_ok=True)
                return document
            finally:
                os.close(handle)
        except OSError as error:
            raise self._unusable(error) from None

    def _unusable(self, error: Exception) -> ReconcileError:
        why = error.strerror or "" if isinstance(error, OSError) else "it is not text"
        return ReconcileError("cannot take the lock that others see, so nothing is applied", where=self.name, why=why)


@dataclass
class Lease:
    """The lock while it is held; `previous` is the dead owner it was taken over from. `now` are seconds on a clock that
    nobody sets."""

    store: Store
    owner: Owner
    previous: Owner
    token: str
    until: float
    now: Callable[[], float]
    lost: str = ""
    renewed: float = field(default=0.0)

    def check(self) -> None:
        """LockedError when it is lost: nothing more may be sent."""
        if not self.lost and self.now() > self.until:
            self.lost = "it could not be renewed in time"
        if self.lost:
            raise LockedError(
                "the lock of this tenant is lost, so nothing more is sent",
                where=self.store.name,
                why=self.lost,
                do="see that it can be reached and who holds it, then go on with reconcile resume",
            )

    def renew(self, **about: Any) -> None:
        """A sign of life, when it is time for one."""
        began = self.now()
        self.owner |= about
        if self.lost or began - self.renewed < RENEW:
            return
        try:
            token = self.store.swap(self.token, _document(self.owner))
        except ReconcileError:
            return  # the next time, or it expires
        if token is None:
            self.lost = f"it was taken over by {in_words(_read(self.store)[1])}"
            return
        self.token, self.renewed, self.until = token, began, began + EXPIRES - MARGIN

    def release(self) -> None:
        """Give it back; what cannot be given back expires."""
        if not self.lost:
            try:
                self.store.swap(self.token, "")
            except ReconcileError:
                return


def store_of(root: Path, lock: str, org_id: str) -> Store | None:
    """Where `lock:` of tenant.yaml keeps it; None where there is none."""
    if not lock:
        return None
    if lock.startswith("refs/"):
        from reconciler.repository.git.refs import RefStore

        return RefStore(root, lock)
    return FolderStore(Path(lock), org_id)


def take(store: Store, owner: Owner, again: str, now: Callable[[], float] = time.monotonic) -> Lease:
    """Hold it; LockedError names who does."""
    began = now()
    token, there = _read(store)
    refuse(store, there, again)
    mine = {**owner, "nonce": uuid.uuid4().hex}
    swapped = store.swap(token, _document(mine))
    if swapped is None:
        raise held(store, _read(store)[1], again)
    return Lease(store, mine, there, swapped, began + EXPIRES - MARGIN, now, renewed=began)


def refuse_held(store: Store, again: str) -> None:
    """LockedError when somebody holds it now."""
    refuse(store, _read(store)[1], again)


def holder(store: Store) -> Owner:
    """Who holds it now; empty when nobody does."""
    owner = _read(store)[1]
    return owner if owner and not _expired(owner) else {}


def refuse(store: Store, there: Owner, again: str) -> None:
    if there and not _expired(there):
        raise held(store, there, again)


def held(store: Store, owner: Owner, again: str) -> LockedError:
    return LockedError(
        "another clone is applying to this tenant",
        why=f"{store.name} is held by {in_words(owner)}",
        do=f"wait for it to end; without a sign of life it expires {owner.get('expires', '?')}; afterwards: {again}",
    )


def in_words(owner: Owner) -> str:
    """`ana@host (process 17), run 2026…, since 2026-12-01T01:02:03Z`."""
    if not owner:
        return "somebody else"
    by = f"{owner.get('who', 'somebody')} (process {owner.get('pid', '?')})"
    return f"{by}, run {owner.get('run', '?')}, since {owner.get('since', '?')}"


def _read(store: Store) -> tuple[str, Owner]:
    token, text = store.read()
    if not token:
        return "", {}
    try:
        found = json.loads(text or "")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or "expires" not in found:
        raise ReconcileError(
            "what is there is no lock, so nothing is applied",
            where=store.name,
            do="let `lock:` in desired/tenant.yaml name another place, or remove it there",
        )
    return token, found


def _document(owner: Owner) -> str:
    expires = datetime.now(UTC) + timedelta(seconds=EXPIRES)
    return json.dumps({**owner, "expires": f"{expires:%FT%TZ}"}, sort_keys=True) + "\n"


def _expired(owner: Owner) -> bool:
    try:
        expires = datetime.fromisoformat(str(owner["expires"]))
    except ValueError:
        return True
    return datetime.now(UTC) > (expires if expires.tzinfo else expires.replace(tzinfo=UTC))
