"""Warning tone of the call bridge. For people the address mixes both families: /telephony/config/…/features/."""

from __future__ import annotations

from ..core.bodies import Body
from ._settings import Setting, register
from ._subjects import CONFIG, CONFIG_FEATURES, LINE, PERSON, WORKSPACE


class _CallBridge(Body):
    warning_tone_enabled: bool | None = None


CALL_BRIDGE = register(
    Setting(
        "callBridge",
        _CallBridge,
        {PERSON: (CONFIG_FEATURES,), WORKSPACE: (CONFIG,), LINE: (CONFIG,)},
        "UserSharedCallAppearanceGetRequest16sp2",
        {"warningToneEnabled": True},
    )
)
