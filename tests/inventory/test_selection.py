"""A part of the tenant is read with the requests of that part, and the rest of the snapshot stays (S34, S10, S11)."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli.app import run
from reconciler.errors import UsageError
from reconciler.inventory.choice import chosen
from reconciler.kinds import observed
from reconciler.repository import store
from reconciler.simulator import Simulator, generate_tenant
from tests.inventory.repository import Repo
from tests.support.always import read_always

_ME = {"GET /people/me": 1}
_FEATURES = "GET /people/{personId}/features"


@pytest.fixture
def repo(full: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    monkeypatch.setenv("WEBEX_API_URL", full.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", full.token)
    (tmp_path / "repo").mkdir()
    return Repo(tmp_path / "repo", full)


@pytest.mark.parametrize(
    ("name", "requests"),
    [
        ("trunk", {"GET /telephony/config/premisePstn/trunks": 1}),
        ("call_queue_settings", {"GET /telephony/config/queues/settings": 1}),
        ("group", {"GET /groups": 1}),
        (
            "operating_mode",
            {"GET /telephony/config/operatingModes": 1, "GET /telephony/config/operatingModes/{modeId}": 3},
        ),
        (
            "location.voicemail",
            {"GET /telephony/config/locations": 1, "GET /telephony/config/locations/{locationId}/voicemail": 3},
        ),
        (
            "call_pickup",  # with the lists that have the names of its members
            {
                "GET /telephony/config/locations": 1,
                "GET /telephony/config/locations/{locationId}/callPickups": 3,
                "GET /telephony/config/locations/{locationId}/callPickups/{callPickupId}": 2,
                "GET /people": 1,
                "GET /locations": 1,
                "GET /licenses": 1,
            },
        ),
        (
            "hunt_group.forwarding",
            {
                "GET /telephony/config/huntGroups": 1,
                "GET /telephony/config/locations/{locationId}/huntGroups/{huntGroupId}": 4,
                "GET /telephony/config/locations/{locationId}/huntGroups/{huntGroupId}/callForwarding": 4,
                "GET /people": 1,
                "GET /locations": 1,
                "GET /licenses": 1,
            },
        ),
    ],
)
def test_s34_one_artefact_takes_its_own_requests(repo: Repo, name: str, requests: dict[str, int]) -> None:
    repo.export(choice=chosen([name]))
    assert repo.routes == _ME | requests


def test_s34_every_artefact_alone_asks_only_what_it_and_its_owners_declare(
    repo: Repo, small: dict[str, object]
) -> None:
    """S34, for each of them: its own requests, those of what it is a part of, and lists for the names behind ids."""
    repo.server.load(small)
    names = {
        request for one in (*read_always().values(), *observed().values()) if one.scan for request in one.requests[:1]
    }
    for name in observed():
        repo.export(choice=chosen([name]))
        mine: set[str] = set()
        of = name
        while of in observed():
            mine |= set(observed()[of].requests)
            of = observed()[of].of
        if of:
            mine |= {request for kind in read_always().values() if kind.name.partition(".")[0] == of
                     for request in kind.requests}  # fmt: skip
        assert repo.routes.keys() <= mine | names | _ME.keys(), name


def test_one_location(repo: Repo) -> None:
    """Only those there are asked for their settings, and only their files change."""
    repo.export()
    before = repo.files()
    body = {"enabled": True, "ringSplashEnabled": False, "webexGoOverrideEnabled": False}
    for person in repo.server.edit("GET", "/people?callingData=true&max=100")["items"]:
        if person.get("locationId"):
            repo.server.edit("PUT", f"/people/{person['id']}/features/doNotDisturb", body)
    repo.server.reset_requests()
    assert (
        run(["export", "-C", str(repo.root), "-q", "--location", "Manchester", "--kind", "person.do_not_disturb"]) == 0
    )
    snapshot = store.open(repo.state)
    there = [key for key in snapshot.keys("person") if _field(snapshot, "person", key, "location") == "Manchester"]
    assert repo.server.requests()["by_route"][f"{_FEATURES}/doNotDisturb"] == len(there) > 0
    after = repo.files()
    assert {name for name in after if after[name] != before[name]} == {
        "manifest.json",
        "person.do_not_disturb/manchester.jsonl",
    }
    assert snapshot.gaps == {}  # the others are known from before


def test_one_location_of_everything(repo: Repo) -> None:
    """What is of no place is not read at all, but for names."""
    done = repo.export(choice=chosen(location="Manchester"))
    assert {"route_group", "license", "group", "dial_plan", "access_codes"} & done.snapshot.kinds.keys() == set()
    for name, found in done.snapshot.kinds.items():
        for key, current in found.items():
            assert current.fields.get("location", current.fields.get("name")) == "Manchester", f"{name}/{key}"
    assert done.snapshot.kinds["person"] and done.snapshot.kinds["available_numbers.person_primary"].keys() == {
        "Manchester"
    }
    assert repo.routes["GET /telephony/config/locations/{locationId}/schedules"] == 1


def test_lists_are_asked_for_the_location_where_they_can_be(server: Simulator, tmp_path: Path) -> None:
    """One page of people instead of five; somebody from elsewhere in a list of members costs the whole one, once."""
    server.load(generate_tenant(people=450, locations=15, workspaces=0, seed=2))
    repo = Repo(tmp_path, server)
    done = repo.export(choice=chosen(["person.voicemail"], location="Site 003"))
    here = [one for one in done.snapshot.kinds["person"].values() if one.fields["location"] == "Site 003"]
    assert here and len(here) == len(done.snapshot.kinds["person"]) <= 50
    assert repo.routes["GET /people"] == 1
    assert len(repo.log) == 4 + len(here)  # whose token, people, locations, licences


def test_members_from_elsewhere_keep_their_addresses(repo: Repo) -> None:
    whole = repo.copy(repo.root.with_name("whole")).export()
    for place in ("London HQ", "New York"):
        done = repo.export(choice=chosen(location=place))
        for name in ("hunt_group", "call_queue", "call_park", "paging_group", "call_queue.agents"):
            assert done.snapshot.kinds[name] == {
                key: one for key, one in whole.snapshot.kinds[name].items() if one.fields["location"] == place
            }, name


def test_a_location_that_there_is_not(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", "-C", str(repo.root), "-q", "--location", "Manchster"]) == 1
    assert "did you mean 'Manchester'?" in capsys.readouterr().err


def test_one_address(repo: Repo) -> None:
    """One person with all that belongs to them: found without the list of all."""
    repo.export()
    before = repo.files()
    repo.server.reset_requests()
    assert run(["export", "-C", str(repo.root), "-q", "--address", "person/chloe.dangelo@example.com"]) == 0
    routes = repo.server.requests()["by_route"]
    assert routes[f"{_FEATURES}/voicemail"] == routes[f"{_FEATURES}/callForwarding"] == 1
    assert not any("workspaces" in route or "huntGroups" in route for route in routes)
    after = repo.files()
    assert {name for name in after if after[name] != before[name]} <= {"manifest.json"}  # the name of the folder


def test_one_part_of_one_resource(repo: Repo) -> None:
    """The owner is only there to be asked."""
    done = repo.export(choice=chosen(patterns=["person.voicemail/chloe*"]))
    called = {key for key, one in done.snapshot.kinds["person"].items() if one.facts["calling"]}
    assert called and all(key.startswith("chloe") for key in called)
    assert repo.routes[f"{_FEATURES}/voicemail"] == len(called)
    assert not any("callForwarding" in route or "numbers" in route for route in repo.routes)
    assert done.snapshot.kinds["person.voicemail"].keys() == called


def test_a_pattern_over_kinds(repo: Repo) -> None:
    done = repo.export(choice=chosen(patterns=["hunt_group/London HQ/*", "call_queue.agents/New York/*"]))
    assert set(done.snapshot.kinds["hunt_group"]) == {"London HQ/Support", "London HQ/Sales"}
    assert repo.routes["GET /telephony/config/locations/{locationId}/huntGroups/{huntGroupId}"] == 2
    assert repo.routes["GET /telephony/config/queues/agents"] == 2
    assert repo.routes["GET /telephony/config/locations/{locationId}/queues/{queueId}"] == 0


def test_a_part_without_the_rest_is_said_to_be_incomplete(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    """What was asked was read; but a plan that would delete needs the rest."""
    assert run(["export", "-C", str(repo.root), "-q", "--address", "workspace/Board*"]) == 0
    assert "only a part of it was read" in capsys.readouterr().err
    snapshot = store.open(repo.state)
    assert snapshot.keys("workspace") == ["Board Room"] and "only a part" in snapshot.incomplete("workspace")


def test_what_is_gone_from_a_part_is_gone_from_the_snapshot(repo: Repo) -> None:
    repo.export()
    room = next(one for one in repo.server.edit("GET", "/workspaces")["items"] if one["displayName"] == "Board Room")
    repo.server.edit("DELETE", f"/workspaces/{room['id']}")
    count = len(store.open(repo.state).keys("workspace"))
    assert run(["export", "-C", str(repo.root), "-q", "--address", "workspace/Board Room"]) == 0
    snapshot = store.open(repo.state)
    assert len(snapshot.keys("workspace")) == count - 1 and snapshot.get("workspace", "Board Room") is None
    assert snapshot.incomplete("workspace") == ""


@pytest.mark.parametrize(
    "arguments", [["--kind", "persn"], ["--address", "persn/x"], ["--resume-within", "soon"], ["--seed", "1"]]
)
def test_a_choice_of_nothing_is_refused(repo: Repo, arguments: list[str]) -> None:
    repo.server.reset_requests()
    assert run(["export", "-C", str(repo.root), *arguments]) == 64
    assert repo.server.requests()["total"] == 0


def test_members_of_groups_are_left_out_of_any_choice() -> None:
    assert "group.members" not in chosen(without=["group.members"]).artefacts
    with pytest.raises(UsageError, match="no kind matches"):
        chosen(patterns=["group.members/*"], without=["group.members"])


def _field(snapshot: store.StoredSnapshot, kind: str, key: str, name: str) -> object:
    current = snapshot.get(kind, key)
    assert current is not None
    return current.fields[name]
