"""Dial plans and their patterns. API: `/telephony/config/premisePstn/dialPlans` (webex-behaviour.md §14).

Its list says all that its details say; only what lies below it is asked for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.contract.kind import Column, ResourceKind, SectionKind
from reconciler.kinds.contract.observed import Shape, listed, rows_of, texts

_PSTN = "/telephony/config/premisePstn"
_ROUTES = ("trunk", "route_group")


def _name(row: Mapping[str, Any]) -> str:
    return str(row["name"])


KINDS = (
    ResourceKind(
        name="dial_plan",
        doc="Dial plans: patterns of numbers that go by a trunk or a route group.",
        requests=(f"GET {_PSTN}/dialPlans",),
        columns=texts(
            ("name", "Name"), ("route_type", "TRUNK or ROUTE_GROUP"), ("route_id", "The route, by its address")
        ),
        scan=listed(
            "dial_plan", f"{_PSTN}/dialPlans", "dialPlans", _name, Shape(refs={"route_id": _ROUTES}), max="2000"
        ),
    ),
    SectionKind(
        name="dial_plan.patterns",
        doc="The patterns of a dial plan.",
        requests=(f"GET {_PSTN}/dialPlans/{{dialPlanId}}/dialPatterns",),
        columns=(Column("dial_patterns", "list", "Patterns, like +49!"),),
        of="dial_plan",
        look=rows_of(
            "dial_plan.patterns",
            f"{_PSTN}/dialPlans/{{id}}/dialPatterns",
            "dialPatterns",
            "dial_patterns",
            Shape(),
            max="2000",
        ),
        paged="dial_patterns",
    ),
)
