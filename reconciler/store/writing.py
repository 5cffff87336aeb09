"""Writing a snapshot: only files whose bytes change are written, each in one step."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.errors import ReconcileError
from reconciler.kinds import observed, shard_of
from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.store.layout import FORMAT_VERSION, MANIFEST, digest, file_names, line_of, other_format


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

    Files of locations that are gone are removed; the manifest comes last. Same snapshot, same bytes.
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
            count += len(resources)
            entry, texts = _files_of(name, resources, snapshot)
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


def _file_kind(name: str) -> str:
    """The kind in whose files something lies: managed sections lie with their owners, artefacts by themselves."""
    return name if name in observed() else name.partition(".")[0]


def _kept(folder: Path, snapshot: MemorySnapshot, chosen: set[str]) -> dict[str, Any]:
    """The manifest to begin with: what is there of other kinds, if it is of the same organisation and format."""
    manifest: dict[str, Any] = {"format_version": FORMAT_VERSION, "org": dict(snapshot.org), "kinds": {}}
    try:
        old = json.loads((folder / MANIFEST).read_bytes())
        if type(old["format_version"]) is int and old["format_version"] > FORMAT_VERSION:
            raise other_format(old["format_version"], f"{folder.name}/{MANIFEST}")  # what it has must not be lost
        if old["format_version"] == FORMAT_VERSION and old["org"].get("id") == snapshot.org.get("id"):
            manifest["kinds"] = {name: entry for name, entry in old["kinds"].items() if name not in chosen}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        pass  # none yet, or none that can be kept: a new one
    return manifest


def _files_of(
    name: str, resources: dict[str, Current], snapshot: MemorySnapshot
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The manifest's entry of a kind, and the bytes of its files."""
    shard = shard_of(name)
    lines: dict[str, list[bytes]] = {} if shard or not resources else {"": []}
    for key in sorted(resources):
        place = resources[key].fields.get(shard) if shard else ""
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
    entry: dict[str, Any] = {"count": len(resources), "complete": snapshot.incomplete(name) or True, "files": files}
    if gaps:
        entry["sections"] = gaps
    return entry, texts


def _present(folder: Path, name: str) -> set[str]:
    """The files of a kind that are there now."""
    found = {f"{name}/{path.name}" for path in (folder / name).glob("*.jsonl")}
    return found | ({f"{name}.jsonl"} if (folder / f"{name}.jsonl").exists() else set())


def _replace(path: Path, data: bytes) -> bool:
    """Give a file these bytes in one step; whether it had others before."""
    try:
        if path.read_bytes() == data:
            return False
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return True
