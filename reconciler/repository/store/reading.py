"""Reading a snapshot from disk: lazily, and quick by key.

A file is read, checked against the manifest and indexed when something in it is asked for; a line is parsed when
its resource is. The bytes of the files used last are kept, the rest is read again line by line.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from reconciler.errors import ReconcileError
from reconciler.kinds import managed as known
from reconciler.kinds.people.license import LicenseNames
from reconciler.model.snapshot import Current, one_of
from reconciler.model.text import mail_domain, normal
from reconciler.repository.conflicts import conflict_line
from reconciler.repository.store.layout import (
    FORMAT_VERSION,
    MANIFEST,
    current_of,
    digest,
    encoded_key,
    is_plain,
    line_pattern,
    other_format,
    other_org,
    parsed,
    prefix_of,
    same_org,
    sound,
)

#: How many bytes of files to keep at hand: some locations' worth, far less than a large tenant.
KEEP = 16 * 1024 * 1024
#: So many keys of a file are looked for without an index.
FEW = 4
#: Lines about what has other names too.
_ALIASED = re.compile(rb'[^\n]*"aliases":\[[^\n]*\n')
Span = tuple[int, int]
_DO = "run `reconcile export` to write it anew"


class Shard:
    """One file: where each key's line is. `data` is dropped when others are used; the index stays."""

    def __init__(self, path: Path, name: str, kind: str, about: Mapping[str, Any], *, trusted: bool) -> None:
        self.path, self.name, self._kind = path, name, kind
        self.data: bytes | None = path.read_bytes() if trusted else self._checked(about)
        self.size = len(self.data)
        self.plain = is_plain(self.data)
        self.doubles: dict[bytes, list[Span]] = {}
        self._asked = 0

    @cached_property
    def index(self) -> dict[bytes, Span]:
        """The span of every key's line."""
        return self._indexed(self.content(), self._kind)

    def find(self, encoded: bytes) -> Span | None:
        """The span of the line about a key. The first few are looked for in the bytes: that beats an index of all."""
        if "index" in self.__dict__ or self.data is None or self._asked >= FEW or not self.plain:
            return self.index.get(encoded)
        self._asked += 1
        needle = prefix_of(self._kind) + encoded + b'"'
        if self.data.startswith(needle):
            begin = 0
        elif (begin := self.data.find(b"\n" + needle) + 1) == 0:
            return None
        return begin, self.data.index(b"\n", begin) + 1

    def forgotten(self) -> bool:
        """Let the bytes go; whether nothing is left that would be of use."""
        self.data = None
        return "index" not in self.__dict__

    def _checked(self, about: Mapping[str, Any]) -> bytes:
        """The file's bytes, which must be those that the manifest speaks of."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            raise _corrupt(self.name, "the manifest names this file, but it is not there") from None
        except OSError as error:
            raise _corrupt(self.name, f"cannot be read: {error.strerror}") from None
        _refuse_conflict(self.name, data)
        lines = data.count(b"\n")
        if data and not data.endswith(b"\n"):
            raise _corrupt(f"{self.name}:{lines + 1}", "the file ends in the middle of a line")
        if digest(data) != about.get("sha256"):
            if lines != about.get("lines"):
                raise _corrupt(f"{self.name}:{lines}", f"{lines} lines, {about.get('lines')} in the manifest")
            raise _corrupt(_bad_line(self.name, data), "the content is not what the manifest says")
        return data

    def _indexed(self, data: bytes, kind: str) -> dict[bytes, Span]:
        index: dict[bytes, Span] = {}
        end = 0
        for match in line_pattern(kind).finditer(data):
            if match.start() != end:
                break
            end = match.end()
            key = match[1] if self.plain else _normal(kind, match[1])
            if key in index and not self.plain:
                self.doubles.setdefault(key, [index[key]]).append(match.span())
                continue
            index[key] = match.span()
        if end != len(data):
            raise _corrupt(f"{self.name}:{_line_number(data, end)}", f"not a line about a {kind}")
        return index

    def content(self) -> bytes:
        return self.data if self.data is not None else self.path.read_bytes()

    def line(self, span: Span) -> bytes:
        if self.data is not None:
            return self.data[slice(*span)]
        with self.path.open("rb") as file:
            return os.pread(file.fileno(), span[1] - span[0], span[0])


class StoredSnapshot:
    """A snapshot in `state/`; what is asked for is read then. ReconcileError when it is not what was written."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any], fingerprint: str = "") -> None:
        self.folder = folder
        self.fingerprint = fingerprint
        self._kinds: Mapping[str, Any] = manifest["kinds"]
        self.org: Mapping[str, str] = manifest["org"]
        self._shards: dict[str, Shard] = {}
        self._recent: dict[str, None] = {}
        self._held = 0
        self._trusted: set[str] = set()
        self._home: dict[str, dict[bytes, str]] = {}
        self._aliases: dict[str, dict[str, str]] = {}
        self._kind_of = {file: name for name, entry in self._kinds.items() for file in entry["files"]}
        self._by_place = {
            name: {normal(about.get("location", "")): file for file, about in entry["files"].items()}
            for name, entry in self._kinds.items()
        }

    @property
    def kinds(self) -> list[str]:
        """The kinds that were exported."""
        return sorted(self._kinds)

    @cached_property
    def gaps(self) -> dict[str, str]:
        """Why the list of a kind, or a section, is not proven complete."""
        found = {name: str(entry["complete"]) for name, entry in self._kinds.items() if entry["complete"] is not True}
        for name, entry in self._kinds.items():
            found |= {f"{name}.{section}": str(why) for section, why in entry.get("sections", {}).items()}
        return dict(sorted(found.items()))

    @cached_property
    def statuses(self) -> dict[str, dict[str, Any]]:
        """What came of reading each kind, section and artefact, where that is more than a count."""
        return {name: said for entry in self._kinds.values() for name, said in entry.get("status", {}).items()}

    @cached_property
    def licenses(self) -> LicenseNames:
        """What licences are called; none where they were not exported."""
        rows = (self.get("license", key) for key in self.keys("license"))
        return LicenseNames(row for row in rows if row is not None)

    def incomplete(self, kind: str) -> str:
        # a managed section lies with its owner; an artefact whose name begins like that lies by itself
        read = kind in self._kinds or (kind in known() and kind.partition(".")[0] in self._kinds)
        return self.gaps.get(kind, "") if read else "not read"

    def files(self, kind: str) -> Mapping[str, Any]:
        """The files of a kind: name relative to the folder → lines, sha256, location."""
        found: Mapping[str, Any] = self._kinds[kind]["files"] if kind in self._kinds else {}
        return found

    def digest_of(self, file: str) -> str:
        """The digest that the manifest gives of a file; empty when it names no such file."""
        kind = self._kind_of.get(file)
        return str(self._kinds[kind]["files"][file]["sha256"]) if kind else ""

    def verify(self, file: str) -> None:
        """Read a file and hold it against the manifest."""
        self._shard(self._kind_of[file], file)

    def trust(self, file: str) -> None:
        """Somebody knows that this file is what the manifest says: it need not be held against it again."""
        self._trusted.add(file)

    def get(self, kind: str, key: str, hint: Any = "") -> Current | None:
        """The resource under a key. `hint` is the location where it probably is."""
        found = self.find(kind, key, hint)
        return self.parse(kind, key, *found) if found else None

    def find(self, kind: str, key: str, hint: Any = "") -> tuple[str, Span] | None:
        """The file and the span of the line about a key: in the file of the hint, else wherever it is."""
        encoded = encoded_key(key)
        file = self._by_place.get(kind, {}).get(hint or "")
        if file is not None:
            span = (self._shards.get(file) or self._shard(kind, file)).find(encoded)
            if span is not None:
                return file, span
        file = self._homes(kind).get(encoded)
        return (file, self._shard(kind, file).index[encoded]) if file is not None else None

    def alias(self, kind: str, name: str) -> str:
        """The key of the resource that has this name beside it; empty when none has."""
        if kind not in self._aliases:
            self._aliases[kind] = {}
            for file in self.files(kind):
                for line in _ALIASED.findall(self._read(kind, file).content()):
                    told = parsed(line)
                    key = normal(told["address"].partition("/")[2])
                    self._aliases[kind] |= {normal(alias): key for alias in told["facts"]["aliases"]}
        return self._aliases[kind].get(name, "")

    def lacking(self, kind: str, keys: Iterable[str]) -> set[str]:
        """Those of the keys that no file of the kind has; a file is read for that, but not kept. A licence may be
        called otherwise than by its key."""
        left = {encoded_key(key): key for key in keys}
        for file in self.files(kind):
            if not left:
                break
            index = (self._shards.get(file) or self._read(kind, file)).index
            for encoded in left.keys() & index.keys():
                del left[encoded]
        return {key for key in left.values() if not (kind == "license" and self.licenses.has(key))}

    def _homes(self, kind: str) -> dict[bytes, str]:
        """Every key of a kind and its file: for what is not where it was expected."""
        if kind not in self._home:
            self._home[kind] = {key: file for file in self.files(kind) for key in self._shard(kind, file).index}
        return self._home[kind]

    def line(self, kind: str, file: str, span: Span) -> bytes:
        """The bytes of a line that `find` found."""
        return self._shard(kind, file).line(span)

    def parse(self, kind: str, key: str, file: str, span: Span) -> Current:
        """The resource in a line that `find` found."""
        shard = self._shard(kind, file)
        line = shard.line(span)
        try:
            if same := shard.doubles.get(encoded_key(key)):
                return one_of(current_of(shard.line(other), kind, key, plain=False) for other in same)
            return current_of(line, kind, key, plain=shard.plain)
        except (ValueError, LookupError, TypeError, AttributeError):
            with shard.path.open("rb") as opened:
                number = opened.read(span[0]).count(b"\n") + 1
            raise _corrupt(f"{shard.name}:{number}", "not a line of a snapshot") from None

    def keys(self, kind: str) -> list[str]:
        encoded = (key for file in self.files(kind) for key in self._shard(kind, file).index)
        return sorted(json.loads(b'"' + key + b'"') for key in encoded)

    def _shard(self, kind: str, file: str) -> Shard:
        shard = self._shards.get(file)
        if shard is None:
            shard = self._shards[file] = self._read(kind, file)
            self._recent[file] = None
            self._held += shard.size
            self._let_go(file)
        return shard

    def _read(self, kind: str, file: str) -> Shard:
        about = self._kinds[kind]["files"][file]
        name = f"{self.folder.name}/{file}"
        return Shard(self.folder / file, name, kind, about, trusted=file in self._trusted)

    def _let_go(self, last: str) -> None:
        """Forget the bytes of files until the rest fits."""
        while self._held > KEEP and len(self._recent) > 1:
            oldest = next(name for name in self._recent if name != last)
            del self._recent[oldest]
            self._held -= self._shards[oldest].size
            if self._shards[oldest].forgotten():
                del self._shards[oldest]


