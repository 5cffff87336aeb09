"""How the snapshot lies on disk: the names of its files, and the manifest. What a line is says `lines`.

state/manifest.json                      what is there, of which organisation, how complete
state/location.jsonl                     a kind without shards: one file
state/person/london-hq.jsonl             a kind by location: one file each; `_` for those that have none
state/person.forwarding/london-hq.jsonl  a section of it, divided as its owner is

The manifest has the files of a section in the entry of its owner (`parts`), because they are true together. In format
1 there are none: sections lie in the lines of their owners.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reconciler.errors import ReconcileError, RefusedError
from reconciler.model.remote_id import uuid_of

MANIFEST = "manifest.json"
FORMAT_VERSION = 2
#: The formats that are read.
READABLE = (1, 2)
NOWHERE = "_"
#: Names of files in a manifest, relative to its folder.
_FILE = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?\.jsonl")


def parsed(data: bytes) -> Any:
    """The document in these bytes. ValueError when they are none; a nesting that nobody can follow is none either."""
    try:
        return json.loads(data)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def sound(manifest: Any) -> bool:
    """Whether a manifest of our format says what one must say, of files in its own folder and nowhere else."""
    try:
        org, kinds = manifest["org"], manifest["kinds"]
        if not all(isinstance(one, str) for one in org.values()):
            return False
        for name, entry in kinds.items():
            complete, sections = entry["complete"], entry.get("sections", {})
            if not all(map(_is_count, (entry["count"], entry.get("ambiguous", 0)))):
                return False
            if not (complete is True or isinstance(complete, str)):
                return False
            if not all(isinstance(why, str) for why in sections.values()):
                return False
            if not all(_is_status(said) for said in entry.get("status", {}).values()):
                return False
            if not all(_is_file(*told) for told in entry["files"].items()):
                return False
            for section, files in parts_of(entry).items():
                own = (f"{name}.{section}/", f"{name}.{section}.jsonl")
                if not all(file.startswith(own) and _is_file(file, about) for file, about in files.items()):
                    return False
    except (LookupError, TypeError, AttributeError):
        return False
    return True


def parts_of(entry: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The files of each section that a kind has in a snapshot, by the section's name in it."""
    found: Mapping[str, Mapping[str, Any]] = entry.get("parts") or {}
    return found


def files_in(entries: Mapping[str, Any]) -> set[str]:
    """All files that these entries of a manifest name."""
    found = {file for entry in entries.values() for file in entry["files"]}
    return found | {file for entry in entries.values() for files in parts_of(entry).values() for file in files}


def part_file(file: str, kind: str, section: str) -> str:
    """Where a section lies of those who lie in this file of their kind."""
    return f"{kind}.{section}{file[len(kind) :]}"


def _is_file(name: str, about: Mapping[str, Any]) -> bool:
    known = _FILE.fullmatch(name) and isinstance(about["sha256"], str) and _is_count(about["lines"])
    return bool(known) and isinstance(about.get("location", ""), str)


#: What may be said of a status beside its count, and how (inventory/status.py).
_SAID = {"result": str, "not_entitled": int, "failed": int, "http_status": int, "scope": str, "why": str}


def _is_status(said: Any) -> bool:
    return all(name in _SAID and type(value) is _SAID[name] for name, value in said.items())


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def other_format(version: Any, where: str) -> ReconcileError:
    """The error of a snapshot whose format this version does not read."""
    if type(version) is int and version > FORMAT_VERSION:
        why = f"its format is {version}, and this version reads {FORMAT_VERSION}"
        return ReconcileError(
            "a newer version of reconcile wrote this snapshot", where=where, why=why, do="use that version, or update"
        )
    why = f"format {version} is not format {FORMAT_VERSION} of this version"
    return ReconcileError("the snapshot is damaged", where=where, why=why, do="run `reconcile export` to write it anew")


def same_org(one: str, other: str) -> bool:
    """Whether two org ids name one organisation, whatever their encoding. One that is not said is none's."""
    return bool(one and other) and uuid_of(one) == uuid_of(other)


def other_org(theirs: str, pinned: str, where: str) -> RefusedError:
    """The refusal of a snapshot that is not of the organisation that the repository is pinned to."""
    return RefusedError(
        "the snapshot is of another organisation",
        where=where,
        why=f"desired/tenant.yaml pins {pinned}, the snapshot is of {theirs or 'none that it names'}",
        do="run `reconcile export` with the token of this tenant, which writes it anew",
    )


def fingerprint_of(folder: Path) -> str:
    """The digest that names the snapshot in a folder; empty when there is none."""
    try:
        return digest((folder / MANIFEST).read_bytes())
    except OSError:
        return ""


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def file_names(kind: str, sharded: bool, shards: Iterable[str]) -> dict[str, str]:
    """The file of each shard, relative to the folder: readable, and the same for the same set of shards."""
    if not sharded:
        return {"": f"{kind}.jsonl"}
    by_slug: dict[str, list[str]] = {}
    for shard in sorted(shards):
        by_slug.setdefault(_slug(shard), []).append(shard)
    names = {}
    for slug, same in by_slug.items():
        for shard in same:
            short = hashlib.sha256(shard.encode("utf-8", "surrogatepass")).hexdigest()[:8]
            names[shard] = f"{kind}/{slug}.jsonl" if len(same) == 1 else f"{kind}/{slug}-{short}.jsonl"
    return names


def _slug(shard: str) -> str:
    """`London HQ` → `london-hq`; what has no letters of its own is named by its hash."""
    if not shard:
        return NOWHERE
    plain = unicodedata.normalize("NFKD", shard).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60]
    return slug or "x-" + hashlib.sha256(shard.encode("utf-8", "surrogatepass")).hexdigest()[:8]
