"""Access codes of the organisation, of locations and people. API: `outgoingPermission/accessCodes` below
`/telephony/config` and below each (webex-behaviour.md §7)."""

from __future__ import annotations

from reconciler.kinds.contract.access import Reader, Scope
from reconciler.kinds.contract.kind import Column, ResourceKind
from reconciler.kinds.contract.observed import ORGANISATION, Shape, pages
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, LOCATION, PERSON
from reconciler.model.snapshot import Current

_PATH = "outgoingPermission/accessCodes"
_LIST = f"/telephony/config/{_PATH}"
_COLUMNS = (Column("access_codes", "list", "Codes and what they are for"),)


async def _scan(reader: Reader, scope: Scope) -> list[Current]:
    """One resource with all codes: a code is not to stand in an address."""
    rows = [row async for row in pages(reader, _LIST, "accessCodes", {"max": "2000"})]
    return [Current("access_codes", ORGANISATION, reader.org_id, await Shape().fields(reader, {"accessCodes": rows}))]


KINDS = (
    ResourceKind(
        name="access_codes",
        doc="Codes with which everybody may make calls that are otherwise blocked.",
        requests=(f"GET {_LIST}",),
        columns=_COLUMNS,
        scan=_scan,
        paged="access_codes",
    ),
    *kinds_of(
        "access_codes",
        None,
        "Codes with which people at {owner} may make calls that are otherwise blocked.",
        {LOCATION: CONFIG},
        path=_PATH,
        columns=_COLUMNS,
        of="calling_location",
    ),
    *kinds_of(
        "access_codes",
        None,
        "Codes with which {owner} may make calls that are otherwise blocked.",
        {PERSON: CONFIG},
        path=_PATH,
        columns=_COLUMNS,
    ),
)
