"""Announcements of the organisation and of locations. API: `/telephony/config/announcements` (§14); asked for
`locationId=all`, one list has both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.contract.access import Reader
from reconciler.kinds.contract.kind import Column, ResourceKind
from reconciler.kinds.contract.observed import Shape, detailed, labelled, listed, texts
from reconciler.model.snapshot import Current

_LIST = "/telephony/config/announcements"
_WITHIN = "/telephony/config/locations/{locationId}/announcements"
_SHAPE = Shape(
    refs={
        "feature_references[].id": ("auto_attendant", "call_queue"),
    }
)
_of_organisation = detailed(f"{_LIST}/{{id}}", _SHAPE)
_of_location = detailed(f"{_WITHIN}/{{id}}", _SHAPE)


def _label(row: Mapping[str, Any]) -> str:
    place = (row.get("location") or {}).get("name")
    return labelled(place, row["name"])


async def _detail(reader: Reader, current: Current) -> None:
    location = (current.wire.get("location") or {}).get("id")
    current.wire = {**current.wire, "locationId": location}
    await (_of_location if location else _of_organisation)(reader, current)


KIND = ResourceKind(
    name="announcement",
    doc="Announcement files, and which features play them.",
    requests=(f"GET {_LIST}", f"GET {_LIST}/{{announcementId}}", f"GET {_WITHIN}/{{announcementId}}"),
    columns=(
        *texts(
            ("name", "Name"),
            ("file_name", "File"),
            ("file_size", "Size in kilobytes"),
            ("media_file_type", "WAV or WMA"),
            ("level", "ORGANIZATION or LOCATION"),
            ("location", "Location, if it is of one"),
            ("last_updated", "When it was uploaded"),
        ),
        Column("is_text_to_speech", "boolean", "Whether it was made from text"),
        Column("feature_reference_count", "integer", "How many features play it"),
        Column("feature_references", "list", "Features that play it, by address"),
    ),
    scan=listed("announcement", _LIST, "announcements", _label, _SHAPE, locationId="all", max="2000"),
    detail=_detail,
)
