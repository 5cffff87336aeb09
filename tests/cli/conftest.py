"""A repository with the sample tenant's desired state, the sample tenant behind it, and the command."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.cli.app import run
from reconciler.simulator import Simulator, sample_tenant

ROOT = Path(__file__).parents[2]


@dataclass
class Result:
    code: int
    out: str
    err: str

    @property
    def digest(self) -> str:
        """The beginning of the digest of the plan that was shown."""
        return self.out.split("\nplan ")[-1].split()[0]


@pytest.fixture
def sim(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    with Simulator(sample_tenant()) as simulator:
        monkeypatch.setenv("WEBEX_API_URL", simulator.base_url)
        monkeypatch.setenv("WEBEX_ACCESS_TOKEN", simulator.token)
        yield simulator


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    shutil.copytree(ROOT / "desired", root / "desired")
    shutil.copytree(ROOT / "state", root / "state", ignore=shutil.ignore_patterns("runs"))
    return root


@pytest.fixture
def reconcile(repo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run the command in the repository, as `reconcile(*arguments)`; exit code, stdout, stderr."""
    monkeypatch.setenv("NO_COLOR", "1")

    def call(*arguments: str) -> Result:
        capsys.readouterr()
        verb, *rest = arguments
        code = run([verb, "-C", str(repo), *rest])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return call
