"""Operating modes. API: `/telephony/config/operatingModes` (webex-behaviour.md §14): at most 100 a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.contract.kind import Column, ResourceKind
from reconciler.kinds.contract.observed import Shape, detailed, labelled, listed, texts

_LIST = "/telephony/config/operatingModes"
_SHAPE = Shape(drop=("holidays[].id",))


def _label(row: Mapping[str, Any]) -> str:
    place = (row.get("location") or {}).get("name")
    return labelled(place, row["name"])


KIND = ResourceKind(
    name="operating_mode",
    doc="Operating modes: hours and holidays by which features forward.",
    requests=(f"GET {_LIST}", f"GET {_LIST}/{{modeId}}"),
    columns=(
        *texts(
            ("name", "Name"),
            ("type", "SAME_HOURS_DAILY, DIFFERENT_HOURS_DAILY, HOLIDAY or NONE"),
            ("level", "ORGANIZATION or LOCATION"),
            ("location", "Location, if it is of one"),
            ("call_forwarding.destination", "Where it forwards to"),
        ),
        Column("call_forwarding.enabled", "boolean", "Whether it forwards"),
        Column("holidays", "list", "Holidays: name, begin, end, recurrence"),
    ),
    scan=listed("operating_mode", _LIST, "operatingModes", _label, _SHAPE, max="100"),
    detail=detailed(f"{_LIST}/{{id}}", _SHAPE),
    page=100,
)
