"""What a kind is: something of the tenant that is read, and perhaps managed. A new kind is one new file.

A kind is a resource (`person`) or a section of one (`person.forwarding`). With `columns` the inventory reads all of it,
whoever manages it; with a `model` desired state can describe it. The functions read through a `Reader` (whose transport
refuses to write) and write through a `Writer`; they normalise on the way in and denormalise on the way out, so that
nothing else knows how the API spells things.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from reconciler.kinds.contract.access import Reader, Scope, Writer
from reconciler.kinds.contract.traits import ORDINARY, Dialled, Listing
from reconciler.model.address import joined_key, split_key
from reconciler.model.audit import NOT_SAID, Audited
from reconciler.model.plan import Change, Member, Operation
from reconciler.model.resource import Resource
from reconciler.model.snapshot import Current, Fields


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
Detail = Callable[[Reader, Current], Awaitable[None]]
Rows = Callable[[Reader, Current], Awaitable[list[Current]]]
Look = Callable[[Reader, Current], Awaitable[Current | None]]
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
    usual (planning/forecast.py), one GET of the object or section, and POST, PUT or DELETE of the same, beside the
    lists of what its fields refer to. Only jobs, batches and what takes several requests say more.
    `bares(operation)`: the sections are lost by this write, so that what is to be cleared in them is so already.
    """

    find: Callable[[Operation, bool, Held], list[str]] | None = None
    send: Callable[[Operation], list[str]] | None = None
    bares: Callable[[Operation], bool] | None = None


@dataclass(frozen=True)
class Column:
    """One documented column of the outputs: `path` into the fields, its type, and what it says."""

    path: str
    type: str  # text, integer, number, boolean, list
    doc: str


