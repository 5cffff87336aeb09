"""Privacy (webex-behaviour.md §12)."""

from __future__ import annotations

from typing import Annotated

from reconciler.kinds.contract.members import MemberSet
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, FEATURES, PERSON, VIRTUAL_LINE, WORKSPACE
from reconciler.kinds.contract.setting import At, Setting


class Privacy(Setting):
    extension_dialing: Annotated[bool, At("aaExtensionDialingEnabled")] = True
    name_dialing: Annotated[bool, At("aaNamingDialingEnabled")] = True
    directory: Annotated[bool, At("enablePhoneStatusDirectoryPrivacy")] = False
    pickup_and_barge: Annotated[bool, At("enablePhoneStatusPickupBargeInPrivacy")] = False
    monitoring_agents: MemberSet = []


KINDS = kinds_of(
    "privacy",
    Privacy,
    "Whether attendants put calls through to {owner}, and who may see and pick up calls.",
    {PERSON: FEATURES, WORKSPACE: CONFIG, VIRTUAL_LINE: CONFIG},
)
