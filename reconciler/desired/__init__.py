"""Desired state: everything below `desired/`, in any layout, as resources in normal form."""

from __future__ import annotations

from reconciler.desired.loading import Desired, examine, load
from reconciler.desired.tenants import find_root, load_tenant

__all__ = ["Desired", "examine", "find_root", "load", "load_tenant"]
