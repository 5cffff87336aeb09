"""Call policies of a Professional workspace ("Configure Call Policy Settings for a Workspace")."""

from __future__ import annotations

from typing import Literal

from ..core.bodies import Body
from ._settings import Setting, register
from ._subjects import CONFIG, WORKSPACE


class _CallPolicies(Body):
    connected_line_id_privacy_on_redirected_calls: Literal[
        "NO_PRIVACY", "PRIVACY_FOR_EXTERNAL_CALLS", "PRIVACY_FOR_ALL_CALLS"
    ]


CALL_POLICIES = register(
    Setting(
        "callPolicies",
        _CallPolicies,
        {WORKSPACE: (CONFIG,)},
        "UserCallPoliciesGetRequest19sp1",
        {"connectedLineIdPrivacyOnRedirectedCalls": "NO_PRIVACY"},
    )
)
