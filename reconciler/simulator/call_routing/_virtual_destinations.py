"""Virtual extensions and ranges as destinations of a call. Their tables are described where they are kept
(features/virtual_extensions.py, features/virtual_extension_ranges.py)."""

from __future__ import annotations

from collections.abc import Iterable

from ..core import ids
from ..core.routing import Json
from ..core.store import Store
from . import dial_patterns


def extension(store: Store, location: str, dialled: str) -> Json | None:
    """The virtual extension of that location or of the organisation; places are "" where it has none."""
    for record in _reachable(store.table("virtual_extensions").values(), location):
        if record["extension"] == dialled:
            return {
                "id": ids.encode("VIRTUAL_EXTENSION", record["id"]),
                "firstName": record.get("firstName") or "",
                "lastName": record.get("lastName") or "",
                "displayName": record["displayName"],
                "extension": record["extension"],
                "phoneNumber": record["phoneNumber"],
                **_place(store, record["location"]),
            }
    return None


def extension_range(store: Store, location: str, dialled: str) -> Json | None:
    """The range of that location or of the organisation with a pattern that the dialled string fits."""
    for record in _reachable(store.table("virtual_extension_ranges").values(), location):
        for pattern in record.get("patterns") or ():
            if dial_patterns.covers(pattern, dialled):
                return {
                    "id": ids.encode("VIRTUAL_EXTENSION_RANGE", record["id"]),
                    "name": record["name"],
                    "prefix": record["prefix"],
                    "pattern": pattern,
                    **_place(store, record["location"]),
                }
    return None


def _reachable(records: Iterable[Json], location: str) -> list[Json]:
    """Those of the location come before those of the organisation."""
    found = [record for record in records if record["location"] in (location, None)]
    return sorted(found, key=lambda record: record["location"] is None)


def _place(store: Store, location: str | None) -> Json:
    if location is None:
        return {"locationName": "", "locationId": ""}
    return {"locationName": store.locations[location]["name"], "locationId": ids.encode("LOCATION", location)}
