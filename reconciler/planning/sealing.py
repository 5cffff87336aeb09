"""A plan file sealed by who made it: an HMAC over its digest and its time, with a key that is in no repository.

A digest says that a file is whole; a seal that it is from somebody who has the key (a CI job that plans, another one
that applies). What a sealed plan lifts need not be given again.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from reconciler.errors import StaleError, UsageError
from reconciler.model.plan import Plan

KEY = "RECONCILE_PLAN_KEY"
_LEAST = 16


def seal(plan: Plan) -> Plan:
    """The plan, sealed where there is a key."""
    return plan.beside(signature=_signature(plan, key)) if (key := _key()) else plan


def sealed(plan: Plan) -> bool:
    """Whether it was sealed with the key that is here."""
    key = _key()
    return bool(key and plan.signature and hmac.compare_digest(plan.signature, _signature(plan, key)))


def refuse_broken(plan: Plan) -> None:
    """StaleError where a seal is not that of this plan by the key that is here."""
    if plan.signature and _key() and not sealed(plan):
        raise StaleError(
            "the seal of this plan is not that of its content",
            why=f"it was edited, or sealed with another {KEY}",
            do="plan again where the key is: reconcile plan --out plan.json",
        )


def _key() -> bytes:
    key = os.environ.get(KEY, "").encode("utf-8", "surrogateescape")
    if key and len(key) < _LEAST:
        raise UsageError(f"{KEY} is too short to keep anything", do=f"give it at least {_LEAST} characters")
    return key


def _signature(plan: Plan, key: bytes) -> str:
    return hmac.new(key, f"{plan.digest} {plan.made_at}".encode(), hashlib.sha256).hexdigest()
