"""Default music on hold of the organisation. Stored as org.musicOnHold."""

from __future__ import annotations

from typing import Literal

from ..core.bodies import Body, parse
from ..core.routing import Reply, Request, route

_PATH = "/telephony/config/moh/settings"


class _Music(Body):
    default_org_moh: Literal["LEGACY", "OPUS"]


@route("GET", _PATH)
def get_music(request: Request) -> Reply:
    """Get the organization Music on Hold configuration."""
    return Reply(200, {"defaultOrgMoh": request.store.org.get("musicOnHold", "OPUS")})


@route("PUT", _PATH)
def update_music(request: Request) -> Reply:
    """Update the organization Music on Hold configuration."""
    request.store.org["musicOnHold"] = parse(_Music, request.document()).default_org_moh
    return Reply(204)
