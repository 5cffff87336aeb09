"""Call park extensions. API: `/telephony/config/callParkExtensions` (webex-behaviour.md §14)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import ResourceKind
from reconciler.kinds.contract.observed import Shape, in_place, listed, texts
from reconciler.kinds.contract.traits import Dialled, Listing

_EXTENSIONS = "/telephony/config/callParkExtensions"

KIND = ResourceKind(
    name="call_park_extension",
    listing=Listing(by_location=True),
    dialled=Dialled(apart=True),
    doc="Extensions on which calls are parked; their details say nothing more than their list.",
    requests=(f"GET {_EXTENSIONS}",),
    columns=texts(("name", "Name, unique in its location"), ("location", "Location"), ("extension", "Extension")),
    scan=listed("call_park_extension", _EXTENSIONS, "callParkExtensions", in_place, Shape(), max="2000"),
)
