"""Writing a snapshot: only files whose bytes change are written, each in one step and for its owner's eyes only."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.errors import ReconcileError, RefusedError
from reconciler.files.links import refuse_path
from reconciler.model.snapshot import MemorySnapshot
from reconciler.repository.store.dividing import divided
from reconciler.repository.store.layout import (
    FORMAT_VERSION,
    MANIFEST,
    READABLE,
    files_in,
    other_format,
    parsed,
    same_org,
    sound,
)
from reconciler.repository.store.mixing import Mixed, file_kind


@dataclass(frozen=True)
class Written:
    """What a write did: files written, left as they were, removed; and how many resources they hold."""

    changed: tuple[str, ...]
    same: tuple[str, ...]
    removed: tuple[str, ...]
    resources: int

    @property
    def summary(self) -> str:
        """`12 files written, 3 unchanged, 1 removed`."""
        if not self.changed and not self.removed:
            return f"nothing changed ({len(self.same)} files)"
        parts = [f"{len(self.changed)} files written", f"{len(self.same)} unchanged"]
        return ", ".join([*parts, f"{len(self.removed)} removed"] if self.removed else parts)


def write(folder: Path, snapshot: MemorySnapshot, kinds: Iterable[str] | None = None) -> Written:
    """Write these kinds of a snapshot (None: all that it has) into `state/`; other kinds there are kept, and written
    anew where they were in an older format.

    Files of locations that are gone are removed; the manifest comes last. Same snapshot, same bytes. RefusedError when
    other kinds there are another organisation's, ReconcileError when they are to be written anew and are damaged.
    """
    chosen = set(snapshot.kinds) if kinds is None else {file_kind(name) for name in kinds}
    refuse_mixing(folder, snapshot.org.get("id", ""), chosen)
    mixed = Mixed(folder, snapshot, chosen, _there(folder))
    changed: list[str] = []
    same: list[str] = []
    found: dict[str, Any] = dict(mixed.kept)
    try:
        for name in sorted(mixed.names):
            entry, own = found.get(name) or mixed.entry(name), dict[str, Any]()
            parts: dict[str, dict[str, Any]] = {part: {} for part in mixed.sections(name)}
            for files in divided(name, mixed.resources(name), mixed.seen(name)):
                for file in files:
                    (changed if _replace(folder / file.name, file.data) else same).append(file.name)
                    (parts[file.section] if file.section else own)[file.name] = file.about
            found[name] = {**entry, "files": own, "parts": parts}
            if not parts:
                del found[name]["parts"]
            for part in mixed.seen(name):
                section = f"{name}.{part}"
                found[section] = {**(found.get(section) or mixed.entry(section)), "files": parts[part]}
        manifest = {"format_version": FORMAT_VERSION, "org": dict(snapshot.org), "kinds": found}
        whole = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        data = whole.encode("utf-8", "surrogatepass")
        (changed if _replace(folder / MANIFEST, data) else same).append(MANIFEST)
        stale = {file for name in mixed.touched for file in _present(folder, name)} - files_in(found)
        for path in (folder / one for one in stale):
            path.unlink(missing_ok=True)
            with suppress(OSError):  # not empty: there are others of this kind
                path.parent.rmdir()
    except OSError as error:
        raise ReconcileError("cannot write the snapshot", where=str(folder), why=error.strerror or str(error)) from None
    return Written(tuple(changed), tuple(same), tuple(sorted(stale)), sum(found[name]["count"] for name in chosen))


def refuse_unwritable(folder: Path) -> None:
    """ReconcileError when nothing can be written into a folder, its folders, or one that is still to be made there: who
    reads for an hour wants to know that before. RefusedError when it leads out of its repository."""
    refuse_path(folder)
    try:
        nearest = next(path for path in (folder, *folder.absolute().parents) if os.path.lexists(path))
        inside = [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    except OSError as error:
        raise ReconcileError("this folder cannot be looked into", where=str(folder), why=str(error)) from None
    for path in (nearest, *inside):
        if not path.is_dir() or not writable(path):
            why = "it cannot be written" if path.is_dir() else "it is no folder"
            do = "correct its owner or its rights, or write elsewhere"
            raise ReconcileError("nothing can be written here", where=str(path), why=why, do=do)


def writable(folder: Path) -> bool:
    """Whether we may make files there, as whoever we act."""
    return os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids)


def refuse_mixing(folder: Path, org_id: str, kinds: Collection[str]) -> None:
    """RefusedError when the snapshot in a folder is of another organisation, and more than these kinds, which would be
    replaced, is in it."""
    manifest = _there(folder)
    theirs = str(manifest["org"].get("id") or "") if manifest else org_id
    if manifest and theirs != org_id and not same_org(theirs, org_id) and manifest["kinds"].keys() - set(kinds):
        raise RefusedError(
            "the snapshot there is of another organisation",
            where=f"{folder.name}/{MANIFEST}",
            why=f"it is of {theirs or 'none that it names'}, the token is of {org_id}: they would be mixed",
            do="write elsewhere with --out, or remove that snapshot first",
        )


def _there(folder: Path) -> dict[str, Any] | None:
    """The manifest in a folder; None when there is none yet, or none that can be kept."""
    try:
        found: dict[str, Any] = parsed((folder / MANIFEST).read_bytes())
        version = found["format_version"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    if type(version) is int and version > FORMAT_VERSION:
        raise other_format(version, f"{folder.name}/{MANIFEST}")  # what it has must not be lost
    return found if version in READABLE and sound(found) else None


def _present(folder: Path, name: str) -> set[str]:
    """The files of a kind that are there now; none behind a link, for those are somebody else's."""
    if (folder / name).is_symlink():
        raise OSError(errno.ELOOP, "it is a link", str(folder / name))
    found = {f"{name}/{path.name}" for path in (folder / name).glob("*.jsonl")}
    return found | ({f"{name}.jsonl"} if (folder / f"{name}.jsonl").exists() else set())


def _replace(path: Path, data: bytes) -> bool:
    """Give a file these bytes in one step; whether it had others before."""
    try:
        if path.read_bytes() == data:
            return False
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    in_one_step(path, data)
    return True


def in_one_step(path: Path, data: bytes) -> None:
    """These bytes in the place of a file's, for the owner's eyes only (0600): it has the old ones or the new."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
