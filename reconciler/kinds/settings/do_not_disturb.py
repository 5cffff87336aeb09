"""Do not disturb (webex-behaviour.md §12)."""

from __future__ import annotations

from typing import Annotated

from reconciler.kinds.contract.kind import Column
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, FEATURES, PERSON, VIRTUAL_LINE, WORKSPACE
from reconciler.kinds.contract.setting import At, Setting


class DoNotDisturb(Setting):
    enabled: bool = False
    ring_splash: Annotated[bool, At("ringSplashEnabled")] = False


class OfPerson(DoNotDisturb):
    webex_go_override: Annotated[bool, At("webexGoOverrideEnabled")] = False


_DOC = "Whether {owner} is not to be called."

KINDS = (
    *kinds_of(
        "do_not_disturb",
        OfPerson,
        _DOC,
        {PERSON: FEATURES},
        columns=(
            Column("enabled", "boolean", "Whether it is on"),
            Column("ring_splash_enabled", "boolean", "Whether a short ring tells of calls"),
        ),
    ),
    *kinds_of("do_not_disturb", DoNotDisturb, _DOC, {WORKSPACE: CONFIG, VIRTUAL_LINE: CONFIG}),
)
