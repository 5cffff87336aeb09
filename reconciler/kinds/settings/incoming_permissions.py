"""Incoming permissions (webex-behaviour.md §7, §12)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column
from reconciler.kinds.contract.observed import texts
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import FEATURES, PERSON, WORKSPACE

KINDS = kinds_of(
    "incoming_permissions",
    None,
    "Which calls from outside {owner} takes.",
    {PERSON: FEATURES, WORKSPACE: FEATURES},
    path="incomingPermission",
    columns=(
        *texts(("external_transfer", "Transfers from outside: ALLOW_ALL_EXTERNAL, …")),
        Column("use_custom_enabled", "boolean", "Whether these values differ from the location's"),
        Column("internal_calls_enabled", "boolean", "Calls from inside"),
        Column("collect_calls_enabled", "boolean", "Collect calls"),
    ),
)
