"""Categories and words of audit events, by the route of the write (help.webex.com "Control Hub audit events")."""

from __future__ import annotations

import re

#: The first that a route begins with decides.
_BY_ROUTE = (
    ("/identity/scim/{orgId}/v2/Groups", "GROUPS"),
    ("/groups", "GROUPS"),
    ("/identity", "USERS"),
    ("/people", "USERS"),
    ("/licenses", "USERS"),
    ("/workspaces", "PLACES"),
    ("/devices", "DEVICES"),
    ("/telephony/config/devices", "DEVICES"),
    ("/locations", "LOCATIONS"),
    ("/workspaceLocations", "LOCATIONS"),
    ("/telephony", "CALLING"),
)
_OTHERS = "ORG_SETTINGS"
# categories of what happens in Control Hub and not by these APIs
_ELSEWHERE = frozenset({"COMPLIANCE", "LOGINS", "LOGOUT", "MEETINGS", "MESSAGING"})

ALL = sorted({category for _, category in _BY_ROUTE} | {_OTHERS} | _ELSEWHERE)

_VERBS = {"POST": "created", "PUT": "updated", "PATCH": "updated", "DELETE": "deleted"}


def category(route: str) -> str:
    return next((name for prefix, name in _BY_ROUTE if route.startswith(prefix)), _OTHERS)


def deed(method: str, route: str, made: bool) -> tuple[str, str]:
    """(verb, what of the target): ("updated", "call forwarding") for a setting, ("deleted", "") for the target;
    `made` when the target is what was created."""
    *_, before, last = ["", *route.split("/")]
    if last == "invoke":
        return "carried out", _words(before)
    part = "" if made or last.startswith("{") or "{" not in route else _words(last)
    return "added" if method == "POST" and not made else _VERBS[method], part


def _words(camel: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", camel).lower()
