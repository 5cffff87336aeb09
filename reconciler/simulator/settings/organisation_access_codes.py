"""Access codes of the whole organisation (webex-behaviour.md §7): at most 10000 in one request, else 25085. Listed in
pages, deleted by a PUT. Stored as org.accessCodes {code: description}."""

from __future__ import annotations

from ..core import errors, paging
from ..core.bodies import parse
from ..core.routing import Reply, Request, route
from . import access_codes
from .access_codes import Codes, Deletion

_PATH = "/telephony/config/outgoingPermission/accessCodes"
_MOST = 10_000


def _codes(request: Request) -> dict[str, str]:
    found: dict[str, str] = request.store.org.get("accessCodes", {})
    return found


def _check_count(count: int) -> None:
    if count > _MOST:
        raise errors.telephony(400, 25085, f"The number of access codes cannot be greater than {_MOST}.")


@route("GET", _PATH)
def list_codes(request: Request) -> Reply:
    """Retrieve the organisation's access codes; filtered by exact codes and descriptions."""
    wanted, described = request.listed("code"), request.listed("description")
    rows = [
        row
        for row in access_codes.rows(_codes(request))
        if (not wanted or row["code"] in wanted) and (not described or row["description"] in described)
    ]
    return paging.by_offset(request, rows, "accessCodes", default=2000, limit=2000)


@route("POST", _PATH)
def create_codes(request: Request) -> Reply:
    """Create Access Codes for an Organisation."""
    more = parse(Codes, request.document()).access_codes
    _check_count(len(more))
    request.store.org["accessCodes"] = access_codes.added(request, _codes(request), more)
    return Reply(201)


@route("PUT", _PATH)
def delete_codes(request: Request) -> Reply:
    """Delete Outgoing Permission Access Code for an Organisation."""
    gone = parse(Deletion, request.document()).delete_codes
    if gone is None:
        raise errors.missing_field("deleteCodes")
    _check_count(len(gone))
    request.store.org["accessCodes"] = access_codes.without(request, _codes(request), gone)
    return Reply(204)
