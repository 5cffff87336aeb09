"""Every case file, one test each: it holds, whatever the API does where nobody knows what it does (positions.py)."""

from __future__ import annotations

import pytest

from tests.cases.positions import run_everywhere
from tests.support.case import Case, cases, run
from tests.support.live import Live


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_case(case: Case, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    if case.switches:
        run(case, live)
    else:
        run_everywhere(case, live, monkeypatch)
