"""Every case file, one test each."""

from __future__ import annotations

import pytest

from tests.support.case import Case, cases, run
from tests.support.live import Live


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_case(case: Case, live: Live) -> None:
    run(case, live)
