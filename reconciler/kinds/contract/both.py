"""Resources that are managed and observed: all of one is read, and what is managed of it is picked from that.

Before its details are read a row of a list gives as much as it has: of what a plan asks for that may be all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reconciler.errors import ApiError, IncompleteError
from reconciler.kinds.contract.access import Reader, Scope
from reconciler.kinds.contract.kind import Detail, Find, Kind, Scan
from reconciler.kinds.contract.marks import marks_of
from reconciler.model.address import split_key
from reconciler.model.snapshot import Current, Fields, one_of
from reconciler.model.text import normalised

Picked = Callable[[Fields], Fields]
#: What `Current.unknown` calls the details of a row.
DETAILS = "details"


def both(kind: Kind, row: Current) -> Current:
    """A row of a list with what is managed in it; as it is where the kind is not both, or the name is ambiguous.
    What is managed of a section lies in its owner."""
    if kind.picked is None or kind.owner or row.candidates or row.observed is not None:
        return row
    fields, unknown = kind.picked(row.fields), row.unknown
    if kind.model is not None and (why := unknown.get(DETAILS)):  # of what only they tell nobody can tell
        fields = _told_by_row(kind, fields)
        unknown = unknown | {name: why for name in kind.model.model_fields if name not in fields}
    return replace(row, fields=fields, observed=dict(row.fields), unknown=unknown)


async def complete(kind: Kind, reader: Reader, current: Current) -> None:
    """Read the details of a row. Raises as the kind's `detail`."""
    assert kind.detail is not None
    if kind.picked is None or current.observed is None:
        row = current.wire
        await kind.detail(reader, current)
        current.wire = row  # sections are asked with what it says; the document is not kept
        return
    whole = current.in_whole()
    await kind.detail(reader, whole)
    current.observed = whole.fields
    current.fields |= normalised(kind.picked(whole.fields))


def row_of(kind: Kind, row: Current) -> Current:
    """As `both`, of what a list has just told: fields that its rows do not tell are not known to be empty."""
    found = both(kind, row)
    if found is not row:
        found.fields = _told_by_row(kind, found.fields)
    return found


def _told_by_row(kind: Kind, fields: Fields) -> Fields:
    tells = kind.listing.tells
    return {name: value for name, value in fields.items() if name in tells} if tells else fields


def lacking(kind: Kind, current: Current, scope: Scope) -> list[str]:
    """The managed fields of a row that only its details tell, of those that are asked for, and of those that refer to
    something: what a write finds there is foretold by them."""
    if kind.picked is None or kind.detail is None or current.candidates or kind.model is None:
        return []
    referring = {path[0] for path, _ in marks_of(kind).refs}
    missing = (name for name in kind.model.model_fields if name not in current.fields)
    return [name for name in missing if scope.wants(name) or name in referring]


def found_by(scan: Scan, detail: Detail | None, picked: Picked) -> Find:
    """A `find` through the list of the tenant and the details: by id when known, else by key. What goes between the two
    is not there; nor is, where the list does not say what it has, what has no details any more."""

    async def find(reader: Reader, key: str, remote_id: str) -> Current | None:
        try:
            rows = await scan(reader, Scope(frozenset([key])))
        except IncompleteError:
            if remote_id and await is_gone(reader, key, remote_id):
                return None
            raise
        rows = [row for row in rows if (row.id == remote_id if remote_id else row.key == key)]
        if len(rows) != 1:
            return one_of(rows) if rows else None
        if not await has_details(reader, rows[0]):
            return None
        return replace(rows[0], fields=picked(rows[0].fields), observed=rows[0].fields)

    async def has_details(reader: Reader, row: Current) -> bool:
        try:
            if detail:
                await detail(reader, row)
        except ApiError as error:
            if error.status == 404:
                return False
            raise
        return True

    async def is_gone(reader: Reader, key: str, remote_id: str) -> bool:
        place = await reader.id_of("location", split_key(key)[0])
        return not await has_details(reader, Current("", key, remote_id, {}, wire={"locationId": place}))

    return find
