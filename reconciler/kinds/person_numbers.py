"""`person.numbers`: secondary numbers of a person; the intercom number is one of them.

API: read `/people/{id}/features/numbers`, write `/telephony/config/people/{id}/numbers` (webex-behaviour.md §11).
"""

from __future__ import annotations

from reconciler.kinds import _numbers
from reconciler.kinds.contract.kind import Calls, Kind, Reader, Writer
from reconciler.model.snapshot import Current, Fields


async def fetch(reader: Reader, owner: Current) -> Fields | None:
    return await _numbers.read(reader, reader.api.person_settings.numbers.f_ep(owner.id))


async def write(writer: Writer, owner: Current, now: Fields | None, want: Fields) -> None:
    """The flag has another name on write, and leaving it out would reset it."""
    now = now or {"secondary": []}
    ring = want.get("distinctive_ring", now.get("distinctive_ring", False))
    body = {"enableDistinctiveRingPattern": ring, "phoneNumbers": _numbers.delta(now, want)}
    await writer.send("PUT", writer.api.session.ep(f"telephony/config/people/{owner.id}/numbers"), body)


KIND = Kind(
    name="person.numbers",
    owner="person",
    model=_numbers.SecondaryNumbers,
    doc="Secondary numbers of a person, the intercom number among them.",
    source="GET /people/{id}/features/numbers, PUT /telephony/config/people/{id}/numbers",
    requests=("GET /people/{personId}/features/numbers",),
    cleared=_numbers.CLEARED,
    calls=Calls(send=lambda _: ["PUT /telephony/config/people/{personId}/numbers"]),
    fetch=fetch,
    write=write,
)
