"""Every switch says what it stands for, and every position of every switch is in a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.simulator import Simulator, UnknownSwitch, list_switches, sample_tenant

TESTS = Path(__file__).parents[1]
SWITCHES = list_switches()


def test_each_has_a_row_of_the_fact_sheet_and_positions() -> None:
    assert len({one["name"] for one in SWITCHES}) == len(SWITCHES) > 50
    for one in SWITCHES:
        assert len(one["positions"]) == len(set(one["positions"])) > 1, one["name"]
        assert re.match(r"^\d+(\.\d+)?|OAS|FB|T:", one["row"]), one
        assert len(one["text"]) > 15, one
        assert one["position"] == one["positions"][0]


@pytest.fixture(scope="module")
def sources() -> list[str]:
    return [path.read_text("utf-8") for path in TESTS.rglob("*.py") if path != Path(__file__)]


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda one: one["name"])
def test_every_position_is_in_a_test(switch: dict[str, list[str]], sources: list[str]) -> None:
    """Where the switch is named, each of its positions but the default is named too (in one of the files)."""
    naming = [text for text in sources if f'"{switch["name"]}"' in text or f"{switch['name']}=" in text]
    assert naming, "no test turns this switch"
    for position in switch["positions"][1:]:
        assert any(f'"{position}"' in text for text in naming), position


def test_an_unknown_switch_or_position_is_refused() -> None:
    with pytest.raises(UnknownSwitch, match="there is no switch 'nothing'"):
        Simulator({**sample_tenant(), "switches": {"nothing": "on"}})
    with Simulator() as running:
        with pytest.raises(UnknownSwitch, match="has no position 'sideways'"):
            running.turn("location_name_filter", "sideways")
        running.turn("number_release", "12s")  # times may be any time
        running.turn("location_name_filter", "prefix")
        assert running.state()["switches"] == {"location_name_filter": "prefix", "number_release": "12s"}
        running.turn("location_name_filter", "exact")
        assert "location_name_filter" not in running.state()["switches"]
