"""What is read and not managed: an artefact of the inventory, with the requests that it may make and its columns.

A module in `kinds/artefacts/` that does not begin with an underscore holds one `ARTEFACT`, or `ARTEFACTS`, several that
differ in a word. What an artefact reads is brought to a normal form: names in snake_case, ids of members replaced by
addresses, lists in which the API keeps no order sorted. Nothing is dropped but the ids that addresses stand for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.kinds._kind import Reader
from reconciler.kinds._wire import setting, uuid_of
from reconciler.model.snapshot import Current, Fields

#: Whom a member's id may name: ids of members always come as PEOPLE (webex-behaviour.md §1.7).
MEMBERS = ("person", "workspace", "virtual_line")

Scan = Callable[[Reader], Awaitable[list[Current]]]
Detail = Callable[[Reader, Current], Awaitable[None]]
Fetch = Callable[[Reader, Current], Awaitable[Current | None]]


@dataclass(frozen=True)
class Column:
    """One documented column of the outputs: `path` into the fields, its type, and what it says."""

    path: str
    type: str  # text, integer, number, boolean, list
    doc: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Observed:
    """One artefact. `scan` lists it and `detail` completes one row of the list; or `of` names the kind each of whose
    resources is asked, by `fetch` (None: it has none). `calling`: only those with calling are asked.

    `sharded`: the snapshot has a file per location. `requests` are all the requests that it makes, as `METHOD
    /template`; `page` rows come per request of the list.
    """

    name: str
    doc: str
    requests: tuple[str, ...]
    columns: tuple[Column, ...]
    scan: Scan | None = None
    detail: Detail | None = None
    of: str = ""
    fetch: Fetch | None = None
    calling: bool = False
    sharded: bool = False
    page: int = 2000


@dataclass(frozen=True)
class Shape:
    """How documents become fields. `refs`: path → kinds that the id there may name; a path goes through lists with
    `[]`, like `agents[].id`. `ordered`: lists whose order means something; `drop`: paths that say nothing."""

    refs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ordered: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()

    async def fields(self, reader: Reader, document: Mapping[str, Any]) -> Fields:
        """The document in normal form, without its own id."""
        found = {name: value for name, value in document.items() if name != "id"}
        place = found.pop("locationName", None) or (found.get("location") or {}).get("name")
        if place:  # one word for where it is, however the endpoint says it
            found.pop("locationId", None)
            found["location"] = place
        shaped = await self._shaped(reader, found, "")
        assert isinstance(shaped, dict)
        return shaped

    async def _shaped(self, reader: Reader, value: Any, path: str) -> Any:
        if path in self.refs and isinstance(value, str) and value:
            return await reader.address_of(value, self.refs[path])
        if isinstance(value, dict):
            inner = {}
            for name, part in value.items():
                ours = snake(name)
                at = f"{path}.{ours}" if path else ours
                if at not in self.drop:
                    inner[ours] = await self._shaped(reader, part, at)
            return inner
        if isinstance(value, list):
            items = [await self._shaped(reader, item, f"{path}[]") for item in value]
            return items if path in self.ordered else sorted(items, key=_canonical)
        return value


def snake(name: str) -> str:
    """`firstName` → `first_name`, `isPSTN` → `is_pstn`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def url(reader: Reader, path: str) -> str:
    """The address of a path as the API documents it, like `/telephony/config/queues`."""
    return f"{reader.api.session.BASE}{path}"


def listed(
    name: str,
    path: str,
    key: str,
    label: Callable[[Mapping[str, Any]], str],
    shape: Shape,
    **params: str,
) -> Scan:
    """A `scan` over one list of the tenant: rows become resources under the key that `label` makes of a row."""

    async def scan(reader: Reader) -> list[Current]:
        found = []
        async for row in reader.pages(url(reader, path), key, **params):
            fields = await shape.fields(reader, row)
            found.append(Current(name, label(row), str(row.get("id", "")), fields, wire=row))
        return found

    return scan


def detailed(path: str, shape: Shape) -> Detail:
    """A `detail` that reads `path`, whose {placeholders} are taken from the row of the list, and adds its fields."""

    async def detail(reader: Reader, current: Current) -> None:
        document = await setting(reader, url(reader, filled(path, current)))
        current.fields |= await shape.fields(reader, document)

    return detail


def section(name: str, path: str, shape: Shape) -> Fetch:
    """A `fetch` that reads one document of an owner."""

    async def fetch(reader: Reader, owner: Current) -> Current | None:
        document = await setting(reader, url(reader, filled(path, owner)))
        return part_of(owner, name, await shape.fields(reader, document))

    return fetch


def rows_of(name: str, path: str, key: str, into: str, shape: Shape, **params: str) -> Fetch:
    """A `fetch` that reads a list of an owner, all pages, into one field: `members`, `agents`, …"""

    async def fetch(reader: Reader, owner: Current) -> Current | None:
        pages = reader.pages(url(reader, filled(path, owner)), key, **params)
        # the shape's paths begin at the field, as if the rows had come in one document
        whole = await shape.fields(reader, {into: [row async for row in pages]})
        return part_of(owner, name, whole)

    return fetch


def part_of(owner: Current, name: str, fields: Fields) -> Current:
    """A section as a resource of its own, under its owner's key, with the owner's location beside it."""
    place = {"location": owner.fields["location"]} if owner.fields.get("location") else {}
    return Current(name, owner.key, owner.id, {**place, **fields})


def filled(path: str, current: Current) -> str:
    """`/locations/{locationId}/queues/{id}` with the ids of a resource: its own, and those in its row."""
    row: Mapping[str, Any] = current.wire or {}

    def value(match: re.Match[str]) -> str:
        name = match[1]
        return current.id if name == "id" else str(row.get(name) or current.facts.get(name) or "")

    return re.sub(r"\{(\w+)\}", value, path)


def texts(*columns: tuple[str, str]) -> tuple[Column, ...]:
    """Columns of text, as (path, what it says)."""
    return tuple(Column(path, "text", doc) for path, doc in columns)


def same(one: str, other: str) -> bool:
    """Whether two remote ids name the same object, whatever their encoding."""
    return uuid_of(one) == uuid_of(other)


def in_place(row: Mapping[str, Any]) -> str:
    """The key of a feature of a location: `Madrid/Sales`."""
    return f"{row.get('locationName', '')}/{row['name']}"


def declared(artefacts: Iterable[Observed]) -> dict[str, Observed]:
    """By name, sorted."""
    return {one.name: one for one in sorted(artefacts, key=lambda one: one.name)}
