"""What comes of comparing: of one unit, and of a file of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.model.plan import Change
from reconciler.offline.facts import Facts


@dataclass(slots=True)
class Verdict:
    """What came of one unit: how many resources, how many of them the same, and the changes of the others.

    `rests_on` are the lines of the snapshot that it was compared with: (kind, key, hint, digest of the line or empty).
    """

    managed: int
    same: int
    changes: list[Change]
    facts: Facts
    rests_on: list[tuple[str, str, str, bytes]]


@dataclass(slots=True)
class FileResult:
    """What came of one file. `files` are those of the snapshot that it rests on (`person/*`: all of a kind)."""

    digest: bytes
    managed: int = 0
    same: int = 0
    changes: list[Change] = field(default_factory=list)
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

    def add(self, verdict: Verdict) -> None:
        self.managed += verdict.managed
        self.same += verdict.same
        self.changes += verdict.changes
        self.facts.join(verdict.facts)
        self.kinds |= {address[: address.index("/")] for address in verdict.facts.addresses}
