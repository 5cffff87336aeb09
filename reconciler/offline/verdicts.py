"""What comes of comparing, as plain data (lists, text, numbers): of one unit, and of a file of them.

Plain, because it goes through the cache and between processes as it is; a change becomes a `Change` at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reconciler.model.plan import Change
from reconciler.offline.facts import Facts

_CHANGE: tuple[str, ...] = tuple(Change.__dataclass_fields__)


class Verdict(NamedTuple):
    """What came of one unit: how many resources, how many of them the same, and the changes of the others.

    `rests_on` are the lines of the snapshot that it was compared with: (kind, key, hint, digest of the line or empty).
    """

    digest: bytes
    managed: int
    same: int
    changes: list[dict[str, Any]]
    addresses: list[str]
    claims: list[str]
    references: list[str]
    rests_on: list[tuple[str, str, str, bytes]]


@dataclass(slots=True)
class FileResult:
    """What came of one file. `files` are those of the snapshot that it rests on (`person/*`: all of a kind)."""

    digest: bytes
    managed: int = 0
    same: int = 0
    changes: list[dict[str, Any]] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)
    verdicts: dict[bytes, Verdict] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)

    def sum(self, other: FileResult) -> None:
        """Add another file's numbers, changes and kinds."""
        self.managed += other.managed
        self.same += other.same
        self.changes += other.changes
        self.kinds |= other.kinds

    def add(self, verdict: Verdict, file: str, line: int, *, gather: bool) -> None:
        """Add a unit that begins at that line of the file; its names too, if they are gathered."""
        self.managed += verdict.managed
        self.same += verdict.same
        for change in verdict.changes:
            change["source"] = f"{file}:{line}"
            self.changes.append(change)
        if not gather:
            return
        self.facts.addresses += verdict.addresses
        self.facts.claims += verdict.claims
        self.facts.references.update(verdict.references)


def plain(change: Change) -> dict[str, Any]:
    """A change without what is empty."""
    return {name: value for name in _CHANGE if (value := getattr(change, name))}


def packed(result: FileResult) -> tuple[Any, ...]:
    """A result as `marshal` takes it."""
    facts = (result.facts.addresses, result.facts.claims, list(result.facts.references))
    verdicts = list(map(tuple, result.verdicts.values()))
    files, kinds = sorted(result.files), sorted(result.kinds)
    return result.digest, result.managed, result.same, result.changes, facts, verdicts, files, kinds


def unpacked(data: Any) -> FileResult:
    digest, managed, same, changes, facts, verdicts, files, kinds = data
    by_digest = {row[0]: Verdict._make(row) for row in verdicts}
    whole = Facts(facts[0], facts[1], set(facts[2]))
    return FileResult(digest, managed, same, changes, whole, by_digest, set(files), set(kinds))
