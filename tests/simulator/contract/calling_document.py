"""Where the answers of the simulator are not as the OpenAPI document of the calling API says, with which of the two it
rests. The document is merged by a third party and contradicts itself and the SDK in places; the SDK, at its strictest,
takes all of these answers. What is open here is proven by nobody: a live observation would settle it.

Below each operation its differences, as `place in the answer: what is wrong`.
"""

from __future__ import annotations

#: Required by the document, optional for the SDK: left out where there is nothing to say.
LEFT_OUT = """
GET /people/{personId}/features/callRecording
    : required externalGroup
GET /people/{personId}/features/callingBehavior
    : required profileId
GET /people/{personId}/features/intercept
    incoming/announcements: required filename
GET /people/{personId}/features/monitoring
    : required monitoredElements
GET /people/{personId}/features/voicemail
    emailCopyOfMessage: required emailId
    messageStorage: required externalEmail
GET /telephony/config/announcements
    announcements/*: required location
GET /telephony/config/devices/{deviceId}/members
    members/*: required hotlineDestination
GET /telephony/config/jobs/callRecording
    items/*: required counts
    items/*: required vendorId
GET /telephony/config/jobs/callRecording/{jobId}
    : required counts
    : required vendorId
GET /telephony/config/jobs/devices/applyLineKeyTemplate/{jobId}/errors
    : required trackingId
GET /telephony/config/jobs/devices/callDeviceSettings
    items/*: required counts
GET /telephony/config/jobs/devices/callDeviceSettings/{jobId}
    : required counts
    : required jobType
    : required operationType
    : required sourceLocationId
    : required targetLocationId
GET /telephony/config/jobs/numbers/manageNumbers
    items/*/counts: required failed
    items/*/counts: required moved
    items/*/counts: required pending
    items/*/counts: required skipped
    items/*/counts: required totalMoves
GET /telephony/config/jobs/numbers/manageNumbers/{jobId}
    : required jobType
    counts: required failed
    counts: required moved
    counts: required pending
    counts: required skipped
    counts: required totalMoves
GET /telephony/config/locations/{locationId}/autoAttendants/{autoAttendantId}/callForwarding
    callForwarding/always: required sendToVoicemailEnabled
    callForwarding/operatingModes: required currentOperatingModeId
    callForwarding/operatingModes: required exceptionType
    callForwarding/selective: required sendToVoicemailEnabled
GET /telephony/config/locations/{locationId}/autoAttendants/{autoAttendantId}/callForwarding/selectiveRules/{ruleId}
    : required businessSchedule
GET /telephony/config/locations/{locationId}/callParks/availableUsers
    agents/*: required email
GET /telephony/config/locations/{locationId}/callPickups/availableUsers
    agents/*: required email
GET /telephony/config/locations/{locationId}/externalCallerId/availableNumbers
    phoneNumbers/*: required includedTelephonyTypes
    phoneNumbers/*: required mainNumber
    phoneNumbers/*: required phoneNumberType
GET /telephony/config/locations/{locationId}/features/emergencyCallbackNumber
    : required locationMemberInfo
GET /telephony/config/locations/{locationId}/huntGroups/{huntGroupId}
    : required alternateNumbers
    : required distinctiveRing
GET /telephony/config/locations/{locationId}/huntGroups/{huntGroupId}/callForwarding
    callForwarding/always: required destinationVoicemailEnabled
    callForwarding/operatingModes: required currentOperatingModeId
    callForwarding/operatingModes: required exceptionType
    callForwarding/selective: required destinationVoicemailEnabled
GET /telephony/config/locations/{locationId}/musicOnHold
    : required mohEnabled
    : required mohLocationEnabled
GET /telephony/config/locations/{locationId}/queues/{queueId}/callForwarding
    callForwarding/always: required destinationVoicemailEnabled
    callForwarding/operatingModes: required currentOperatingModeId
    callForwarding/operatingModes: required exceptionType
    callForwarding/selective: required destinationVoicemailEnabled
GET /telephony/config/locations/{locationId}/queues/{queueId}/holidayService
    : required holidayScheduleLevel
GET /telephony/config/moh/settings
    : required greeting
    : required mohEnabled
    : required mohLocationEnabled
GET /telephony/config/operatingModes/{modeId}
    sameHoursDaily/saturdayToSunday: required endTime
    sameHoursDaily/saturdayToSunday: required startTime
GET /telephony/config/premisePstn/routeGroups/{routeGroupId}/usageRouteList
    : required routeGroupUsageRouteListGet
GET /telephony/config/premisePstn/routeLists/{routeListId}
    routeGroup: required inUse
GET /telephony/config/premisePstn/trunks/{trunkId}
    : required customer
    : required pChargeInfoSupportPolicy
    : required port
GET /telephony/config/premisePstn/trunks/{trunkId}/usageRouteGroup
    routeGroup/*: required inUse
GET /telephony/config/queues/agents/availableAgents
    agents/*: required email
GET /telephony/config/supportedDevices
    devices/*: required activationState
    devices/*: required id
    devices/*: required location
    devices/*: required owner
    devices/*: required primaryOwner
GET /telephony/config/virtualLines/{virtualLineId}
    location/address: required state
GET /telephony/config/virtualLines/{virtualLineId}/callRecording
    : required externalGroup
GET /telephony/config/virtualLines/{virtualLineId}/intercept
    incoming/announcements: required filename
GET /telephony/config/virtualLines/{virtualLineId}/voicemail
    emailCopyOfMessage: required emailId
    messageStorage: required externalEmail
GET /telephony/config/workspaces/{workspaceId}/voicemail
    emailCopyOfMessage: required emailId
    messageStorage: required externalEmail
GET /telephony/config/workspaces/{workspaceId}/features/callRecordings
    : required externalGroup
GET /workspaces/{workspaceId}/features/numbers
    phoneNumbers/*: required action
    phoneNumbers/*: required directNumber
POST /telephony/config/actions/validateNumbers/invoke
    : required numbers
POST /telephony/config/virtualExtensionRanges/actions/validate/invoke
    virtualExtensionRangeValidationStatus/*: required errorCode
"""

