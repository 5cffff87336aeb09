"""A small office, and the command typed in its repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.cli.app import run
from reconciler.simulator import Simulator, generate_tenant
from tests.cli.conftest import Result
from tests.support.live import Live

Typed = Callable[..., Result]


@pytest.fixture
def office(server: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Live:
    """Two sites, six people, two rooms."""
    monkeypatch.setenv("WEBEX_API_URL", server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", server.token)
    root = tmp_path / "repo"
    root.mkdir()
    return Live(server, root, generate_tenant(people=6, locations=2, workspaces=2, seed=1))


@pytest.fixture
def typed(office: Live, capsys: pytest.CaptureFixture[str]) -> Typed:
    """`typed("apply", "--yes")` in the office's repository; exit code, stdout, stderr."""

    def call(verb: str, *arguments: str) -> Result:
        capsys.readouterr()
        code = run([verb, "-C", str(office.root), *arguments])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return call
