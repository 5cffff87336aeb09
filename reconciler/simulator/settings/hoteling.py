"""Hoteling of a person ("Configure Hoteling Settings for a Person"; webex-behaviour.md §12)."""

from __future__ import annotations

from ..core.bodies import Body
from ._settings import Setting, register
from ._subjects import FEATURES, PERSON


class _Hoteling(Body):
    enabled: bool


HOTELING = register(
    Setting("hoteling", _Hoteling, {PERSON: (FEATURES,)}, "UserHotelingGuestGetRequest14sp4", {"enabled": False})
)
