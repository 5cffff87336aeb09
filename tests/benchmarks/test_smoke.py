"""The benchmarks run, on a tenant too small to say anything."""

from __future__ import annotations

import pytest

from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks import pacing


def test_every_scenario_runs(capsys: pytest.CaptureFixture[str]) -> None:
    names = ["bare", "floor", "cold", "unchanged", "one", "clustered", "spread"]
    assert benchmarks.main(["--size", "200", "--rounds", "1", "--only", *names]) == 0
    out = capsys.readouterr().out
    assert "200 people" in out
    assert all(word in out for word in ("P3 cold", "P5 warm", "P7 warm", "P8 warm"))


@pytest.mark.parametrize(
    "row", [row for row in (*pacing.ROWS, pacing.TOO_HIGH) if row.rate <= 5], ids=lambda row: row.name
)
def test_m6_the_permitted_rate_is_used_and_hardly_a_request_is_refused(row: pacing.Row) -> None:
    """The slow rows of the benchmark, which cost the fewest requests, once each and in virtual time."""
    for label, pace, known, goal in pacing.cases(row):
        if goal:
            assert pacing.reached(row, pacing.ours(row, pace, known, workers=10, seed=1), goal), label


def test_m6_at_half_share_the_other_half_is_left_to_others() -> None:
    ours, theirs, refused = pacing.beside(workers=10, seed=1, count=1000)
    assert ours >= 0.95 and theirs >= 0.95 and not refused
