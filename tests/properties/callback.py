"""Whom emergency services can call back, as the tenant's API says it: what is chosen, with its level and quality."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.simulator import Simulator
from reconciler.simulator.core import ids

Json = dict[str, Any]
_TABLES = (("people", "PEOPLE", "people"), ("workspaces", "PLACE", "workspaces"),
           ("virtual_lines", "VIRTUAL_LINE", "virtualLines"))  # fmt: skip
_INFO = {"LOCATION_NUMBER": "locationInfo", "DIRECT_LINE": "directLineInfo", "LOCATION_ECBN": "locationECBNInfo"}


def valid(server: Simulator) -> set[str]:
    """Who has calling and a callback number that is good; only of a tenant in which somebody has chosen one."""
    admin = server._tenant.store.org["admin"]  # somebody else who looks: no request of a client's
    return {name for name, path in _all(server) if _good(server.edit("GET", path, actor=admin))}


def known(server: Simulator) -> set[str]:
    """Who has calling."""
    return {name for name, _ in _all(server)}


def _all(server: Simulator) -> Iterator[tuple[str, str]]:
    state = server.state()
    if not any((one.get("calling") or {}).get("ecbn") for table in ("locations", "people") for one in state[table]):
        return
    for one in state["locations"]:
        if one.get("calling"):
            place = ids.encode("LOCATION", one["id"])
            yield f"location {one['name']}", f"/telephony/config/locations/{place}/features/emergencyCallbackNumber"
    for table, kind, plural in _TABLES:
        for one in state.get(table, ()):
            if one.get("calling"):
                path = f"/telephony/config/{plural}/{ids.encode(kind, one['id'])}/emergencyCallbackNumber"
                yield f"{table} {one['displayName']} {one['id']}", path


def _good(read: Json) -> bool:
    info = read.get(_INFO.get(read["selected"], "locationMemberInfo")) or {}
    return info.get("effectiveLevel", "NONE") != "NONE" and info.get("quality") != "INVALID"
