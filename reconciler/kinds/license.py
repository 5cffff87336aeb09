"""`license`: read only; people and workspaces name their licences.

API: `GET /licenses`, unpaginated (webex-behaviour.md §9).
"""

from __future__ import annotations

from typing import Annotated

from reconciler.kinds._kind import Kind, Reader, Scope
from reconciler.model.marks import Key
from reconciler.model.resource import Resource, Text
from reconciler.model.snapshot import Current


class License(Resource):
    name: Annotated[Text, Key()]
    total: int = 0


async def scan(reader: Reader, scope: Scope) -> list[Current]:
    documents = [row async for row in reader.pages(reader.api.licenses.ep(), "items")]
    return [Current("license", d["name"], d["id"], {"name": d["name"], "total": d["totalUnits"]}) for d in documents]


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
