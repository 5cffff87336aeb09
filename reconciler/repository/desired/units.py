"""What every reader of desired files gives: units, and the kind that a label stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from reconciler.errors import Problem
from reconciler.kinds import by_label
from reconciler.kinds.contract.kind import ResourceKind
from reconciler.repository.desired.entries import did_you_mean, labels
from reconciler.repository.yamlfile import Path


@dataclass(slots=True)
class Unit:
    """One piece: its kind, its line, and its place in the document."""

    kind: ResourceKind
    line: int
    number: int


class Document(Protocol):
    """A file as units. `problems` are those of the file itself (unknown names, broken syntax); `text` is all of it;
    `notices` say what is to be known of how it was read."""

    units: list[Unit]
    problems: list[Problem]

    @property
    def text(self) -> str: ...

    @property
    def notices(self) -> Sequence[str]: ...

    def values(self, units: Sequence[Unit]) -> list[Any]:
        """The parsed value of each unit; a Problem where it cannot be parsed."""
        ...

    def digest(self, unit: Unit) -> bytes:
        """A digest of everything in the file that the value of a unit depends on."""
        ...

    def place(self, unit: Unit, path: Path, *, key: bool) -> tuple[int, int]:
        """Line and column of a path inside a unit, of its name (`key`) or its value."""
        ...

    def raw(self, unit: Unit, path: Path) -> str:
        """The scalar at a path as the user wrote it."""
        ...

    def careful(self, unit: Unit) -> Any:
        """The value of a unit by the slow reader, which decides when the fast one's value is refused."""
        ...


def kind_of(label: str, file: str, line: int, col: int, problems: list[Problem]) -> ResourceKind | None:
    """The kind that a top-level name or a file's stem stands for; a problem when there is none."""
    kind = by_label().get(label.lower())
    if kind is None:
        near = did_you_mean(label, by_label()) or f"one of: {', '.join(labels())}"
        problems.append(Problem(file, line, col, f"{label}: unknown kind of resource", near))
        return None
    if not kind.writable:
        what = f"{label}: {kind.name} is read only: it can be referred to, not described"
        problems.append(Problem(file, line, col, what, "remove it here; it comes with reconcile export"))
        return None
    return kind
