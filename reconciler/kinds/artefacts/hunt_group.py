"""Hunt groups: list, details, forwarding. API: `/telephony/config/huntGroups` (webex-behaviour.md §14)."""

from __future__ import annotations

from reconciler.kinds._observed import MEMBERS, Column, Observed, Shape, detailed, in_place, listed, section, texts

_LIST = "/telephony/config/huntGroups"
_ONE = "/telephony/config/locations/{locationId}/huntGroups/{id}"
_SHAPE = Shape(refs={"agents[].id": MEMBERS, "location_id": ("location",)}, ordered=("agents",))

ARTEFACTS = (
    Observed(
        name="hunt_group",
        doc="Hunt groups with their agents and policies.",
        requests=(f"GET {_LIST}", "GET /telephony/config/locations/{locationId}/huntGroups/{huntGroupId}"),
        columns=(
            *texts(
                ("name", "Name, unique in its location"),
                ("location_name", "Location"),
                ("phone_number", "Number"),
                ("extension", "Extension"),
                ("call_policies.policy", "How calls are given to agents"),
            ),
            Column("enabled", "boolean", "Whether it takes calls"),
            Column("agents", "list", "Agents in their order, each with its address as id"),
        ),
        scan=listed("hunt_group", _LIST, "huntGroups", in_place, _SHAPE, max="2000"),
        detail=detailed(_ONE, _SHAPE),
    ),
    Observed(
        name="hunt_group.forwarding",
        doc="Where a hunt group forwards to.",
        requests=("GET /telephony/config/locations/{locationId}/huntGroups/{huntGroupId}/callForwarding",),
        columns=texts(("call_forwarding.always.destination", "Where all calls go")),
        of="hunt_group",
        fetch=section("hunt_group.forwarding", f"{_ONE}/callForwarding", Shape()),
    ),
)
