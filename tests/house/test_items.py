"""Every item of issue 10 is held by tests that carry its number, `pytest.mark.issue10(N)`: C are the minor ones, D
those of the simulator."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
_MARK = re.compile(r"\bissue10\((\d+|\"[CD]\")\)")


def test_each_item_is_held_by_a_test() -> None:
    marked = {mark.strip('"') for path in TESTS.rglob("*.py") for mark in _MARK.findall(path.read_text("utf-8"))}
    assert {*map(str, range(1, 35)), "C", "D"} - marked == set()
