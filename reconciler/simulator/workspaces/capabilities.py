"""What a workspace can sense (`/workspaces/{workspaceId}/capabilities`): what its devices can, and they are given."""

from __future__ import annotations

from ..core import calling
from ..core.routing import Reply, Request, route

_CAPABILITIES = (
    "occupancyDetection", "presenceDetection", "ambientNoise", "soundLevel", "temperature", "airQuality",
    "relativeHumidity",
)  # fmt: skip


@route("GET", "/workspaces/{workspaceId}/capabilities")
def get_capabilities(request: Request) -> Reply:
    """Get Workspace Capabilities: a room for collaboration devices supports all, one for phones none."""
    workspace = calling.workspace(request)
    supported = workspace.get("supportedDevices", "collaborationDevices") == "collaborationDevices"
    shown = {name: {"supported": supported, "configured": False} for name in _CAPABILITIES}
    return Reply(200, {"capabilities": shown})
