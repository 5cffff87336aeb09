"""`license`: read only; people and workspaces name their licences.

API: `GET /licenses`, unpaginated (webex-behaviour.md §9). How many units are in use nobody manages: it is a fact, which
guards need.
"""

from __future__ import annotations

from typing import Annotated, Any

from reconciler.kinds._kind import Kind, Reader, Scope
from reconciler.model.marks import Key
from reconciler.model.resource import Resource, Text
from reconciler.model.snapshot import Current, Fields


class License(Resource):
    name: Annotated[Text, Key()]
    total: int = 0


async def scan(reader: Reader, scope: Scope) -> list[Current]:
    documents = [row async for row in reader.pages(reader.api.licenses.ep(), "items")]
    return [_current(document) for document in documents]


def _current(document: dict[str, Any]) -> Current:
    fields: Fields = {"name": document["name"], "total": document["totalUnits"]}
    used = document.get("consumedUnits")
    return Current("license", document["name"], document["id"], fields, {} if used is None else {"consumed": used})


KIND = Kind(
    name="license",
    model=License,
    doc="A licence of the organisation; read only, for references.",
    source="GET /licenses",
    requests=("GET /licenses",),
    plural="licenses",
    key="name",
    scan=scan,
)
