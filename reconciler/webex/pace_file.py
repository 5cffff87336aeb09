"""What was learned of a tenant's limits, kept for the next run: `.reconcile/pace.json`, local, never the truth.

`{"<tenant>": {"/telephony/config": {"rate": 4.98, "retry_after": 30.0}}}`: requests a second, and seconds. What cannot
be understood is left out: then it is learned again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TypeGuard

from reconciler.repository import local
from reconciler.webex.pacing import KnownLimit

NAME = "pace.json"


def load(root: Path, org_id: str) -> dict[str, KnownLimit]:
    """The limits of a tenant by family; what makes no sense is left out."""
    found: dict[str, KnownLimit] = {}
    for name, entry in local.recall(root, NAME, org_id).items():
        rate, wait = (entry.get("rate"), entry.get("retry_after")) if isinstance(entry, dict) else (None, None)
        if _is_positive(rate) and _is_positive(wait):
            found[name] = KnownLimit(float(rate), float(wait))
    return found


def save(root: Path, org_id: str, limits: Mapping[str, KnownLimit]) -> None:
    """Keep limits beside those of other tenants and families. A file that cannot be written costs only the next run
    a little time, so that is not an error."""
    new = {n: {"rate": round(v.rate, 4), "retry_after": round(v.retry_after, 1)} for n, v in limits.items()}
    local.remember(root, NAME, org_id, local.recall(root, NAME, org_id) | new)


def _is_positive(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e6 and math.isfinite(value)
