"""The benchmarks run, on a tenant too small to say anything."""

from __future__ import annotations

import pytest

from tests.benchmarks import __main__ as benchmarks


def test_every_scenario_runs(capsys: pytest.CaptureFixture[str]) -> None:
    names = ["bare", "floor", "cold", "unchanged", "one", "clustered", "spread"]
    assert benchmarks.main(["--size", "200", "--rounds", "1", "--only", *names]) == 0
    out = capsys.readouterr().out
    assert "200 people" in out
    assert all(word in out for word in ("P3 cold", "P5 warm", "P7 warm", "P8 warm"))
