"""`workspace.forwarding`: always, busy, no answer, business continuity, each managed on its own.

API: `/workspaces/{id}/features/callForwarding` (webex-behaviour.md §12).
"""

from __future__ import annotations

from reconciler.kinds import _forwarding
from reconciler.kinds.contract.kind import Kind, Reader, Writer
from reconciler.model.snapshot import Current, Fields


async def fetch(reader: Reader, owner: Current) -> Fields | None:
    return await _forwarding.read(reader, reader.api.workspace_settings.forwarding.f_ep(owner.id), owner)


async def write(writer: Writer, owner: Current, now: Fields | None, want: Fields) -> None:
    await _forwarding.write(writer, writer.api.workspace_settings.forwarding.f_ep(owner.id), owner, want)


KIND = Kind(
    name="workspace.forwarding",
    owner="workspace",
    model=_forwarding.Forwarding,
    doc="Call forwarding of a workspace: always, busy, no answer, business continuity.",
    source="GET/PUT /workspaces/{id}/features/callForwarding",
    requests=("GET /workspaces/{workspaceId}/features/callForwarding",),
    replaces=True,
    refuse=_forwarding.refuse,
    forwards=_forwarding.forwards,
    cleared=_forwarding.CLEARED,
    fetch=fetch,
    write=write,
)
