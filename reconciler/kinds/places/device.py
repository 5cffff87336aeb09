"""Devices: list and details. API: `/devices` (webex-behaviour.md §1.5): pages of at most 100 that name no next one, so
that a client which trusts the link loses all others silently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.errors import IncompleteError
from reconciler.kinds.contract.access import Reader, Scope
from reconciler.kinds.contract.kind import Column, ResourceKind
from reconciler.kinds.contract.namesakes import distinct
from reconciler.kinds.contract.observed import Shape, detailed, pages, resource, texts
from reconciler.kinds.contract.traits import Listing
from reconciler.model.snapshot import Current

_PAGE = 100
_SHAPE = Shape(
    refs={"person_id": ("person",), "workspace_id": ("workspace",), "place_id": ("workspace",)},
    # other spellings of what is there, and a moment that passes without any change
    drop=("org_id", "webex_device_id", "workspace_location_id", "last_seen"),
)


def _label(row: Mapping[str, Any]) -> str:
    """Names of devices are not unique; what stands on the device is."""
    return str(row.get("mac") or row.get("serial") or row.get("displayName") or row["id"])


async def _scan(reader: Reader, scope: Scope) -> list[Current]:
    """A full page is followed by a question for the next, until one is not full. A page of nothing but what is known
    is no next one: then nobody can say what lies behind the first hundred."""
    found: dict[str, Current] = {}
    start = 0
    while True:
        rows = [row async for row in pages(reader, "/devices", "items", {"max": str(_PAGE), "start": str(start)})]
        if rows and all(row["id"] in found for row in rows):
            why = f"the list names no next page, and the page from {start} on repeats what came before"
            raise IncompleteError(f"the list of devices breaks off after {len(found)}", where="GET /devices", why=why)
        for row in rows:
            found[row["id"]] = await resource("device", _label, _SHAPE, reader, row)
        start += len(rows)
        if len(rows) < _PAGE:
            return distinct(list(found.values()))


KIND = ResourceKind(
    name="device",
    listing=Listing(register=True),
    doc="Phones and other devices, with whom they are registered to.",
    requests=("GET /devices", "GET /devices/{deviceId}"),
    columns=(
        *texts(
            ("display_name", "Name"),
            ("product", "Model"),
            ("type", "phone, roomdesk, …"),
            ("mac", "MAC address"),
            ("serial", "Serial number"),
            ("location", "Location"),
            ("person_id", "The person that has it, by address"),
            ("workspace_id", "The workspace that has it, by address"),
            ("connection_status", "Whether it is connected"),
            ("software", "Version of its software"),
            ("managed_by", "Who manages it"),
        ),
        Column("error_codes", "list", "What it complains of"),
        Column("tags", "list", "Tags"),
    ),
    scan=_scan,
    detail=detailed("/devices/{id}", _SHAPE),
    page=_PAGE,
    open_ended=True,
)
