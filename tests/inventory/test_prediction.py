"""What an export of a part says that it takes is what it takes: lists that only give names to others are counted too,
and one that several ask for once (performance.md §4)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import combinations

import pytest

from reconciler import pipeline
from reconciler.inventory.choice import chosen
from reconciler.inventory.exporting import Exported, ExportOptions
from reconciler.kinds import managed, observed, owners
from reconciler.simulator import Simulator
from reconciler.webex.connection import Connection
from reconciler.webex.credentials import Credentials
from tests.inventory.conftest import Json

NAMES = [owner.name for owner in owners() if owner.scan] + list(observed())


def export(server: Simulator, names: Iterable[str], used: Iterable[str] = ()) -> tuple[Exported, set[str]]:
    """What an export of these gave, and the routes that it asked."""
    tenant = Connection(Credentials(server.base_url, server.token), waiting=lambda *_: None, workers=8)
    server.reset_requests()
    exported = asyncio.run(pipeline.export(tenant, choice=chosen(names, used=used), how=ExportOptions(careful=True)))
    log = server.log()
    assert exported.expected == exported.requests == len(log), (names, exported.expected, len(log))
    return exported, {f"{entry['method']} {entry['route']}" for entry in log}


def test_one_and_two_that_share_a_list_take_what_they_say(server: Simulator, small: Json) -> None:
    server.load(small)
    routes = {name: export(server, [name])[1] for name in NAMES}
    asking = {route: [name for name in NAMES if route in routes[name]] for route in set().union(*routes.values())}
    pairs = {(names[0], names[-1]) for names in asking.values() if len(names) > 1}
    assert len(pairs) > 20
    for pair in sorted(pairs)[::2]:  # all of them are in the campaign
        export(server, pair)


def test_sections_that_are_described_are_counted(server: Simulator, small: Json) -> None:
    """Beside all that the inventory has, of which some are picked from and some are not."""
    server.load(small)
    export(server, NAMES, [name for name, kind in managed().items() if kind.owner])


@pytest.mark.campaign
@pytest.mark.timeout(600)
def test_every_two_take_what_they_say(server: Simulator, small: Json) -> None:
    server.load(small)
    for pair in combinations(NAMES, 2):
        export(server, pair)
