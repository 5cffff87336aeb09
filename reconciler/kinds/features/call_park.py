"""Call parks. API: `/telephony/config/locations/{id}/callParks` (webex-behaviour.md §14): listed by location only."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column, ResourceKind
from reconciler.kinds.contract.observed import MEMBERS, Shape, detailed, in_place, listed_within, texts

_PARKS = "/telephony/config/locations/{}/callParks"
_PARK = Shape(
    refs={
        "agents[].id": MEMBERS,
        "recall.hunt_group_id": ("hunt_group",),
        "call_park_extensions[].id": ("call_park_extension",),
    }
)

KIND = ResourceKind(
    name="call_park",
    doc="Call parks: who may park calls, and who is told when nobody fetches them.",
    requests=(f"GET {_PARKS.format('{locationId}')}", f"GET {_PARKS.format('{locationId}')}/{{callParkId}}"),
    columns=(
        *texts(
            ("name", "Name, unique in its location"),
            ("location", "Location"),
            ("recall.option", "Who is alerted"),
            ("recall.hunt_group_id", "The hunt group that is alerted, by its address"),
        ),
        Column("park_on_agents_enabled", "boolean", "Whether calls may be parked on members"),
        Column("agents", "list", "Members, each with its address as id"),
        Column("call_park_extensions", "list", "Park extensions, each with its address as id"),
    ),
    of="calling_location",
    rows=listed_within("call_park", _PARKS.format("{id}"), "callParks", in_place, _PARK, max="2000"),
    detail=detailed(f"{_PARKS.format('{locationId}')}/{{id}}", _PARK),
)
