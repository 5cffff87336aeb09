"""Groups and their members. API: `/groups` (developer.webex.com "Groups API")."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column, ResourceKind, SectionKind
from reconciler.kinds.contract.observed import Shape, listed, rows_of, texts
from reconciler.kinds.contract.traits import Listing
from reconciler.model.audit import Audited

_SHAPE = Shape(drop=("org_id",))

#: Machines in it, those of a location's group, have PEOPLE ids of workspaces, attendants and queues.
_MEMBERS = ("person", "workspace", "auto_attendant", "call_queue", "group")

KINDS = (
    ResourceKind(
        name="group",
        listing=Listing(register=True),
        doc="Groups of the organisation.",
        requests=("GET /groups",),
        audited=Audited(("GROUPS",), ("SCIM_GROUP", "GROUP")),
    columns=(*texts(("display_name", "Name")), Column("member_size", "integer", "How many members")),
        scan=listed("group", "/groups", "groups", lambda row: str(row["displayName"]), _SHAPE, count="100"),
        page=100,
    ),
    SectionKind(
        name="group.members",
        doc="Who is in a group.",
        requests=("GET /groups/{groupId}/Members",),
        columns=(Column("members", "list", "Members by their address"),),
        of="group",
        look=rows_of("group.members", "/groups/{id}/Members", "members", "members",
                      Shape(refs={"members[].id": _MEMBERS}), count="500"),
        page=500,
        paged="members",
    ),
)  # fmt: skip
