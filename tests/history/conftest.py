from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.simulator import Simulator
from tests.support.office import Office


@pytest.fixture
def office(
    server: Simulator, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    for name in ("WEBEX_API_URL", "WEBEX_ACCESS_TOKEN"):
        monkeypatch.setenv(name, "to be put back")
    root = tmp_path / "repo"
    root.mkdir()
    return Office(server, root, lambda: tuple(capsys.readouterr()))
