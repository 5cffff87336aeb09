"""The files of a story: a repository, a clone of it, and what of its runs outlives a process that is killed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any


class Checkout:
    """A repository in an empty folder, pinned to one organisation; tenant.yaml has these settings beside it."""

    def __init__(self, root: Path, org_id: str, settings: dict[str, Any]) -> None:
        self.root = root
        self.theirs: dict[str, Any] | None = None
        self._pinned = {"schema_version": 1, "org": {"name": "Case", "id": org_id}, **settings}
        self._runs = root / "state" / "runs"
        self._kept = root / ".killed"
        self.describe({})

    def describe(self, desired: dict[str, Any]) -> None:
        """The only desired file; JSON is YAML."""
        self._write(self.root, desired)

    def _write(self, root: Path, desired: dict[str, Any]) -> None:
        for name, content in (("tenant.yaml", self._pinned), ("case.yaml", desired)):
            file = root / "desired" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")

    def clone(self) -> Path:
        """Somebody else's checkout, with runs and a lock of its own; of the same, or of `theirs`."""
        clone = self.root / ".clone"
        shutil.copytree(self.root / "desired", clone / "desired", dirs_exist_ok=True)
        if self.theirs is not None:
            self._write(clone, self.theirs)
        return clone

    def killed(self) -> None:
        """This is all that is on the disk when a process dies now."""
        shutil.rmtree(self._kept, ignore_errors=True)
        self._runs.mkdir(parents=True, exist_ok=True)
        shutil.copytree(self._runs, self._kept)

    def after_death(self) -> None:
        """Nothing that it wrote after that, on its way out, is there."""
        shutil.rmtree(self._runs)
        shutil.move(self._kept, self._runs)
