"""That this repository has been applied: what protects and what is described from now on, where git cannot tell."""

from __future__ import annotations

from pathlib import Path

from reconciler.errors import Exit
from reconciler.model.plan import Plan
from reconciler.planning.ending import exit_code
from reconciler.repository import desired
from reconciler.repository.local import dropping, protection


def applied(root: Path, plan: Plan) -> None:
    """Note it of a plan that was carried out."""
    protection.remember(root, whole=not plan.scope and exit_code(plan) is Exit.OK)
    _described(root, plan)


def nothing_to_apply(root: Path, plan: Plan) -> None:
    """Note it of a plan without an operation, where nothing objects."""
    if exit_code(plan) is Exit.OK:
        protection.remember(root, whole=not plan.scope)
        _described(root, plan)


def _described(root: Path, plan: Plan) -> None:
    if not plan.scope:
        dropping.remember(root, lambda: desired.load(root, references=False).resources)
