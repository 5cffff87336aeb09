"""Call intercept of people, workspaces, virtual lines and locations. The file name of a custom greeting is read-only;
the greeting itself is uploaded."""

from __future__ import annotations

from typing import Literal

from ..core.bodies import Body
from ..core.routing import Json
from . import _greetings
from ._settings import Setting, register
from ._subjects import CONFIG, FEATURES, LINE, LOCATION, PERSON, WORKSPACE, Target


class _Number(Body):
    enabled: bool | None = None
    destination: str | None = None


class _Announcements(Body):
    greeting: Literal["CUSTOM", "DEFAULT"] | None = None
    new_number: _Number | None = None
    zero_transfer: _Number | None = None


class _Incoming(Body):
    type: Literal["INTERCEPT_ALL", "ALLOW_ALL"] | None = None
    voicemail_enabled: bool | None = None
    announcements: _Announcements | None = None


class _Outgoing(Body):
    type: Literal["INTERCEPT_ALL", "ALLOW_LOCAL_ONLY"] | None = None
    transfer_enabled: bool | None = None
    destination: str | None = None


class _Intercept(Body):
    enabled: bool | None = None
    incoming: _Incoming | None = None
    outgoing: _Outgoing | None = None


_DEFAULTS: Json = {
    "enabled": False,
    "incoming": {
        "type": "INTERCEPT_ALL",
        "voicemailEnabled": False,
        "announcements": {
            "greeting": "DEFAULT",
            "newNumber": {"enabled": False},
            "zeroTransfer": {"enabled": False},
        },
    },
    "outgoing": {"type": "INTERCEPT_ALL", "transferEnabled": False},
}


def _show(target: Target, value: Json) -> Json:
    announcements = {**value["incoming"]["announcements"], "fileName": _greetings.name(target, "intercept")}
    return {**value, "incoming": {**value["incoming"], "announcements": announcements}}


INTERCEPT = register(
    Setting(
        "intercept",
        _Intercept,
        {PERSON: (FEATURES,), WORKSPACE: (FEATURES,), LINE: (CONFIG,), LOCATION: (CONFIG,)},
        "UserInterceptUserGetRequest16sp1",
        _DEFAULTS,
        show=_show,
    )
)
_greetings.register(INTERCEPT, "actions/announcementUpload/invoke", "intercept", (PERSON, WORKSPACE, LINE))