#: Another status of success than the document has; the SDK and its live tests look at no more than that it is one.
ANOTHER_STATUS = """
POST /locations
    200 is not documented
POST /people/{personId}/features/intercept/actions/announcementUpload/invoke
    204 is not documented
POST /people/{personId}/features/voicemail/actions/uploadBusyGreeting/invoke
    204 is not documented
POST /people/{personId}/features/voicemail/actions/uploadNoAnswerGreeting/invoke
    204 is not documented
POST /telephony/config/jobs/devices/callDeviceSettings
    202 is not documented
POST /telephony/config/jobs/locations/deleteCallingLocation/{jobId}/actions/pause/invoke
    204 is not documented
POST /telephony/config/jobs/locations/deleteCallingLocation/{jobId}/actions/resume/invoke
    204 is not documented
POST /telephony/config/jobs/numbers/manageNumbers
    202 is not documented
POST /telephony/config/jobs/person/moveLocation
    202 is not documented
POST /telephony/config/jobs/person/moveLocation/{jobId}/actions/pause/invoke
    204 is not documented
POST /telephony/config/jobs/person/moveLocation/{jobId}/actions/resume/invoke
    204 is not documented
POST /telephony/config/locations/{locationId}/huntGroups
    201 is not documented
POST /telephony/config/locations/{locationId}/queues
    201 is not documented
POST /telephony/config/virtualLines/{virtualLineId}/intercept/actions/announcementUpload/invoke
    204 is not documented
POST /telephony/config/virtualLines/{virtualLineId}/voicemail/actions/uploadBusyGreeting/invoke
    204 is not documented
POST /telephony/config/virtualLines/{virtualLineId}/voicemail/actions/uploadNoAnswerGreeting/invoke
    204 is not documented
POST /telephony/config/workspaces/{workspaceId}/voicemail/actions/uploadBusyGreeting/invoke
    204 is not documented
POST /telephony/config/workspaces/{workspaceId}/voicemail/actions/uploadNoAnswerGreeting/invoke
    204 is not documented
PUT /people/{personId}/features/privacy
    204 is not documented
PUT /telephony/config/premisePstn/routeLists/{routeListId}/numbers
    204 is not documented
PUT /telephony/config/virtualLines/{virtualLineId}/privacy
    204 is not documented
"""

