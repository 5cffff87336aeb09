"""Call pickups. API: `/telephony/config/locations/{id}/callPickups` (webex-behaviour.md §14): listed by location
only."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column, ResourceKind
from reconciler.kinds.contract.observed import MEMBERS, Shape, detailed, in_place, listed_within, texts

_PICKUPS = "/telephony/config/locations/{}/callPickups"
_PICKUP = Shape(refs={"agents[].id": MEMBERS})

KIND = ResourceKind(
    name="call_pickup",
    doc="Call pickups: groups whose members may take each other's calls.",
    requests=(f"GET {_PICKUPS.format('{locationId}')}", f"GET {_PICKUPS.format('{locationId}')}/{{callPickupId}}"),
    columns=(
        *texts(
            ("name", "Name, unique in its location"),
            ("location", "Location"),
            ("notification_type", "How members are told of a call"),
        ),
        Column("notification_delay_timer_seconds", "integer", "After how many seconds"),
        Column("agents", "list", "Members, each with its address as id"),
    ),
    of="calling_location",
    rows=listed_within("call_pickup", _PICKUPS.format("{id}"), "callPickups", in_place, _PICKUP, max="2000"),
    detail=detailed(f"{_PICKUPS.format('{locationId}')}/{{id}}", _PICKUP),
)
