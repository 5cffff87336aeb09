"""`workspace.capabilities`: what devices there measure. API:
`/workspaces/{id}/capabilities` (webex-behaviour.md §13)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column, SectionKind
from reconciler.kinds.contract.observed import Shape, section, texts

KIND = SectionKind(
    name="workspace.capabilities",
    doc="What the devices of a workspace can measure, and whether they are set up to.",
    requests=("GET /workspaces/{workspaceId}/capabilities",),
    columns=(
        *texts(("location", "Location")),
        Column("capabilities.occupancy_detection.supported", "boolean", "Whether presence can be told"),
        Column("capabilities.occupancy_detection.configured", "boolean", "Whether it is set up"),
    ),
    of="workspace",
    shard="location",
    look=section("workspace.capabilities", "/workspaces/{id}/capabilities", Shape()),
)
