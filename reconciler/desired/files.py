"""The files below `desired/`: which there are, what they hold, and the fingerprint of them all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from reconciler.errors import ReconcileError

SUFFIXES = (".yaml", ".yml", ".csv")
#: Settings, which describe no resources.
SETTINGS = ("desired/tenant.yaml", "desired/insights.yaml")


def names(root: Path) -> list[str]:
    """Every desired file but the settings, relative to the root with `/`, sorted. Hidden files and folders are not."""
    found = sorted(_below(root / "desired", "desired"))
    return [name for name in found if name not in SETTINGS]


def counts(name: str) -> bool:
    """Whether a file of this name below desired/ is one from which a plan is made."""
    if name in SETTINGS:
        return name == SETTINGS[0]
    return name.lower().endswith(SUFFIXES) and not any(part.startswith(".") for part in name.split("/"))


def _below(folder: Path, prefix: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith("."):
                    yield from _of_entry(entry, f"{prefix}/{entry.name}")
    except OSError as error:
        raise ReconcileError("cannot be read", where=prefix, why=error.strerror or "") from None


def _of_entry(entry: os.DirEntry[str], name: str) -> Iterator[str]:
    """Folders are looked into unless they are links, which could lead round in a circle; files must be files."""
    if entry.is_dir(follow_symlinks=False):
        yield from _below(Path(entry.path), name)
    elif entry.name.lower().endswith(SUFFIXES) and not entry.is_dir():
        shown = name.encode("utf-8", "backslashreplace").decode()
        if shown != name:
            raise ReconcileError("the name is not UTF-8", where=shown, do="rename the file")
        if not entry.is_file():
            raise ReconcileError("is not a regular file", where=name, do="remove it from desired/")
        yield name


def current(root: Path) -> str:
    """The fingerprint of the desired files as they are, whatever is in them. ReconcileError if one cannot be read."""
    found = []
    for name in (SETTINGS[0], *names(root)):
        try:
            found.append((name, content_digest((root / name).read_bytes())))
        except OSError as error:
            raise ReconcileError("cannot be read", where=name, why=error.strerror or "") from None
    return fingerprint(found)


def content_digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def fingerprint(digests: Iterable[tuple[str, bytes]]) -> str:
    """One digest over names and contents of all desired files, in the order of their names."""
    whole = hashlib.sha256()
    for name, digest in sorted(digests):
        whole.update(name.encode("utf-8", "surrogateescape") + b"\0" + digest)
    return whole.hexdigest()
