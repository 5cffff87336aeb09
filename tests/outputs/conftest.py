"""One reading of a tenant that has something of everything; and the command in a repository."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler import pipeline
from reconciler.inventory.exporting import Exported
from reconciler.kinds import observed
from reconciler.simulator import Simulator, sample_tenant
from reconciler.webex.connection import Connection
from reconciler.webex.credentials import Credentials
from tests.cli.conftest import reconcile, repo  # noqa: F401  (fixtures)
from tests.support import rich_tenant


@dataclass
class Rich:
    """What was read of the rich tenant, and the state that it was read from."""

    exported: Exported
    state: dict[str, list[dict[str, object]]]


@pytest.fixture(scope="session")
def rich() -> Rich:
    with Simulator(sample_tenant()) as simulator:
        rich_tenant.enrich(simulator)
        tenant = Connection(Credentials(simulator.base_url, simulator.token), waiting=lambda *_: None)
        exported = asyncio.run(pipeline.export(tenant, (), list(observed()), ("", "Example Telephony")))
        return Rich(exported, simulator.state())


@pytest.fixture
def sim(server: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """The sample tenant, and the environment that leads the command to it."""
    server.load(sample_tenant())
    server.reset_requests()
    monkeypatch.setenv("WEBEX_API_URL", server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", server.token)
    yield server


def files_of(folder: Path) -> dict[str, bytes]:
    """Everything under a folder, without what belongs to the run."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: data for name, data in found.items() if name != "run.json"}
