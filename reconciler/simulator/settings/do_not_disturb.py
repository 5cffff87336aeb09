"""Do not disturb (webex-behaviour.md §12): one of the two settings that basic workspaces have under /telephony/config
(§13). Only people have a mobile device that could still ring."""

from __future__ import annotations

from ..core.bodies import Body
from ..core.routing import Json
from ._settings import Setting, register
from ._subjects import CONFIG, FEATURES, LINE, PERSON, WORKSPACE, Target


class _DoNotDisturb(Body):
    enabled: bool | None = None
    ring_splash_enabled: bool | None = None
    webex_go_override_enabled: bool | None = None


def _check(target: Target, value: Json) -> Json:
    if target.subject is not PERSON:
        value.pop("webexGoOverrideEnabled", None)
    return value


def _show(target: Target, value: Json) -> Json:
    return {"webexGoOverrideEnabled": False, **value} if target.subject is PERSON else value


DO_NOT_DISTURB = register(
    Setting(
        "doNotDisturb",
        _DoNotDisturb,
        {PERSON: (FEATURES,), WORKSPACE: (CONFIG,), LINE: (CONFIG,)},
        "UserDoNotDisturbGetRequest",
        {"enabled": False, "ringSplashEnabled": False},
        required={PERSON: ("webexGoOverrideEnabled",)},
        check=_check,
        show=_show,
        basic=True,
    )
)