#: The document has another type, or a shorter list of values, than the SDK (or the document itself, elsewhere).
ANOTHER_VALUE = """
GET /people/{personId}/features/callingBehavior
    behaviorType: enum
    behaviorType: type
GET /people/{personId}/features/schedules
    schedules/*/level: enum
GET /telephony/config/announcements
    announcements/*/level: enum
GET /telephony/config/devices/availableMembers
    members/*/memberType: enum
GET /telephony/config/devices/{deviceId}/availableMembers
    members/*/memberType: enum
GET /telephony/config/jobs/updateRoutingPrefix
    : type
GET /telephony/config/locations/{locationId}/autoAttendants/{autoAttendantId}
    afterHoursMenu/keyConfigurations: type
    businessHoursMenu/keyConfigurations: type
GET /telephony/config/locations/{locationId}/musicOnHold
    greeting: enum
GET /telephony/config/locations/{locationId}/outgoingPermission/accessCodes
    accessCodes: type
GET /telephony/config/locations/{locationId}/voicemailGroups/{voicemailGroupId}
    extension: type
GET /telephony/config/numbers
    phoneNumbers/*/owner/type: enum
GET /telephony/config/people/{personId}/devices
    devices/*/activationState: enum
    devices/*/modelType: enum
GET /telephony/config/premisePstn/routeGroups/{routeGroupId}/usage
    callToExtensionCount: type
    dialPlanCount: type
    pstnConnectionCount: type
    routeListCount: type
GET /telephony/config/premisePstn/trunks/trunkTypes
    trunkTypes/*/deviceTypes/*: enum
    trunkTypes/*/deviceTypes/*: type
GET /telephony/config/premisePstn/trunks/{trunkId}
    responseStatus: type
    status: enum
GET /telephony/config/supportedDevices
    devices/*/type: enum
POST /telephony/config/jobs/person/moveLocation
    response: type
"""

#: Served and in the document, and asked by nobody in the contract run: what the rich tenant is made of
#: (rich_tenant.py), what the SDK cannot send (reasons.py), and twins of paths that are asked.
NOT_ASKED = """
DELETE /telephony/config/locations/{locationId}/autoAttendants/{autoAttendantId}/announcements/{fileName}
DELETE /telephony/config/locations/{locationId}/queues/{queueId}/announcements/{fileName}
POST /telephony/config/locations/{locationId}/actions/modifyAnnouncementLanguage/invoke
POST /telephony/config/locations/{locationId}/callParks
POST /telephony/config/locations/{locationId}/paging
PUT /people/{personId}/features/outgoingPermission
PUT /telephony/config/callRouting/translationPatterns/{translationId}
PUT /telephony/config/locations/{locationId}/announcements/{announcementId}
PUT /telephony/config/locations/{locationId}/callParks/{callParkId}
PUT /telephony/config/locations/{locationId}/paging/{pagingId}
PUT /telephony/config/people/{personId}/outgoingPermission/autoTransferNumbers
PUT /telephony/config/voicemail/settings
PUT /telephony/config/workspaces/{workspaceId}/features/callRecordings
"""


def differences() -> set[tuple[str, str]]:
    """(operation, what is wrong) of all of them."""
    found, operation = set(), ""
    for line in "".join((LEFT_OUT, ANOTHER_STATUS, ANOTHER_VALUE)).splitlines():
        if line.startswith("    "):
            found.add((operation, line.removeprefix("    ")))
        elif line:
            operation = line
    return found


def not_asked() -> set[str]:
    return {line for line in NOT_ASKED.splitlines() if line}
