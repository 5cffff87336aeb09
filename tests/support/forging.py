"""What is frozen, changed all the same: as a plan file is that somebody edits, or a world that a test needs."""

from __future__ import annotations

from typing import Any

from reconciler.model.plan import Plan


def forge(one: Any, **values: Any) -> None:
    """Give it these values, whatever its class says of that."""
    for name, value in values.items():
        object.__setattr__(one, name, value)


def anew(plan: Plan) -> str:
    """The text of a plan that was changed, with its digest made again, as whoever can read this code would."""
    plan.__dict__.pop("digest", None)
    return plan.dumps()
