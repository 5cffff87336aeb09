"""`python -m reconciler` as a process that need not import first: forked from one that has imported (origin.py).

Whoever starts the command gets a child with a pid, files, environment and signals of its own, which is killed and
waited for like any other; its start costs 20 ms of CPU instead of two seconds. What is started behind a shell, or is to
have another interpreter, is real from the beginning, and so is everything where the system is not Linux.
"""

from __future__ import annotations

import ctypes
import functools
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.forks import asking

_ROOT = Path(__file__).parents[3]
_COMMAND = [os.fsencode(word) for word in (sys.executable, "-m", "reconciler")]
#: What an interpreter, or the system below it, reads of its environment when it starts, and not again.
_READ_ONCE = ("PYTHON", "LC_", "LANG", "MALLOC", "LD_")
_SUBREAPER = 36  # prctl(2): whoever loses its parent somewhere below us becomes our child


class Origin:
    """Started by the first who needs it, and gone with this process at the latest."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="forks-")

    @functools.cached_property
    def path(self) -> str:
        """Where it listens."""
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
        path = str(Path(self._folder.name) / "origin")
        command = [sys.executable, "-m", "tests.support.forks.origin", path]
        self._process = subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"
        return path

    @property
    def command(self) -> list[str]:
        """What stands for `reconcile` in a shell."""
        forkable = sys.platform == "linux"
        return [sys.executable, *(["-ISE", asking.__file__, self.path] if forkable else ["-m", "reconciler"])]

    def close(self) -> None:
        if self._process is not None:
            with self._process:
                assert self._process.stdin is not None
                self._process.stdin.close()
        self._folder.cleanup()


def use(origin: Origin, patch: pytest.MonkeyPatch) -> None:
    """From now on subprocess forks the command from there."""
    real = subprocess._fork_exec  # type: ignore[attr-defined]

    def fork(args: Any, executables: Any, close: Any, kept: Any, cwd: Any, env: Any, *more: Any) -> int:
        environment = _environment(env)
        files = [number if given == -1 else given for number, given in enumerate((more[0], more[3], more[5]))]
        session, *_, prepare, _vfork = more[9:]
        terminal = isinstance(prepare, functools.partial) and prepare.func is os.login_tty
        other = session or (prepare is not None and not terminal) or _once(environment) != _once(os.environ)
        if [*map(os.fsencode, args[:3])] != _COMMAND or other:
            return int(real(args, executables, close, kept, cwd, env, *more))
        asked = {
            "arguments": [os.fsdecode(word) for word in args[3:]],
            "cwd": os.path.abspath(os.fsdecode(cwd or ".")),
            "environment": dict(environment),
            "terminal": terminal,
            "watched": False,
        }
        connection, pid = asking.ask(origin.path, asked, prepare.args * 3 if terminal else files)
        connection.close()
        return pid

    if sys.platform == "linux":
        patch.setattr(subprocess, "_fork_exec", fork)


def _environment(given: list[bytes] | None) -> Mapping[str, str]:
    if given is None:
        return os.environ
    pairs = (os.fsdecode(entry).partition("=") for entry in given)
    return {name: value for name, _, value in pairs}


def _once(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_READ_ONCE)}
