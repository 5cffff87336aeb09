"""Call waiting (webex-behaviour.md §12)."""

from __future__ import annotations

from reconciler.kinds.contract.observed import flags
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, FEATURES, PERSON, VIRTUAL_LINE, WORKSPACE
from reconciler.kinds.contract.setting import Setting


class CallWaiting(Setting):
    enabled: bool = True


KINDS = kinds_of(
    "call_waiting",
    CallWaiting,
    "Whether a second call reaches {owner} who speaks.",
    {PERSON: FEATURES, WORKSPACE: FEATURES, VIRTUAL_LINE: CONFIG},
    shown=(PERSON,),
    columns=flags(("enabled", "Whether it does")),
)
