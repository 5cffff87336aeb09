"""Call bridge. API: `callBridge`; for people the address mixes both families (webex-behaviour.md §12)."""

from __future__ import annotations

from typing import Annotated

from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, PERSON, VIRTUAL_LINE, WORKSPACE
from reconciler.kinds.contract.setting import At, Setting


class CallBridge(Setting):
    warning_tone: Annotated[bool, At("warningToneEnabled")] = True


_DOC = "Whether a tone tells {owner} that somebody joined the call."

KINDS = (
    *kinds_of("call_bridge", CallBridge, _DOC, {PERSON: CONFIG}, path="features/callBridge"),
    *kinds_of("call_bridge", CallBridge, _DOC, {WORKSPACE: CONFIG, VIRTUAL_LINE: CONFIG}),
)
