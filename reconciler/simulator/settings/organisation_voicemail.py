"""Voicemail settings and pass code rules of the organisation. The rules that users follow are the defaults; only
expiry, change and reuse can be written.

Stored as org.voicemailSettings and org.voicemailRules, as far as they were written.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..core import errors
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ._settings import laid

_SETTINGS = "/telephony/config/voicemail/settings"
_RULES = "/telephony/config/voicemail/rules"

_DEFAULT_SETTINGS: Json = {
    "messageExpiryEnabled": False,
    "numberOfDaysForMessageExpiry": 15,
    "strictDeletionEnabled": False,
    "voiceMessageForwardingEnabled": False,
    "voicePortalAccessVMDepositEnabled": False,
}
_DEFAULT_RULES: Json = {
    "expirePasscode": {"enabled": True, "numberOfDays": 180},
    "changePasscode": {"enabled": False, "numberOfDays": 1},
    "blockPreviousPasscodes": {"enabled": True, "numberOfPasscodes": 10},
}
_PIN_RULES: Json = {
    "blockRepeatedPatternsEnabled": True,
    "blockRepeatedDigits": {"enabled": True, "max": 3},
    "blockContiguousSequences": {"enabled": True, "numberOfAscendingDigits": 3, "numberOfDescendingDigits": 3},
    "length": {"min": 6, "max": 30},
}


class _Settings(Body):
    message_expiry_enabled: bool
    number_of_days_for_message_expiry: int
    strict_deletion_enabled: bool | None = None
    voice_message_forwarding_enabled: bool | None = None
    voice_portal_access_vm_deposit_enabled: Annotated[bool | None, Field(alias="voicePortalAccessVMDepositEnabled")] = (
        None
    )


class _Days(Body):
    enabled: bool | None = None
    number_of_days: int | None = None


class _Previous(Body):
    enabled: bool | None = None
    number_of_passcodes: Annotated[int, Field(ge=1, le=10)] | None = None


class _Rules(Body):
    default_voicemail_pin_enabled: bool | None = None
    default_voicemail_pin: Annotated[str, Field(pattern=r"^\d{6,30}$")] | None = None
    expire_passcode: _Days | None = None
    change_passcode: _Days | None = None
    block_previous_passcodes: _Previous | None = None


@route("GET", _SETTINGS)
def get_settings(request: Request) -> Reply:
    """Get Voicemail Settings of the organisation."""
    return Reply(200, laid(_DEFAULT_SETTINGS, request.store.org.get("voicemailSettings", {})))


@route("PUT", _SETTINGS)
def update_settings(request: Request) -> Reply:
    """Update Voicemail Settings of the organisation. The SDK's method cannot send this (wxc-sdk.md §4.4)."""
    sent = parse(_Settings, request.document()).wire(sent=True)
    request.store.org["voicemailSettings"] = {name: value for name, value in sent.items() if value is not None}
    return Reply(204)


@route("GET", _RULES)
def get_rules(request: Request) -> Reply:
    """Get Voicemail Rules."""
    own = laid(_DEFAULT_RULES, request.store.org.get("voicemailRules", {}))
    enabled = own.pop("defaultVoicemailPinEnabled", False)
    return Reply(200, {"defaultVoicemailPinRules": {**_PIN_RULES, "defaultVoicemailPinEnabled": enabled}, **own})


@route("PUT", _RULES)
def update_rules(request: Request) -> Reply:
    """Update Voicemail Rules. A default pass code that is turned on must be named, and is never read."""
    sent = parse(_Rules, request.document()).wire(sent=True)
    pin = sent.pop("defaultVoicemailPin", None)
    if sent.get("defaultVoicemailPinEnabled") and not pin:
        raise errors.missing_field("defaultVoicemailPin")
    request.store.org["voicemailRules"] = laid(request.store.org.get("voicemailRules", {}), sent)
    return Reply(204)
