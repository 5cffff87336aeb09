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
from reconciler.kinds import observed, shard_of
from reconciler.model.snapshot import Current, MemorySnapshot, keys_of
from reconciler.repository.store.layout import (
    FORMAT_VERSION,
    MANIFEST,
    digest,
    file_names,
    line_of,
    other_format,
    parsed,
    same_org,
    sound,
)


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
    """Write these kinds of a snapshot (None: all that it has) into `state/`; other kinds there are kept.

    Files of locations that are gone are removed; the manifest comes last. Same snapshot, same bytes. RefusedError when
    other kinds there are another organisation's.
    """
    chosen = set(snapshot.kinds) if kinds is None else {_file_kind(name) for name in kinds}
    manifest = _kept(folder, snapshot, chosen)
    changed: list[str] = []
    same: list[str] = []
    stale: set[str] = set()
    count = 0
    try:
        for name in sorted(chosen):
            resources = snapshot.kinds.get(name, {})
            entry, texts = _files_of(name, resources, snapshot)
            count += entry["count"]
            for file, text in texts.items():
                (changed if _replace(folder / file, text) else same).append(file)
            stale |= _present(folder, name) - texts.keys()
            manifest["kinds"][name] = entry
        whole = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        data = whole.encode("utf-8", "surrogatepass")
        (changed if _replace(folder / MANIFEST, data) else same).append(MANIFEST)
        for file in stale:
            (folder / file).unlink(missing_ok=True)
            with suppress(OSError):  # not empty: there are others of this kind
                (folder / file).parent.rmdir()
    except OSError as error:
        raise ReconcileError("cannot write the snapshot", where=str(folder), why=error.strerror or str(error)) from None
    return Written(tuple(changed), tuple(same), tuple(sorted(stale)), count)


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


def _file_kind(name: str) -> str:
    """The kind in whose files something lies: managed sections lie with their owners, artefacts by themselves."""
    return name if name in observed() else name.partition(".")[0]


def _kept(folder: Path, snapshot: MemorySnapshot, chosen: set[str]) -> dict[str, Any]:
    """The manifest to begin with: what is there of other kinds, if it is of the same organisation and format."""
    refuse_mixing(folder, snapshot.org.get("id", ""), chosen)
    old = _there(folder)
    kept = {name: entry for name, entry in old["kinds"].items() if name not in chosen} if old else {}
    return {"format_version": FORMAT_VERSION, "org": dict(snapshot.org), "kinds": kept}


def _there(folder: Path) -> dict[str, Any] | None:
    """The manifest in a folder; None when there is none yet, or none that can be kept."""
    try:
        found: dict[str, Any] = parsed((folder / MANIFEST).read_bytes())
        version = found["format_version"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    if type(version) is int and version > FORMAT_VERSION:
        raise other_format(version, f"{folder.name}/{MANIFEST}")  # what it has must not be lost
    return found if version == FORMAT_VERSION and sound(found) else None


def _files_of(
    name: str, resources: dict[str, Current], snapshot: MemorySnapshot
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The manifest's entry of a kind, and the bytes of its files."""
    shard = shard_of(name)
    lines: dict[str, list[bytes]] = {} if shard or not resources else {"": []}
    for key in sorted(resources):
        named = shard and shard not in resources[key].unknown  # a remote id is the name of no place
        place = resources[key].fields.get(shard) if named else ""
        lines.setdefault(str(place or ""), []).append(line_of(resources[key]))
    files: dict[str, Any] = {}
    texts: dict[str, bytes] = {}
    for place, file in file_names(name, bool(shard), lines).items():
        if place not in lines:
            continue
        texts[file] = b"".join(lines[place])
        files[file] = {"lines": len(lines[place]), "sha256": digest(texts[file])}
        if shard:
            files[file]["location"] = place
    gaps = {
        gap.partition(".")[2]: why
        for gap, why in snapshot.gaps.items()
        if gap.startswith(f"{name}.") and gap not in snapshot.kinds
    }
    count = len(keys_of(snapshot, name))
    entry: dict[str, Any] = {"count": count, "complete": snapshot.incomplete(name) or True, "files": files}
    if count < len(resources):  # lines that are about a name which several have, and about nobody
        entry["ambiguous"] = len(resources) - count
    if gaps:
        entry["sections"] = gaps
    statuses = {one: said for one, said in snapshot.statuses.items() if _file_kind(one) == name}
    if statuses:
        entry["status"] = statuses
    return entry, texts


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
