"""Desired state: everything below `desired/`, in any layout, as resources in normal form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reconciler.desired.loading import Desired, examine, load
from reconciler.desired.tenants import find_root, load_tenant

__all__ = ["Desired", "examine", "find_root", "load", "load_tenant", "schema"]


def schema(root: Path | None = None) -> dict[str, Any]:
    """The JSON Schema of desired files and tenant.yaml; see `schemas.schema`."""
    from reconciler.desired.schemas import schema as schema_of

    return schema_of(root)
