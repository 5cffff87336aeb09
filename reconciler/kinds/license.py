"""`license`: read only; people and workspaces name their licences.

API: `GET /licenses`, unpaginated (webex-behaviour.md §9). How many units are in use nobody manages: it is a fact, which
guards need.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from reconciler.kinds._kind import Kind, Reader, Scope
from reconciler.model.marks import Key
from reconciler.model.resource import Resource, Text
from reconciler.model.snapshot import Current, Fields


class License(Resource):
    name: Annotated[Text, Key()]
    total: int = 0


#: Names that Webex gave its licences on 2026-01-26 in place of others (webex-behaviour.md, last part). Desired files
#: and tenants may have either; both stand for the newer one.
RENAMED = {"Single License - Webex Calling": "Webex Calling", "CX Essentials": "Customer Assist"}


def named_now(fields: Fields, aliases: Mapping[str, str]) -> Fields:
    """The fields of a person or a workspace with their licences by the names that these have now: the tenant's own
    aliases first, then what Webex has renamed."""
    names = {**RENAMED, **{alias: RENAMED.get(name, name) for alias, name in aliases.items()}}
    held, one = fields.get("licenses"), fields.get("license")
    if isinstance(held, list) and not names.keys().isdisjoint(held):
        fields = {**fields, "licenses": sorted({names.get(name, name) for name in held})}
    elif isinstance(held, dict) and not names.keys().isdisjoint(held):
        fields = {**fields, "licenses": {names.get(name, name): on for name, on in held.items()}}
    return {**fields, "license": names[one]} if isinstance(one, str) and one in names else fields


async def scan(reader: Reader, scope: Scope) -> list[Current]:
    documents = [row async for row in reader.pages(reader.api.licenses.ep(), "items")]
    return [_current(document) for document in documents]


def _current(document: dict[str, Any]) -> Current:
    name = RENAMED.get(document["name"], document["name"])
    fields: Fields = {"name": name, "total": document["totalUnits"]}
    used = document.get("consumedUnits")
    return Current("license", name, document["id"], fields, {} if used is None else {"consumed": used})


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
