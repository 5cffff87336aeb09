"""One furnished tenant for all, exported whole once per worker; a test that breaks something loads it again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import stamina

from reconciler import pipeline
from reconciler.inventory.exporting import Exported
from reconciler.model.snapshot import MemorySnapshot
from reconciler.simulator import Simulator
from reconciler.webex.connection import Connection
from reconciler.webex.credentials import Credentials
from tests.inventory.edits import people
from tests.inventory.furnish import furnished
from tests.inventory.served import ASKED
from tests.support.live import Live

Json = dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """An export and what was asked of the tenant for it."""

    exported: Exported
    log: list[Json]

    @property
    def snapshot(self) -> MemorySnapshot:
        return self.exported.snapshot

    @property
    def routes(self) -> Counter[str]:
        return Counter(f"{entry['method']} {entry['route']}" for entry in self.log)

    def verdicts(self) -> dict[str, str]:
        return {status.artefact: status.result for status in self.exported.statuses}


def read(server: Simulator, managed: Iterable[str] | None = (), artefacts: Iterable[str] | None = None) -> Reading:
    """Export these kinds and artefacts (all that are served, unless told) with eight workers."""
    tenant = Connection(Credentials(server.base_url, server.token), waiting=lambda *_: None, workers=8)
    server.reset_requests()
    names = ASKED if artefacts is None else artefacts
    return Reading(asyncio.run(pipeline.export(tenant, managed, names)), server.log())


@pytest.fixture(scope="session")
def furnished_state() -> Json:
    return furnished()


@pytest.fixture(scope="session")
def small(furnished_state: Json) -> Json:
    """Two of everything, few people, and no audit events yet."""
    with Simulator(furnished_state) as simulator:
        simulator.turn("number_release", "0s")  # what becomes free later, by itself, has its own test
        for person in people(simulator)[10:]:
            simulator.edit("DELETE", f"/people/{person['id']}")
        return {**simulator.state(), "audit_events": []}


@pytest.fixture(scope="session")
def whole(furnished_state: Json) -> Iterator[Reading]:
    with Simulator(furnished_state) as simulator:
        yield read(simulator)


@pytest.fixture
def full(live: Live, furnished_state: Json) -> Simulator:
    """The furnished tenant, to be broken."""
    live.server.load(furnished_state)
    return live.server


@pytest.fixture
def no_pauses() -> Iterator[None]:
    """A failing read is tried as often as ever, without the pauses between."""
    with stamina.set_testing(True, attempts=12, cap=True):
        yield
