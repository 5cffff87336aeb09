"""Route lists and their numbers. API: `/telephony/config/premisePstn/routeLists` (webex-behaviour.md §14).

Its list says all that its details say; only what lies below it is asked for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.contract.kind import Column, ResourceKind, SectionKind
from reconciler.kinds.contract.observed import Shape, listed, rows_of, texts

_PSTN = "/telephony/config/premisePstn"


def _name(row: Mapping[str, Any]) -> str:
    return str(row["name"])


KINDS = (
    ResourceKind(
        name="route_list",
        doc="Route lists: numbers of a location that go by another route group.",
        requests=(f"GET {_PSTN}/routeLists",),
        columns=texts(
            ("name", "Name"), ("location", "Location"), ("route_group_id", "The route group, by its address")
        ),
        scan=listed(
            "route_list",
            f"{_PSTN}/routeLists",
            "routeLists",
            _name,
            Shape(refs={"route_group_id": ("route_group",)}),
            max="2000",
        ),
    ),
    SectionKind(
        name="route_list.numbers",
        doc="The numbers of a route list.",
        requests=(f"GET {_PSTN}/routeLists/{{routeListId}}/numbers",),
        columns=(*texts(("location", "Location")), Column("numbers", "list", "Numbers")),
        of="route_list",
        look=rows_of(
            "route_list.numbers", f"{_PSTN}/routeLists/{{id}}/numbers", "numbers", "numbers", Shape(), max="2000"
        ),
        paged="numbers",
    ),
)
