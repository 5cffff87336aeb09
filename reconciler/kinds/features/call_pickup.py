"""`call_pickup`: who may take whose calls. API: `/telephony/config/locations/{id}/callPickups` (webex-behaviour.md
§14): listed by location only; the id follows the name; nobody is in two of them (400/4471).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.contract.feature import Feature, feature
from reconciler.kinds.contract.kind import Column
from reconciler.kinds.contract.members import MemberSet
from reconciler.kinds.contract.observed import texts
from reconciler.kinds.contract.setting import WORDS, At
from reconciler.model.audit import Audited
from reconciler.model.marks import Claim, Key
from reconciler.model.resource import Text

Notify = Literal["none", "audio_only", "visual_only", "audio_and_visual"]


class CallPickup(Feature):
    name: Annotated[Text, Key(), Field(max_length=80)]
    notify: Annotated[Notify, WORDS, At("notificationType")] = "none"
    notify_delay_seconds: Annotated[int, Field(ge=0), At("notificationDelayTimerSeconds")] = 6
    agents: Annotated[MemberSet, Claim("call_pickup")] = []


KIND = feature(
    "call_pickup",
    CallPickup,
    "Call pickups: groups whose members may take each other's calls.",
    plural="call_pickups",
    path="callPickups",
    parameter="callPickupId",
    key="callPickups",
    new_id=True,
    columns=(
        *texts(("notification_type", "How members are told of a call")),
        Column("notification_delay_timer_seconds", "integer", "After how many seconds"),
        Column("agents", "list", "Members, each with its address as id"),
    ),
    audited=Audited(("CALLING",), ("CALL_PICKUP",)),  # unproven: the word of its ids (§1.7)
)
