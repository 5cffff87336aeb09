"""The files below `desired/`: which there are, what they hold, and the fingerprint of them all."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from reconciler.errors import InputError, Problem, ReconcileError

SUFFIXES = (".yaml", ".yml", ".csv")
#: What may stand beside: words for people, and what systems leave behind. All else is refused, or somebody would take
#: for read what nobody reads.
_BESIDE = re.compile(
    r"(?i)(readme|license|codeowners|changelog)(\.\w+)?|.*\.(md|rst|adoc)|.*\.schema\.json|~\$.*|"
    r"thumbs\.db|desktop\.ini"
)
#: Settings, which describe no resources.
SETTINGS = ("desired/tenant.yaml", "desired/insights.yaml")


def names(root: Path) -> list[str]:
    """Every desired file but the settings, relative to the root with `/`, sorted. Hidden files and folders are not.
    InputError for what is there and would not be read: linked folders, and files of another kind."""
    strange: list[Problem] = []
    found = sorted(_below(root / "desired", "desired", strange))
    if strange:
        raise InputError(sorted(strange, key=Problem.order))
    return [name for name in found if name not in SETTINGS]


def counts(name: str) -> bool:
    """Whether a file of this name below desired/ is one from which a plan is made."""
    if name in SETTINGS:
        return name == SETTINGS[0]
    return name.lower().endswith(SUFFIXES) and not any(part.startswith(".") for part in name.split("/"))


def _below(folder: Path, prefix: str, strange: list[Problem]) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith("."):
                    yield from _of_entry(entry, f"{prefix}/{entry.name}", strange)
    except OSError as error:
        where = _shown(f"{prefix}/{Path(error.filename).name}" if error.filename else prefix)
        raise ReconcileError("cannot be read", where=where, why=error.strerror or "") from None


def _of_entry(entry: os.DirEntry[str], name: str, strange: list[Problem]) -> Iterator[str]:
    """Folders are looked into, and must be no links, which could lead round in a circle; files must be files."""
    if entry.is_dir(follow_symlinks=False):
        yield from _below(Path(entry.path), name, strange)
    elif entry.is_dir():
        do = "put a folder in its place, or remove it: a link to a single file is read"
        strange.append(Problem(_shown(name), 0, 0, "a link to a folder, which is not read", do))
    elif not entry.name.lower().endswith(SUFFIXES):
        if not _BESIDE.fullmatch(entry.name):
            strange.append(Problem(_shown(name), 0, 0, "a file of a kind that is not read", _advice(entry.name)))
    else:
        shown = _shown(name)
        if shown != name:
            raise ReconcileError("the name is not UTF-8", where=shown, do="rename the file")
        if not entry.is_file():
            raise ReconcileError("is not a regular file", where=name, do="remove it from desired/")
        yield name


def _shown(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()


def _advice(name: str) -> str:
    lower = name.lower()
    if lower.endswith((".xlsx", ".xls", ".ods", ".numbers")):
        return "save it as CSV (UTF-8), named after its kind like people.csv"
    if lower.endswith(".json"):
        return "name it .yaml: JSON is YAML"
    return f"name it {', '.join(SUFFIXES)} if it describes resources, or keep it outside desired/"


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
