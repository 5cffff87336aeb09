"""Hoteling (webex-behaviour.md §12)."""

from __future__ import annotations

from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import FEATURES, PERSON
from reconciler.kinds.contract.setting import Setting


class Hoteling(Setting):
    enabled: bool = False


KINDS = kinds_of("hoteling", Hoteling, "Whether {owner} may sign in to a hoteling host.", {PERSON: FEATURES})
