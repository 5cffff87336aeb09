"""How many requests an export will take, as far as can be told while it runs: from counts alone, so that asking often
costs nothing. What is not listed yet counts as it did in the snapshot before. The exact number is `budget.expected`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil

from reconciler.kinds import managed, observed, sections_of


@dataclass
class Estimate:
    """`names` are the kinds and artefacts that are read, `earlier` how many there were of each, `found` how many there
    are as far as they are listed, `able` those of them that have calling. `fixed`: requests beside all that; `bare`:
    kinds of which only the list is read; `lists_only`: of everything, what else is read is added to `fixed`."""

    names: Iterable[str] = ()
    earlier: Mapping[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    able: dict[str, int] = field(default_factory=dict)
    fixed: int = 1
    bare: frozenset[str] = frozenset()
    lists_only: bool = False

    def listed(self, name: str, count: int, able: int) -> None:
        self.found[name], self.able[name] = count, able

    def total(self) -> int:
        return self.fixed + sum(self._of(name) for name in self.names)

    def _of(self, name: str) -> int:
        if name not in observed():
            sections = (
                0 if self.lists_only or name in self.bare else sum(one.always for one in sections_of(name).values())
            )
            return self._pages(name, managed()[name].page) + sections * self._able(name)
        artefact = observed()[name]
        if artefact.scan and not artefact.rows:
            lists = self._pages(name, artefact.page) + bool(artefact.split)
        elif self.lists_only and artefact.look:
            return 0
        elif artefact.one_per_location:
            lists = self._count("calling_location") or self._count("location")
        else:
            lists = self._able(artefact.of) if artefact.calling else self._count(artefact.of)
        return lists + (self._count(name) if artefact.detail and not self.lists_only else 0)

    def _pages(self, name: str, page: int) -> int:
        return max(1, ceil(self._count(name) / page))

    def _count(self, name: str) -> int:
        return self.found.get(name, self.earlier.get(name, 0))

    def _able(self, name: str) -> int:
        return self.able.get(name, self._count(name))
