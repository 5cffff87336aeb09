"""Where a repository begins. Nothing heavy is imported: it is asked before every verb."""

from __future__ import annotations

from pathlib import Path

from reconciler.errors import ReconcileError

FOLDER = "desired"
TENANT = f"{FOLDER}/tenant.yaml"


def find_root(start: Path | None = None) -> Path:
    """The nearest folder from `start` (default: here) upwards that holds desired/tenant.yaml."""
    begin = (start or Path.cwd()).resolve()
    for folder in (begin, *begin.parents):
        if (folder / TENANT).is_file():
            return folder
    raise ReconcileError(
        f"there is no {TENANT} in {begin} or above",
        do="write one with `reconcile adopt`, or name the repository with -C DIR",
    )
