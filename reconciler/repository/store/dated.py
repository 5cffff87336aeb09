"""Dated copies of snapshots, `<folder>/<UTC time>/`: history for those who do not keep it in git."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from reconciler.errors import ReconcileError
from reconciler.files.links import refuse_path
from reconciler.model.snapshot import MemorySnapshot
from reconciler.repository.store.layout import MANIFEST
from reconciler.repository.store.writing import write

_NAME = re.compile(r"[0-9]{8}T[0-9]{9}Z")


def write_dated(folder: Path, snapshot: MemorySnapshot, began: datetime, kinds: Iterable[str] | None = None) -> Path:
    """Write a snapshot into a new folder that is named by the time of its reading; it appears whole or not at all."""
    partial: Path | None = None
    refuse_path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = _free(folder, began.astimezone(UTC))
        partial = folder / f".{target.name}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        write(partial, snapshot, kinds)
        partial.rename(target)
    except OSError as error:
        raise ReconcileError(
            "cannot write the dated snapshot", where=str(folder), why=error.strerror or str(error)
        ) from None
    finally:
        if partial is not None:
            shutil.rmtree(partial, ignore_errors=True)
    return target


def dated(folder: Path) -> list[Path]:
    """The dated snapshots in a folder, oldest first; anything else in it is none of ours."""
    if not folder.is_dir():
        return []
    ours = (path for path in folder.iterdir() if _NAME.fullmatch(path.name) and not path.is_symlink())
    return sorted(path for path in ours if (path / MANIFEST).is_file())


def moment_of(path: Path) -> datetime:
    """When a dated snapshot was read, by its name."""
    return datetime.strptime(f"{path.name[:-1]}000", "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)


def _free(folder: Path, moment: datetime) -> Path:
    """The name of a time, or the next millisecond's that is free: no snapshot takes the place of another."""
    while True:
        path = folder / f"{moment:%Y%m%dT%H%M%S}{moment.microsecond // 1000:03d}Z"
        if not path.exists():
            return path
        moment += timedelta(milliseconds=1)
