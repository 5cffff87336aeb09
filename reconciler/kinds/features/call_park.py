"""`call_park`. API: `/telephony/config/locations/{id}/callParks` (webex-behaviour.md §14): listed by location only; the
id follows the name."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.contract.feature import Feature, feature
from reconciler.kinds.contract.kind import Column
from reconciler.kinds.contract.members import MemberSet
from reconciler.kinds.contract.observed import texts
from reconciler.kinds.contract.setting import At, Spelled
from reconciler.model.audit import Audited
from reconciler.model.marks import Claim, Key, Ref
from reconciler.model.resource import Text

_RECALL = {
    "parking_user": "ALERT_PARKING_USER_ONLY",
    "parking_user_then_hunt_group": "ALERT_PARKING_USER_FIRST_THEN_HUNT_GROUP",
    "hunt_group": "ALERT_HUNT_GROUP_ONLY",
}
Recall = Literal["parking_user", "parking_user_then_hunt_group", "hunt_group"]
Extensions = list[Annotated[Text, Ref("call_park_extension")]]


class CallPark(Feature):
    name: Annotated[Text, Key(), Field(max_length=80)]
    recall: Annotated[Recall, Spelled(_RECALL), At("recall.option")] = "parking_user"
    park_on_agents: Annotated[bool, At("parkOnAgentsEnabled")] = False
    agents: Annotated[MemberSet, Claim("call_park")] = []
    extensions: Annotated[Extensions, At("callParkExtensions")] = []


KIND = feature(
    "call_park",
    CallPark,
    "Call parks: who may park calls, and who is told when nobody fetches them.",
    plural="call_parks",
    path="callParks",
    parameter="callParkId",
    key="callParks",
    new_id=True,
    refs={"recall.hunt_group_id": ("hunt_group",)},
    read_only=("recall.huntGroupName",),
    columns=(
        *texts(
            ("recall.option", "Who is alerted"),
            ("recall.hunt_group_id", "The hunt group that is alerted, by its address"),
        ),
        Column("park_on_agents_enabled", "boolean", "Whether calls may be parked on members"),
        Column("agents", "list", "Members, each with its address as id"),
        Column("call_park_extensions", "list", "Park extensions, each with its address as id"),
    ),
    needed={"recall": "parking_user"},
    audited=Audited(("CALLING",), ("CALL_PARK",)),  # unproven: the word of its ids (§1.7)
)
