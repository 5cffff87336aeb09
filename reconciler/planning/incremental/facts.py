"""What the checks across files need to know of a file: the names in it, not the resources.

`Crowd` finds out whether all files together are sound, in a few bytes per name. It can only cry wolf, so that the
exact checks (`desired.checks`) look and give the places.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class FileFacts:
    """The addresses that a file describes, what its resources lay claim to, and what they refer to."""

    addresses: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)
    references: set[str] = field(default_factory=set)


class Crowd:
    """The facts of all files together, names as 64-bit hashes."""

    def __init__(self) -> None:
        self._addresses = array("q")
        self._claims = array("q")
        self._references: set[str] = set()

    def add(self, facts: FileFacts) -> None:
        self._addresses.extend(map(hash, facts.addresses))
        self._claims.extend(map(hash, facts.claims))
        self._references |= facts.references

    def clash(self) -> bool:
        """Whether two resources may have one address, or one claim."""
        return _repeats(self._addresses) or _repeats(self._claims)

    def open_ends(self) -> set[str]:
        """The references that no desired resource answers."""
        known = set(self._addresses)
        return {reference for reference in self._references if hash(reference) not in known}


def _repeats(hashes: Iterable[int]) -> bool:
    seen = array("q", sorted(hashes))
    return any(map(int.__eq__, seen, seen[1:]))
