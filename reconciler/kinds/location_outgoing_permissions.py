"""`location.outgoing_permissions`: which calls may leave a location, by call type: the default for its people.

API: `/telephony/config/locations/{id}/outgoingPermission` (webex-behaviour.md §7); the two `useCustom` flags read
null here whatever is written, so they are not a field.
"""

from __future__ import annotations

from reconciler.kinds import _permissions
from reconciler.kinds.contract.kind import Kind, Reader, Writer
from reconciler.model.snapshot import Current, Fields


async def fetch(reader: Reader, owner: Current) -> Fields | None:
    return await _permissions.read(reader, reader.api.telephony.location.permissions_out.f_ep(owner.id), own=False)


async def write(writer: Writer, owner: Current, now: Fields | None, want: Fields) -> None:
    url = writer.api.telephony.location.permissions_out.f_ep(owner.id)
    await _permissions.write(writer, url, now or {}, want, own=False)


KIND = Kind(
    name="location.outgoing_permissions",
    owner="location",
    model=_permissions.LocationPermissions,
    doc="Default outgoing calling permissions of a location, by call type.",
    source="GET/PUT /telephony/config/locations/{id}/outgoingPermission",
    requests=("GET /telephony/config/locations/{locationId}/outgoingPermission",),
    requires=("location.calling",),
    profile=_permissions.with_profile,
    opens=_permissions.opens,
    fetch=fetch,
    write=write,
)
