"""How the whole of something is read for the inventory, whoever manages it.

What is read is brought to a normal form: names in snake_case, ids of members replaced by addresses, lists in which the
API keeps no order sorted. Nothing is dropped but the ids that addresses stand for.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.errors import ApiError, AuthError, ForbiddenError, IncompleteError, ReconcileError
from reconciler.kinds.contract.access import Reader, Scope
from reconciler.kinds.contract.kind import Column, Detail, Look, Rows, Scan
from reconciler.kinds.contract.namesakes import distinct
from reconciler.kinds.contract.wire import read_document, setting, unless_entitled
from reconciler.model.address import joined_key, split_key
from reconciler.model.remote_id import uuid_of
from reconciler.model.snapshot import Current, Fields
from reconciler.model.text import normal, normalised

#: Whom a member's id may name: ids of members always come as PEOPLE (webex-behaviour.md §1.7).
MEMBERS = ("person", "workspace", "virtual_line")

#: The key of what the organisation has once.
ORGANISATION = "organisation"

#: What every feature of a location has that is called: columns of text.
IN_PLACE = (
    ("name", "Name, unique in its location"),
    ("location", "Location"),
    ("phone_number", "Number"),
    ("extension", "Extension"),
)

Label = Callable[[Mapping[str, Any]], str]
Params = Callable[[Mapping[str, Any]], Mapping[str, str]]


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
        if not place and found.get("locationId"):
            place = (await _named(reader, found["locationId"], ("location",))).removeprefix("location/")
        if place:  # one word for where it is, however the endpoint says it
            found.pop("locationId", None)
            found["location"] = place
        shaped = normalised(await self._shaped(reader, found, ""))
        assert isinstance(shaped, dict)
        return shaped

    async def _shaped(self, reader: Reader, value: Any, path: str) -> Any:
        if isinstance(value, str):
            kinds = self.refs.get(path) or (("location",) if path.rpartition(".")[2] == "location_id" else ())
            return await _named(reader, value, kinds) if value and kinds else _plain(value)
        if isinstance(value, dict):
            if set(value) == {"id", "name"} and path.rpartition(".")[2] == "location":
                return value["name"]
            inner = {}
            for name, part in value.items():
                ours = snake(name)
                at = f"{path}.{ours}" if path else ours
                if at not in self.drop:
                    inner[ours] = await self._shaped(reader, part, at)
            return inner
        if isinstance(value, list):
            items = [await self._shaped(reader, item, f"{path}[]") for item in value]
            return items if path in self.ordered else sorted(items, key=_by_name)
        return value


async def _named(reader: Reader, remote_id: str, kinds: tuple[str, ...]) -> str:
    """The address behind an id; the id itself where the list that has its name cannot be read: what refers to
    something is complete all the same, and the status of that list says what is missing."""
    try:
        return await reader.address_of(remote_id, kinds)
    except ReconcileError as error:
        if isinstance(error, AuthError) and not isinstance(error, ForbiddenError):
            raise
        return remote_id


def _plain(text: str) -> str:
    """`+44-2079460001`, as forwarding shows numbers (webex-behaviour.md §1.8), is `+442079460001` everywhere."""
    return text.replace("-", "", 1) if re.fullmatch(r"\+\d{1,4}-\d{4,}", text) else text


def snake(name: str) -> str:
    """`firstName` → `first_name`, `isPSTN` → `is_pstn`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _by_name(value: Any) -> tuple[str, str, str]:
    """By address and name before all else: who is in a list is seen at a glance, and stays where he was. A remote id
    is no address, and tells nobody anything."""
    named = value if isinstance(value, dict) else {}
    address = str(named.get("id") or "")
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return address if "/" in address else "", str(named.get("name") or ""), canonical


def url(reader: Reader, path: str) -> str:
    """The address of a path as the API documents it, like `/telephony/config/queues`."""
    return f"{reader.api.session.BASE}{path}"


def listed(name: str, path: str, key: str, label: Label, shape: Shape, **params: str) -> Scan:
    """A `scan` over one list of the tenant: rows become resources under the key that `label` makes of a row."""

    async def scan(reader: Reader, scope: Scope) -> list[Current]:
        rows = pages(reader, path, key, params)
        return [await resource(name, label, shape, reader, row) async for row in rows]

    return scan


def listed_within(name: str, path: str, key: str, label: Label, shape: Shape, **params: str) -> Rows:
    """`rows` of one owner: a list that the API has per location only."""

    async def rows(reader: Reader, owner: Current) -> list[Current]:
        found = pages(reader, filled(path, owner), key, params)
        return distinct([await resource(name, label, shape, reader, row) async for row in found])

    return rows


