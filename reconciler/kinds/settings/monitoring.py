"""Monitoring of lines (webex-behaviour.md §12)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column
from reconciler.kinds.contract.observed import MEMBERS, Shape
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import FEATURES, PERSON

KINDS = kinds_of(
    "monitoring",
    None,
    "Whose lines {owner} watches, in the order of the keys.",
    {PERSON: FEATURES},
    columns=(
        Column("call_park_notification_enabled", "boolean", "Whether parked calls are told"),
        Column("monitored_elements", "list", "Members and park extensions in their order, by address"),
    ),
    shape=Shape(
        refs={
            "monitored_elements[].member.id": MEMBERS,
            "monitored_elements[].callparkextension.id": ("call_park_extension",),
            "monitored_elements[].speed_dial.id": MEMBERS,
        },
        ordered=("monitored_elements",),
    ),
)
