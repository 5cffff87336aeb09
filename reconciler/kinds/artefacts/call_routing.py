"""Call routing: details of trunks and route groups, route lists, dial plans, translation patterns. API:
`/telephony/config/premisePstn/…`, `/telephony/config/callRouting/translationPatterns` (webex-behaviour.md §14).

Route lists, dial plans and translation patterns say in their list all that their details say; only what lies below
them (numbers, patterns) is asked for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.contract.observed import Column, Observed, Shape, labelled, listed, rows_of, section, texts

_PSTN = "/telephony/config/premisePstn"
_PATTERNS = "/telephony/config/callRouting/translationPatterns"
_ROUTES = ("trunk", "route_group")


def _label(row: Mapping[str, Any]) -> str:
    """By location, if it is of one: the organisation may have a pattern of the same name."""
    place = (row.get("location") or {}).get("name")
    return labelled(place, row["name"])


def _name(row: Mapping[str, Any]) -> str:
    return str(row["name"])


ARTEFACTS = (
    Observed(
        name="trunk.details",
        doc="A trunk in full: kind, state, devices, who uses it.",
        requests=(f"GET {_PSTN}/trunks/{{trunkId}}",),
        columns=(
            *texts(
                ("location", "Location"),
                ("trunk_type", "REGISTERING or CERTIFICATE_BASED"),
                ("status", "State of the registration"),
                ("device_type", "Local gateway"),
                ("line_port", "Line and port of a registering trunk"),
                ("address", "Host of a certificate based trunk"),
                ("domain", "Domain of a certificate based trunk"),
            ),
            Column("port", "integer", "Port of a certificate based trunk"),
            Column("max_concurrent_calls", "integer", "How many calls it takes at a time"),
            Column("dual_identity_support_enabled", "boolean", "Whether the caller's identity is kept"),
            Column("locations_using_trunk", "list", "Locations that use it, by address"),
        ),
        of="trunk",
        fetch=section(
            "trunk.details",
            f"{_PSTN}/trunks/{{id}}",
            Shape(refs={"locations_using_trunk[].id": ("location",)}, drop=("organization",)),
        ),
    ),
    Observed(
        name="route_group.details",
        doc="The trunks of a route group, by priority.",
        requests=(f"GET {_PSTN}/routeGroups/{{routeGroupId}}",),
        columns=(Column("local_gateways", "list", "Trunks by address, with their priority and location"),),
        of="route_group",
        fetch=section(
            "route_group.details",
            f"{_PSTN}/routeGroups/{{id}}",
            Shape(
                refs={"local_gateways[].id": ("trunk",)},
                drop=("organization",),
            ),
        ),
    ),
    Observed(
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
    Observed(
        name="route_list.numbers",
        doc="The numbers of a route list.",
        requests=(f"GET {_PSTN}/routeLists/{{routeListId}}/numbers",),
        columns=(*texts(("location", "Location")), Column("numbers", "list", "Numbers")),
        of="route_list",
        fetch=rows_of(
            "route_list.numbers", f"{_PSTN}/routeLists/{{id}}/numbers", "numbers", "numbers", Shape(), max="2000"
        ),
        paged="numbers",
    ),
    Observed(
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
    Observed(
        name="dial_plan.patterns",
        doc="The patterns of a dial plan.",
        requests=(f"GET {_PSTN}/dialPlans/{{dialPlanId}}/dialPatterns",),
        columns=(Column("dial_patterns", "list", "Patterns, like +49!"),),
        of="dial_plan",
        fetch=rows_of(
            "dial_plan.patterns",
            f"{_PSTN}/dialPlans/{{id}}/dialPatterns",
            "dialPatterns",
            "dial_patterns",
            Shape(),
            max="2000",
        ),
        paged="dial_patterns",
    ),
    Observed(
        name="translation_pattern",
        doc="Patterns by which dialled digits are rewritten.",
        requests=(f"GET {_PATTERNS}",),
        columns=texts(
            ("name", "Name"),
            ("matching_pattern", "What is dialled"),
            ("replacement_pattern", "What it becomes"),
            ("level", "Organization or Location"),
            ("location", "Location, if it is of one"),
        ),
        scan=listed("translation_pattern", _PATTERNS, "translationPatterns", _label, Shape(), max="2000"),
    ),
)
