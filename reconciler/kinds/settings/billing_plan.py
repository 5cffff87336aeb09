"""Outbound billing plan. API: `outboundBillingPlan`, which the SDK has and no document."""

from __future__ import annotations

from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, PERSON, VIRTUAL_LINE, WORKSPACE
from reconciler.kinds.contract.setting import Setting


class BillingPlan(Setting):
    enabled: bool = False


KINDS = kinds_of(
    "billing_plan",
    BillingPlan,
    "Whether calls of {owner} go by the outbound billing plan.",
    {PERSON: CONFIG, WORKSPACE: CONFIG, VIRTUAL_LINE: CONFIG},
    path="outboundBillingPlan",
)
