"""Repositories made with the program itself, and a trap: a script that leaves a mark wherever something runs it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.live import Live

Git = Callable[..., str]


@pytest.fixture(autouse=True)
def own_configuration(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's configuration, and nothing of this machine's."""
    file = tmp_path_factory.mktemp("home") / "gitconfig"
    file.write_text("[user]\n\tname = Test\n\temail = test@example.com\n[init]\n\tdefaultBranch = main\n")
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(file))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return file


def program(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def git() -> Git:
    return program


class Trap:
    """`script` is what must not run; `sprung` says whether it did, and what it saw of our environment."""

    def __init__(self, folder: Path) -> None:
        self.script, self._mark = folder / "trap.sh", folder / "sprung"
        self.script.write_text(f'#!/bin/sh\nenv >>"{self._mark}"\nexit 0\n')
        self.script.chmod(0o755)

    @property
    def sprung(self) -> bool:
        return self._mark.exists()

    def set_again(self) -> None:
        self._mark.unlink(missing_ok=True)


@pytest.fixture
def trap(tmp_path_factory: pytest.TempPathFactory) -> Trap:
    return Trap(tmp_path_factory.mktemp("trap"))


@pytest.fixture
def tenant(live: Live, monkeypatch: pytest.MonkeyPatch) -> Live:
    """The sample tenant, reached by the environment, and its repository with two commits and one change to make."""
    monkeypatch.setenv("WEBEX_API_URL", live.server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", live.server.token)
    (live.root / ".gitignore").write_text(".reconcile/\nstate/runs/\n")
    live.describe({"workspaces": [{"name": "Board Room", "capacity": 12}]})
    live.remember()
    program(live.root, "init", "--quiet")
    program(live.root, "add", "--all")
    program(live.root, "commit", "--quiet", "-m", "Snapshot")
    (live.root / "state" / "note.txt").write_text("and another\n")
    live.describe({"workspaces": [{"name": "Board Room", "state": "absent"}]})
    program(live.root, "add", "--all")
    program(live.root, "commit", "--quiet", "-m", "Desired")
    return live
