"""`page_group`: paging groups (webex-behaviour.md §14), a kind with a key of two parts and members of several kinds.

GET shows members as objects, POST and PUT take them as ids; a list replaces the list that is there, the rest merges.
The list of the tenant has no members, so each group is read by itself.
"""

from __future__ import annotations

from typing import Annotated, Any

from reconciler.errors import ApiError
from reconciler.kinds.contract.access import Reader, Scope, Writer
from reconciler.kinds.contract.kind import ResourceKind
from reconciler.kinds.contract.members import MemberSet
from reconciler.kinds.contract.observed import MEMBERS, url
from reconciler.kinds.contract.wire import e164_number, read_document
from reconciler.model.address import joined_key, split_key
from reconciler.model.marks import Claim, Key, Ref
from reconciler.model.resource import E164, Extension, Resource, Text
from reconciler.model.snapshot import Current, Fields

_LIST = "/telephony/config/paging"
_SPELLED = {"name": "name", "enabled": "enabled", "extension": "extension", "phone_number": "phoneNumber"}
_MEMBERS = ("originators", "targets")


class PageGroup(Resource):
    location: Annotated[Text, Key(), Ref("location", needs=("location.calling",))]
    name: Annotated[Text, Key()]
    enabled: bool | None = None
    extension: Annotated[Extension | None, Claim("extension", per="location")] = None
    phone_number: Annotated[E164 | None, Ref("number"), Claim("number")] = None
    originators: MemberSet | None = None
    targets: MemberSet | None = None


async def scan(reader: Reader, scope: Scope) -> list[Current]:
    rows = [row async for row in reader.pages(url(reader, _LIST), "locationPaging", max="2000")]
    keyed = [(joined_key(row["locationName"], row["name"]), row) for row in rows]
    return [await _current(reader, row) for key, row in keyed if scope.keys is None or key in scope.keys]


async def find(reader: Reader, key: str, remote_id: str) -> Current | None:
    location, name = split_key(key)
    place = await reader.id_of("location", location)
    rows = [row async for row in reader.pages(url(reader, _LIST), "locationPaging", locationId=place, max="2000")]
    for row in rows:
        if row["id"] == remote_id or (not remote_id and row["name"] == name):
            try:
                return await _current(reader, row)
            except ApiError as error:
                if error.status != 404:
                    raise
    return None


async def create(writer: Writer, key: str, want: Fields) -> None:
    location, _ = split_key(key)
    place = await writer.id_of("location", location)
    await writer.send("POST", url(writer, f"/telephony/config/locations/{place}/paging"), await _body(writer, want))


async def update(writer: Writer, current: Current, want: Fields) -> None:
    await writer.send("PUT", _one(writer, current.wire), await _body(writer, want))


async def delete(writer: Writer, current: Current) -> None:
    await writer.send("DELETE", _one(writer, current.wire))


def _one(reader: Reader, row: dict[str, Any]) -> str:
    return url(reader, f"/telephony/config/locations/{row['locationId']}/paging/{row['id']}")


async def _body(writer: Writer, want: Fields) -> dict[str, Any]:
    body = {wire: want[name] for name, wire in _SPELLED.items() if name in want}
    for name in _MEMBERS:
        if name in want:
            members = [member.split("/", 1) for member in want[name] or ()]
            body[name] = [await writer.id_of(kind, key) for kind, key in members]
    return body


async def _current(reader: Reader, row: dict[str, Any]) -> Current:
    document = await read_document(reader, _one(reader, row))
    fields: Fields = {
        "location": row["locationName"],
        "name": document["name"],
        "enabled": document["enabled"],
        "extension": document.get("extension") or None,
        "phone_number": e164_number(document.get("phoneNumber")),
    }
    for name in _MEMBERS:
        fields[name] = sorted([await reader.address_of(one["id"], MEMBERS) for one in document[name]])
    key = joined_key(row["locationName"], document["name"])
    return Current("page_group", key, row["id"], fields, wire=row)


KIND = ResourceKind(
    name="page_group",
    model=PageGroup,
    doc="Whom a page reaches, and who may page.",
    source="GET /telephony/config/paging, GET/POST/PUT/DELETE /telephony/config/locations/{id}/paging",
    requests=(f"GET {_LIST}", "GET /telephony/config/locations/{locationId}/paging/{pagingId}"),
    plural="page_groups",
    key=("location", "name"),
    renames=("name",),
    shard="location",
    scan=scan,
    find=find,
    create=create,
    update=update,
    delete=delete,
)
