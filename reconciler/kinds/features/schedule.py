"""Schedules of locations with their events. API: `/telephony/config/locations/{id}/schedules` (§14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.contract.kind import Column, ResourceKind
from reconciler.kinds.contract.observed import Shape, detailed, labelled, listed_within, texts

_LIST = "/telephony/config/locations/{}/schedules"
#: Ids of events come from their names and change with them (§1.7).
_SHAPE = Shape(drop=("events[].id",))


def _label(row: Mapping[str, Any]) -> str:
    """A location may have business hours and holidays of one name."""
    return labelled(row.get("locationName"), row["type"], row["name"])


KIND = ResourceKind(
    name="schedule",
    doc="Schedules of a location: business hours and holidays, with their events.",
    requests=(
        f"GET {_LIST.format('{locationId}')}",
        f"GET {_LIST.format('{locationId}')}/{{type}}/{{scheduleId}}",
    ),
    columns=(
        *texts(("name", "Name"), ("type", "businessHours or holidays"), ("location", "Location")),
        Column("events", "list", "Events: name, begin, end, recurrence"),
    ),
    of="calling_location",
    rows=listed_within("schedule", _LIST.format("{id}"), "schedules", _label, _SHAPE, max="2000"),
    detail=detailed(f"{_LIST.format('{locationId}')}/{{type}}/{{id}}", _SHAPE),
)
