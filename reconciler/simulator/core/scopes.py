"""Which scope an endpoint wants (webex-behaviour.md §1.1). What is refused says nothing about it: a plain 403."""

from __future__ import annotations

#: The first that the route begins with decides; a write wants the writing scope of the same family.
_FAMILIES: tuple[tuple[str, str, str], ...] = (
    ("/identity/scim/", "identity:people_rw", "identity:people_rw"),
    ("/telephony/pstn", "spark-admin:telephony_pstn_read", "spark-admin:telephony_pstn_write"),
    ("/telephony/config", "spark-admin:telephony_config_read", "spark-admin:telephony_config_write"),
    ("/people/me", "", ""),
    ("/people", "spark-admin:people_read", "spark-admin:people_write"),
    ("/locations", "spark-admin:locations_read", "spark-admin:locations_write"),
    ("/licenses", "spark-admin:licenses_read", "spark-admin:people_write"),
    ("/workspaceLocations", "spark-admin:workspace_locations_read", "spark-admin:workspace_locations_write"),
    ("/workspaces", "spark-admin:workspaces_read", "spark-admin:workspaces_write"),
    ("/devices", "spark-admin:devices_read", "spark-admin:devices_write"),
    ("/groups", "identity:groups_read", "identity:groups_rw"),
    ("/adminAudit", "audit:events_read", "audit:events_read"),
)
#: All that an integration can be given of it.
EVERY = frozenset(scope for _, *pair in _FAMILIES for scope in pair if scope)
_READS = frozenset({"GET", "HEAD"})


def wanted(method: str, route: str) -> str:
    """The scope that a request needs, empty when any token will do."""
    # questions that are POSTed are reads
    reads = method in _READS or route.endswith("/invoke")
    for prefix, read, write in _FAMILIES:
        if route.startswith(prefix):
            return read if reads else write
    return ""
