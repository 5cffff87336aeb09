"""Paging groups. API: `/telephony/config/paging` (webex-behaviour.md §14); the order of targets is not kept there."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column, ResourceKind
from reconciler.kinds.contract.observed import IN_PLACE, MEMBERS, Shape, detailed, in_place, listed, texts

_LIST = "/telephony/config/paging"
_SHAPE = Shape(refs={"originators[].id": MEMBERS, "targets[].id": MEMBERS})

KIND = ResourceKind(
    name="paging_group",
    doc="Paging groups: who may page whom.",
    requests=(f"GET {_LIST}", "GET /telephony/config/locations/{locationId}/paging/{pagingId}"),
    columns=(
        *texts(*IN_PLACE),
        Column("enabled", "boolean", "Whether it takes calls"),
        Column("originators", "list", "Who may page, each with its address as id"),
        Column("targets", "list", "Who is paged, each with its address as id"),
    ),
    scan=listed("paging_group", _LIST, "locationPaging", in_place, _SHAPE, max="2000"),
    detail=detailed("/telephony/config/locations/{locationId}/paging/{id}", _SHAPE),
)
