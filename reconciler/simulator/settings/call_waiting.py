"""Call waiting ("Configure Call Waiting Settings for a Person", …; webex-behaviour.md §12)."""

from __future__ import annotations

from ..core.bodies import Body
from ._settings import Setting, register
from ._subjects import CONFIG, FEATURES, LINE, PERSON, WORKSPACE


class _CallWaiting(Body):
    enabled: bool


CALL_WAITING = register(
    Setting(
        "callWaiting",
        _CallWaiting,
        {PERSON: (FEATURES,), WORKSPACE: (FEATURES,), LINE: (CONFIG,)},
        "UserCallWaitingGetRequest17sp4",
        {"enabled": True},
    )
)
