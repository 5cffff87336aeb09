"""Rejection of anonymous calls. API: `anonymousCallReject` (webex-behaviour.md §12)."""

from __future__ import annotations

from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, PERSON, WORKSPACE
from reconciler.kinds.contract.setting import Setting


class AnonymousRejection(Setting):
    enabled: bool = False


KINDS = kinds_of(
    "anonymous_rejection",
    AnonymousRejection,
    "Whether {owner} takes no calls without a caller id.",
    {PERSON: CONFIG, WORKSPACE: CONFIG},
    path="anonymousCallReject",
)
