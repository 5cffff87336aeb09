"""The files below `desired/`: which there are, what they hold, and the fingerprint of them all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

SUFFIXES = (".yaml", ".yml", ".csv")


def names(root: Path) -> list[str]:
    """Every desired file but tenant.yaml, relative to the root with `/`, sorted. Hidden files and folders are not."""
    found = sorted(_below(root / "desired", "desired"))
    return [name for name in found if name != "desired/tenant.yaml"]


def _below(folder: Path, prefix: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            name = f"{prefix}/{entry.name}"
            if entry.is_dir():
                yield from _below(folder / entry.name, name)
            elif entry.name.lower().endswith(SUFFIXES):
                yield name


def content_digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def fingerprint(digests: Iterable[tuple[str, bytes]]) -> str:
    """One digest over names and contents of all desired files, in the order of their names."""
    whole = hashlib.sha256()
    for name, digest in sorted(digests):
        whole.update(name.encode("utf-8", "surrogateescape") + b"\0" + digest)
    return whole.hexdigest()
