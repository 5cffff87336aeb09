"""Call waiting (webex-behaviour.md §12)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import FEATURES, PERSON, WORKSPACE
from reconciler.kinds.contract.setting import Setting


class CallWaiting(Setting):
    enabled: bool = True


KINDS = kinds_of(
    "call_waiting",
    CallWaiting,
    "Whether a second call reaches {owner} who speaks.",
    {PERSON: FEATURES, WORKSPACE: FEATURES},
    shown=(PERSON,),
    columns=(Column("enabled", "boolean", "Whether it does"),),
)
