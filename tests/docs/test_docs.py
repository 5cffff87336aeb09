"""Every command in the documentation is executed, section by section, in a copy of the repository."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from reconciler.cli.verbs import VERBS
from reconciler.errors import Exit
from tests.support.forks import forked

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
_FENCE = re.compile(r"```console\n(.*?)```", re.DOTALL)


def _sections(text: str) -> dict[str, list[str]]:
    """The commands under each heading, in order; `./dev` itself is what runs these tests."""
    found: dict[str, list[str]] = {}
    for part in re.split(r"(?m)^## ", text)[1:]:
        heading, _, body = part.partition("\n")
        commands = [line[2:] for block in _FENCE.findall(body) for line in block.splitlines() if line.startswith("$ ")]
        if commands:
            found[heading] = commands
    return found


@pytest.fixture
def checkout(tmp_path: Path, origin: forked.Origin) -> Path:
    root = tmp_path / "checkout"
    root.mkdir()
    for folder in ("desired", "state"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("runs"))
    bin_folder = root / ".bin"
    bin_folder.mkdir()
    command = bin_folder / "reconcile"
    command.write_text(f'#!/bin/sh\nexec {shlex.join(origin.command)} "$@"\n')
    command.chmod(0o755)
    return root


SIMULATOR = _sections(README)["Try it on the sample tenant"][:4]


@pytest.mark.parametrize("heading", _sections(README))
def test_commands_of_a_section(heading: str, checkout: Path) -> None:
    """Each section stands alone: it finds the simulator of the first one running, and must exit 0 throughout."""
    commands = _sections(README)[heading]
    before = [] if commands[:1] == SIMULATOR[:1] else SIMULATOR
    _run([*before, *commands], checkout)


@pytest.mark.issue10("C")
def test_whoever_goes_through_the_readme_changes_something_each_time(checkout: Path) -> None:
    """An edit that an earlier section has made already would leave the apply behind it with nothing to do."""
    edits = [line for commands in _sections(README).values() for line in commands if line.startswith("sed ")]
    assert len(edits) >= 3
    for edit in edits:
        before = {path: path.read_bytes() for path in (checkout / "desired").rglob("*.yaml")}
        subprocess.run(["bash", "-c", edit], cwd=checkout, check=True)
        assert before != {path: path.read_bytes() for path in before}, edit


def test_commands_of_the_simulators_page(checkout: Path) -> None:
    page = (ROOT / "reconciler" / "simulator" / "README.md").read_text(encoding="utf-8")
    commands = [line[2:] for block in _FENCE.findall(page) for line in block.splitlines() if line.startswith("$ ")]
    assert len(commands) > 4
    _run(commands, checkout)


def _run(commands: list[str], checkout: Path) -> None:
    script = "\n".join(["set -eu", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT", *commands])
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("WEBEX_", "RECONCILE_"))},
        "PATH": f"{checkout / '.bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        ["bash", "-c", script], cwd=checkout, env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_first_commands_are_dev() -> None:
    assert re.findall(r"(?m)^\$ (.*)$", README)[:2] == ["./dev demo", "./dev test"]


def test_verbs_and_exit_codes_are_in_the_readme() -> None:
    rows = set(re.findall(r"(?m)^\| ([\d · ]+) \|", README))
    codes = {int(code) for row in rows for code in row.split("·")}
    assert codes == {int(code) for code in Exit}
    for verb in set(VERBS) - {"version"}:
        assert f"reconcile {verb}" in README or f"./dev {verb}" in README, verb


def test_plan_excerpt_is_what_the_demo_prints(capfd: pytest.CaptureFixture[str]) -> None:
    """The excerpt on the front page, except for what it leaves out by `...`, and the digest."""
    from reconciler.cli.app import run

    assert run(["demo"]) == 0
    printed = capfd.readouterr().out
    excerpt = re.search(r"```\n(reconcile plan · .*?)```", README, re.DOTALL)
    assert excerpt is not None
    for line in excerpt[1].splitlines():
        if line.strip() not in ("...", "") and not line.startswith(("plan ", "reconcile plan")):
            assert line in printed.splitlines(), line
