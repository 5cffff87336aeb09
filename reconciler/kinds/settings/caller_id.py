"""Caller id (webex-behaviour.md §12)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column
from reconciler.kinds.contract.observed import texts
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import FEATURES, PERSON

KINDS = kinds_of(
    "caller_id",
    None,
    "What those see whom {owner} calls.",
    {PERSON: FEATURES},
    columns=(
        *texts(
            ("selected", "DIRECT_LINE, LOCATION_NUMBER or CUSTOM"),
            ("custom_number", "The number, if it is a custom one"),
            ("first_name", "First name shown"),
            ("last_name", "Last name shown"),
            ("external_caller_id_name_policy", "Which name is shown outside"),
        ),
        Column("block_in_forward_calls_enabled", "boolean", "Whether it is hidden in forwarded calls"),
    ),
)
