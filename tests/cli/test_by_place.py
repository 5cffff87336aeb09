"""The comment on a pull request groups by place also what changes only a section, which says nothing of a place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from reconciler.simulator import Simulator

pytestmark = pytest.mark.issue10("C")


def test_a_section_alone_stands_under_its_owners_location(reconcile: Any, sim: Simulator, repo: Path) -> None:
    people = repo / "desired" / "london-hq" / "people.yaml"
    text = people.read_text("utf-8")
    people.write_text(text.replace("ring_reminder: false", "ring_reminder: true", 1), "utf-8")
    rooms = repo / "desired" / "new-york" / "people.yaml"
    rooms.write_text(rooms.read_text("utf-8").replace("display_name: Amelia Kowalski", "display_name: Amy K"), "utf-8")
    comment = reconcile("plan", "-o", "md").out
    assert re.findall(r"<code>(.+?)</code> · (\d+)", comment) == [("New York", "1"), ("London HQ", "1")]
    assert reconcile("plan", "--out", str(repo / "plan.json")).code == 0
    assert '"person/liam.kowalski@example.com": "London HQ"' in (repo / "plan.json").read_text("utf-8")
    assert reconcile("apply", str(repo / "plan.json"), "--yes").code == 0
