"""What an apply left."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.errors import ReconcileError
from reconciler.model.control import Ending
from reconciler.model.outcome import Outcome


@dataclass(frozen=True)
class Applied:
    """What an apply left: its outcomes, its summary, the folder of its journal, and how and why it ended."""

    outcomes: list[Outcome]
    summary: dict[str, Any]
    folder: Path
    ending: Ending
    why: str = ""
    hopeless: ReconcileError | None = None
