"""`paging_group`: who pages whom. API: `/telephony/config/paging` (webex-behaviour.md §14).

GET shows members as objects, POST and PUT take them as ids; a list replaces the list that is there, the rest merges.
The order of targets is not kept. The list of the tenant has no members, so each group is read by itself.
"""

from __future__ import annotations

from typing import Annotated, Any

from reconciler.kinds.contract.access import Writer
from reconciler.kinds.contract.both import found_by
from reconciler.kinds.contract.kind import Column, ResourceKind, Rules
from reconciler.kinds.contract.members import MemberSet
from reconciler.kinds.contract.observed import IN_PLACE, MEMBERS, Shape, detailed, filled, in_place, listed, texts, url
from reconciler.kinds.contract.traits import Dialled, Listing
from reconciler.kinds.contract.wire import e164_number
from reconciler.model.address import split_address, split_key
from reconciler.model.audit import Audited
from reconciler.model.marks import Claim, Key, Ref
from reconciler.model.plan import Change
from reconciler.model.resource import E164, Extension, Resource, Text
from reconciler.model.snapshot import Current, Fields

_LIST = "/telephony/config/paging"
_ONE = "/telephony/config/locations/{locationId}/paging/{id}"
_SHAPE = Shape(refs={"originators[].id": MEMBERS, "targets[].id": MEMBERS})
_SPELLED = {"name": "name", "enabled": "enabled", "extension": "extension", "phone_number": "phoneNumber"}
_MEMBERS = ("originators", "targets")


class PagingGroup(Resource):
    location: Annotated[Text, Key(), Ref("location", needs=("location.calling",))]
    name: Annotated[Text, Key()]
    enabled: bool | None = None
    extension: Annotated[Extension | None, Claim("extension", per="location")] = None
    phone_number: Annotated[E164 | None, Ref("number"), Claim("number")] = None
    originators: MemberSet | None = None
    targets: MemberSet | None = None


def picked(shown: Fields) -> Fields:
    fields: Fields = {name: shown.get(name) for name in ("location", "name", "enabled")}
    fields["extension"] = shown.get("extension") or None
    fields["phone_number"] = e164_number(shown.get("phone_number"))
    return fields | {name: sorted(row["id"] for row in shown[name]) for name in _MEMBERS if name in shown}


async def create(writer: Writer, key: str, want: Fields) -> None:
    place = await writer.id_of("location", split_key(key)[0])
    await writer.send("POST", url(writer, f"/telephony/config/locations/{place}/paging"), await _body(writer, want))


async def update(writer: Writer, current: Current, want: Fields) -> None:
    await writer.send("PUT", url(writer, filled(_ONE, current)), await _body(writer, want))


async def delete(writer: Writer, current: Current) -> None:
    await writer.send("DELETE", url(writer, filled(_ONE, current)))


def refuse(change: Change) -> str:
    if change.action == "create" and not (change.want.get("extension") or change.want.get("phone_number")):
        return "a paging group needs an extension or a phone_number (behaviour §14)"
    return ""


async def _body(writer: Writer, want: Fields) -> dict[str, Any]:
    body = {wire: want[name] for name, wire in _SPELLED.items() if name in want}
    for name in _MEMBERS:
        if name in want:
            body[name] = [await writer.id_of(*split_address(member)) for member in want[name] or ()]
    return body


_scan = listed("paging_group", _LIST, "locationPaging", in_place, _SHAPE, max="2000")
_detail = detailed(_ONE, _SHAPE)

KIND = ResourceKind(
    name="paging_group",
    listing=Listing(by_location=True),
    dialled=Dialled(),
    model=PagingGroup,
    doc="Paging groups: who may page whom.",
    source=f"GET {_LIST}, POST /telephony/config/locations/{{id}}/paging,"
    " GET/PUT/DELETE /telephony/config/locations/{id}/paging/{id}",
    requests=(f"GET {_LIST}", "GET /telephony/config/locations/{locationId}/paging/{pagingId}"),
    columns=(
        *texts(*IN_PLACE),
        Column("enabled", "boolean", "Whether it takes calls"),
        Column("originators", "list", "Who may page, each with its address as id"),
        Column("targets", "list", "Who is paged, each with its address as id"),
    ),
    plural="paging_groups",
    key=("location", "name"),
    renames=("name",),
    scan=_scan,
    detail=_detail,
    picked=picked,
    find=found_by(_scan, _detail, picked),
    create=create,
    update=update,
    delete=delete,
    defaults={"enabled": True},
    rules=Rules(refuse=refuse),
    audited=Audited(("CALLING",), ("PAGING_GROUP",)),
)
