"""Incoming permissions: a PUT needs all four flags (webex-behaviour.md §7, §12)."""

from __future__ import annotations

from typing import Literal

from ..core import switches
from ..core.bodies import Body
from ..core.routing import Json
from ._settings import Setting, register
from ._subjects import CONFIG, FEATURES, LINE, PERSON, WORKSPACE, Target

switches.declare(
    "incoming_permission_off_shows", "inherited", "own", row="18.19",
    text="what incoming permissions read while useCustomEnabled is false: the organisation's defaults, or the own ones",
)  # fmt: skip


class _Incoming(Body):
    use_custom_enabled: bool
    external_transfer: Literal["ALLOW_ALL_EXTERNAL", "ALLOW_ONLY_TRANSFERRED_EXTERNAL", "BLOCK_ALL_EXTERNAL"]
    internal_calls_enabled: bool
    collect_calls_enabled: bool


_DEFAULTS: Json = {
    "useCustomEnabled": False,
    "externalTransfer": "ALLOW_ALL_EXTERNAL",
    "internalCallsEnabled": True,
    "collectCallsEnabled": True,
}


def _show(target: Target, value: Json) -> Json:
    inherits = target.store.switches["incoming_permission_off_shows"] == "inherited"
    return _DEFAULTS if inherits and not value["useCustomEnabled"] else value


INCOMING_PERMISSION = register(
    Setting(
        "incomingPermission",
        _Incoming,
        {PERSON: (FEATURES,), WORKSPACE: (FEATURES,), LINE: (CONFIG,)},
        "UserIncomingCallingPlanGetRequest",
        _DEFAULTS,
        show=_show,
    )
)
