"""Measure offline plans against their goals.

python -m tests.benchmarks                 10,000 people, three rounds
python -m tests.benchmarks --size 100k     or 10k 100k 200k: several sizes give the growth too
python -m tests.benchmarks --quick         1,000 people, one round: does it run at all
python -m tests.benchmarks --only cold floor
python -m tests.benchmarks --plan "python -m reconciler plan --offline"   what to measure as a plan
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.benchmarks import anchors, tenants
from tests.benchmarks.goals import growth, ratios
from tests.benchmarks.measuring import Contestant, measure

NAMES = ("bare", "floor", "octodns", "cold", "unchanged", "one", "clustered", "spread")
PLAN = f"{shlex.quote(sys.executable)} -m reconciler plan --offline"


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    walls: dict[int, float] = {}
    for size in options.size:
        with tempfile.TemporaryDirectory(prefix="reconcile-benchmark-") as folder:
            contestants = _contestants(Path(folder), size, options)
            measure(contestants, options.rounds, tell=lambda line: print(line, file=sys.stderr, flush=True))
        by_name = {contestant.name: contestant for contestant in contestants}
        if "cold" in by_name:
            walls[size] = by_name["cold"].wall
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        print(f"\n{size:,} people, median of {options.rounds}, {cores} cores, Python {sys.version.split()[0]}")
        for contestant in contestants:
            cpu = statistics.median(contestant.cpu)
            per = (
                f"{contestant.wall / size * 1e6:9.1f} us each"
                if contestant.name in ("cold", "floor", "octodns")
                else ""
            )
            print(
                f"  {contestant.name:<12} {contestant.wall:8.3f} s {cpu:8.3f} s CPU {contestant.memory:6.0f} MiB {per}"
            )
        for ratio in ratios(size, by_name):
            print(ratio.row())
    for ratio in growth(walls):
        print(ratio.row())
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description="Offline plans against their goals."
    )
    parser.add_argument("--size", nargs="+", type=_size, default=[10_000], help="how many people: 10k 100k 200k")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured (median)")
    parser.add_argument("--quick", action="store_true", help="1,000 people, one round")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, help="measure these alone")
    parser.add_argument("--octodns", default="", help="the octodns-sync to measure; default: the one on PATH")
    parser.add_argument("--plan", default=PLAN, help="the command that plans; -C DIR and --no-cache are added")
    options = parser.parse_args(arguments)
    if options.quick:
        options.size, options.rounds = [1000], 1
    return options


def _size(text: str) -> int:
    return int(text.removesuffix("k")) * (1000 if text.endswith("k") else 1)


def _contestants(folder: Path, size: int, options: argparse.Namespace) -> list[Contestant]:
    wanted = set(options.only)
    plan = shlex.split(options.plan)
    found: list[Contestant] = []
    if "bare" in wanted:
        found.append(Contestant("bare", anchors.BARE))
    if "floor" in wanted:
        found.append(Contestant("floor", anchors.json_floor(folder / "floor", size)))
    if "octodns" in wanted:
        command = anchors.octodns(folder / "octodns", size, options.octodns)
        if command:
            found.append(Contestant("octodns", command))
        else:
            print("octodns-sync is not installed: `pip install octodns`, or name it by --octodns", file=sys.stderr)
    if wanted & {"cold", "unchanged", "one", "clustered", "spread"}:
        still = folder / "still"
        tenants.write(still, size)
        if "cold" in wanted:
            found.append(Contestant("cold", [*plan, "--no-cache", "-C", str(still)]))
        if "unchanged" in wanted:
            found.append(Contestant("unchanged", [*plan, "-C", str(still)], _once(plan, still)))
        for how in ("one", "clustered", "spread"):
            if how in wanted:
                moving = shutil.copytree(still, folder / how, copy_function=os.link, ignore=_local)
                found.append(Contestant(how, [*plan, "-C", str(moving)], _edits(plan, moving, size, how)))
    return found


def _local(folder: str, names: list[str]) -> list[str]:
    return [".reconcile"] if ".reconcile" in names else []


def _run(plan: Sequence[str], root: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([*plan, "-C", str(root)], stdout=subprocess.DEVNULL, env=environment, check=True)


def _once(plan: Sequence[str], root: Path) -> Callable[[], None]:
    """Make the first run, which fills the cache, before the first measurement."""
    done: list[bool] = []

    def before() -> None:
        if not done:
            _run(plan, root)
            done.append(True)

    return before


def _edits(plan: Sequence[str], root: Path, size: int, how: str) -> Callable[[], None]:
    """Have a plan of the unchanged files in the cache, then change 1 % of the people."""
    base = tenants.changed(size, "spread")
    change = {1} if how == "one" else tenants.changed(size, how)
    other = base ^ ({(n + 1) % size for n in change} if how == "spread" else change)
    touched = sorted({n // tenants.PER_LOCATION for n in base ^ other})

    def write(which: set[int]) -> None:
        for number in touched:
            path = root / "desired" / f"site-{number:04d}" / "people.yaml"
            path.unlink()  # a file of its own: the copy is of hard links
            path.write_text(tenants.people_yaml(number, size, which))

    def before() -> None:
        write(base)
        _run(plan, root)
        write(other)

    return before


if __name__ == "__main__":
    sys.exit(main())
