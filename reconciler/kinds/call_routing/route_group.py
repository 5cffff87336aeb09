"""`route_group`: read only; locations name the route group that connects them.

API: `GET /telephony/config/premisePstn/routeGroups` (webex-behaviour.md §14).
"""

from __future__ import annotations

from typing import Annotated

from reconciler.kinds.contract.access import Reader, Scope
from reconciler.kinds.contract.kind import ResourceKind
from reconciler.kinds.contract.traits import Listing
from reconciler.model.audit import Audited
from reconciler.model.marks import Key
from reconciler.model.resource import Resource, Text
from reconciler.model.snapshot import Current


class RouteGroup(Resource):
    name: Annotated[Text, Key()]


async def scan(reader: Reader, scope: Scope) -> list[Current]:
    documents = [row async for row in reader.pages(reader.api.telephony.prem_pstn.route_group.ep(), "routeGroups")]
    return [Current("route_group", d["name"], d["id"], {"name": d["name"]}) for d in documents]


KIND = ResourceKind(
    name="route_group",
    listing=Listing(small=True, register=True),
    model=RouteGroup,
    doc="A group of trunks; read only, for references.",
    source="GET /telephony/config/premisePstn/routeGroups",
    requests=("GET /telephony/config/premisePstn/routeGroups",),
    audited=Audited(("CALLING",)),
    plural="route_groups",
    key="name",
    scan=scan,
)