def open_snapshot(folder: Path, org: str = "") -> StoredSnapshot:
    """The snapshot in `state/`. ReconcileError when there is none, or it cannot be trusted; RefusedError when it is not
    of the organisation `org`, if that is pinned."""
    path = folder / MANIFEST
    name = f"{folder.name}/{MANIFEST}"
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise ReconcileError(f"there is no snapshot in {folder}", do="run `reconcile export` first") from None
    except OSError as error:
        raise _corrupt(name, f"cannot be read: {error.strerror}") from None
    _refuse_conflict(name, data)
    try:
        manifest = parsed(data)
        version = manifest["format_version"]
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise _corrupt(f"{name}:{line}", "not valid JSON") from None
    except (LookupError, TypeError):
        raise _corrupt(f"{name}:1", "it says no format version") from None
    if version != FORMAT_VERSION:
        raise other_format(version, name)
    if not sound(manifest):
        raise _corrupt(f"{name}:1", "it lacks what a manifest must say")
    theirs = manifest["org"].get("id", "")
    if org and not same_org(theirs, org):
        raise other_org(theirs, org, name)
    return StoredSnapshot(folder, manifest, digest(data))


def _refuse_conflict(name: str, data: bytes) -> None:
    """A snapshot is what one export read, never the sum of two: ReconcileError where git left both."""
    if line := conflict_line(data):
        raise ReconcileError(
            "the snapshot is in a merge conflict of git",
            where=f"{name}:{line}",
            why="two branches have each a snapshot, and half of each is none",
            do="take one side: git checkout --theirs -- state; then read the tenant again: reconcile export",
        )


def _normal(kind: str, encoded: bytes) -> bytes:
    """A key of an export of before as it is looked up now."""
    key = normal(json.loads(b'"' + encoded + b'"'))
    return encoded_key(mail_domain(key) if kind == "person" else key)


def _corrupt(where: str, why: str) -> ReconcileError:
    return ReconcileError("the snapshot is damaged", where=where, why=why, do=_DO)


def _bad_line(name: str, data: bytes) -> str:
    """`file:line` of the first line that is no JSON; just the file when all are."""
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        try:
            parsed(line)
        except ValueError:
            return f"{name}:{number}"
    return f"{name}:1"


def _line_number(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1
