"""Reading a snapshot from disk: lazily, and quick by key.

A file is read, checked against the manifest and indexed when something in it is asked for; a line is parsed when
its resource is, and the line of a section when the section is looked at. The bytes of the files used last are kept, the
rest is read again line by line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from reconciler.errors import ReconcileError
from reconciler.kinds import managed as known
from reconciler.kinds.contract.both import both
from reconciler.kinds.people.license import LicenseNames
from reconciler.model.snapshot import Current, Fields, one_of
from reconciler.model.text import normal
from reconciler.repository.store.joined import JoinedFields
from reconciler.repository.store.layout import (
    MANIFEST,
    READABLE,
    digest,
    other_format,
    other_org,
    parsed,
    part_file,
    parts_of,
    same_org,
    sound,
)
from reconciler.repository.store.lines import (
    ABSENT,
    current_of,
    encoded_key,
    fields_of,
    has_observed,
    managed_of,
    observed_of,
)
from reconciler.repository.store.shard import UNSEEN, SectionShard, Shard, Span, corrupt, refuse_conflict

#: The folders of `state/` of which this process, or a child of it, relied on something, whichever snapshot was asked:
#: what it says rests on no other.
relied_on: set[str] = set()
#: How many bytes of files to keep at hand: some locations' worth, far less than a large tenant.
KEEP = 16 * 1024 * 1024
#: Lines about what has other names too.
_ALIASED = re.compile(rb'[^\n]*"aliases":\[[^\n]*\n')


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
        self._parts = {name: parts for name, entry in self._kinds.items() if (parts := parts_of(entry))}
        self._both = {f"{name}.{part}" for name, parts in self._parts.items() for part in parts} & self._kinds.keys()
        self._by_place: dict[str, dict[str, str]] = {}
        self._alone: dict[str, bool] = {}

    @property
    def kinds(self) -> list[str]:
        """The kinds that were exported."""
        return sorted(self._kinds)

    @cached_property
    def _named(self) -> dict[str, tuple[str, Mapping[str, Any], type[Shard]]]:
        """Every file: the kind or section whose lines it has, and what the manifest says of it."""
        found: dict[str, tuple[str, Mapping[str, Any], type[Shard]]] = {}
        for name, entry in self._kinds.items():
            found |= {file: (name, about, Shard) for file, about in entry["files"].items()}
            for part, files in parts_of(entry).items():
                found |= {file: (f"{name}.{part}", about, SectionShard) for file, about in files.items()}
        return found

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

    def section_files(self, name: str) -> tuple[Mapping[str, Any], str]:
        """The files in which a managed section lies, and the name that its fields have in a line there."""
        owner, _, part = name.partition(".")
        parts = self._parts.get(owner, {})
        return (parts[part], "fields") if part in parts else (self.files(owner), part)

    def beside(self, kind: str, file: str) -> Iterator[tuple[str, str]]:
        """The sections of those who lie in a file of a kind, and the file of each. One that is observed as well has its
        lines in the files of its own name."""
        for part, files in self._parts.get(kind, {}).items():
            if f"{kind}.{part}" not in self._both and (beside := part_file(file, kind, part)) in files:
                yield part, beside

    def digest_of(self, file: str) -> str:
        """The digest that the manifest gives of a file; empty when it names no such file."""
        return str(self._named[file][1]["sha256"]) if file in self._named else ""

    def verify(self, file: str) -> None:
        """Read a file and hold it against the manifest."""
        self._shard(file)

    def trust(self, file: str) -> None:
        """Somebody knows that this file is what the manifest says: it need not be held against it again."""
        self._trusted.add(file)
        relied_on.add(file.partition("/")[0])

    def get(self, kind: str, key: str, hint: Any = "") -> Current | None:
        """The resource under a key. `hint` is the location where it probably is."""
        found = self.find(kind, key, hint)
        return self.parse(kind, key, *found) if found else None

    def find(self, kind: str, key: str, hint: Any = "") -> tuple[str, Span] | None:
        """The file and the span of the line about a key: in the file of the hint, else wherever it is."""
        encoded = encoded_key(key)
        places = self._by_place[kind] if kind in self._by_place else self._places(kind)
        file = places.get(hint or "")
        if file is not None:
            span = (self._shards.get(file) or self._shard(file)).find(encoded)
            if span is not None:
                return file, span
        file = self._homes(kind).get(encoded)
        return (file, self._shard(file).index[encoded]) if file is not None else None

    def _places(self, kind: str) -> dict[str, str]:
        """The file of each location."""
        files = self.files(kind)
        found = self._by_place[kind] = {normal(about.get("location", "")): file for file, about in files.items()}
        return found

    def alias(self, kind: str, name: str) -> str:
        """The key of the resource that has this name beside it; empty when none has."""
        if kind not in self._aliases:
            self._aliases[kind] = {}
            for file in self.files(kind):
                for line in _ALIASED.findall(self._read(file).content()):
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
            index = (self._shards.get(file) or self._read(file)).index
            for encoded in left.keys() & index.keys():
                del left[encoded]
        return {key for key in left.values() if not (kind == "license" and self.licenses.has(key))}

    def _homes(self, kind: str) -> dict[bytes, str]:
        """Every key of a kind and its file: for what is not where it was expected."""
        if kind not in self._home:
            self._home[kind] = {key: file for file in self.files(kind) for key in self._shard(file).index}
        return self._home[kind]

    def lines(
        self, kind: str, key: str, place: tuple[str, Span], sections: Iterable[str] | None = None
    ) -> Iterator[tuple[str, bytes]]:
        """The line that `find` found, then those of sections (None: of all that lie apart), each with its file; empty
        where there is none."""
        file, span = place
        owners, encoded = self._shard(file), encoded_key(key)
        yield file, owners.line(span)
        for part in self._parts.get(kind, ()) if sections is None else sections:
            shard = self._section(owners, part)
            found = shard.find(encoded) if shard is not None else None
            yield part_file(file, kind, part), shard.line(found) if shard is not None and found else b""

    def parse(self, kind: str, key: str, file: str, span: Span) -> Current | None:
        """The resource in a line that `find` found; none where the line is about the managed half alone."""
        shard = self._shard(file)
        line = shard.line(span)
        try:
            if same := shard.doubles.get(encoded_key(key)):
                return one_of(current_of(shard.line(other), kind, key, plain=False) for other in same)
            if kind in self._both:
                return observed_of(line, kind, key, plain=shard.plain)
            parts = self._parts.get(kind, {})
            current = current_of(line, kind, key, plain=shard.plain, sections=parts)
            if kind in known():
                current = both(known()[kind], current)
        except (ValueError, LookupError, TypeError, AttributeError):
            raise self._no_line(shard, span) from None
        if parts and (left := parts.keys() - current.fields.keys()):
            current.fields = JoinedFields(current.fields, left, _Sections(self, shard, encoded_key(key)))
        return current

    def fields(self, kind: str, key: str, place: tuple[str, Span], names: Collection[str]) -> Fields | None:
        """The fields of a resource that `find` found, with those of its sections that these name, in half the time of
        `parse`; None where that must tell, because there is more to be known of it, or it has another form."""
        if kind not in self._alone:
            self._alone[kind] = kind not in self._both and (kind not in known() or known()[kind].picked is None)
        shard = self._shard(place[0])
        fields = fields_of(shard.line(place[1])) if shard.plain and self._alone[kind] else None
        if fields is None or kind not in self._parts:
            return fields
        parts, encoded = self._parts[kind], encoded_key(key)
        for part in names:
            if part in parts and part not in fields:
                section = shard.sections.get(part) or self._section(shard, part)
                value = ABSENT if section is None else section.managed_next(encoded, only_seen=True)
                if value is UNSEEN:
                    value = self.section(shard, encoded, part)
                if value is not ABSENT:
                    fields[part] = value
        return fields

    def section(self, owners: Shard, encoded: bytes, part: str) -> Any:
        """What is managed of a section of one of these owners; ABSENT when nothing was read."""
        shard = owners.sections.get(part) or self._section(owners, part)
        if shard is not None and (fields := shard.managed_next(encoded)) is not UNSEEN:
            return fields
        span = shard.find(encoded) if shard is not None else None
        if shard is None or span is None:
            return ABSENT
        try:
            return managed_of(shard.line(span), shard.kind, encoded, plain=shard.plain)
        except (ValueError, LookupError, TypeError, AttributeError):
            raise self._no_line(shard, span) from None

    def _section(self, owners: Shard, part: str) -> Shard | None:
        """The lines of a section beside those of its owners; None where none of them has it."""
        if part not in owners.sections:
            beside = part_file(owners.file, owners.kind, part)
            there = beside in self._parts.get(owners.kind, {}).get(part, ())
            owners.sections[part] = (self._shards.get(beside) or self._shard(beside)) if there else None
        return owners.sections[part]

    def _no_line(self, shard: Shard, span: Span) -> ReconcileError:
        with shard.path.open("rb") as opened:
            number = opened.read(span[0]).count(b"\n") + 1
        return corrupt(f"{shard.name}:{number}", "not a line of a snapshot")

    def keys(self, kind: str) -> list[str]:
        shards = map(self._shard, self.files(kind))
        if kind in self._both:
            encoded = (key for shard in shards for key, span in shard.index.items() if has_observed(shard.line(span)))
        else:
            encoded = (key for shard in shards for key in shard.index)
        return sorted(json.loads(b'"' + key + b'"') for key in encoded)

    def _shard(self, file: str) -> Shard:
        shard = self._shards.get(file)
        if shard is None:
            shard = self._shards[file] = self._read(file)
            self._recent[file] = None
            self._held += shard.size
            self._let_go(file)
        return shard

    def _read(self, file: str) -> Shard:
        relied_on.add(file.partition("/")[0])
        kind, about, shard = self._named[file]
        return shard(self.folder, file, kind, about, trusted=file in self._trusted)

    def _let_go(self, last: str) -> None:
        """Forget the bytes of files until the rest fits."""
        while self._held > KEEP and len(self._recent) > 1:
            oldest = next(name for name in self._recent if name != last)
            del self._recent[oldest]
            self._held -= self._shards[oldest].size
            if self._shards[oldest].forgotten():
                del self._shards[oldest]


class _Sections:
    """Reads the sections of one resource."""

    __slots__ = ("_of", "_snapshot")

    def __init__(self, snapshot: StoredSnapshot, owners: Shard, encoded: bytes) -> None:
        self._snapshot, self._of = snapshot, (owners, encoded)

    def __call__(self, part: str) -> Any:
        return self._snapshot.section(*self._of, part)


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
        raise corrupt(name, f"cannot be read: {error.strerror}") from None
    refuse_conflict(name, data)
    try:
        manifest = parsed(data)
        version = manifest["format_version"]
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise corrupt(f"{name}:{line}", "not valid JSON") from None
    except (LookupError, TypeError):
        raise corrupt(f"{name}:1", "it says no format version") from None
    if version not in READABLE or type(version) is not int:
        raise other_format(version, name)
    if not sound(manifest):
        raise corrupt(f"{name}:1", "it lacks what a manifest must say")
    theirs = manifest["org"].get("id", "")
    if org and not same_org(theirs, org):
        raise other_org(theirs, org, name)
    return StoredSnapshot(folder, manifest, digest(data))
