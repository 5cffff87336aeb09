"""Caller id (webex-behaviour.md §12)."""

from __future__ import annotations

from typing import Annotated, Literal

from reconciler.kinds.contract.observed import flags, texts
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, FEATURES, PERSON, VIRTUAL_LINE, WORKSPACE
from reconciler.kinds.contract.setting import UNDECLARED, WORDS, At, Number, Only, Setting
from reconciler.model.resource import Text


class CallerId(Setting):
    selected: Annotated[Literal["direct_line", "location_number", "custom"], WORDS] = UNDECLARED
    custom_number: Annotated[Number | None, Only("selected", ("custom",))] = None
    block_in_forward_calls: Annotated[bool, At("blockInForwardCallsEnabled")] = False
    external_name_policy: Annotated[
        Literal["direct_line", "location", "other"], WORDS, At("externalCallerIdNamePolicy")
    ] = "direct_line"
    external_name: Annotated[
        Text | None, At("customExternalCallerIdName"), Only("external_name_policy", ("other",))
    ] = None


KINDS = kinds_of(
    "caller_id",
    CallerId,
    "What those see whom {owner} calls.",
    {PERSON: FEATURES, WORKSPACE: FEATURES, VIRTUAL_LINE: CONFIG},
    cleared=None,  # whether it was the own number or the location's depends on who has one
    read_only=(
        "types",
        "locationNumber",
        "directNumber",
        "extensionNumber",
        "locationExternalCallerIdName",
        "tollFreeLocationNumber",
    ),
    shown=(PERSON,),
    columns=(
        *texts(
            ("selected", "DIRECT_LINE, LOCATION_NUMBER or CUSTOM"),
            ("custom_number", "The number, if it is a custom one"),
            ("first_name", "First name shown"),
            ("last_name", "Last name shown"),
            ("external_caller_id_name_policy", "Which name is shown outside"),
        ),
        *flags(("block_in_forward_calls_enabled", "Whether it is hidden in forwarded calls")),
    ),
)