def everywhere(rows: Rows) -> Scan:
    """A `scan` of what the API lists per location only: of the locations in the keys that are wanted, or of all."""

    async def scan(reader: Reader, scope: Scope) -> list[Current]:
        import asyncio

        among = None if scope.keys is None else {split_key(key)[0] for key in scope.keys}
        places = (await reader.all("calling_location")).values()
        asked = [rows(reader, place) for place in places if among is None or place.key in among]
        return [row for found in await asyncio.gather(*asked) for row in found]

    return scan


def single(name: str, path: str, shape: Shape) -> Scan:
    """A `scan` of the one document that the organisation has of something."""

    async def scan(reader: Reader, scope: Scope) -> list[Current]:
        document = await read_document(reader, url(reader, path))
        return [Current(name, ORGANISATION, reader.org_id, await shape.fields(reader, document))]

    return scan


def joined(*scans: Scan) -> Scan:
    """Several lists that are one artefact."""

    async def scan(reader: Reader, scope: Scope) -> list[Current]:
        return distinct([current for one in scans for current in await one(reader, scope)])

    return scan


def detailed(path: str, shape: Shape, params: Params = lambda row: {}) -> Detail:
    """A `detail` that reads `path`, whose {placeholders} are taken from the row of the list, and adds its fields; to
    the row, too."""

    async def detail(reader: Reader, current: Current) -> None:
        row = current.wire or {}
        document = await setting(reader, url(reader, filled(path, current)), **params(row))
        current.wire = {**row, **document}
        current.fields |= await shape.fields(reader, document)

    return detail


def section(name: str, path: str, shape: Shape) -> Look:
    """A `look` that reads one document of an owner."""

    async def look(reader: Reader, owner: Current) -> Current | None:
        document = await setting(reader, url(reader, filled(path, owner)))
        return part_of(owner, name, await shape.fields(reader, document))

    return look


def rows_of(
    name: str,
    path: str,
    key: str,
    into: str,
    shape: Shape,
    params: Params = lambda row: {},
    *,
    ends_404: bool = False,
    **fixed: str,
) -> Look:
    """A `look` that reads a list of an owner, all pages, into one field: `members`, `agents`, … `params` of a request
    may hold {placeholders} like the path."""

    async def look(reader: Reader, owner: Current) -> Current | None:
        asked = {**fixed, **{one: filled(value, owner) for one, value in params(owner.wire or {}).items()}}
        found = pages(reader, filled(path, owner), key, asked, ends_404=ends_404)
        rows = [row async for row in found]
        # the shape's paths begin at the field, as if the rows had come in one document
        return part_of(owner, name, await shape.fields(reader, {into: rows}))

    return look


def of_location(look: Look) -> Look:
    """The same, as a part of the owner's location: what one owner is told holds for all of that location."""

    async def at_location(reader: Reader, owner: Current) -> Current | None:
        part = await look(reader, owner)
        return part and Current(part.kind, owner.fields["location"], "", part.fields)

    return at_location


async def resource(name: str, label: Label, shape: Shape, reader: Reader, row: Mapping[str, Any]) -> Current:
    """A row of a list as a resource, the row kept until its details are read."""
    return Current(name, label(row), str(row.get("id", "")), await shape.fields(reader, row), wire=row)


async def pages(
    reader: Reader, path: str, key: str, params: Mapping[str, str], *, ends_404: bool = False
) -> AsyncIterator[Any]:
    """The rows of a list; NotEntitledError where the object has none, at whichever page that is said (S7). `ends_404`:
    a list of which every page names a next one, until that is not found (§1.5)."""
    begun = False
    try:
        async for row in reader.pages(url(reader, path), key, **params):
            if not isinstance(row, dict | str):
                raise IncompleteError(f"a row of the list is a {type(row).__name__}", where=f"GET {path}")
            begun = True
            yield row
    except ApiError as error:
        if not (ends_404 and begun and error.status == 404):
            raise unless_entitled(error) from None


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


def flags(*columns: tuple[str, str]) -> tuple[Column, ...]:
    """Columns of true and false."""
    return tuple(Column(path, "boolean", doc) for path, doc in columns)


def same(one: str, other: str) -> bool:
    """Whether two remote ids name the same object, whatever their encoding."""
    return uuid_of(one) == uuid_of(other)


def in_place(row: Mapping[str, Any]) -> str:
    """The key of a feature of a location: `Madrid/Sales`."""
    return joined_key(normal(row.get("locationName", "")), normal(row["name"]))


def labelled(*parts: Any) -> str:
    """A key of several names: `Madrid/holidays/Xmas`, without those that are missing."""
    return joined_key(*(normal(str(part)) for part in parts if part))
