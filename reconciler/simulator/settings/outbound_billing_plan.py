"""Outbound billing plan of people, workspaces and virtual lines: a flag and no more."""

from __future__ import annotations

from ..core.bodies import Body
from ._settings import Setting, register
from ._subjects import CONFIG, LINE, PERSON, WORKSPACE


class _BillingPlan(Body):
    enabled: bool


OUTBOUND_BILLING_PLAN = register(
    Setting(
        "outboundBillingPlan",
        _BillingPlan,
        {PERSON: (CONFIG,), WORKSPACE: (CONFIG,), LINE: (CONFIG,)},
        "UserGetRequestWCV15",
        {"enabled": False},
        basic=True,
    )
)
