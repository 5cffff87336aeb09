"""From changes to ordered operations, and what these will cost and cannot give back: pure."""

from __future__ import annotations

from reconciler.planner.ordering import operations, parked_operations, token, unclosable
from reconciler.planner.parking import reserve

__all__ = ["operations", "parked_operations", "reserve", "token", "unclosable"]
