"""Incoming permissions (webex-behaviour.md §7, §12)."""

from __future__ import annotations

from typing import Annotated, Literal

from reconciler.kinds.contract.kind import Column, Rules
from reconciler.kinds.contract.observed import texts
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, FEATURES, PERSON, VIRTUAL_LINE, WORKSPACE
from reconciler.kinds.contract.setting import UNDECLARED, WORDS, At, Setting
from reconciler.model.snapshot import Fields

_TRANSFERS = Literal["allow_all_external", "allow_only_transferred_external", "block_all_external"]


class IncomingPermissions(Setting):
    """What differs from the organisation's; null: nothing does."""

    custom: Annotated[bool, At("useCustomEnabled")] = False
    external_transfer: Annotated[_TRANSFERS, WORDS] = UNDECLARED
    internal_calls: Annotated[bool, At("internalCallsEnabled")] = UNDECLARED
    collect_calls: Annotated[bool, At("collectCallsEnabled")] = UNDECLARED


def settle(want: Fields, have: Fields) -> Fields:
    """What differs from the effective permissions needs `custom`; what is the same implies nothing."""
    if "custom" in want or all(have.get(name) == value for name, value in want.items()):
        return want
    return {**want, "custom": True}


KINDS = kinds_of(
    "incoming_permissions",
    IncomingPermissions,
    "Which calls from outside {owner} takes.",
    {PERSON: FEATURES, WORKSPACE: FEATURES, VIRTUAL_LINE: CONFIG},
    path="incomingPermission",
    rules=Rules(settle=settle),
    shown=(PERSON, WORKSPACE),
    columns=(
        *texts(("external_transfer", "Transfers from outside: ALLOW_ALL_EXTERNAL, …")),
        Column("use_custom_enabled", "boolean", "Whether these values differ from the location's"),
        Column("internal_calls_enabled", "boolean", "Calls from inside"),
        Column("collect_calls_enabled", "boolean", "Collect calls"),
    ),
)
