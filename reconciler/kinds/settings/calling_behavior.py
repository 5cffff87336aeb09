"""Calling behaviour: which app calls. API: "Configure a person's Calling Behavior". null is the organisation's."""

from __future__ import annotations

from typing import Annotated, Literal

from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import FEATURES, PERSON
from reconciler.kinds.contract.setting import WORDS, At, Setting

Behavior = Literal[
    "native_webex_teams_calling",
    "call_with_app_registered_for_ciscotel",
    "call_with_app_registered_for_tel",
    "call_with_app_registered_for_webexcalltel",
    "native_sip_call_to_ucm",
]


class CallingBehavior(Setting):
    behavior: Annotated[Behavior | None, WORDS, At("behaviorType")] = None


KINDS = kinds_of(
    "calling_behavior",
    CallingBehavior,
    "Which app {owner} calls with.",
    {PERSON: FEATURES},
    read_only=("effectiveBehaviorType",),
)
