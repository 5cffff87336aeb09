"""What workspaces have beside their managed sections: capabilities and devices. API: `/workspaces/{id}/capabilities`,
`/telephony/config/workspaces/{id}/devices` (webex-behaviour.md §13)."""

from __future__ import annotations

from reconciler.kinds.contract.observed import MEMBERS, Column, Observed, Shape, section, texts

ARTEFACTS = (
    Observed(
        name="workspace.capabilities",
        doc="What the devices of a workspace can measure, and whether they are set up to.",
        requests=("GET /workspaces/{workspaceId}/capabilities",),
        columns=(
            *texts(("location", "Location")),
            Column("capabilities.occupancy_detection.supported", "boolean", "Whether presence can be told"),
            Column("capabilities.occupancy_detection.configured", "boolean", "Whether it is set up"),
        ),
        of="workspace",
        sharded=True,
        fetch=section("workspace.capabilities", "/workspaces/{id}/capabilities", Shape()),
    ),
    Observed(
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
        sharded=True,
        fetch=section(
            "workspace.devices",
            "/telephony/config/workspaces/{id}/devices",
            Shape(refs={"devices[].owner.id": MEMBERS}),
        ),
    ),
)
