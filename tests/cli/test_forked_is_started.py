"""A command that is forked (tests/support/forks) does what one does that is started: it is the same program."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.live import Live

COMMAND = [sys.executable, "-m", "reconciler"]
#: Read by an interpreter at its start, so that it has to be started.
STARTED = {**os.environ, "PYTHONOPTIMIZE": ""}


@pytest.mark.parametrize(
    "arguments", [["plan"], ["export", "--kind", "location"], ["plan", "--nothing"], ["doctor"]], ids=" ".join
)
def test_the_same_output_and_exit_code(live: Live, arguments: list[str]) -> None:
    access = {"WEBEX_API_URL": live.server.base_url, "WEBEX_ACCESS_TOKEN": live.server.token}
    said = []
    for environment in (dict(os.environ), STARTED):
        shutil.rmtree(live.root / "state", ignore_errors=True)
        done = subprocess.run(
            [*COMMAND, *arguments, "-C", str(live.root)],
            env={**environment, **access},
            capture_output=True,
            text=True,
            check=False,
        )
        said.append((done.returncode, done.stdout.splitlines()[:3], done.stderr.splitlines()[:3]))
    assert said[0] == said[1]


def test_it_is_our_child_and_dies_by_signals(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    process = subprocess.Popen([*COMMAND, "simulate", "--ready-file", str(ready)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline()
    assert Path(f"/proc/{process.pid}").exists() or sys.platform != "linux"
    process.send_signal(signal.SIGKILL)
    assert process.wait(10) == -signal.SIGKILL
    process.stdout.close()
