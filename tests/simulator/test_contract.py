"""The unmodified SDK at its strictest accepts every answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_sdk_with_forbid_accepts_every_answer() -> None:
    environment = {**os.environ, "API_MODEL_ALLOW_EXTRA": "forbid", "PYTHONPATH": str(HERE.parents[1])}
    ran = subprocess.run(
        [sys.executable, str(HERE / "contract.py")], env=environment, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    found = json.loads(ran.stdout)
    assert found["refused"] == {}
    assert found["async"] == {"people": 60, "workspaces": 8, "numbers": 332, "telephony_locations": 3}
    assert found["sync"] == {
        "licenses": 5,
        "assigned": 50,
        "locations": 3,
        "telephony_locations": 3,
        "numbers": 332,
        "trunks": 3,
        "route_groups": 2,
        "route_choices": 5,
        "people": 60,
        "calling_people": 50,
        "workspaces": 8,
        "calling_workspaces": 7,
        "scim": 60,
    }
