"""Voicemail of people, workspaces and virtual lines (webex-behaviour.md §12). Workspaces have it under
/telephony/config only; /workspaces/{id}/features/voicemail does not exist (E4, §13). Pass codes are written and never
read."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from pydantic import Field

from ..core import errors, switches
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from . import _greetings
from ._settings import Setting, register
from ._subjects import CONFIG, FEATURES, LINE, MEMBERS, PERSON, WORKSPACE, Family, Subject, Target, find

switches.declare(
    "virtual_line_voicemail_language", "required", "optional", row="12",
    text="announcementLanguageCode in the voicemail PUT of virtual lines; reads lack it, the SDK cannot send it",
)  # fmt: skip

_MOST_RINGS = 20
_Greeting = Literal["DEFAULT", "CUSTOM"]


class _Enabled(Body):
    enabled: bool


class _Destination(_Enabled):
    destination: str | None = None


class _Notifications(_Destination):
    sms_destination: str | None = None


class _Busy(_Enabled):
    greeting: _Greeting | None = None


class _Unanswered(_Busy):
    number_of_rings: Annotated[int, Field(ge=0, le=_MOST_RINGS)] | None = None


class _Copy(_Enabled):
    email_id: str | None = None


class _Storage(Body):
    mwi_enabled: bool | None = None
    storage_type: Literal["INTERNAL", "EXTERNAL"] | None = None
    external_email: str | None = None


class _Fax(_Enabled):
    phone_number: str | None = None
    extension: str | None = None


class _Voicemail(Body):
    notifications: _Notifications
    transfer_to_number: _Destination
    enabled: bool | None = None
    send_all_calls: _Enabled | None = None
    send_busy_calls: _Busy | None = None
    send_unanswered_calls: _Unanswered | None = None
    email_copy_of_message: _Copy | None = None
    message_storage: _Storage | None = None
    fax_message: _Fax | None = None
    announcement_language_code: str | None = None


class _Passcode(Body):
    passcode: str


def _check(target: Target, value: Json) -> Json:
    language = value.pop("announcementLanguageCode", None)
    required = target.store.switches["virtual_line_voicemail_language"] == "required"
    if target.subject is LINE and required and not language:
        raise errors.missing_field("announcementLanguageCode")
    storage, fax = value.get("messageStorage", {}), value.get("faxMessage", {})
    if storage.get("storageType") == "EXTERNAL" and not storage.get("externalEmail"):
        raise errors.missing_field("messageStorage.externalEmail")
    if fax.get("enabled") and not fax.get("phoneNumber"):
        raise errors.missing_field("faxMessage.phoneNumber")
    return value


def _show(target: Target, value: Json) -> Json:
    """Read-only: whether a greeting was uploaded, the most rings, and whether messages may be forwarded."""
    busy = {**value["sendBusyCalls"], "greetingUploaded": bool(_greetings.name(target, "voicemailBusy"))}
    unanswered = {
        **value["sendUnansweredCalls"],
        "greetingUploaded": bool(_greetings.name(target, "voicemailNoAnswer")),
        "systemMaxNumberOfRings": _MOST_RINGS,
    }
    organisation = target.store.org.get("voicemailSettings", {})
    return {
        "enabled": target.subject is PERSON,
        **value,
        "sendBusyCalls": busy,
        "sendUnansweredCalls": unanswered,
        "voiceMessageForwardingEnabled": organisation.get("voiceMessageForwardingEnabled", False),
    }


VOICEMAIL = register(
    Setting(
        "voicemail",
        _Voicemail,
        {PERSON: (FEATURES,), WORKSPACE: (CONFIG,), LINE: (CONFIG,)},
        "UserVoiceMessagingUserGetVoiceManagementRequest23",
        {
            "sendAllCalls": {"enabled": False},
            "sendBusyCalls": {"enabled": False, "greeting": "DEFAULT"},
            "sendUnansweredCalls": {"enabled": True, "greeting": "DEFAULT", "numberOfRings": 3},
            "notifications": {"enabled": False},
            "transferToNumber": {"enabled": False},
            "emailCopyOfMessage": {"enabled": False},
            "messageStorage": {"mwiEnabled": True, "storageType": "INTERNAL"},
            "faxMessage": {"enabled": False},
        },
        check=_check,
        show=_show,
    )
)
_greetings.register(VOICEMAIL, "actions/uploadBusyGreeting/invoke", "voicemailBusy", MEMBERS)
_greetings.register(VOICEMAIL, "actions/uploadNoAnswerGreeting/invoke", "voicemailNoAnswer", MEMBERS)


def _set_passcode(subject: Subject, request: Request) -> Reply:
    """Modify a person's / workspace's / virtual line's voicemail passcode: 6 to 30 digits."""
    find(request, subject, CONFIG, VOICEMAIL.oci)
    passcode = parse(_Passcode, request.document()).passcode
    if not 6 <= len(passcode) <= 30:
        raise errors.telephony(400, 25110, "passcode cannot be less than 6 or greater than 30 characters.")
    if not passcode.isdecimal():
        raise errors.invalid_value("Invalid field value: passcode")
    return Reply(204)


def _reset_pin(subject: Subject, family: Family, request: Request) -> Reply:
    """Reset Voicemail PIN: there is no body, and nothing that a read would show."""
    find(request, subject, family, VOICEMAIL.oci)
    return Reply(204)


for _subject in MEMBERS:
    route("PUT", _subject.path(CONFIG, "voicemail/passcode"))(partial(_set_passcode, _subject))
    for _family in VOICEMAIL.at[_subject]:
        _template = _subject.path(_family, "voicemail/actions/resetPin/invoke")
        route("POST", _template)(partial(_reset_pin, _subject, _family))
