"""What may go: folders of old runs and dated copies beyond the newest. Git's own history is never touched."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import ReconcileError, UsageError
from reconciler.history.listing import moment_of_run
from reconciler.repository.store.dated import dated


@dataclass(frozen=True)
class Prunable:
    """The folders to remove, oldest first, and those that stay although they are old, with the reason."""

    remove: tuple[Path, ...]
    stay: tuple[tuple[Path, str], ...]


def prunable(root: Path, copies: Path, keep: int) -> Prunable:
    """All but the newest so many runs, and all but the newest so many dated copies. A run that was cut off stays: it
    is what says what the tenant was left like."""
    if keep < 1:
        raise UsageError("--keep must be at least 1")
    folder = root / "state" / "runs"
    names = sorted(path for path in folder.iterdir()) if folder.is_dir() else []
    runs = [path for path in names if moment_of_run(path.name) and path.is_dir() and not path.is_symlink()]
    old = runs[:-keep]
    stay = [(path, "the run did not end") for path in old if not (path / "summary.json").is_file()]
    gone = [path for path in old if (path / "summary.json").is_file()]
    return Prunable((*gone, *dated(copies)[:-keep]), tuple(stay))


def remove(folders: tuple[Path, ...]) -> None:
    """Remove these folders whole. ReconcileError at the first that cannot be removed."""
    for folder in folders:
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise ReconcileError("cannot remove it", where=str(folder), why=error.strerror or str(error)) from None
