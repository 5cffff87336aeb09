"""Call policies. API: "Configure Call Policy Settings for a Workspace"."""

from __future__ import annotations

from typing import Annotated, Literal

from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, WORKSPACE
from reconciler.kinds.contract.setting import WORDS, At, Setting

Privacy = Literal["no_privacy", "privacy_for_external_calls", "privacy_for_all_calls"]


class CallPolicies(Setting):
    connected_line: Annotated[Privacy, WORDS, At("connectedLineIdPrivacyOnRedirectedCalls")] = "no_privacy"


KINDS = kinds_of("call_policies", CallPolicies, "Who sees where {owner} sent a call.", {WORKSPACE: CONFIG})
