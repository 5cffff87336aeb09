"""Call parks, park extensions and call pickups. API: `/telephony/config/locations/{id}/callParks`, `…/callPickups`,
`/telephony/config/callParkExtensions` (webex-behaviour.md §14). Parks and pickups are listed by location only."""

from __future__ import annotations

from reconciler.kinds.contract.observed import (
    MEMBERS,
    Column,
    Observed,
    Shape,
    detailed,
    in_place,
    listed,
    listed_within,
    texts,
)

_PARKS = "/telephony/config/locations/{}/callParks"
_PICKUPS = "/telephony/config/locations/{}/callPickups"
_EXTENSIONS = "/telephony/config/callParkExtensions"
_PARK = Shape(
    refs={
        "agents[].id": MEMBERS,
        "recall.hunt_group_id": ("hunt_group",),
        "call_park_extensions[].id": ("call_park_extension",),
    }
)
_PICKUP = Shape(refs={"agents[].id": MEMBERS})

ARTEFACTS = (
    Observed(
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
    ),
    Observed(
        name="call_park_extension",
        doc="Extensions on which calls are parked; their details say nothing more than their list.",
        requests=(f"GET {_EXTENSIONS}",),
        columns=texts(("name", "Name, unique in its location"), ("location", "Location"), ("extension", "Extension")),
        scan=listed("call_park_extension", _EXTENSIONS, "callParkExtensions", in_place, Shape(), max="2000"),
    ),
    Observed(
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
    ),
)
