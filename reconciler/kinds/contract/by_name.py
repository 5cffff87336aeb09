"""Kinds by name, each found when it is asked for: only who goes through all of them has all imported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

K = TypeVar("K")


class ByName(Mapping[str, K]):
    """`one` finds what has a name, None where nothing has it; `every` all that there is, in order."""

    def __init__(self, one: Callable[[str], K | None], every: Callable[[], Mapping[str, K]]) -> None:
        self._one = one
        self._find = every

    @cached_property
    def _every(self) -> Mapping[str, K]:
        return self._find()

    def __getitem__(self, name: str) -> K:
        found = self._one(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._every)

    def __len__(self) -> int:
        return len(self._every)
