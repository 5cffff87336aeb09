"""Asking a run to pause, from another process: a file in the run's folder, which the run looks at before each
operation. It needs no server, it is there for whoever takes the run over, and it survives the death of either side.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from reconciler.errors import ReconcileError
from reconciler.files.wholefile import private

NAME = "pause.json"


def ask(folder: Path, by: str, why: str = "") -> None:
    """Ask the run in this folder to pause. Asking twice is asking once."""
    path = folder / NAME
    try:
        partial = path.with_suffix(f".{os.getpid()}")
        with open(partial, "w", encoding="utf-8", opener=private) as file:
            file.write(json.dumps({"by": by, "why": why}, sort_keys=True) + "\n")
        partial.replace(path)
    except OSError as error:
        raise ReconcileError("cannot ask the run to pause", where=str(path), why=error.strerror or "") from None


def asked(folder: Path) -> str:
    """Why it is to pause; empty when it is not asked to."""
    path = folder / NAME
    try:
        if not path.exists():  # almost always, and nothing cheaper tells
            return ""
        told: Any = json.loads(path.read_text(encoding="utf-8"))
        by, why = str(told["by"]), str(told.get("why", ""))
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return f"{NAME} is there, though it cannot be read"  # whoever made it by hand wants a pause
    return why or f"{by} asked for it"


def go_on(folder: Path) -> None:
    """No pause is asked for any more."""
    path = folder / NAME
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise ReconcileError("cannot end the pause", where=str(path), why=error.strerror or "") from None
