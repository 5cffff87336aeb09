"""`route_group.details`: the trunks of a route group. API: `/telephony/config/premisePstn/routeGroups/{id}`
(webex-behaviour.md §14)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column, SectionKind
from reconciler.kinds.contract.observed import Shape, section

_PSTN = "/telephony/config/premisePstn"

KIND = SectionKind(
    name="route_group.details",
    doc="The trunks of a route group, by priority.",
    requests=(f"GET {_PSTN}/routeGroups/{{routeGroupId}}",),
    columns=(Column("local_gateways", "list", "Trunks by address, with their priority and location"),),
    of="route_group",
    look=section(
        "route_group.details",
        f"{_PSTN}/routeGroups/{{id}}",
        Shape(
            refs={"local_gateways[].id": ("trunk",)},
            drop=("organization",),
        ),
    ),
)
