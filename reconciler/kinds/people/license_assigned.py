"""Who has a licence. API: `/licenses/{id}?includeAssignedTo=user` (webex-behaviour.md §9)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column, SectionKind
from reconciler.kinds.contract.observed import Shape, rows_of

KIND = SectionKind(
    name="license.assigned",
    doc="The users to whom a licence is assigned; workspaces are not in this list.",
    requests=("GET /licenses/{licenseId}",),
    columns=(Column("users", "list", "Users: address as id, name, e-mail, internal or external"),),
    of="license",
    look=rows_of(
        "license.assigned",
        "/licenses/{id}",
        "users",
        "users",
        Shape(refs={"users[].id": ("person",)}),
        includeAssignedTo="user",
        limit="300",
    ),
    page=300,
    paged="users",
)
