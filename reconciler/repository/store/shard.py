"""One file of a snapshot: checked against the manifest when it is read, and indexed when that pays.

Whose index is a mapping is asked for its keys too. The lines of a section are only looked up, and there may be dozens
of sections: theirs takes 16 bytes a line.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from reconciler.errors import ReconcileError
from reconciler.model.text import normal
from reconciler.repository.conflicts import conflict_line
from reconciler.repository.store.layout import digest, parsed
from reconciler.repository.store.lines import (
    ONLY_FIELDS,
    decoded_key,
    encoded_key,
    is_plain,
    key_of,
    line_pattern,
    prefix_of,
)

#: So many keys of a file are looked for without an index.
FEW = 4
#: How far from where the last one was the next is looked for: some lines that nobody asks for.
_NEAR = 16_384
Span = tuple[int, int]
#: Nothing is known yet: neither what it is, nor whether there is any.
UNSEEN: Any = object()
_DO = "run `reconcile export` to write it anew"


class Shard:
    """One file: where each key's line is. `data` is dropped when others are used; the index stays."""

    #: What says that the file was indexed.
    _built = "index"

    def __init__(self, folder: Path, file: str, kind: str, about: Mapping[str, Any], *, trusted: bool) -> None:
        self.path, self.file, self.name, self.kind = folder / file, file, f"{folder.name}/{file}", kind
        self.data: bytes | None = self.path.read_bytes() if trusted else self._checked(about)
        self.size = len(self.data)
        self.plain = is_plain(self.data)
        self.doubles: dict[bytes, list[Span]] = {}
        self.sections: dict[str, Shard | None] = {}
        self._prefix = prefix_of(kind)
        self._next = self._asked = 0
        self._last: tuple[bytes, Span | None] = (b"", None)
        self._before: tuple[bytes, Any] = (b"", None)

    @cached_property
    def index(self) -> dict[bytes, Span]:
        """The span of every key's line."""
        return self._indexed(self.content())

    def find(self, encoded: bytes) -> Span | None:
        """The span of the line about a key. Whoever comes in the order of the lines needs no index, and neither do the
        first few of the others: they are looked for in the bytes. Who was found last is asked for again."""
        if self._last[0] != encoded:
            self._last = encoded, self._looked_up(encoded)
        return self._last[1]

    def _looked_up(self, encoded: bytes) -> Span | None:
        data = self.data
        if data is None or not self.plain or self._built in self.__dict__:
            return self._indexed_at(encoded)
        begin = self._seen(data, self._prefix + encoded + b'"')
        if begin is None:
            return self._indexed_at(encoded)
        if begin < 0:
            return None
        self._next = end = data.index(b"\n", begin) + 1
        return begin, end

    def managed_next(self, encoded: bytes, *, only_seen: bool = False) -> Any:
        """What is managed in the next line, where that is about this key and says nothing else; UNSEEN where one has to
        look. Who compares in the order of the lines, as a plan does, mostly has no more to do. `only_seen`: nobody will
        change it, so that whoever has the same as the one before gets the same."""
        data, begin = self.data, self._next
        if data is None or not self.plain:
            return UNSEEN
        start = self._prefix + encoded + b'"' + ONLY_FIELDS
        if not data.startswith(start, begin):
            return UNSEEN
        end = data.index(b"\n", begin)
        text = data[begin + len(start) : end - 1]
        if only_seen and text == self._before[0]:
            fields = self._before[1]
        else:
            try:
                fields = from_json(text, cache_strings="keys")
            except ValueError:
                return UNSEEN
            if fields is not None and type(fields) is not dict:
                return UNSEEN
            if only_seen:
                self._before = text, fields
        self._next = end + 1
        self._last = encoded, (begin, end + 1)
        return fields

    def _seen(self, data: bytes, needle: bytes) -> int | None:
        """Where the line begins that begins like this, -1 where none does; None when that would have to be looked for
        once more."""
        if data.startswith(needle, self._next):
            return self._next
        if (end := data.find(b"\n" + needle, self._next, self._next + _NEAR)) >= 0:
            return end + 1
        if self._asked >= FEW:
            return None
        self._asked += 1
        if data.startswith(needle):
            return 0
        end = data.find(b"\n" + needle)
        return end + 1 if end >= 0 else -1

    def _indexed_at(self, encoded: bytes) -> Span | None:
        return self.index.get(encoded)

    def forgotten(self) -> bool:
        """Let the bytes go; whether nothing is left that would be of use."""
        self.data = None
        return self._built not in self.__dict__

    def _checked(self, about: Mapping[str, Any]) -> bytes:
        """The file's bytes, which must be those that the manifest speaks of."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            raise corrupt(self.name, "the manifest names this file, but it is not there") from None
        except OSError as error:
            raise corrupt(self.name, f"cannot be read: {error.strerror}") from None
        refuse_conflict(self.name, data)
        lines = data.count(b"\n")
        if data and not data.endswith(b"\n"):
            raise corrupt(f"{self.name}:{lines + 1}", "the file ends in the middle of a line")
        if digest(data) != about.get("sha256"):
            if lines != about.get("lines"):
                raise corrupt(f"{self.name}:{lines}", f"{lines} lines, {about.get('lines')} in the manifest")
            raise corrupt(_bad_line(self.name, data), "the content is not what the manifest says")
        return data

    def _indexed(self, data: bytes) -> dict[bytes, Span]:
        kind = self.kind
        if self.plain and b"\\" not in data and (quick := self._split(data)) is not None:
            return quick
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
            raise corrupt(f"{self.name}:{_line_number(data, end)}", f"not a line about a {kind}")
        return index

    def _split(self, data: bytes) -> dict[bytes, Span] | None:
        """The index of lines in which nothing is escaped, so that a key ends at the next quote; None where one of them
        is about something else."""
        index: dict[bytes, Span] = {}
        begin, start = 0, len(self._prefix)
        for line in data.split(b"\n")[:-1]:
            end = line.find(b'"', start)
            if end < 0 or not line.startswith(self._prefix):
                return None
            index[line[start:end]] = (begin, begin := begin + len(line) + 1)
        return index

    def content(self) -> bytes:
        return self.data if self.data is not None else self.path.read_bytes()

    def line(self, span: Span) -> bytes:
        if self.data is not None:
            return self.data[slice(*span)]
        with self.path.open("rb") as file:
            return os.pread(file.fileno(), span[1] - span[0], span[0])


class SectionShard(Shard):
    """The lines of a section."""

    _built = "_compact"

    @cached_property
    def _compact(self) -> tuple[array[int], array[int], array[int]]:
        """Hashes of the keys in order, and where the line of each begins and how long it is."""
        index = self._indexed(self.content())
        spans = sorted((hash(key), begin, end - begin) for key, (begin, end) in index.items())
        return array("q", (s[0] for s in spans)), array("Q", (s[1] for s in spans)), array("Q", (s[2] for s in spans))

    def _indexed_at(self, encoded: bytes) -> Span | None:
        hashes, begins, lengths = self._compact
        wanted, needle = hash(encoded), self._prefix + encoded + b'"'
        at = bisect_left(hashes, wanted)
        while at < len(hashes) and hashes[at] == wanted:
            span = begins[at], begins[at] + lengths[at]
            if not self.plain or self.line(span).startswith(needle):
                return span
            at += 1
        return None


def refuse_conflict(name: str, data: bytes) -> None:
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
    return encoded_key(key_of(kind, normal(decoded_key(encoded))))


def corrupt(where: str, why: str) -> ReconcileError:
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
