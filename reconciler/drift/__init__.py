"""Desired, last snapshot and live tenant side by side, and who it was: pure, but for `reading`, which asks the tenant
for its side, and `asking`, which asks its audit events."""

from __future__ import annotations

from reconciler.drift.comparison import (
    NOTHING,
    Difference,
    Drift,
    Field,
    State,
    changed,
    classify,
    compare,
    differences,
)
from reconciler.drift.naming import set_unnamed_apart

__all__ = [
    "NOTHING",
    "Difference",
    "Drift",
    "Field",
    "State",
    "changed",
    "classify",
    "compare",
    "differences",
    "set_unnamed_apart",
]
