"""What a test needs beside the project itself is there wherever CI runs: nothing is skipped everywhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKFLOW = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
OURS = (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def _needed() -> set[str]:
    found = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        found |= set(re.findall(r"importorskip\(\"(\w+)", path.read_text(encoding="utf-8")))
    return found


@pytest.mark.issue10("C")
@pytest.mark.parametrize("text", [WORKFLOW, OURS], ids=["workflow", ".ci/run"])
def test_every_package_that_a_test_is_skipped_without_is_installed(text: str) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    named = set(re.findall(r"DEV_EXTRAS(?::=|: *)([\w,]+)", text)[0].split(","))
    installed = {re.split(r"\W", needs)[0] for extra in named | {"test"} for needs in extras[extra]}
    assert _needed() - installed == set()


@pytest.mark.issue10("C")
def test_the_published_documents_are_where_the_contract_tests_look() -> None:
    assert "webex/webex-openapi-specs" in WORKFLOW and "WEBEX_OPENAPI:" in WORKFLOW and "WEBEX_OPENAPI" in OURS
