"""Every counter-example that was found, as data: `regressions/*.json`, each with what it showed. replay.py plays it.

A new one: `python -m tests.properties.shrinking < story.json > tests/properties/regressions/what-it-shows.json`
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.properties.replay import play

STORIES = sorted((Path(__file__).parent / "regressions").glob("*.json"))


@pytest.mark.parametrize("file", STORIES, ids=lambda file: file.stem)
def test_regression(file: Path) -> None:
    case = json.loads(file.read_text(encoding="utf-8"))
    record = play(case["story"])
    assert record.ending, case["shows"]


def test_there_are_some() -> None:
    assert STORIES
