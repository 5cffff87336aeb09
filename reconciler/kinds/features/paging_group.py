"""`paging_group`: who pages whom. API: `/telephony/config/paging` (webex-behaviour.md §14).

The list of the tenant has no members, so each group is read by itself. The order of targets is not kept.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reconciler.kinds.contract.feature import Feature, feature
from reconciler.kinds.contract.kind import Column
from reconciler.kinds.contract.members import MemberSet
from reconciler.kinds.contract.observed import texts
from reconciler.kinds.contract.setting import Number
from reconciler.kinds.contract.traits import Dialled, Listing
from reconciler.model.audit import Audited
from reconciler.model.marks import Claim, Key, Ref
from reconciler.model.plan import Change
from reconciler.model.resource import Extension, Text


class PagingGroup(Feature):
    name: Annotated[Text, Key(), Field(max_length=30)]
    enabled: bool = True
    extension: Annotated[Extension | None, Claim("extension", per="location")] = None
    phone_number: Annotated[Number | None, Ref("number"), Claim("number")] = None
    originators: MemberSet = []
    targets: MemberSet = []

    @classmethod
    def refuse(cls, change: Change) -> str:
        if change.action == "create" and not (change.want.get("extension") or change.want.get("phone_number")):
            return "a paging group needs an extension or a phone_number (behaviour §14)"
        return ""


KIND = feature(
    "paging_group",
    PagingGroup,
    "Paging groups: who may page whom.",
    plural="paging_groups",
    path="paging",
    parameter="pagingId",
    list_path="/telephony/config/paging",
    key="locationPaging",
    listing=Listing(by_location=True),
    dialled=Dialled(),
    in_list=("enabled", "extension", "phone_number"),
    columns=(
        *texts(("phone_number", "Number"), ("extension", "Extension")),
        Column("enabled", "boolean", "Whether it takes calls"),
        Column("originators", "list", "Who may page, each with its address as id"),
        Column("targets", "list", "Who is paged, each with its address as id"),
    ),
    audited=Audited(("CALLING",), ("PAGING_GROUP",)),  # unproven: the word of its ids (§1.7)
)
