"""Desired state: everything below `desired/`, in any layout, as resources in normal form.

Its parts are imported when they are used, because a plan with nothing new only asks where the repository is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.repository.desired.roots import find_root

if TYPE_CHECKING:
    from reconciler.model.desired_state import Desired
    from reconciler.repository.desired.loading import described, examine, load
    from reconciler.repository.desired.schemas import schema
    from reconciler.repository.desired.tenants import load_tenant, pinned

__all__ = ["Desired", "described", "examine", "find_root", "load", "load_tenant", "pinned", "schema"]

_PLACES = {"load_tenant": "tenants", "pinned": "tenants", "schema": "schemas"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_PLACES.get(name, 'loading')}"), name)
