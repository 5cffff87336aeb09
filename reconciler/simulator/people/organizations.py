"""Organisations and roles as an admin reads them (developer.webex.com "Organizations API", "Roles API")."""

from __future__ import annotations

from ..core import errors, ids
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store

# roles that Control Hub gives to admins; the part behind ROLE/ is the role's own name (§1.7)
_ROLES = {
    "id_full_admin": "Full Administrator",
    "id_readonly_admin": "Read-only Administrator",
    "id_user_admin": "User Administrator",
    "id_device_admin": "Device Administrator",
    "id_support_admin": "Support Administrator",
    "location_full_admin": "Location Administrator",
}
_CREATED = "2020-01-01T00:00:00.000Z"
_XSI = "https://api-us.bcld.webex.com"


def _show(store: Store, calling_data: bool) -> Json:
    body: Json = {
        "id": ids.encode("ORGANIZATION", store.org["id"]),
        "displayName": store.org["name"],
        "created": store.org.get("created", _CREATED),
    }
    if calling_data:
        body |= {
            "xsiActionsEndpoint": f"{_XSI}/com.broadsoft.xsi-actions",
            "xsiEventsEndpoint": f"{_XSI}/com.broadsoft.xsi-events",
            "xsiEventsChannelEndpoint": f"{_XSI}/com.broadsoft.async/com.broadsoft.xsi-events",
            "xsiDomain": _XSI.removeprefix("https://"),
        }
    return body


@route("GET", "/organizations")
def list_organizations(request: Request) -> Reply:
    """List Organizations: the one of the token, in no pages."""
    return Reply(200, {"items": [_show(request.store, request.flag("callingData"))]})


@route("GET", "/organizations/{orgId}")
def get_organization(request: Request) -> Reply:
    """Get Organization Details; of another organisation as for lack of rights (§1.1)."""
    if request.uuid("orgId", "ORGANIZATION", bare=True) != request.store.org["id"]:
        raise errors.forbidden()
    return Reply(200, _show(request.store, request.flag("callingData")))


@route("GET", "/roles")
def list_roles(request: Request) -> Reply:
    """List Roles."""
    return Reply(200, {"items": [{"id": ids.encode("ROLE", key), "name": name} for key, name in _ROLES.items()]})


@route("GET", "/roles/{roleId}")
def get_role(request: Request) -> Reply:
    """Get Role Details."""
    key = request.uuid("roleId", "ROLE")
    if key not in _ROLES:
        raise errors.not_found()
    return Reply(200, {"id": ids.encode("ROLE", key), "name": _ROLES[key]})
