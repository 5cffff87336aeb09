"""Anonymous call rejection of people and professional workspaces. Open to administrators (wxcli wxcli-behavior.md,
live 2026-10-13), unlike selectiveAccept, simultaneousRing, …, which are not served at all."""

from __future__ import annotations

from ..core.bodies import Body
from ._settings import Setting, register
from ._subjects import CONFIG, PERSON, WORKSPACE


class _Reject(Body):
    enabled: bool


REJECT = register(
    Setting(
        "anonymousCallReject",
        _Reject,
        {PERSON: (CONFIG,), WORKSPACE: (CONFIG,)},
        "UserAnonymousCallRejectionGetRequest",
        {"enabled": False},
    )
)
