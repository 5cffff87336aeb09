"""Desired files that are being changed: each is read once, and all are written at the end, when nothing can fail."""

from __future__ import annotations

from pathlib import Path


class Texts:
    """The texts of desired files by name, relative to the repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._changed: dict[str, str] = {}

    def get(self, file: str) -> str | None:
        """The text as it is to be; None where there is no such file."""
        if file in self._changed:
            return self._changed[file]
        path = self.root / file
        return path.read_text(encoding="utf-8-sig") if path.exists() else None

    def put(self, file: str, text: str) -> None:
        self._changed[file] = text

    def write(self) -> None:
        for file, text in sorted(self._changed.items()):
            path = self.root / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
