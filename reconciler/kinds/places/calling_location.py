"""Locations with calling. API: `/telephony/config/locations` (§3).

One list says which locations have calling, and only those are asked: the others would answer 404 to everything.
"""

from __future__ import annotations

from reconciler.kinds.contract.access import Reader, Scope
from reconciler.kinds.contract.kind import Column, ResourceKind
from reconciler.kinds.contract.observed import Shape, listed, texts
from reconciler.model.snapshot import Current

_LIST = "/telephony/config/locations"
_listed = listed("calling_location", _LIST, "locations", lambda row: str(row["name"]), Shape(), max="2000")


async def _scan(reader: Reader, scope: Scope) -> list[Current]:
    found = await _listed(reader, scope)
    for current in found:  # so that all that is said of it says where
        current.fields["location"] = current.fields["name"]
    return found


KIND = ResourceKind(
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
)
