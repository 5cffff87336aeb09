"""Where the call settings of people, workspaces and virtual lines are documented, and one subject of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_PERMISSIONS = "outgoingPermission/"
PERSON_FEATURES = (
    "applications", "bargeIn", "callForwarding", "callRecording", "callWaiting", "callerId", "doNotDisturb",
    "executiveAssistant", "hoteling", "incomingPermission", "intercept", "monitoring", "outgoingPermission",
    "privacy", "pushToTalk", "reception", "voicemail",
)  # fmt: skip
PERSON_CONFIG = (
    "anonymousCallReject", "callCaptions", "features/callBridge", "musicOnHold", "outboundBillingPlan",
    "outgoingPermission", _PERMISSIONS + "accessCodes", _PERMISSIONS + "autoTransferNumbers",
    _PERMISSIONS + "digitPatterns",
)  # fmt: skip
WORKSPACE_FEATURES = (
    "callForwarding", "callWaiting", "callerId", "incomingPermission", "intercept", "monitoring",
    "outgoingPermission", _PERMISSIONS + "accessCodes", _PERMISSIONS + "autoTransferNumbers",
)  # fmt: skip
WORKSPACE_CONFIG = (
    "anonymousCallReject", "bargeIn", "callBridge", "callPolicies", "doNotDisturb", "features/callRecordings",
    "musicOnHold", "outboundBillingPlan", "outgoingPermission", _PERMISSIONS + "accessCodes",
    _PERMISSIONS + "autoTransferNumbers", _PERMISSIONS + "digitPatterns", "privacy", "pushToTalk", "voicemail",
)  # fmt: skip
LINE_CONFIG = (
    "bargeIn", "callBridge", "callForwarding", "callRecording", "callWaiting", "callerId", "doNotDisturb",
    "incomingPermission", "intercept", "musicOnHold", "outboundBillingPlan", "outgoingPermission",
    _PERMISSIONS + "accessCodes", _PERMISSIONS + "autoTransferNumbers", _PERMISSIONS + "digitPatterns", "privacy",
    "pushToTalk", "voicemail",
)  # fmt: skip
LOCATION_CONFIG = (
    "callCaptions", "intercept", "musicOnHold", "outgoingPermission", _PERMISSIONS + "accessCodes",
    _PERMISSIONS + "autoTransferNumbers", _PERMISSIONS + "digitPatterns", "voicemail",
)  # fmt: skip


def paths(person: str = "", workspace: str = "", line: str = "", location: str = "") -> list[str]:
    """All settings of the subjects that are given."""
    found: list[str] = []
    if person:
        found += [f"/people/{person}/features/{name}" for name in PERSON_FEATURES]
        found += [f"/telephony/config/people/{person}/{name}" for name in PERSON_CONFIG]
    if workspace:
        found += [f"/workspaces/{workspace}/features/{name}" for name in WORKSPACE_FEATURES]
        found += [f"/telephony/config/workspaces/{workspace}/{name}" for name in WORKSPACE_CONFIG]
    if line:
        found += [f"/telephony/config/virtualLines/{line}/{name}" for name in LINE_CONFIG]
    if location:
        found += [f"/telephony/config/locations/{location}/{name}" for name in LOCATION_CONFIG]
    return found


#: What workspaces of the basic tier have under /telephony/config too.
BASIC = ("musicOnHold", "doNotDisturb", "outboundBillingPlan", "digitPatterns")


@dataclass
class Subjects:
    """Made of the fixtures `call`, `ids` and `people`; the Webex ids of one subject of each kind."""

    call: Any
    ids: Any
    people: Any

    def __post_init__(self) -> None:
        self.person = self.ids.person(self.people["number"][0])
        self.extension_only = self.ids.person(self.people["extension"][0])
        self.not_calling = self.ids.person(self.people["none"][0])
        self.workspace = self.ids.workspace("Board Room")
        self.basic = self.ids.workspace("Reception Phone")
        self.no_calling_room = self.ids.workspace("Quiet Corner")
        self.location = self.ids.locations["London HQ"]
        body = {"firstName": "Front", "lastName": "Desk", "extension": "6001", "locationId": self.location}
        self.line = self.call("POST", "/telephony/config/virtualLines", body).body["id"]

    def all(self) -> list[str]:
        return paths(self.person, self.workspace, self.line, self.location)

    def in_location(self, subject: str) -> bool:
        """Whether the person, the workspace or the virtual line is in the location."""
        kinds = {self.person: "people", self.workspace: "workspaces", self.line: "telephony/config/virtualLines"}
        shown = self.call("GET", f"/{kinds[subject]}/{subject}?callingData=true").body
        found: bool = (shown.get("locationId") or shown["location"]["id"]) == self.location
        return found
