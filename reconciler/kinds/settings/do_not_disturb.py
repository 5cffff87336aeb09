"""Do not disturb (webex-behaviour.md §12)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import FEATURES, PERSON

KINDS = kinds_of(
    "do_not_disturb",
    None,
    "Whether {owner} is not to be called.",
    {PERSON: FEATURES},
    columns=(
        Column("enabled", "boolean", "Whether it is on"),
        Column("ring_splash_enabled", "boolean", "Whether a short ring tells of calls"),
    ),
)
