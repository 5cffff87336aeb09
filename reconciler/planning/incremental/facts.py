"""What the checks across files need to know of a file: the names in it, not the resources.

`Crowd` finds out whether all files together are sound, in a few bytes per name. It can only cry wolf, so that the
exact checks (`desired.checks`) look and give the places.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from operator import eq


def _hashes() -> array[int]:
    return array("q")


@dataclass(slots=True)
class FileFacts:
    """The addresses that a file describes and what its resources lay claim to, as 64-bit hashes of this process and its
    forks, and what they refer to."""

    addresses: array[int] = field(default_factory=_hashes)
    claims: array[int] = field(default_factory=_hashes)
    references: set[str] = field(default_factory=set)

    def add(self, addresses: Iterable[str], claims: Iterable[str], references: Iterable[str]) -> None:
        self.addresses.extend(map(hash, addresses))
        self.claims.extend(map(hash, claims))
        self.references.update(references)


class Crowd:
    """The facts of all files together."""

    def __init__(self) -> None:
        self._all = FileFacts()

    def add(self, facts: FileFacts) -> None:
        self._all.addresses += facts.addresses
        self._all.claims += facts.claims
        self._all.references |= facts.references

    def clash(self) -> bool:
        """Whether two resources may have one address, or one claim."""
        return _repeats(self._all.addresses) or _repeats(self._all.claims)

    def open_ends(self) -> set[str]:
        """The references that no desired resource answers."""
        known = set(self._all.addresses)
        return {reference for reference in self._all.references if hash(reference) not in known}


def _repeats(hashes: array[int]) -> bool:
    in_order = sorted(hashes)
    return any(map(eq, in_order, islice(in_order, 1, None)))
