"""The goals as ratios, and the table that says whether they are met. Absolute times are of the machine alone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.benchmarks.measuring import Contestant

LARGE = 50_000


@dataclass(frozen=True)
class Ratio:
    """One line of the table: what, how much, the goal and the stretch goal (at most)."""

    what: str
    value: float
    goal: float
    stretch: float
    unit: str = ""

    @property
    def verdict(self) -> str:
        return "stretch" if self.value <= self.stretch else "met" if self.value <= self.goal else "MISSED"

    def row(self) -> str:
        bounds = f"<= {self.goal:g}{self.unit} [{self.stretch:g}]"
        return f"  {self.what:<58} {self.value:8.3f}{self.unit:<3} {bounds:<18} {self.verdict}"


def ratios(size: int, by_name: Mapping[str, Contestant]) -> Iterator[Ratio]:
    """Every goal whose contestants were measured."""

    def have(*names: str) -> bool:
        return all(name in by_name for name in names)

    def wall(name: str) -> float:
        return by_name[name].wall

    if have("cold", "octodns"):
        # 0.12 at 10,000 would be 0.88 s beside octoDNS's 7.3. By CPU seconds, half of the children's on each of
        # two cores, it is 0.15. 0.36 s go before the fork (argument parser 80 ms, pydantic 95, our modules 110,
        # the first files 60) and 0.1 s after it (making and showing 200 changes). Of a person's 116 us, which the
        # cores share, YAML takes 34, validation 19, lines of state/ 13 and their JSON 6, cutting a file into
        # entries 7, the normal form 7, names 4.
        goal, stretch = (0.12, 0.05) if size >= LARGE else (0.15, 0.08)
        yield Ratio("P1/P2 cold, per person / octoDNS per record", wall("cold") / wall("octodns"), goal, stretch)
        most = 0.15 if size >= LARGE else 0.25
        yield Ratio("M1 peak memory / octoDNS", by_name["cold"].memory / by_name["octodns"].memory, most, 0.1)
    if have("cold", "floor"):
        yield Ratio("P3 cold / JSON floor", wall("cold") / wall("floor"), 6, 3)
    if have("unchanged", "bare"):
        yield Ratio("P5 warm, nothing changed / bare Python", wall("unchanged") / wall("bare"), 20, 10)
    if have("clustered", "cold"):
        yield Ratio("P7 warm, 1 % in few files / cold", wall("clustered") / wall("cold"), 0.15, 0.06)
    if have("spread", "cold"):
        yield Ratio("P7 warm, 1 % over all files / cold", wall("spread") / wall("cold"), 0.25, 0.12)
    if have("clustered", "one"):
        each = (wall("clustered") - wall("one")) / max(1, size // 100 - 1) * 1000
        yield Ratio("P8 warm, for each changed person", each, 0.5, 0.15, " ms")


def growth(walls: Mapping[int, float]) -> Iterator[Ratio]:
    """How cold plans grow from one size to the next; 1 is linear."""
    sizes = sorted(walls)
    for small, large in itertools.pairwise(sizes):
        ratio = walls[large] / walls[small] / (large / small)
        yield Ratio(f"P9 cold, growth {small:,} -> {large:,} / linear", ratio, 1.25, 1.05)
