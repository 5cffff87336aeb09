"""An export asks what is declared, all of it and nothing else, and no more often than the formula says (S2, S4, M7)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from reconciler.cli.app import run
from reconciler.inventory.budget import IDENTITY, expected
from reconciler.simulator import Simulator, generate_tenant
from tests.inventory.conftest import Reading, read
from tests.inventory.served import ASKED
from tests.support.always import read_always

_ME = "GET /people/me"
_FEATURES = ("autoAttendants/{autoAttendantId}", "huntGroups/{huntGroupId}", "queues/{queueId}")


def declared() -> dict[str, tuple[str, ...]]:
    """The requests of every kind, section and artefact, by name."""
    every = [*read_always().values(), *ASKED.values()]
    return {one.name: one.requests for one in every}


def test_s2_an_export_asks_exactly_what_is_declared(whole: Reading) -> None:
    assert set(whole.routes) == {request for requests in declared().values() for request in requests} | {_ME}


def test_it_asks_as_often_as_the_formula_says(whole: Reading) -> None:
    """In all and for each, the question whose token it is included."""
    assert _compared(whole)
    assert whole.routes[_ME] == expected(whole.snapshot)[IDENTITY] == 1


@pytest.mark.parametrize("people", [0, 100, 101])
def test_the_formula_holds_where_a_page_ends(server: Simulator, people: int) -> None:
    """Lists of managed kinds, one artefact under each: with nobody, with a full page, and with one more."""
    server.load(generate_tenant(people=people, locations=2, workspaces=people and 8, seed=3))
    assert _compared(read(server, [], ["calling_location", "schedule", "available_numbers.person_primary"]))


def test_the_formula_holds_for_an_empty_tenant(server: Simulator) -> None:
    server.load(generate_tenant(people=0, locations=0, workspaces=0))
    assert _compared(read(server))


def _compared(reading: Reading) -> bool:
    """Whether the requests agree with the formula, route by route: what asks the same route is taken together."""
    budget = expected(reading.snapshot)
    assert sum(budget.values()) == len(reading.log) == reading.exported.requests
    groups: list[tuple[set[str], set[str]]] = []
    for name, requests in declared().items():
        names, routes = {name}, set(requests)
        for group in [group for group in groups if group[1] & routes]:
            groups.remove(group)
            names, routes = names | group[0], routes | group[1]
        groups.append((names, routes))
    counts = {tuple(sorted(names)): sum(reading.routes[route] for route in routes) for names, routes in groups}
    assert counts == {names: sum(budget.get(name, 0) for name in names) for names in counts}
    return True


def test_s4_features_of_several_locations_are_read_once_each(whole: Reading) -> None:
    """One request for each and each of its parts, none of them refused (S4, S14 to S16)."""
    paths = Counter(entry["path"] for entry in whole.log if any(feature in entry["route"] for feature in _FEATURES))
    assert len(paths) == 4 * 3 + 4 * 2 + 5 * 2  # attendants have announcements too; the queues' agents are elsewhere
    assert set(paths.values()) == {1}
    places = {path.split("/locations/")[1].split("/")[0] for path in paths}
    assert len(places) == 2
    assert all(entry["status"] == 200 for entry in whole.log if entry["path"] in paths)


def test_what_is_asked_in_vain(whole: Reading) -> None:
    """Whether a location has calling, which is itself the question (`location.calling`), and the devices of the one
    workspace of the basic tier, which only the answer tells (webex-behaviour.md §13); nothing else."""
    refused = sorted((entry["status"], entry["route"]) for entry in whole.log if entry["status"] != 200)
    assert refused == [
        (404, "/telephony/config/locations/{locationId}"),
    ]


def test_s16_settings_of_all_queues_are_read_once(whole: Reading) -> None:
    assert whole.routes["GET /telephony/config/queues/settings"] == 1
    assert whole.routes["GET /telephony/config/queues"] == 2  # with and without Customer Assist


def test_nothing_is_asked_of_those_without_calling(whole: Reading) -> None:
    """3 of 18 people, 1 of 8 workspaces (S7)."""
    for route, count in {
        "GET /people/{personId}/features/incomingPermission": 15,
        "GET /people/{personId}/features/voicemail": 15,
        "GET /workspaces/{workspaceId}/features/incomingPermission": 7,
    }.items():
        assert whole.routes[route] == count


def test_s8_an_export_only_reads(whole: Reading) -> None:
    assert {entry["method"] for entry in whole.log} == {"GET"}


def test_one_artefact_asks_for_what_it_names_and_no_more(full: Simulator) -> None:
    """The list, each of its rows, and the lists that have the names of agents."""
    reading = read(full, None, ["hunt_group"])
    assert reading.routes == {
        _ME: 1,
        "GET /telephony/config/huntGroups": 1,
        "GET /telephony/config/locations/{locationId}/huntGroups/{huntGroupId}": 4,
        "GET /people": 1,
        "GET /locations": 1,
        "GET /licenses": 1,
    }


def test_s11_group_members_are_left_out_on_demand(
    full: Simulator, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S11: the groups themselves are read."""
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", full.token)
    monkeypatch.setenv("WEBEX_API_URL", full.base_url)
    groups = len(full.edit("GET", "/groups")["groups"])
    assert groups >= 2
    for options, count in ((["--skip-group-members"], 0), ([], groups)):
        full.reset_requests()
        selected = ["--kind", "group", "--kind", "group.members", "--out", str(tmp_path / "state")]
        assert run(["export", "-C", str(tmp_path), *selected, *options]) == 0
        routes = full.requests()["by_route"]
        assert routes.get("GET /groups/{groupId}/Members", 0) == count
        assert routes["GET /groups"] == 2  # whether the token may read them, and the list
