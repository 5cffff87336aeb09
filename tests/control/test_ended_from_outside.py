"""A run that somebody else ends: a signal that is not Ctrl-C, streams that are closed or full."""

from __future__ import annotations

import re
import signal
import sys
from pathlib import Path

import pytest

from reconciler.cli.app import run
from reconciler.runs.known import runs
from tests.control.conftest import Desk


def test_s104_whoever_ends_the_process_lets_it_drain(desk: Desk) -> None:
    """A cancelled job is told like Ctrl-C: what is under way ends, and is not in doubt."""
    apply = desk.start()
    desk.until(lambda: desk.written() >= 2)
    apply.send_signal(signal.SIGTERM)
    out, err = apply.communicate(timeout=30)
    assert apply.returncode == 130 and "again to stop at once" in err and "next: reconcile resume" in out
    assert 0 < desk.larger() == desk.written() < 30
    code, said, _ = desk.say("status")
    assert code == 130 and re.search(r"in doubt +0", said)


def test_s135_a_lost_connection_while_it_is_taken_back(desk: Desk) -> None:
    """Interrupted is what it is, whatever was before: the way back is resumed like any run."""
    desk.fail(16, slow=True)
    apply = desk.start("--on-failure", "undo")
    desk.until(lambda: len(runs(desk.root)) == 2 and desk.written() >= 20)
    apply.send_signal(signal.SIGHUP)
    _, err = apply.communicate(timeout=30)
    assert apply.returncode == 130 and "again to stop at once" in err
    assert 0 < desk.larger() < 16 and desk.say("resume")[0] == 0 and desk.larger() == 0


@pytest.mark.parametrize("verb", ["apply", "resume"])
def test_without_a_standard_input_nobody_is_asked(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `<&-` leaves it: there is nobody at a terminal, and that is all."""
    monkeypatch.setattr(sys, "stdin", None)
    assert run([verb, "-C", str(tmp_path)]) == 1
    assert "there is no desired/tenant.yaml here" in capsys.readouterr().err


def test_an_output_that_is_full_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    full = open("/dev/full", "w", encoding="utf-8")  # noqa: SIM115 - closing it fails as well
    with monkeypatch.context() as here:
        here.setattr(sys, "stdout", full)
        code, _, err = desk.say("runs")
    with pytest.raises(OSError, match="No space left"):
        full.close()
    assert code == 1 and "why: No space left on device" in err and "internal error" not in err


def test_more_workers_than_make_sense_are_usage(desk: Desk) -> None:
    """Each is something to wait for: a slip of the finger would fill the memory before anything is asked."""
    code, out, err = desk.apply("--workers", "100000000000")
    assert code == 64 and out == "" and "--workers must be from 1 to 1,000" in err
