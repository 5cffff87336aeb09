"""Emergency callback numbers (webex-behaviour.md §15): of somebody the own number, the location's, or that of another
member of the location; of a location its main number or that of a member.

API: `/telephony/config/locations/{id}/features/emergencyCallbackNumber`, and `emergencyCallbackNumber` under
`/telephony/config/people/{id}/`, and likewise of a workspace and a virtual line.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.contract.kind import Rules
from reconciler.kinds.contract.members import Member
from reconciler.kinds.contract.observed import texts
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, LOCATION, PERSON, VIRTUAL_LINE, WORKSPACE
from reconciler.kinds.contract.setting import UNDECLARED, WORDS, At, Only, Setting
from reconciler.model.snapshot import Fields

MEMBERS_NUMBER = "location_member_number"
Choice = Literal["direct_line", "location_ecbn", "location_member_number"]


class EmergencyCallbackNumber(Setting):
    selected: Annotated[Choice, WORDS] = UNDECLARED
    member: Annotated[
        Member | None,
        At("locationMemberInfo.memberId", "locationMemberId"),
        Only("selected", (MEMBERS_NUMBER,)),
    ] = None


class OfLocation(Setting):
    selected: Annotated[Literal["location_number", "location_member_number"], WORDS] = "location_number"
    member: Annotated[
        Member | None,
        At("locationMemberInfo.memberId", "locationMemberId"),
        Only("selected", (MEMBERS_NUMBER,)),
    ] = None
    elin_minutes: Annotated[int, Field(ge=10, le=1440), At("elinExpiryTimeMinutes")] = 60


def settle(want: Fields, have: Fields) -> Fields:
    """With another choice the API forgets the member, which counts with that one alone."""
    chosen = want.get("selected", MEMBERS_NUMBER)
    return {"member": None, **want} if chosen != MEMBERS_NUMBER and have.get("member") else want


_DOC = "The number that emergency services call back."

KINDS = (
    *kinds_of(
        "emergency_callback_number",
        EmergencyCallbackNumber,
        _DOC,
        {PERSON: CONFIG, WORKSPACE: CONFIG, VIRTUAL_LINE: CONFIG},
        read_only=("directLineInfo", "locationECBNInfo", "locationMemberInfo", "defaultInfo"),
        cleared={"selected": "location_ecbn", "member": None},
        rules=Rules(refuse=EmergencyCallbackNumber.refuse, settle=settle),
    ),
    *kinds_of(
        "emergency_callback_number",
        OfLocation,
        _DOC,
        {LOCATION: CONFIG},
        path="features/emergencyCallbackNumber",
        read_only=("locationInfo", "locationMemberInfo"),
        rules=Rules(refuse=OfLocation.refuse, settle=settle),
        columns=texts(
            ("selected", "What was chosen: LOCATION_NUMBER, LOCATION_MEMBER_NUMBER, …"),
            ("location_info.effective_value", "The number that is used"),
            ("location_info.effective_level", "Where it comes from"),
            ("location_info.quality", "RECOMMENDED, NOT_RECOMMENDED or INVALID"),
        ),
        of="calling_location",
        picked=None,  # of a member the inventory shows the id
    ),
)
