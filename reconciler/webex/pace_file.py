"""What was learned of a tenant's limits, kept for the next run: `.reconcile/pace.json`, local, never the truth.

`{"<tenant>": {"/telephony/config": {"rate": 4.98, "retry_after": 30.0}}}`: requests a second, and seconds. The tenant
is a hash of its org id. A file that is missing or cannot be understood is an empty one: then it is learned again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeGuard

from reconciler.kinds._wire import uuid_of
from reconciler.webex.pacing import Limit

_NAME = ".reconcile/pace.json"


def load(root: Path, org_id: str) -> dict[str, Limit]:
    """The limits of a tenant by family; what makes no sense is left out."""
    families = _read(root).get(_tenant(org_id))
    found: dict[str, Limit] = {}
    for name, entry in families.items() if isinstance(families, dict) else ():
        rate, wait = (entry.get("rate"), entry.get("retry_after")) if isinstance(entry, dict) else (None, None)
        if _is_positive(rate) and _is_positive(wait):
            found[name] = Limit(float(rate), float(wait))
    return found


def save(root: Path, org_id: str, limits: Mapping[str, Limit]) -> None:
    """Keep limits beside those of other tenants and families. A file that cannot be written costs only the next run
    a little time, so that is not an error."""
    path = root / _NAME
    with contextlib.suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        if not (ignore := path.parent / ".gitignore").exists():
            ignore.write_text("*\n", encoding="utf-8")
        document = _read(root)
        mine = document.get(_tenant(org_id))
        new = {n: {"rate": round(v.rate, 4), "retry_after": round(v.retry_after, 1)} for n, v in limits.items()}
        document[_tenant(org_id)] = (mine if isinstance(mine, dict) else {}) | new
        with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".json", delete=False, encoding="utf-8") as file:
            json.dump(document, file, indent=1, sort_keys=True)
        os.replace(file.name, path)


def _tenant(org_id: str) -> str:
    return hashlib.sha256(uuid_of(org_id).encode()).hexdigest()[:16]


def _read(root: Path) -> dict[str, Any]:
    try:
        document = json.loads((root / _NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _is_positive(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e6 and math.isfinite(value)
