"""Push-to-talk (webex-behaviour.md §12)."""

from __future__ import annotations

from typing import Annotated, Literal

from reconciler.kinds.contract.members import MemberSet
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, FEATURES, PERSON, VIRTUAL_LINE, WORKSPACE
from reconciler.kinds.contract.setting import WORDS, At, Setting


class PushToTalk(Setting):
    enabled: Annotated[bool, At("allowAutoAnswer")] = False
    connection: Annotated[Literal["one_way", "two_way"], WORDS, At("connectionType")] = "two_way"
    access: Annotated[Literal["allow_members", "block_members"], WORDS, At("accessType")] = "allow_members"
    members: MemberSet = []


KINDS = kinds_of(
    "push_to_talk",
    PushToTalk,
    "Who may speak to {owner} at once, without a ring.",
    {PERSON: FEATURES, WORKSPACE: CONFIG, VIRTUAL_LINE: CONFIG},
)
