"""Auto attendants: list, details, announcements, forwarding. API: `/telephony/config/autoAttendants` (§14)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column, ResourceKind, SectionKind
from reconciler.kinds.contract.observed import IN_PLACE, Shape, detailed, in_place, listed, rows_of, texts
from reconciler.kinds.contract.traits import Dialled, Listing
from reconciler.kinds.features._forwarding import forwarding

_LIST = "/telephony/config/autoAttendants"
_ONE = "/telephony/config/locations/{locationId}/autoAttendants/{id}"
_TEMPLATE = "/telephony/config/locations/{locationId}/autoAttendants/{autoAttendantId}"
_MENUS = ("business_hours_menu", "after_hours_menu")
_SHAPE = Shape(refs={f"{menu}.audio_announcement_file.id": ("announcement",) for menu in _MENUS})

KINDS = (
    ResourceKind(
        name="auto_attendant",
        listing=Listing(by_location=True),
        dialled=Dialled(),
        doc="Auto attendants with their menus and schedules.",
        requests=(f"GET {_LIST}", f"GET {_TEMPLATE}"),
        columns=(
            *texts(
                *IN_PLACE,
                ("language_code", "Language of its announcements"),
                ("time_zone", "Time zone of its schedules"),
                ("business_schedule", "Schedule of the business hours"),
                ("holiday_schedule", "Schedule of the holidays"),
            ),
            Column("enabled", "boolean", "Whether it takes calls"),
            Column("business_hours_menu.key_configurations", "list", "What the keys do in business hours"),
            Column("after_hours_menu.key_configurations", "list", "What the keys do after hours"),
        ),
        scan=listed("auto_attendant", _LIST, "autoAttendants", in_place, _SHAPE, max="2000"),
        detail=detailed(_ONE, _SHAPE),
    ),
    SectionKind(
        name="auto_attendant.announcements",
        doc="Announcement files that an auto attendant may play.",
        requests=(f"GET {_TEMPLATE}/announcements",),
        columns=(
            *texts(("location", "Location")),
            Column("announcements", "list", "Files: name, size, type"),
        ),
        of="auto_attendant",
        look=rows_of(
            "auto_attendant.announcements", f"{_ONE}/announcements", "announcements", "announcements", Shape()
        ),
        paged="announcements",
    ),
    forwarding("auto_attendant", "an auto attendant", _ONE, _TEMPLATE),
)
