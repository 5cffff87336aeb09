"""`workspace.devices`: its phones. API: `/telephony/config/workspaces/{id}/devices` (webex-behaviour.md §13)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column, SectionKind
from reconciler.kinds.contract.observed import MEMBERS, Shape, section, texts

KIND = SectionKind(
    name="workspace.devices",
    doc="Phones and other calling devices of a workspace.",
    requests=("GET /telephony/config/workspaces/{workspaceId}/devices",),
    columns=(
        *texts(("location", "Location")),
        Column("devices", "list", "Devices: model, mac, owner, whether primary"),
        Column("max_device_count", "integer", "How many there may be"),
    ),
    of="workspace",
    calling=True,
    shard="location",
    look=section(
        "workspace.devices",
        "/telephony/config/workspaces/{id}/devices",
        Shape(refs={"devices[].owner.id": MEMBERS}),
    ),
)
