"""Locations with calling, and what each has beside its managed sections. API: `/telephony/config/locations` (§3).

One list says which locations have calling, and only those are asked: the others would answer 404 to everything.
"""

from __future__ import annotations

from reconciler.kinds.contract.kind import Reader
from reconciler.kinds.contract.observed import Column, Observed, Shape, listed, section, texts
from reconciler.model.snapshot import Current

_LIST = "/telephony/config/locations"
_ONE = f"{_LIST}/{{id}}"
_TEMPLATE = f"{_LIST}/{{locationId}}"
_listed = listed("calling_location", _LIST, "locations", lambda row: str(row["name"]), Shape(), max="2000")


async def _scan(reader: Reader) -> list[Current]:
    found = await _listed(reader)
    for current in found:  # so that all that is said of it says where
        current.fields["location"] = current.fields["name"]
    return found


def _part(name: str, doc: str, path: str, shape: Shape, *columns: Column) -> Observed:
    return Observed(
        name=f"location.{name}",
        doc=doc,
        requests=(f"GET {_TEMPLATE}/{path}",),
        columns=columns,
        of="calling_location",
        fetch=section(f"location.{name}", f"{_ONE}/{path}", shape),
    )


ARTEFACTS = (
    Observed(
        name="calling_location",
        doc="Locations with Webex Calling; their details are the section `calling` of `location`.",
        requests=(f"GET {_LIST}",),
        columns=(
            *texts(
                ("name", "Name"),
                ("routing_prefix", "Routing prefix"),
                ("outside_dial_digit", "Digit for an outside line"),
                ("calling_line_id.phone_number", "Main number"),
            ),
            Column("enforce_outside_dial_digit", "boolean", "Whether that digit must be dialled"),
            Column("e911_setup_required", "boolean", "Whether emergency calls still need a setup"),
        ),
        scan=_scan,
    ),
    _part(
        "access_codes",
        "Codes with which people at a location may make calls that are otherwise blocked.",
        "outgoingPermission/accessCodes",
        Shape(),
        Column("access_codes", "list", "Codes and what they are for"),
    ),
    _part(
        "voicemail",
        "Voicemail policy of a location.",
        "voicemail",
        Shape(),
        Column("voicemail_transcription_enabled", "boolean", "Whether messages are written out"),
    ),
    _part(
        "voice_portal",
        "Where people at a location call to hear their messages.",
        "voicePortal",
        Shape(),
        *texts(
            ("name", "Name"),
            ("extension", "Extension"),
            ("phone_number", "Number of its own, where it has one"),
            ("language_code", "Language of its announcements"),
            ("first_name", "First name shown to those called"),
            ("last_name", "Last name shown to those called"),
        ),
    ),
    _part(
        "emergency_callback_number",
        "The number that emergency services call back.",
        "features/emergencyCallbackNumber",
        Shape(),
        *texts(
            ("selected", "What was chosen: LOCATION_NUMBER, LOCATION_MEMBER_NUMBER, …"),
            ("location_info.effective_value", "The number that is used"),
            ("location_info.effective_level", "Where it comes from"),
            ("location_info.quality", "RECOMMENDED, NOT_RECOMMENDED or INVALID"),
        ),
    ),
)
