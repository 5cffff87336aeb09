"""Do not disturb (webex-behaviour.md §12)."""

from __future__ import annotations

from typing import Annotated

from reconciler.kinds.contract.observed import flags
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, FEATURES, PERSON, VIRTUAL_LINE, WORKSPACE
from reconciler.kinds.contract.setting import At, Setting


class DoNotDisturb(Setting):
    enabled: bool = False
    ring_splash: Annotated[bool, At("ringSplashEnabled")] = False


class OfPerson(DoNotDisturb):
    webex_go_override: Annotated[bool, At("webexGoOverrideEnabled")] = False


KINDS = kinds_of(
    "do_not_disturb",
    DoNotDisturb,
    "Whether {owner} is not to be called.",
    {PERSON: FEATURES, WORKSPACE: CONFIG, VIRTUAL_LINE: CONFIG},
    own={PERSON: {"model": OfPerson}},
    shown=(PERSON,),
    columns=flags(("enabled", "Whether it is on"), ("ring_splash_enabled", "Whether a short ring tells of calls")),
)
