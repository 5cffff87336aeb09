"""A hook that takes too long is ended with everything that it began."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from reconciler.telemetry import hook

#: A child in the background that writes down who it is, and waits far longer than any test.
CHILD = "sleep 300 >/dev/null 2>&1 & echo $! > child; echo $$ > parent; wait"


@pytest.fixture(autouse=True)
def _short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook, "GRACE", 0.3)


def ended(file: Path) -> bool:
    """Whether the process in a file is gone, or will be as soon as somebody takes note."""
    process = int(file.read_text())
    for _ in range(50):
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
            os.kill(process, 0)
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False


DEAF = "sh -c 'trap \"\" TERM; echo $$ > child; sleep 300 & wait' >/dev/null 2>&1 & echo $$ > parent; wait"


@pytest.mark.parametrize("script", [CHILD, f"trap '' TERM; {CHILD}", DEAF], ids=["asked", "forced", "deaf child"])
def test_its_children_end_with_it(tmp_path: Path, script: str) -> None:
    said = hook.run(["sh", "-c", script], tmp_path, {}, seconds=0.3)
    assert "did not end within 0.3 s and was stopped" in said
    assert ended(tmp_path / "parent") and ended(tmp_path / "child")


def test_it_is_asked_before_it_is_forced(tmp_path: Path) -> None:
    tidy = "trap 'echo tidy > tidied; exit 0' TERM; sleep 300 & wait"
    assert "was stopped" in hook.run(["sh", "-c", tidy], tmp_path, {}, seconds=0.3)
    assert (tmp_path / "tidied").read_text() == "tidy\n"


def test_one_that_ends_leaves_its_children_alone(tmp_path: Path) -> None:
    """A message that is still on its way is no business of ours."""
    assert hook.run(["sh", "-c", "sleep 300 >/dev/null 2>&1 & echo $! > child"], tmp_path, {}) == ""
    child = int((tmp_path / "child").read_text())
    os.kill(child, 0)
    os.kill(child, 9)


def test_a_command_that_is_none(tmp_path: Path) -> None:
    for words in (["no\0body"], [str(tmp_path)], ["/nowhere"]):
        assert "cannot be run: " in hook.run(words, tmp_path, {})
