"""Access codes of the organisation. API: `/telephony/config/outgoingPermission/accessCodes` (webex-behaviour.md §7)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Reader
from reconciler.kinds.contract.observed import ORGANISATION, Column, Observed, Shape, pages
from reconciler.model.snapshot import Current

_LIST = "/telephony/config/outgoingPermission/accessCodes"


async def _scan(reader: Reader) -> list[Current]:
    """One resource with all codes: a code is not to stand in an address."""
    rows = [row async for row in pages(reader, _LIST, "accessCodes", {"max": "2000"})]
    return [Current("access_codes", ORGANISATION, reader.org_id, await Shape().fields(reader, {"accessCodes": rows}))]


ARTEFACT = Observed(
    name="access_codes",
    doc="Codes with which everybody may make calls that are otherwise blocked.",
    requests=(f"GET {_LIST}",),
    columns=(Column("access_codes", "list", "Codes and what they are for"),),
    scan=_scan,
    paged="access_codes",
)
