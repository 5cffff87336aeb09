"""`trunk`: read only; locations name the trunk that connects them.

API: `GET /telephony/config/premisePstn/trunks` (webex-behaviour.md §14).
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


class Trunk(Resource):
    name: Annotated[Text, Key()]
    location: Text = ""
    type: Text = ""


async def scan(reader: Reader, scope: Scope) -> list[Current]:
    documents = [row async for row in reader.pages(reader.api.telephony.prem_pstn.trunk.ep(), "trunks")]
    return [
        Current(
            "trunk",
            d["name"],
            d["id"],
            {"name": d["name"], "location": d["location"]["name"], "type": d.get("trunkType")},
        )
        for d in documents
    ]


KIND = ResourceKind(
    name="trunk",
    listing=Listing(small=True, register=True),
    model=Trunk,
    doc="A trunk to a local gateway; read only, for references.",
    source="GET /telephony/config/premisePstn/trunks",
    requests=("GET /telephony/config/premisePstn/trunks",),
    audited=Audited(("CALLING",)),
    plural="trunks",
    key="name",
    scan=scan,
)
