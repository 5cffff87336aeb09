"""`workspace.numbers`: secondary numbers of a workspace; the intercom number is one of them.

API: read `/workspaces/{id}/features/numbers`, write `/telephony/config/workspaces/{id}/numbers`, for professional
workspaces only: others answer 405/25409 (webex-behaviour.md §13).
"""

from __future__ import annotations

from reconciler.kinds import _numbers
from reconciler.kinds.contract.kind import Calls, Kind, Reader, Writer
from reconciler.model.snapshot import Current, Fields


async def fetch(reader: Reader, owner: Current) -> Fields | None:
    return await _numbers.read(reader, reader.api.session.ep(f"workspaces/{owner.id}/features/numbers"))


async def write(writer: Writer, owner: Current, now: Fields | None, want: Fields) -> None:
    now = now or {"secondary": []}
    ring = want.get("distinctive_ring", now.get("distinctive_ring", False))
    body = {"distinctiveRingEnabled": ring, "phoneNumbers": _numbers.delta(now, want)}
    await writer.send("PUT", writer.api.session.ep(f"telephony/config/workspaces/{owner.id}/numbers"), body)


KIND = Kind(
    name="workspace.numbers",
    owner="workspace",
    model=_numbers.SecondaryNumbers,
    doc="Secondary numbers of a workspace, the intercom number among them.",
    source="GET /workspaces/{id}/features/numbers, PUT /telephony/config/workspaces/{id}/numbers",
    requests=("GET /workspaces/{workspaceId}/features/numbers",),
    cleared=_numbers.CLEARED,
    lags=True,
    calls=Calls(send=lambda _: ["PUT /telephony/config/workspaces/{workspaceId}/numbers"]),
    fetch=fetch,
    write=write,
)
