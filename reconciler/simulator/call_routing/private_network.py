"""Private network connect of a location (`…/locations/{id}/privateNetworkConnect`).

Kept in the location's calling half as `networkConnectionType`, when it is not the public internet.
"""

from __future__ import annotations

from typing import Literal

from ..core import calling
from ..core.bodies import Body, parse
from ..core.routing import Reply, Request, route

_PATH = "/telephony/config/locations/{locationId}/privateNetworkConnect"
_PUBLIC = "PUBLIC_INTERNET"


class _Connection(Body):
    network_connection_type: Literal["PUBLIC_INTERNET", "PRIVATE_NETWORK"]


@route("GET", _PATH)
def get_private_network(request: Request) -> Reply:
    """Get Private Network Connect."""
    half = calling.calling_half(request)
    return Reply(200, {"networkConnectionType": half.get("networkConnectionType", _PUBLIC)})


@route("PUT", _PATH)
def update_private_network(request: Request) -> Reply:
    """Update Private Network Connect."""
    half, body = calling.calling_half(request), parse(_Connection, request.document())
    half.pop("networkConnectionType", None)
    if body.network_connection_type != _PUBLIC:
        half["networkConnectionType"] = body.network_connection_type
    return Reply(204)
