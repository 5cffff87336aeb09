"""Hunt groups: list, details, forwarding. API: `/telephony/config/huntGroups` (webex-behaviour.md §14)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column, ResourceKind
from reconciler.kinds.contract.observed import IN_PLACE, MEMBERS, Shape, detailed, in_place, listed, texts
from reconciler.kinds.contract.traits import Dialled, Listing
from reconciler.kinds.features._forwarding import forwarding

_LIST = "/telephony/config/huntGroups"
_ONE = "/telephony/config/locations/{locationId}/huntGroups/{id}"
_TEMPLATE = "/telephony/config/locations/{locationId}/huntGroups/{huntGroupId}"
_SHAPE = Shape(refs={"agents[].id": MEMBERS}, ordered=("agents",))

KINDS = (
    ResourceKind(
        name="hunt_group",
        listing=Listing(by_location=True),
        dialled=Dialled(),
        doc="Hunt groups with their agents and policies.",
        requests=(f"GET {_LIST}", f"GET {_TEMPLATE}"),
        columns=(
            *texts(
                *IN_PLACE,
                ("call_policies.policy", "How calls are given to agents"),
            ),
            Column("enabled", "boolean", "Whether it takes calls"),
            Column("agents", "list", "Agents in their order, each with its address as id"),
        ),
        scan=listed("hunt_group", _LIST, "huntGroups", in_place, _SHAPE, max="2000"),
        detail=detailed(_ONE, _SHAPE),
    ),
    forwarding("hunt_group", "a hunt group", _ONE, _TEMPLATE),
)
