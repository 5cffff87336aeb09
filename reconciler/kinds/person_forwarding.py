"""`person.forwarding`: always, busy, no answer, business continuity, each managed on its own.

API: `/people/{id}/features/callForwarding` (webex-behaviour.md §12).
"""

from __future__ import annotations

from reconciler.kinds import _forwarding
from reconciler.kinds.contract.kind import Kind, Reader, Writer
from reconciler.model.snapshot import Current, Fields


async def fetch(reader: Reader, owner: Current) -> Fields | None:
    return await _forwarding.read(reader, reader.api.person_settings.forwarding.f_ep(owner.id), owner)


async def write(writer: Writer, owner: Current, now: Fields | None, want: Fields) -> None:
    await _forwarding.write(writer, writer.api.person_settings.forwarding.f_ep(owner.id), owner, want)


KIND = Kind(
    name="person.forwarding",
    owner="person",
    model=_forwarding.Forwarding,
    doc="Call forwarding of a person: always, busy, no answer, business continuity.",
    source="GET/PUT /people/{id}/features/callForwarding",
    requests=("GET /people/{personId}/features/callForwarding",),
    replaces=True,
    refuse=_forwarding.refuse,
    forwards=_forwarding.forwards,
    cleared=_forwarding.CLEARED,
    fetch=fetch,
    write=write,
)
