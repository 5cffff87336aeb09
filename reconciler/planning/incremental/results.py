"""What comes of comparing, as plain data (lists, text, numbers): of one unit, and of a file of them.

Plain, because it goes through the cache and between processes as it is; a change becomes a `Change` at the end.
"""

from __future__ import annotations

import hashlib
import marshal
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reconciler.model.plan import Change
from reconciler.planning.incremental.facts import FileFacts

_CHANGE: tuple[str, ...] = tuple(Change.__dataclass_fields__)


class UnitResult(NamedTuple):
    """What came of one unit: how many resources, how many of them the same, and the changes of the others.

    `rests_on` are the lines of the snapshot that it was compared with: (kind, key, hint, its sections that
    were looked at, digest of the lines or empty).
    `national`: numbers in it were read by a country, which is said each time, and may be another one the next time.
    """

    digest: bytes
    managed: int
    same: int
    changes: list[dict[str, Any]]
    addresses: list[str]
    claims: list[str]
    references: list[str]
    rests_on: list[tuple[str, str, str, tuple[str, ...], bytes]]
    national: bool = False


@dataclass(slots=True)
class FileResult:
    """What came of one file. `files` are those of the snapshot that it rests on (`person/*`: all of a kind), and the
    locations by whose country it was read (`country/Madrid`).

    `sealed` are the verdicts in the cache's form, when they come from another process. `notices` say what is to be
    known of how the file was read.
    """

    digest: bytes
    managed: int = 0
    same: int = 0
    changes: list[dict[str, Any]] = field(default_factory=list)
    facts: FileFacts = field(default_factory=FileFacts)
    verdicts: dict[bytes, UnitResult] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    sealed: bytes = b""
    notices: list[str] = field(default_factory=list)

    def sum(self, other: FileResult) -> None:
        """Add another file's numbers, changes and kinds."""
        self.managed += other.managed
        self.same += other.same
        self.changes += other.changes
        self.kinds |= other.kinds
        self.notices += other.notices

    def add(self, verdict: UnitResult, file: str, line: int, *, gather: bool) -> None:
        """Add a unit that begins at that line of the file; its names too, if they are gathered."""
        self.managed += verdict.managed
        self.same += verdict.same
        for change in verdict.changes:
            change["source"] = f"{file}:{line}"
            self.changes.append(change)
        if verdict.managed > 1:  # what nests in it is of other kinds
            self.kinds |= {address[: address.index("/")] for address in verdict.addresses}
        if not gather:
            return
        self.facts.add(verdict.addresses, verdict.claims, verdict.references)


def plain(change: Change) -> dict[str, Any]:
    """A change without what is empty."""
    return {name: value for name in _CHANGE if (value := getattr(change, name))}


def facts_of(verdicts: Iterable[UnitResult]) -> FileFacts:
    """The names in these units."""
    facts = FileFacts()
    for verdict in verdicts:
        facts.add(verdict.addresses, verdict.claims, verdict.references)
    return facts


def comparable(verdicts: Iterable[UnitResult]) -> tuple[list[str], list[str], set[str]]:
    """The names in these units, whatever their order."""
    addresses: list[str] = []
    claims: list[str] = []
    references: set[str] = set()
    for verdict in verdicts:
        addresses += verdict.addresses
        claims += verdict.claims
        references.update(verdict.references)
    return sorted(addresses), sorted(claims), references


def packed(result: FileResult) -> tuple[Any, ...]:
    """A result as `marshal` takes it; its verdicts as the cache keeps them."""
    facts = (result.facts.addresses.tobytes(), result.facts.claims.tobytes(), list(result.facts.references))
    files, kinds = sorted(result.files), sorted(result.kinds)
    return (
        result.digest,
        result.managed,
        result.same,
        result.changes,
        facts,
        sealed_verdicts(result),
        files,
        kinds,
        result.notices,
    )


def unpacked(data: Any) -> FileResult:
    """The result in it; its verdicts stay sealed, because nobody but the cache wants them."""
    digest, managed, same, changes, facts, verdicts, files, kinds, notices = data
    whole = FileFacts(array("q", facts[0]), array("q", facts[1]), set(facts[2]))
    return FileResult(digest, managed, same, changes, whole, {}, set(files), set(kinds), verdicts, notices)


def sealed_verdicts(result: FileResult) -> bytes:
    return result.sealed or sealed(list(map(tuple, result.verdicts.values())))


def sealed(data: Any) -> bytes:
    """Plain data with a digest of itself in front."""
    blob = marshal.dumps(data)
    return hashlib.blake2b(blob, digest_size=16).digest() + blob


def unsealed(blob: Any) -> Any:
    """The data in a sealed blob, None when it was damaged."""
    if not isinstance(blob, bytes) or hashlib.blake2b(blob[16:], digest_size=16).digest() != blob[:16]:
        return None
    return marshal.loads(blob[16:])
