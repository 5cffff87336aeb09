"""What is proven of each kind needs somebody, and not many."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.simulator import Simulator
from tests.support.few import few_people
from tests.support.live import Live


@pytest.fixture
def live(server: Simulator, tmp_path: Path) -> Live:
    """The sample tenant with few people, and an empty repository pinned to it."""
    return Live(server, tmp_path, few_people())
