"""Desired, last snapshot and live tenant side by side, and who it was: pure."""

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
