"""Barge in ("Configure Barge In Settings for a Person", …)."""

from __future__ import annotations

from ..core.bodies import Body
from ._settings import Setting, register
from ._subjects import CONFIG, FEATURES, LINE, PERSON, WORKSPACE


class _Barge(Body):
    enabled: bool | None = None
    tone_enabled: bool | None = None


BARGE = register(
    Setting(
        "bargeIn",
        _Barge,
        {PERSON: (FEATURES,), WORKSPACE: (CONFIG,), LINE: (CONFIG,)},
        "UserDirectedCallPickupWithBargeInGetRequest",
        {"enabled": False, "toneEnabled": False},
    )
)
