"""`trunk.details`: a trunk in full. API: `/telephony/config/premisePstn/trunks/{id}` (webex-behaviour.md §14)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column, SectionKind
from reconciler.kinds.contract.observed import Shape, section, texts

_PSTN = "/telephony/config/premisePstn"

KIND = SectionKind(
    name="trunk.details",
    doc="A trunk in full: kind, state, devices, who uses it.",
    requests=(f"GET {_PSTN}/trunks/{{trunkId}}",),
    columns=(
        *texts(
            ("location", "Location"),
            ("trunk_type", "REGISTERING or CERTIFICATE_BASED"),
            ("status", "State of the registration"),
            ("device_type", "Local gateway"),
            ("line_port", "Line and port of a registering trunk"),
            ("address", "Host of a certificate based trunk"),
            ("domain", "Domain of a certificate based trunk"),
        ),
        Column("port", "integer", "Port of a certificate based trunk"),
        Column("max_concurrent_calls", "integer", "How many calls it takes at a time"),
        Column("dual_identity_support_enabled", "boolean", "Whether the caller's identity is kept"),
        Column("locations_using_trunk", "list", "Locations that use it, by address"),
    ),
    of="trunk",
    look=section(
        "trunk.details",
        f"{_PSTN}/trunks/{{id}}",
        Shape(refs={"locations_using_trunk[].id": ("location",)}, drop=("organization",)),
    ),
)
