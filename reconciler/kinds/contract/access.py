"""How kinds reach the tenant: through a `Reader`, which cannot write, and a `Writer`, which only the applier has."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from reconciler.model.snapshot import Current

if TYPE_CHECKING:
    from wxc_sdk.as_api import AsWebexSimpleApi


class Reader(Protocol):
    """Reads the tenant; anything but a read is refused by its transport."""

    api: AsWebexSimpleApi
    org_id: str

    async def all(self, kind: str) -> Mapping[str, Current]:
        """Every resource of a kind by key, read once per run."""
        ...

    async def id_of(self, kind: str, name: str) -> str:
        """The remote id behind a name; an error that lists the candidates when it is ambiguous or unknown."""
        ...

    async def name_of(self, kind: str, remote_id: str) -> str:
        """The name behind a remote id, whatever encoding it comes in; the id itself when the list lacks it, or cannot
        be read (`unlisted`): what refers to something is known all the same."""
        ...

    def unlisted(self, kind: str) -> str:
        """Why the list of this kind, which was asked for, could not be read; empty where it was."""
        ...

    async def address_of(self, remote_id: str, kinds: tuple[str, ...]) -> str:
        """The address of what a remote id names, in whatever encoding; the id itself when none of the kinds has it."""
        ...

    async def get(self, url: str, **params: str) -> Any:
        """GET one document, as the wire has it."""
        ...

    def pages(self, url: str, key: str, **params: str) -> AsyncIterator[dict[str, Any]]:
        """The rows of a list, all pages of it; IncompleteError when its end is not proven."""
        ...


class Writer(Reader, Protocol):
    """Writes to the tenant; only the applier has one."""

    def on_behalf(self, operation: str) -> Writer:
        """The same, for one operation: the jobs that are waited for through it are that one's."""
        ...

    def looked(self, at: float) -> None:
        """What the next write of this task rests on was seen then, by the loop's clock: where that was too long ago,
        the write is a WaitedError and was not sent. Infinite: it is sent whenever that was."""
        ...

    async def send(self, method: str, url: str, body: Any = None, **params: str) -> Any:
        """One write; returns the answer's JSON (or "")."""
        ...

    def forget(self, kind: str) -> None:
        """The list of this kind is no longer what was read: read it again when it is asked for."""
        ...

    async def job_end(self, url: str, patience: float | None = None) -> Mapping[str, Any]:
        """Poll a job until it ends; its last status document. ConvergingError when that takes longer than `patience`
        seconds, or than the run has for it."""
        ...


@dataclass(frozen=True)
class Scope:
    """What a plan needs of a kind: which keys (None: all) and which fields and sections (None: all)."""

    keys: frozenset[str] | None = None
    fields: frozenset[str] | None = None

    def wants(self, *names: str) -> bool:
        return self.fields is None or not self.fields.isdisjoint(names)