def as_it_is(want: Fields, have: Fields) -> Fields:
    """What is wanted, where it does not depend on what is there."""
    return want


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a kind says of a change of its own, beside carrying it out.

    `refuse(change)` says why it cannot be done at all, `warn(change)` what it costs.
    `clash(want, current)` says why what is wanted contradicts itself, given what is there.
    `settle(want, have)` turns a form that depends on the current state into a concrete one.
    `steps(change)` are the several writes that it takes.
    `opens(change, have, inherited)` says which calls it lets out that were not before, `forwards(change)` the branches
    that it makes forward: (name, old destination, new one). Both take an approval of their own (planning/consent.py).
    """

    refuse: Callable[[Change], str] | None = None
    warn: Callable[[Change], list[str]] | None = None
    clash: Callable[[Fields, Current], str] | None = None
    settle: Callable[[Fields, Fields], Fields] = as_it_is
    steps: Callable[[Change], list[Step]] | None = None
    opens: Callable[[Change, Fields, Fields], list[str]] | None = None
    forwards: Callable[[Change], list[tuple[str, str, str]]] | None = None


@dataclass(frozen=True, eq=False)
class _Either:
    """What is a resource's or a section's alone, as it is in the other of the two: nothing. So whoever has a kind asks
    what it can do, and not which of the two it is."""

    @property
    def owner(self) -> str:
        return ""

    @property
    def section(self) -> str:
        return ""

    @property
    def requires(self) -> tuple[str, ...]:
        return ()

    @property
    def cleared(self) -> Fields | None:
        return None

    @property
    def inherits(self) -> str:
        return ""

    @property
    def look(self) -> Look | None:
        return None

    @property
    def one_per_location(self) -> Callable[[Current], Any] | None:
        return None

    @property
    def derived(self) -> bool:
        return False

    @property
    def always(self) -> bool:
        return False

    @property
    def picked(self) -> Callable[[Fields], Fields] | None:
        return None

    @property
    def fetch(self) -> Fetch | None:
        return None

    @property
    def write(self) -> Write | None:
        return None

    @property
    def profile(self) -> Callable[[Fields, Mapping[str, Any]], Fields] | None:
        return None

    @property
    def key(self) -> str | tuple[str, ...]:
        return ""

    @property
    def renames(self) -> tuple[str, ...]:
        return ()

    @property
    def plural(self) -> str:
        return ""

    @property
    def scan(self) -> Scan | None:
        return None

    @property
    def detail(self) -> Detail | None:
        return None

    @property
    def rows(self) -> Rows | None:
        return None

    @property
    def split(self) -> str:
        return ""

    @property
    def open_ended(self) -> bool:
        return False

    @property
    def find(self) -> Find | None:
        return None

    @property
    def create(self) -> Create | None:
        return None

    @property
    def update(self) -> Update | None:
        return None

    @property
    def delete(self) -> Delete | None:
        return None

    @property
    def entitles(self) -> Callable[[Fields], frozenset[str]] | None:
        return None

    @property
    def await_jobs(self) -> AwaitJobs | None:
        return None

    @property
    def beside(self) -> Callable[[Current], Fields] | None:
        return None

    @property
    def names_repeat(self) -> bool:
        return False

    @property
    def named_by_key(self) -> bool:
        return False


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind(_Either):
    """What resources and sections have in common. What only one of the two has is empty in the other.

    `requests` are all the reads that an export makes for it, as `METHOD /template`; what it refers to is asked for by
    the kinds that it names. A list comes in pages of `page` rows; `paged` is the field into which one is read.
    `columns` are those of its table, where the inventory reads all of it. `of` names the kind each of whose resources
    is asked, only those with calling where `calling`. `shard` is the field by which the snapshot divides it into files.
    `model` are the managed fields, None where nobody manages it.
    `calls` are the requests of an operation where they are not the usual ones.
    `batches` are the steps, by name, of which several resources go in one request.
    `lags`: reads show a write only after some seconds (webex-behaviour.md §1.6).
    `replaces`: a write sends the whole document back, with what somebody else may have set a moment ago; the name of a
    field: where it sets that.
    `audited` is what the audit log calls it; a section that does not say is called as its owner.
    `defaults` are the values that the API gives to what nobody has configured, as far as they are declared.
    `listing` and `dialled` say what others ask of it (traits.py).
    """

    name: str
    doc: str
    requests: tuple[str, ...]
    columns: tuple[Column, ...] = ()
    source: str = ""
    page: int = 2000
    paged: str = ""
    of: str = ""
    calling: bool = False
    shard: str = ""
    model: type[Resource] | None = None
    rules: Rules = Rules()
    calls: Calls = Calls()
    batches: Mapping[str, Batch] = field(default_factory=dict)
    lags: bool = False
    replaces: bool | str = False
    audited: Audited = NOT_SAID
    defaults: Fields = field(default_factory=dict)
    listing: Listing = ORDINARY
    dialled: Dialled | None = None

    @property
    def key_fields(self) -> tuple[str, ...]:
        """The fields that name a resource; none of a section."""
        return (self.key,) if isinstance(self.key, str) and self.key else tuple(self.key)

    def key_of(self, fields: Mapping[str, Any]) -> str:
        """The key of a resource with these fields; KeyError where one of those that name it is missing."""
        return str(fields[self.key]) if isinstance(self.key, str) else joined_key(*(fields[one] for one in self.key))

    def named(self, key: str) -> Fields:
        """The fields that make up a key."""
        return {self.key: key} if isinstance(self.key, str) else dict(zip(self.key, split_key(key), strict=False))

    @property
    def batch(self) -> Batch | None:
        """How it is written where all that is written of it goes with others."""
        return self.batches.get("")

    @property
    def writable(self) -> bool:
        return bool(self.create or self.update or self.write or self.batch)

    @property
    def managed(self) -> type[Resource]:
        """The model of a kind that has one."""
        assert self.model is not None, self.name
        return self.model


@dataclass(frozen=True, kw_only=True, eq=False)
class ResourceKind(Kind):
    """A type of object, known by its `key`: the field that names it, or the fields that do so together, the location
    first (model/address.py says how they are joined). `renames` are those of them that `update` takes: the API lets an
    object have another name.

    `scan(reader, scope)` lists it and `detail` completes one row of the list for the inventory; where there are lists
    per owner only, `rows` lists those of one (`of`). `split` is the flag by whose values, false and true, the tenant is
    listed twice; `open_ended`: no page names a next one, so that a full one is followed by another question.
    `picked` finds the managed fields in what `scan` and `detail` read, so that one reading serves the inventory and a
    plan (contract/both.py).
    `find(reader, key, id)` reads one object again, by id when known.
    `entry` is the model of an item of a desired file where that is not the kind's own, `expand` turns one into several
    (a range into numbers), `nested_in` is where a list of them may stand; `complete` derives fields from others.
    `entitles(fields)` names what gives a resource its sections (a calling licence, a place); None: they are there.
    `await_jobs(writer)` waits for the jobs that an interrupted write may have left running.
    `beside(current)`: what of its document nobody manages and a write sends back all the same, by the API's names.
    `names_repeat`: the API lets two have the same name, so that a second create makes a second one.
    `named_by_key`: the API refers to it by its key, so that nobody looks for an id of it in a list.
    """

    plural: str = ""
    aliases: tuple[str, ...] = ()
    key: str | tuple[str, ...] = ""
    renames: tuple[str, ...] = ()
    scan: Scan | None = None
    detail: Detail | None = None
    rows: Rows | None = None
    split: str = ""
    open_ended: bool = False
    picked: Callable[[Fields], Fields] | None = None
    find: Find | None = None
    create: Create | None = None
    update: Update | None = None
    delete: Delete | None = None
    entry: type[Resource] | None = None
    expand: Callable[[Fields], list[Fields]] | None = None
    nested_in: tuple[str, str] | None = None
    complete: Callable[[Fields], Fields] | None = None
    entitles: Callable[[Fields], frozenset[str]] | None = None
    await_jobs: AwaitJobs | None = None
    beside: Callable[[Current], Fields] | None = None
    names_repeat: bool = False
    named_by_key: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class SectionKind(Kind):
    """A part of a resource with an endpoint of its own; its name is `owner.section`.

    `look` reads the whole of what one owner (`of`) has, as the inventory shows it (None: it has none);
    `one_per_location`: the answer is the location's, so only the owner that this sorts first is asked in each.
    `derived`: what it says follows from what others at its location have, so that any change there can change it.
    `fetch` reads the managed fields of an owner (None: the section does not exist yet), `write` sets some of them.
    `always`: every reading of the owner reads it; else only one that is told to, because desired state describes it.
    `picked` finds the managed fields in what `look` read, so that one request serves both.
    `requires` are the sections that must be in place first, `cleared` is what null stands for, `inherits` names the
    section of the location that holds while this one is `cleared`; `profile` puts named values in.
    """

    look: Look | None = None
    one_per_location: Callable[[Current], Any] | None = None
    derived: bool = False
    fetch: Fetch | None = None
    write: Write | None = None
    always: bool = False
    picked: Callable[[Fields], Fields] | None = None
    requires: tuple[str, ...] = ()
    cleared: Fields | None = None
    inherits: str = ""
    profile: Callable[[Fields, Mapping[str, Any]], Fields] | None = None

    @property
    def owner(self) -> str:
        return self.name.partition(".")[0]

    @property
    def section(self) -> str:
        """The name under which it nests in its owner."""
        return self.name.partition(".")[2]
