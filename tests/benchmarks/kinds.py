"""What kinds cost that nobody uses: plans of one tenant by this program, and by it with 185 more settings in it.

python -m tests.benchmarks.kinds                    1,000 people, ten rounds
python -m tests.benchmarks.kinds --size 10k --rounds 20
python -m tests.benchmarks.kinds --before ../other  against another checkout as well, which writes a tenant of its own

Both are copies of the package, so that a setting more is a file more and nothing else. CPU is the least of all rounds:
what a machine that is busy otherwise adds to a run is never the program's.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks import tenants
from tests.benchmarks.goals import Ratio
from tests.benchmarks.measuring import Contestant, measure

ROOT = Path(__file__).parents[2]
MORE = 185
#: At most so much over the program without them.
GOAL, STRETCH = 1.05, 1.02
CASES = ("cold", "warm", "one")

#: Like a real one: some fields, a few of them elsewhere in the document, for all owners.
_SETTING = '''"""A setting that nobody uses."""

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, FEATURES, PERSON, VIRTUAL_LINE, WORKSPACE
from reconciler.kinds.contract.setting import WORDS, At, Number, Setting, Switch


class Unused{number:03d}(Setting):
    enabled: bool = False
    rings: Annotated[int, Field(ge=2, le=20), At("noAnswer.numberOfRings")] = 3
    greeting: Annotated[Literal["default", "custom"], WORDS, At("noAnswer.greeting")] = "default"
    voicemail: Annotated[bool, At("incoming.voicemailEnabled")] = False
    new_number: Annotated[Number | None, Switch("incoming.newNumber", "destination")] = None
    names: list[str] = []


KINDS = kinds_of(
    "unused_{number:03d}",
    Unused{number:03d},
    "What nobody uses, of {{owner}}.",
    {{PERSON: FEATURES, WORKSPACE: FEATURES, VIRTUAL_LINE: CONFIG}},
)
'''

_PLAN = "import sys; sys.path.insert(0, sys.argv.pop(1)); from reconciler.cli import entry; entry()"

_WRITE = (
    "import sys; from pathlib import Path; from tests.benchmarks import tenants;"
    "tenants.write(Path(sys.argv[1]), int(sys.argv[2]))"
)


def write_settings(folder: Path, many: int = MORE) -> None:
    """So many settings that nobody uses, a module each."""
    for number in range(many):
        (folder / f"unused_{number:03d}.py").write_text(_SETTING.format(number=number))


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="reconcile-kinds-") as name:
        folder = Path(name)
        programs = {"few": _copy(ROOT, folder / "few"), "many": _copy(ROOT, folder / "many")}
        write_settings(programs["many"] / "reconciler" / "kinds" / "settings")
        if options.before:
            programs["before"] = _copy(options.before, folder / "before")
        found = [contestant for label, at in programs.items() for contestant in _contestants(label, at, options.size)]
        measure(found, options.rounds, tell=lambda line: print(line, file=sys.stderr, flush=True))
    by_name = {one.name: one for one in found}
    print(f"\n{options.size:,} people, least CPU and peak memory of {options.rounds} rounds")
    for one in found:
        print(f"  {one.name:<14} {min(one.cpu):8.3f} s CPU {one.memory:8.1f} MiB")
    for ratio in _ratios(by_name, [label for label in programs if label != "many"]):
        print(ratio.row())
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.kinds", description="What unused kinds cost.")
    parser.add_argument("--size", type=lambda text: int(text.replace("k", "000")), default=1000, help="how many people")
    parser.add_argument("--rounds", type=int, default=10, help="how often each is measured")
    parser.add_argument("--before", type=Path, help="another checkout to compare with")
    return parser.parse_args(arguments)


def _copy(checkout: Path, to: Path) -> Path:
    """The program of a checkout, and what writes tenants for it."""
    for name in ("reconciler", "tests/benchmarks"):
        shutil.copytree(checkout / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    return to


def _contestants(label: str, program: Path, size: int) -> Iterator[Contestant]:
    """Cold; warm with nothing new; warm with one person changed, so that what is known of all others is used."""
    still, moving = program / "still", program / "moving"
    for root in (still, moving):
        subprocess.run([sys.executable, "-c", _WRITE, str(root), str(size)], cwd=program, check=True)
    plan = [sys.executable, "-c", _PLAN, str(program), "plan", "--offline", "-C"]

    def run(root: Path) -> None:
        subprocess.run([*plan, str(root)], check=True, stdout=subprocess.DEVNULL, cwd=program)

    def change() -> None:
        people = moving / "desired/site-0000/people.yaml"
        for which in ({0}, {0, 1}):
            people.write_text(tenants.people_yaml(0, size, which))
            if which == {0}:
                run(moving)

    run(still)
    yield Contestant(f"cold {label}", [*plan, str(still), "--no-cache"])
    yield Contestant(f"warm {label}", [*plan, str(still)])
    yield Contestant(f"one {label}", [*plan, str(moving)], change)


def _ratios(by_name: dict[str, Contestant], others: Sequence[str]) -> Iterator[Ratio]:
    for other in others:
        for case in CASES:
            many, few = by_name[f"{case} many"], by_name[f"{case} {other}"]
            yield Ratio(f"{case}: CPU, many kinds / {other}", min(many.cpu) / min(few.cpu), GOAL, STRETCH)
            yield Ratio(f"{case}: peak memory, many kinds / {other}", many.memory / few.memory, GOAL, STRETCH)


if __name__ == "__main__":
    sys.exit(main())
