"""One snapshot of some day, read from a folder or from a commit, and no more of it than is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from reconciler.errors import ReconcileError, UsageError
from reconciler.model.history import Commit, Kept
from reconciler.repository.git import Past
from reconciler.repository.store.dated import moment_of
from reconciler.repository.store.layout import (
    MANIFEST,
    READABLE,
    digest,
    files_in,
    other_format,
    other_org,
    parsed,
    parts_of,
    same_org,
    sound,
)

#: Names of the snapshot in the working tree.
WORKING = ("WORKING", "state")
_SUFFIX = ".jsonl"


@dataclass(frozen=True)
class Side:
    """`label` says where it is from, `commit` is set when that is git; `read` gives a file of it, None where there is
    none of that name, `listing` names those that there are: file → an identity of its content, where git knows one."""

    label: str
    org: Mapping[str, str]
    kinds: Mapping[str, Any]
    read: Callable[[str], bytes | None]
    listing: Callable[[], Mapping[str, str]]
    commit: Commit | None = None
    at: datetime | None = None

    @property
    def kept(self) -> Kept:
        """What there is to say of it."""
        counts = {name: int(entry.get("count", 0)) for name, entry in sorted(self.kinds.items())}
        return Kept(self.label, self.at, counts, self.commit)

    def files(self, kind: str) -> dict[str, str]:
        """The files of a kind, and the digest of each."""
        entry = self.kinds.get(kind) or {"files": {}}
        return _digests(entry["files"])

    def parts(self, kind: str) -> dict[str, dict[str, str]]:
        """The files of each section of a kind that lies apart, and the digest of each; in format 1 none does."""
        return {part: _digests(files) for part, files in parts_of(self.kinds.get(kind) or {}).items()}

    @cached_property
    def both(self) -> frozenset[str]:
        """The sections that are managed and observed, in one line for each owner."""
        return frozenset(f"{name}.{part}" for name in self.kinds for part in self.parts(name)) & self.kinds.keys()

    def gaps(self) -> dict[str, str]:
        """Why the list of a kind, or a section, is not proven complete; so is none that has more files than are
        named."""
        found = {name: str(entry["complete"]) for name, entry in self.kinds.items() if entry["complete"] is not True}
        for name, entry in self.kinds.items():
            found |= {f"{name}.{section}": str(why) for section, why in entry.get("sections", {}).items()}
        return found | {kind: f"{file} is there, but not in the manifest" for kind, file in self.unnamed.items()}

    @cached_property
    def identities(self) -> Mapping[str, str]:
        return self.listing()

    @cached_property
    def unnamed(self) -> dict[str, str]:
        """By kind a file that the manifest does not name."""
        named = files_in(self.kinds)
        others = (file for file in self.identities if file.endswith(_SUFFIX) and file not in named)
        return {file.partition("/")[0].removesuffix(_SUFFIX): file for file in sorted(others)}

    def content(self, file: str, sha256: str) -> bytes:
        """The bytes of a file. ReconcileError when it is not what the manifest says."""
        data = self.read(file)
        if data is None or digest(data) != sha256:
            raise self.damaged(file, "it is not there" if data is None else "its content is not what the manifest says")
        return data

    def lines(self, file: str, sha256: str) -> list[bytes]:
        """As `content`, line by line."""
        return self.content(file, sha256).splitlines(keepends=True)

    def damaged(self, where: str, why: str) -> ReconcileError:
        return ReconcileError("this snapshot is damaged", where=f"{self.label}: {where}", why=why)


def of_folder(folder: Path, label: str = "") -> Side:
    """The snapshot in a folder: `state/` itself, a dated copy, or a repository's folder."""
    for place in (folder, folder / "state"):
        if (place / MANIFEST).is_file():
            break
    else:
        raise ReconcileError("there is no snapshot here", where=str(folder), do="run `reconcile export`")

    def read(name: str) -> bytes | None:
        path = place / name
        try:
            linked = path.is_symlink() or (path.parent != place and path.parent.is_symlink())
            return None if linked else path.read_bytes()  # what lies elsewhere is no part of a snapshot
        except OSError:
            return None

    def listing() -> dict[str, str]:
        found = (path for pattern in (f"*{_SUFFIX}", f"*/*{_SUFFIX}") for path in place.glob(pattern))
        return {path.relative_to(place).as_posix(): "" for path in found}

    org, kinds = _manifest(read(MANIFEST), label or str(folder))
    return Side(label or str(folder), org, kinds, read, listing, at=_moment(folder))


def of_commit(past: Past, commit: Commit) -> Side:
    """The snapshot in a commit. ReconcileError when the commit has none."""

    def read(name: str) -> bytes | None:
        return past.read(commit.id, f"state/{name}")

    found = read(MANIFEST)
    if found is None:
        raise ReconcileError("this commit has no snapshot", where=commit.short, why=f"there is no state/{MANIFEST}")
    org, kinds = _manifest(found, commit.short)
    return Side(commit.short, org, kinds, read, lambda: past.files(commit.id, "state"), commit, commit.at)


def ours(side: Side, org: str) -> Side:
    """The same. RefusedError when it is not of the organisation that the repository is pinned to, if it is."""
    theirs = side.org.get("id", "")
    if org and not same_org(theirs, org):
        raise other_org(theirs, org, side.label)
    return side


def open_side(root: Path, past: Past | None, name: str, org: str) -> Side:
    """What a name means: WORKING or `state`, a folder, else a revision. UsageError when it is none of these,
    RefusedError when it is of another organisation than `org`, which is pinned. A folder that somebody names may be of
    any: two organisations are never compared."""
    if name in WORKING:
        return ours(of_folder(root / "state", "WORKING"), org)
    commit = past.find(name) if past is not None else None
    if commit is not None:
        assert past is not None
        return ours(of_commit(past, commit), org)
    for folder in (Path(name), root / name):
        if folder.is_dir():
            return of_folder(folder)
    raise UsageError(
        f"{name!r} is neither a commit nor a folder with a snapshot",
        do="name a commit (HEAD~1, an id), a folder, or WORKING; `reconcile history list` shows what there is",
    )


def _digests(files: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(about["sha256"]) for name, about in files.items()}


def _manifest(data: bytes | None, label: str) -> tuple[Mapping[str, str], Mapping[str, Any]]:
    try:
        manifest = parsed(data or b"")
        version = manifest["format_version"]
    except (ValueError, LookupError, TypeError):
        raise ReconcileError("this snapshot is damaged", where=f"{label}: {MANIFEST}", why="no manifest") from None
    if version not in READABLE or type(version) is not int:
        raise other_format(version, label)
    if not sound(manifest):
        why = "it lacks what a manifest must say"
        raise ReconcileError("this snapshot is damaged", where=f"{label}: {MANIFEST}", why=why)
    return manifest["org"], manifest["kinds"]


def _moment(folder: Path) -> datetime | None:
    try:
        return moment_of(folder)
    except ValueError:
        return None
