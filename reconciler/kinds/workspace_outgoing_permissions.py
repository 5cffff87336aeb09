"""`workspace.outgoing_permissions`: which calls a workspace may make, where that differs from the location's default.

API: `outgoingPermission` of the workspace (webex-behaviour.md §7). Null: the location's permissions hold.
"""

from __future__ import annotations

from reconciler.kinds import _permissions
from reconciler.kinds.contract.kind import Kind, Reader, Writer
from reconciler.model.snapshot import Current, Fields


def _url(reader: Reader, owner: Current) -> str:
    return str(reader.api.workspace_settings.permissions_out.f_ep(owner.id))


async def fetch(reader: Reader, owner: Current) -> Fields | None:
    return await _permissions.read(reader, _url(reader, owner), own=True)


async def write(writer: Writer, owner: Current, now: Fields | None, want: Fields) -> None:
    await _permissions.write(writer, _url(writer, owner), now or {}, want, own=True)


KIND = Kind(
    name="workspace.outgoing_permissions",
    owner="workspace",
    model=_permissions.OwnPermissions,
    doc="Outgoing calling permissions of a workspace, by call type.",
    source="GET/PUT /workspaces/{id}/features/outgoingPermission",
    requests=("GET /workspaces/{workspaceId}/features/outgoingPermission",),
    cleared=_permissions.INHERITED,
    inherits="location.outgoing_permissions",
    profile=_permissions.with_profile,
    settle=_permissions.settle,
    opens=_permissions.opens,
    replaces="custom",  # where it is turned on every call type is sent as it was read
    fetch=fetch,
    write=write,
)
