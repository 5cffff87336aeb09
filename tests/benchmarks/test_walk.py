"""One value walks no longer than it has to (walk.py): a detour shows as functions and files more."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.walk import MOST, measured


def test_a_value_walks_no_further_than_is_said(tmp_path: Path) -> None:
    for name, walk in measured(tmp_path).items():
        functions, files = MOST[name]
        assert len(walk.met) <= functions, f"{name}: {walk}"
        assert len(walk.files) <= files, f"{name}: {walk}"
