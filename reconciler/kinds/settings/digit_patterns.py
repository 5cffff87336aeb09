"""Patterns of numbers that somebody may call (webex-behaviour.md §7)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, PERSON

KINDS = kinds_of(
    "digit_patterns",
    None,
    "Patterns of numbers that {owner} may or may not call, beside the call types.",
    {PERSON: CONFIG},
    path="outgoingPermission/digitPatterns",
    columns=(
        Column("use_custom_digit_patterns", "boolean", "Whether these hold and not the location's"),
        Column("digit_patterns", "list", "Patterns: name, pattern, action, whether calls may be transferred"),
    ),
)
