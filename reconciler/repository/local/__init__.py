"""What is kept in `.reconcile/` from one run to the next, by tenant: JSON, never committed, and never needed. A file
that is missing or cannot be understood is an empty one.

{"<hash of the org id>": {…}}
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from reconciler.files.wholefile import LOCAL, local_folder
from reconciler.model.remote_id import uuid_of


def recall(root: Path, name: str, org_id: str) -> dict[str, Any]:
    """What is known of a tenant in this file."""
    mine = _read(root / LOCAL / name).get(tenant_key(org_id))
    return mine if isinstance(mine, dict) else {}


def remember(root: Path, name: str, org_id: str, facts: dict[str, Any]) -> None:
    """Keep facts beside those of other tenants, in place of those of this one. A file that cannot be written costs the
    next run only what it would have known, so that is not an error."""
    path = root / LOCAL / name
    with contextlib.suppress(OSError):
        local_folder(root)
        document = {**_read(path), tenant_key(org_id): facts}
        with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".json", delete=False, encoding="utf-8") as file:
            json.dump(document, file, indent=1, sort_keys=True)
        os.replace(file.name, path)


def tenant_key(org_id: str) -> str:
    """A name for a tenant that does not say which one it is."""
    return hashlib.sha256(uuid_of(org_id).encode()).hexdigest()[:16]


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
