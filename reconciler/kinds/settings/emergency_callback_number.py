"""Emergency callback numbers (webex-behaviour.md §15)."""

from __future__ import annotations

from reconciler.kinds.contract.observed import texts
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, LOCATION

KINDS = kinds_of(
    "emergency_callback_number",
    None,
    "The number that emergency services call back.",
    {LOCATION: CONFIG},
    path="features/emergencyCallbackNumber",
    columns=texts(
        ("selected", "What was chosen: LOCATION_NUMBER, LOCATION_MEMBER_NUMBER, …"),
        ("location_info.effective_value", "The number that is used"),
        ("location_info.effective_level", "Where it comes from"),
        ("location_info.quality", "RECOMMENDED, NOT_RECOMMENDED or INVALID"),
    ),
    of="calling_location",
)
