"""How many lines of each package the suite runs.

python -m tests.benchmarks.coverage                          the whole suite, in two processes
python -m tests.benchmarks.coverage tests/engine             some of it
python -m tests.benchmarks.coverage --write                  and keep the table in coverage.md, beside this file
python -m tests.benchmarks.coverage --least coverage.md      exit 1 where a package has less than the table says

Only lines that the test processes themselves run are counted: what a process runs that a test starts comes on top, and
so the figures are the least that holds. Standard library only; an ordinary run knows nothing of it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

_ROOT = Path(__file__).parents[2]
_PACKAGE = _ROOT / "reconciler"
_TABLE = Path(__file__).with_name("coverage.md")
_ROW = re.compile(r"\| `(\S+)` \| (\d+) \| (\d+) \| ([\d.]+) % \|")


def runnable(path: Path) -> set[int]:
    """The lines of a file that can run."""
    return set(_lines(compile(path.read_text("utf-8"), str(path), "exec", dont_inherit=True)))


def _lines(code: CodeType) -> Iterator[int]:
    yield from (line for _, _, line in code.co_lines() if line)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _lines(constant)


def measured(arguments: list[str]) -> dict[str, set[int]]:
    """file → the lines of it that a run of pytest with these arguments runs; SystemExit where a test fails."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", "-n", "2", "-p", "tests.benchmarks.lines", *arguments]
        done = subprocess.run(command, cwd=_ROOT, env={**os.environ, "COVERED_LINES": folder}, check=False)
        if done.returncode:
            raise SystemExit(done.returncode)
        seen: dict[str, set[int]] = defaultdict(set)
        for file in Path(folder).glob("*.json"):
            for name, lines in json.loads(file.read_text("utf-8")).items():
                seen[name].update(lines)
        return seen


def by_package(seen: dict[str, set[int]]) -> dict[str, tuple[int, int]]:
    """package → (lines that are run, lines that can run); modules beside the packages are `.`, the sum is `all`."""
    run, can = Counter[str](), Counter[str]()
    for path in sorted(_PACKAGE.rglob("*.py")):
        name = path.relative_to(_PACKAGE)
        lines = runnable(path)
        for package in (name.parts[0] if len(name.parts) > 1 else ".", "all"):
            can[package] += len(lines)
            run[package] += len(lines & seen.get(name.as_posix(), set()))
    return {package: (run[package], can[package]) for package in can}


def table(found: dict[str, tuple[int, int]]) -> str:
    head = ["| package | lines run | lines | covered |", "|---|---|---|---|"]
    rows = [f"| `{name}` | {run} | {can} | {100 * run / can:.1f} % |" for name, (run, can) in sorted(found.items())]
    return "\n".join([*head, *rows]) + "\n"


def less(found: dict[str, tuple[int, int]], text: str) -> list[str]:
    """What is covered less than this table says, a tenth of a percent left to chance."""
    told = {name: float(covered) for name, _, _, covered in _ROW.findall(text)}
    return [
        f"{name}: {100 * found[name][0] / found[name][1]:.1f} % where it was {least} %"
        for name, least in told.items()
        if name in found and 100 * found[name][0] / found[name][1] < least - 0.1
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"keep the table in {_TABLE.name}")
    parser.add_argument("--least", type=Path, metavar="TABLE", help="exit 1 where less is covered than it says")
    asked, arguments = parser.parse_known_args()
    found = by_package(measured(arguments))
    print(table(found), end="")
    if asked.write:
        _TABLE.write_text(
            f"# Lines that the suite runs (`python -m tests.benchmarks.coverage`)\n\n{table(found)}", "utf-8"
        )
    fallen = less(found, asked.least.read_text("utf-8")) if asked.least else []
    print(*fallen, sep="\n", end="\n" if fallen else "")
    return bool(fallen)


if __name__ == "__main__":
    sys.exit(main())
