"""Fresh processes, measured: wall time and peak memory of whole process trees' largest member; medians, interleaved."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Contestant:
    """A command to measure; `before` is run before each measurement and is not counted."""

    name: str
    command: Sequence[str]
    before: Callable[[], None] = lambda: None
    seconds: list[float] = field(default_factory=list)
    kilobytes: list[int] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def wall(self) -> float:
        return statistics.median(self.seconds)

    @property
    def memory(self) -> float:
        """Peak resident memory in MiB: of the process itself and, if it forks, of all its children at most."""
        return max(self.kilobytes) / 1024


def measure(contestants: Sequence[Contestant], rounds: int, *, tell: Callable[[str], None]) -> None:
    """Every contestant once a round, so that a busy moment hits all of them; SystemExit when one fails."""
    for number in range(rounds):
        for contestant in contestants:
            contestant.before()
            seconds, cpu, kilobytes = _once(contestant)
            contestant.seconds.append(seconds)
            contestant.cpu.append(cpu)
            contestant.kilobytes.append(kilobytes)
            tell(f"{number + 1}/{rounds}  {contestant.name:<28} {seconds:8.3f} s  {kilobytes / 1024:7.0f} MiB")


def _once(contestant: Contestant) -> tuple[float, float, int]:
    """One run in a fresh process: wall seconds, CPU seconds, peak KiB (of the tree's members, added up)."""
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": root, "PYTHONHASHSEED": "0"}
    # As installed: octoDNS comes compiled by pip, and a checkout compiles itself on its first run.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", _WATCH, *contestant.command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    out, err = process.communicate()
    wall = time.perf_counter() - begin
    lines = out.strip().splitlines()
    if not lines or process.returncode:
        sys.exit(f"{contestant.name} failed:\n{out[-500:]}{err[-2000:]}")
    code, inner, cpu, kilobytes = lines[-1].split()
    if int(code):
        sys.exit(f"{contestant.name} failed with exit code {code}:\n{err[-2000:]}")
    return min(wall, float(inner)), float(cpu), int(kilobytes)


#: A small parent that only starts, times and weighs the command. It samples the tree, since forks share pages:
#: proportional memory (PSS) is what they take together.
_WATCH = r"""
import os, resource, subprocess, sys, threading, time

def pss(pid):
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("Pss:")), 0)
    except OSError:
        return 0

def tree(pid):
    found = [pid]
    for one in found:
        try:
            with open(f"/proc/{one}/task/{one}/children") as file:
                found += map(int, file.read().split())
        except OSError:
            pass
    return found

begin = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
most = 0
done = threading.Event()

def watch():
    global most
    while not done.wait(0.5):
        pids = tree(process.pid)
        if len(pids) > 1:
            most = max(most, sum(map(pss, pids)))

threading.Thread(target=watch, daemon=True).start()
code = process.wait()
wall = time.perf_counter() - begin
done.set()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, wall, used.ru_utime + used.ru_stime, max(most, used.ru_maxrss))
"""
