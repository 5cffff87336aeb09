"""`person.outgoing_permissions`: which calls a person may make, where that differs from the location's default.

API: `outgoingPermission` of the person (webex-behaviour.md §7). Null: the location's permissions hold.
"""

from __future__ import annotations

from reconciler.kinds import _permissions
from reconciler.kinds.contract.kind import Kind, Reader, Writer
from reconciler.model.snapshot import Current, Fields


def _url(reader: Reader, owner: Current) -> str:
    return str(reader.api.person_settings.permissions_out.f_ep(owner.id))


async def fetch(reader: Reader, owner: Current) -> Fields | None:
    return await _permissions.read(reader, _url(reader, owner), own=True)


async def write(writer: Writer, owner: Current, now: Fields | None, want: Fields) -> None:
    await _permissions.write(writer, _url(writer, owner), now or {}, want, own=True)


KIND = Kind(
    name="person.outgoing_permissions",
    owner="person",
    model=_permissions.OwnPermissions,
    doc="Outgoing calling permissions of a person, by call type.",
    source="GET/PUT /telephony/config/people/{id}/outgoingPermission",
    requests=("GET /telephony/config/people/{personId}/outgoingPermission",),
    cleared=_permissions.INHERITED,
    inherits="location.outgoing_permissions",
    profile=_permissions.with_profile,
    settle=_permissions.settle,
    opens=_permissions.opens,
    replaces="custom",  # where it is turned on every call type is sent as it was read
    fetch=fetch,
    write=write,
)
