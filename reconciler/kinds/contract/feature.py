"""A feature of a location that is called or has members: paging groups, call parks, pickups. One declaration of its
fields, with the marks of `contract/setting.py`, and its two addresses make it a kind.

Lists of the API show some of the fields; what they do not is in the document of each. A PUT merges, but for lists and
what nests: of those that are touched all is sent, from the document as it was just read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated

from reconciler.kinds.contract.access import Writer
from reconciler.kinds.contract.both import found_by
from reconciler.kinds.contract.kind import Column, Create, Delete, ResourceKind, Rows, Rules, Update
from reconciler.kinds.contract.observed import (
    Shape,
    detailed,
    everywhere,
    filled,
    in_place,
    listed,
    listed_within,
    texts,
    url,
)
from reconciler.kinds.contract.setting import Setting, places
from reconciler.kinds.contract.traits import ORDINARY, Dialled, Listing
from reconciler.model.audit import NOT_SAID, Audited
from reconciler.model.marks import Key, Ref
from reconciler.model.resource import Text
from reconciler.model.snapshot import Current, Fields

_PLACE = texts(("name", "Name, unique in its location"), ("location", "Location"))


class Feature(Setting):
    """What is managed of a feature, beside where it is and what it is called there. The default of a field is what the
    API gives to the shortest create."""

    location: Annotated[Text, Key(), Ref("location", needs=("location.calling",))]
    name: Annotated[Text, Key()]


def feature(
    name: str,
    model: type[Feature],
    doc: str,
    *,
    plural: str,
    path: str,
    parameter: str,
    key: str,
    columns: tuple[Column, ...],
    list_path: str = "",
    listing: Listing = ORDINARY,
    dialled: Dialled | None = None,
    in_list: tuple[str, ...] | None = (),
    new_id: bool = False,
    read_only: tuple[str, ...] = (),
    refs: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    needed: Fields | None = None,
    audited: Audited = NOT_SAID,
) -> ResourceKind:
    """A kind of features. `path` is what follows `/telephony/config/locations/{locationId}/`, `parameter` the name of
    its id in the documents, `key` that of the rows in its list; `list_path` is the list of the tenant, without which
    there is one per location. `in_list`: what its rows tell beside name and location; None: all, so that nobody reads
    the document of each. `refs`: whom ids name that nobody manages, by path as a Shape has it. `new_id`: another name,
    another id. `needed`: what a create does not do without, unless said.
    """
    collection = f"/telephony/config/locations/{{locationId}}/{path}"
    one, documented = f"{collection}/{{id}}", f"{collection}/{{{parameter}}}"
    shape = _shape_of(model, refs)
    rows: Rows | None = None
    if list_path:
        scan = listed(name, list_path, key, in_place, shape, max="2000")
    else:
        rows = listed_within(name, collection.replace("{locationId}", "{id}"), key, in_place, shape, max="2000")
        scan = everywhere(rows)
    tells = () if in_list is None else ("location", "name", *in_list)
    detail = detailed(one, shape) if in_list is not None else None
    return ResourceKind(
        name=name,
        model=model,
        doc=doc,
        source=f"GET {list_path or collection}, POST {collection}, GET/PUT/DELETE {one}",
        requests=(f"GET {list_path or collection}", *([f"GET {documented}"] if detail else [])),
        columns=(*_PLACE, *columns),
        of="" if list_path else "calling_location",
        plural=plural,
        listing=replace(listing, tells=tells, one=documented, new_id=new_id),
        dialled=dialled,
        key=("location", "name"),
        renames=("name",),
        scan=scan,
        rows=rows,
        detail=detail,
        picked=model.picked,
        find=found_by(scan, detail, model.picked),
        create=_create(model, collection, needed or {}),
        update=_update(model, one, read_only),
        delete=_delete(one),
        defaults={name: value for name, value in model.rest().items() if value not in (None, [])},
        rules=Rules(refuse=model.refuse),
        audited=audited,
    )


def _shape_of(model: type[Feature], refs: Mapping[str, tuple[str, ...]]) -> Shape:
    """How its documents become fields: whom its references name."""
    found = dict(refs)
    for name, place in places(model).items():
        if name != "location" and (ref := place.ref or place.members):  # that is said by name
            found[".".join(place.snaky().path) + ("[].id" if place.members else "")] = ref.kinds
    return Shape(refs=found)


def _create(model: type[Feature], collection: str, needed: Fields) -> Create:
    async def create(writer: Writer, key: str, want: Fields) -> None:
        place = await writer.id_of("location", want["location"])
        body = model.sent({}, await _with_ids(model, writer, needed | want), merges=True, read_only=())
        await writer.send("POST", url(writer, collection.replace("{locationId}", place)), body)

    return create


def _update(model: type[Feature], one: str, read_only: tuple[str, ...]) -> Update:
    async def update(writer: Writer, current: Current, want: Fields) -> None:
        asked = await _with_ids(model, writer, want)
        body = model.sent(current.wire or {}, asked, merges=True, read_only=read_only)
        await writer.send("PUT", url(writer, filled(one, current)), body)

    return update


def _delete(one: str) -> Delete:
    async def delete(writer: Writer, current: Current) -> None:
        await writer.send("DELETE", url(writer, filled(one, current)))

    return delete


async def _with_ids(model: type[Feature], writer: Writer, want: Fields) -> Fields:
    """What a body has of it: the location is in the address."""
    return await model.with_ids(writer, {name: value for name, value in want.items() if name != "location"})
