"""What a kind is: a model of managed fields and a few small functions. A new kind is one new file beside this.

A module in this package that does not begin with an underscore holds one `KIND`. The functions read through a
`Reader` (whose transport refuses to write) and write through a `Writer`; they normalise on the way in and
denormalise on the way out, so that nothing else knows how the API spells things.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from reconciler.model.plan import Change, Member, Operation
from reconciler.model.resource import Resource
from reconciler.model.snapshot import Current, Fields

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


@dataclass(frozen=True)
class Step:
    """One of the writes that a change takes: its name and the fields it carries."""

    name: str
    fields: frozenset[str]


class Held(Protocol):
    """What is known of the tenant's size."""

    def __call__(self, kind: str, shard: str = "", /) -> int:
        """How many resources of a kind there are, in one shard of it or in all; 0: not known."""
        ...


Scan = Callable[[Reader, Scope], Awaitable[list[Current]]]
Find = Callable[[Reader, str, str], Awaitable[Current | None]]
Fetch = Callable[[Reader, Current], Awaitable[Fields | None]]
Create = Callable[[Writer, str, Fields], Awaitable[None]]
Update = Callable[[Writer, Current, Fields], Awaitable[None]]
Delete = Callable[[Writer, Current], Awaitable[None]]
AwaitJobs = Callable[[Writer], Awaitable[None]]
Write = Callable[[Writer, Current, Fields | None, Fields], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """An endpoint that takes several resources in one request.

    `most` says how many per action; `together` what must be equal for two changes to share a request;
    `find` reads all of them again; `send` writes them, given what was found. `divides`: the API may refuse all of them
    because of one, or takes fewer at once than it says; what is refused is tried in halves, then.
    """

    most: Mapping[str, int]
    together: Callable[[Change], str]
    find: Callable[[Reader, list[Member]], Awaitable[dict[str, Current]]]
    send: Callable[[Writer, str, list[Member], Mapping[str, Current | None]], Awaitable[None]]
    divides: bool = False


@dataclass(frozen=True, kw_only=True)
class Calls:
    """The requests that an operation takes, so that a plan can say beforehand what it costs: texts like
    `GET /people/{personId}`, as in `Kind.requests`. The bare name of a kind is a look into its list, read once a run.

    `find(operation, after, held)` is one reading, before or after the write, `send(operation)` the write. None: the
    usual (planning/forecast.py), one GET of the object or section, and POST, PUT or DELETE of the same.
    `bares(operation)`: the sections are lost by this write, so that what is to be cleared in them is so already.
    """

    find: Callable[[Operation, bool, Held], list[str]] | None = None
    send: Callable[[Operation], list[str]] | None = None
    bares: Callable[[Operation], bool] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind:
    """A type of object, or a section of one (`owner` set; name `owner.section`).

    `requests` are all the reads that an export makes for it, as `METHOD /template`, `page` rows of a list to one;
    what it refers to is asked for by the kinds that it names.
    `find(reader, key, id)` reads one object again (by id when known). For sections, `fetch` reads the
    section of an owner (None: the section does not exist yet) and `write` sets fields of it.
    `settle(want, have)` turns a form that depends on the current state into a concrete one;
    `expand` turns one entry of a desired file into resources (a range into numbers).
    `inherits` names the section of the location that holds while this one is `cleared`.
    `entitles(fields)` names what gives a resource its sections (a calling licence, a place); None: they are always
    there.
    `clash(want, current)` says why what is wanted contradicts itself, given what is there.
    `opens(change, have, inherited)` says which calls it lets out that were not before, `forwards(change)` the branches
    that it makes forward: (name, old destination, new one). Both take an approval of their own (planning/consent.py).
    `await_jobs(writer)` waits for the jobs that an interrupted write may have left running.
    `lags`: reads show a write only after some seconds (webex-behaviour.md §1.6).
    `replaces`: a write sends the whole document back, with what somebody else may have set a moment ago; the name of a
    field: where it sets that.
    `beside(current)`: what of its document nobody manages and a write sends back all the same, by the API's names.
    `names_repeat`: the API lets two have the same name, so that a second create makes a second one.
    `calls` are the requests of an operation where they are not the usual ones.
    `batches` are the steps, by name, of which several resources go in one request.
    `warn(change)` says in the plan what the change costs; `refuse(change)` why it cannot be done at all.
    """

    name: str
    model: type[Resource]
    doc: str
    source: str
    requests: tuple[str, ...]
    page: int = 2000
    plural: str = ""
    aliases: tuple[str, ...] = ()
    key: str = ""
    owner: str = ""
    requires: tuple[str, ...] = ()
    shard: str = ""
    scan: Scan | None = None
    find: Find | None = None
    create: Create | None = None
    update: Update | None = None
    delete: Delete | None = None
    fetch: Fetch | None = None
    write: Write | None = None
    batches: Mapping[str, Batch] = field(default_factory=dict)
    cleared: Fields | None = None
    inherits: str = ""
    await_jobs: AwaitJobs | None = None
    lags: bool = False
    replaces: bool | str = False
    beside: Callable[[Current], Fields] | None = None
    names_repeat: bool = False
    calls: Calls = Calls()
    entry: type[Resource] | None = None
    nested_in: tuple[str, str] | None = None
    csv_columns: Mapping[str, str] = field(default_factory=dict)
    expand: Callable[[Fields], list[Fields]] | None = None
    settle: Callable[[Fields, Fields], Fields] | None = None
    profile: Callable[[Fields, Mapping[str, Any]], Fields] | None = None
    complete: Callable[[Fields], Fields] | None = None
    steps: Callable[[Change], list[Step]] | None = None
    warn: Callable[[Change], list[str]] | None = None
    refuse: Callable[[Change], str] | None = None
    clash: Callable[[Fields, Current], str] | None = None
    entitles: Callable[[Fields], frozenset[str]] | None = None
    opens: Callable[[Change, Fields, Fields], list[str]] | None = None
    forwards: Callable[[Change], list[tuple[str, str, str]]] | None = None

    @property
    def section(self) -> str:
        """The name under which a section nests in its owner; empty for a resource."""
        return self.name.partition(".")[2]

    @property
    def batch(self) -> Batch | None:
        """How it is written where all that is written of it goes with others."""
        return self.batches.get("")

    @property
    def writable(self) -> bool:
        return bool(self.create or self.update or self.write or self.batch)
