"""Any example replays from its story: clock, faults, answers and their order (FoundationDB's and TigerBeetle's way)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.properties.replay import Record, play

#: Something of everything that draws lots: limits and odd Retry-Afters (jitter), parallel requests (order), delays, an
#: edit at a request, a death, a rival.
STORY: dict[str, Any] = {
    "seed": 11,
    "tenant": {"people": 6, "locations": 2, "workspaces": 2, "seed": 1},
    "switches": {"calling_data_lag": "10s"},
    "steps": [
        {
            "do": "want",
            "desired": {
                "people": [
                    {
                        "email": "new0@example.com",
                        "first_name": "Nia",
                        "last_name": "New",
                        "location": "Site 002",
                        "extension": "2001",
                        "licenses": ["Webex Calling - Professional"],
                        "forwarding": {"always": {"destination": "1002"}},
                    },
                    {"email": "person000001@example.com", "extension": "1002"},
                    {"email": "person000003@example.com", "extension": "1001", "first_name": "Zoë"},
                ],
                "workspaces": [{"name": "Room 0001", "capacity": 7}],
                "numbers": [{"number": f"+1555000090{n}", "location": "Site 002", "state": "inactive"} for n in "123"],
            },
        },
        {
            "do": "apply",
            "limit": {"count": 3, "seconds": 1, "retry_after": "absent"},
            "faults": [
                {"match": {"method": "PUT"}, "nth": 1, "times": 2, "do": {"status": 502, "drop": "after"}},
                {"match": {"method": "GET"}, "nth": 9, "times": 3, "do": {"status": 503}},
                {"match": {"method": "GET"}, "nth": 20, "do": {"status": 429, "headers": {"Retry-After": "in 5"}}},
            ],
            "edits": [{"at": 11, "edit": {"edit": "notes", "of": "workspaces/Room 0001", "value": 1}}],
            "kill": 30,
        },
        {"do": "resume", "faults": [{"match": {"method": "PUT"}, "nth": 1, "do": {"later": 9}}]},
        {"do": "apply", "rival": "clone"},
    ],
}


@pytest.fixture(scope="module")
def once() -> Record:
    return play(STORY)


def test_the_same_story_twice_is_the_same(once: Record) -> None:
    assert once.ending.startswith("reached")
    assert {(one["method"], one["status"]) for one in once.requests} >= {("GET", 429), ("PUT", 502), ("GET", 503)}
    assert len(once.journals) >= 2
    assert _different(once, play(STORY)) == []


def test_another_seed_is_another_order(once: Record) -> None:
    assert once.requests != play({**STORY, "seed": 12}).requests


def test_another_process_plays_it_the_same(once: Record, tmp_path: Path) -> None:
    """Also where strings hash differently, so that the order of a set is another one; the product is named."""
    file = tmp_path / "story.json"
    file.write_text(json.dumps(STORY), encoding="utf-8")
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "tests.properties.replay", str(file), "--product", str(Path(__file__).parents[2])]
    there = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert there.returncode == 0, there.stderr
    assert _different(once, Record(**json.loads(there.stdout))) == []


def _different(one: Record, other: Record) -> list[str]:
    """The parts that are not the same, in the form in which they are kept."""
    mine, theirs = (json.loads(json.dumps(record.__dict__)) for record in (one, other))
    return [name for name in mine if mine[name] != theirs[name]]
