"""How the snapshot lies on disk: the names of its files, the form of a line, the manifest.

state/manifest.json           what is there, of which organisation, how complete
state/location.jsonl          a kind without shards: one file
state/person/london-hq.jsonl  a kind by location: one file each; `_` for those that have none
{"address":"person/ana@acme.com","facts":{…},"fields":{…},"id":"…"}   a line, keys sorted
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from reconciler.errors import ReconcileError, RefusedError
from reconciler.model.remote_id import uuid_of
from reconciler.model.snapshot import Current
from reconciler.model.text import normal

MANIFEST = "manifest.json"
FORMAT_VERSION = 1
NOWHERE = "_"
#: Names of files in a manifest, relative to its folder.
_FILE = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?\.jsonl")
#: The parts of a line beside its address, and what each is.
_PARTS = {"fields": dict, "facts": dict, "unknown": dict, "candidates": list, "id": str}
_ASCII = bytes(range(0x80))
#: Control characters at the end of a text, as JSON writes them.
_ESCAPED = re.compile(rb'"\\[ntr]|\\[ntr]"|"\\u00|\\u00..' rb'"')
_decode = json.JSONDecoder().decode
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def parsed(data: bytes) -> Any:
    """The document in these bytes. ValueError when they are none; a nesting that nobody can follow is none either."""
    try:
        return json.loads(data)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def line_of(current: Current) -> bytes:
    """One resource in canonical form, with its line end; empty parts are left out."""
    data: dict[str, Any] = {"address": current.address}
    data |= {part: value for part in _PARTS if (value := getattr(current, part))}
    return _encode(data).encode("utf-8", "surrogatepass") + b"\n"


def current_of(line: bytes, kind: str, key: str, *, plain: bool = True) -> Current:
    """The resource in a line. ValueError or KeyError when it is none. `plain`: all of it is in normal form already."""
    try:
        data = from_json(line)
    except ValueError as error:  # what is valid all the same, like half of a surrogate pair
        if "recursion" in str(error):
            raise
        data = _decode(line.decode("utf-8", "surrogatepass"))
    told = data.pop("address")
    if (told if plain else f"{kind}/{normal(told.partition('/')[2])}") != f"{kind}/{key}":
        raise ValueError("not a line of a snapshot")
    if not data.keys() <= _PARTS.keys():
        raise ValueError("not a line of a snapshot")
    for part, value in data.items():
        if not isinstance(value, _PARTS[part]):
            raise ValueError("not a line of a snapshot")
    if not plain:
        return Current(kind, key, data.pop("id", ""), data.pop("fields", {}), **data)
    current = Current(
        kind, "", data.pop("id", ""), {}, unknown=data.pop("unknown", {}), candidates=data.pop("candidates", [])
    )
    current.key, current.fields, current.facts = key, data.pop("fields", {}), data.pop("facts", {})
    return current


def is_plain(data: bytes) -> bool:
    """Whether every text in these lines is in normal form: what an export of before may not have written so. Said of
    the characters that are there at all, so that it costs next to nothing; false alarms cost time alone."""
    if b'" ' in data or b' "' in data or (b"\\" in data and _ESCAPED.search(data)):
        return False
    if data.isascii():
        return True
    others = set(data.translate(None, _ASCII).decode("utf-8", "replace"))
    return all(char.isprintable() and not _joins(char) for char in others)


def _joins(char: str) -> bool:
    """Whether a character can become one with that before it, or is always written otherwise."""
    jamo = "\u1100" <= char <= "\u11ff"
    return jamo or unicodedata.category(char)[0] == "M" or not unicodedata.is_normalized("NFC", char)


@cache
def prefix_of(kind: str) -> bytes:
    """What every line of a kind begins with, up to the key."""
    return _encode({"address": f"{kind}/"})[:-2].encode()


def encoded_key(key: str) -> bytes:
    """A key as it stands in a line."""
    return _encode(key)[1:-1].encode("utf-8", "surrogatepass")


def sound(manifest: Any) -> bool:
    """Whether a manifest of our format says what one must say, of files in its own folder and nowhere else."""
    try:
        org, kinds = manifest["org"], manifest["kinds"]
        if not all(isinstance(one, str) for one in org.values()):
            return False
        for entry in kinds.values():
            complete, sections = entry["complete"], entry.get("sections", {})
            if not all(map(_is_count, (entry["count"], entry.get("ambiguous", 0)))):
                return False
            if not (complete is True or isinstance(complete, str)):
                return False
            if not all(isinstance(why, str) for why in sections.values()):
                return False
            if not all(_is_status(said) for said in entry.get("status", {}).values()):
                return False
            for file, about in entry["files"].items():
                if not _FILE.fullmatch(file) or not isinstance(about["sha256"], str) or not _is_count(about["lines"]):
                    return False
                if not isinstance(about.get("location", ""), str):
                    return False
    except (LookupError, TypeError, AttributeError):
        return False
    return True


#: What may be said of a status beside its count, and how (inventory/status.py).
_SAID = {"result": str, "not_entitled": int, "failed": int, "http_status": int, "scope": str, "why": str}


def _is_status(said: Any) -> bool:
    return all(name in _SAID and type(value) is _SAID[name] for name, value in said.items())


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


@cache
def line_pattern(kind: str) -> re.Pattern[bytes]:
    """A line about a resource of a kind; its group is the encoded key."""
    return re.compile(re.escape(prefix_of(kind)) + rb'((?:[^"\\\n]|\\.)*)"[^\n]*\n')


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
