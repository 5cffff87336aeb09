"""Executives and assistants. API: "Modify Executive Assistant Settings for a Person"."""

from __future__ import annotations

from typing import Annotated, Literal

from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import FEATURES, PERSON
from reconciler.kinds.contract.setting import WORDS, At, Setting


class Assistant(Setting):
    role: Annotated[Literal["unassigned", "executive", "executive_assistant"], WORDS, At("type")] = "unassigned"


KINDS = kinds_of(
    "assistant",
    Assistant,
    "Whether {owner} is an executive or the assistant of one.",
    {PERSON: FEATURES},
    path="executiveAssistant",
)
