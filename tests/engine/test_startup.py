"""What a start loads: the overview nothing, reading and planning no SDK."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.cli.verbs import VERBS

ROOT = Path(__file__).parents[2]
HEAVY = {"wxc_sdk", "deepdiff", "aiohttp", "git", "requests"}


def loaded(*arguments: str) -> tuple[set[str], str]:
    """The top-level modules that a command loaded, and all below them, and what it printed."""
    script = (
        "import sys; from reconciler.cli import main\n"
        f"sys.argv = ['reconcile', *{list(arguments)!r}]\n"
        "try: main()\n"
        "except SystemExit as leaving: assert not leaving.code, leaving.code\n"
        "finally: print(sorted({*sys.modules} | {name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(eval(done.stderr.splitlines()[-1])), done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], []])
def test_the_overview_loads_nothing_of_others(arguments: list[str]) -> None:
    modules, printed = loaded(*arguments)
    assert not modules & (HEAVY | {"pydantic", "cyclopts", "rich", "ruamel", "asyncio"})
    assert "reconcile" in printed


def test_the_overview_names_every_verb() -> None:
    _, printed = loaded("--help")
    files = {path.stem: path.read_text("utf-8") for path in (ROOT / "reconciler" / "cli").glob("*.py")}
    verbs = {name for name, text in files.items() if re.search(rf"^(def {name}\(|{name} = )", text, re.MULTILINE)}
    assert set(VERBS) - {"version"} == verbs
    assert all(f"  {verb} " in printed for verb in VERBS)


def test_validate_loads_no_sdk() -> None:
    modules, _ = loaded("validate", "-C", str(ROOT))
    assert not modules & HEAVY


def test_an_offline_plan_without_changes_loads_no_sdk() -> None:
    cold, printed = loaded("plan", "-C", str(ROOT), "--offline", "--no-cache")
    assert "No changes" in printed
    assert not cold & HEAVY


def test_an_offline_plan_that_is_known_loads_almost_nothing() -> None:
    loaded("plan", "-C", str(ROOT), "--offline")
    warm, printed = loaded("plan", "-C", str(ROOT), "--offline")
    assert "No changes" in printed
    assert not warm & (HEAVY | {"pydantic", "ruamel", "yaml_rs"})
    assert not warm & {"reconciler.webex.policy", "reconciler.webex.pacing", "reconciler.masking"}
