"""What is installed under the other package's name replaces this one: no text of ours names it (issue 10, item 32)."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from reconciler import DISTRIBUTION

ROOT = Path(__file__).parents[2]
#: `pip install reconciler`, `uv add 'reconciler[otel]'`, `pipx run reconciler`, `reconciler==1.0`, `reconciler[otel]`.
_OTHER = re.compile(
    r"\b(install|add|run|inject|upgrade|uvx|requires?)\b[^\n|`]*?(?<![\w./-])reconciler(?![\w./:*{-])"
    r"|(?<![\w./-])reconciler(\[[a-z]|[=~<>!]=)"
)


def texts() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [name for name in listed.split("\0") if name and name != Path(__file__).relative_to(ROOT).as_posix()]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


@pytest.mark.issue10(32)
def test_no_text_names_the_other_package() -> None:
    found = []
    for file in texts():
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{file.relative_to(ROOT)}:{n}: {line}" for n, line in enumerate(lines, 1) if _OTHER.search(line)]
    assert found == []


@pytest.mark.issue10(32)
@pytest.mark.parametrize("text", ["pip install 'reconciler[otel]'", "pip install reconciler", "uv add reconciler==1.0"])
def test_it_would_be_seen(text: str) -> None:
    assert _OTHER.search(text) and not _OTHER.search(text.replace("reconciler", DISTRIBUTION))


@pytest.mark.issue10(32)
def test_the_name_is_one_constant_and_import_and_command_stay() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == DISTRIBUTION != "reconciler"
    assert project["scripts"] == {"reconcile": "reconciler.cli:entry"}
