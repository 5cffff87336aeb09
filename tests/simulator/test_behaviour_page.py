"""behaviour.md says nothing that is not so: its tests exist, and its switches stand where it says they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.simulator.control import list_switches

HERE = Path(__file__).parent
PAGE = (HERE / "behaviour.md").read_text("utf-8")
_TEST = re.compile(r"((?:tests/)?[\w/]+\.py)::(\w+)")


def rows() -> Iterator[list[str]]:
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and cells[0] not in ("endpoint", "call"):
            yield cells


@pytest.mark.issue10("D")
def test_each_row_names_a_test_that_exists() -> None:
    for cells in rows():
        named = _TEST.findall(" ".join(cells))
        assert named or "tests/cases/" in " ".join(cells), cells[0]
        for path, test in named:
            file = HERE.parents[1] / path if path.startswith("tests/") else HERE / path
            assert f"def {test}(" in file.read_text("utf-8"), f"{path}::{test}"


@pytest.mark.issue10("D")
def test_each_switch_stands_where_the_page_says() -> None:
    declared = {one["name"]: one["positions"] for one in list_switches()}
    told = {name: text.split(", ") for name, text in re.findall(r"\| `([a-z_0-9]+)` ([\w, ]+) \|$", PAGE, re.MULTILINE)}
    assert len(told) > 15
    assert {name: declared.get(name) for name in told} == told
