"""An incremental export is a full one for less: the same bytes, and requests that grow with what changed (M24)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.cli.app import run
from reconciler.inventory import incremental
from reconciler.kinds import managed, observed
from reconciler.simulator import Simulator, generate_tenant
from reconciler.simulator.service import EditRefused
from tests.inventory.edits import EDITS, people
from tests.inventory.repository import Repo

Json = dict[str, Any]
_FEATURES = "/people/{personId}/features"


@pytest.fixture(autouse=True)
def _to_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tenant's clock is ours, so that only what came after the last export counts."""
    monkeypatch.setattr(incremental, "MARGIN", timedelta(0))


@pytest.fixture(scope="module")
def exported(small: Json, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repo]:
    """The small tenant, exported once; each test works on a copy."""
    with Simulator(small) as simulator:
        repo = Repo(tmp_path_factory.mktemp("exported") / "base", simulator, small)
        repo.export()
        yield repo


@pytest.fixture
def repo(exported: Repo, tmp_path: Path) -> Repo:
    exported.load()
    return exported.copy(tmp_path / "repo")


def change(simulator: Simulator, *edits: tuple[str, int]) -> int:
    """Do these, each with its seed; how many were not refused."""
    done = 0
    for name, seed in edits:
        try:
            EDITS[name](simulator, random.Random(seed))
            done += 1
        except (EditRefused, IndexError):  # there is none left to do it to
            pass
    return done


def assert_equal(repo: Repo, fresh: Path) -> None:
    """The repository's state is what a full export gives now."""
    full = Repo(fresh, repo.server)
    full.export()
    differs = {name for name, data in full.files().items() if repo.files().get(name) != data}
    assert differs | (repo.files().keys() - full.files().keys()) == set()


def test_m24_after_every_kind_of_edit_it_equals_a_full_export(exported: Repo, tmp_path: Path) -> None:
    """Some at a time; each of them does take place."""
    groups = 6
    for first in range(groups):
        exported.load()
        repo = exported.copy(tmp_path / f"repo{first}")
        some = sorted(EDITS)[first::groups]  # those that are alike apart from each other
        refused = [name for name in some if not any(change(repo.server, (name, seed)) for seed in range(6))]
        assert refused == []
        done = repo.since_last()
        assert done.changed is not None and not done.changed.why
        assert_equal(repo, tmp_path / f"full{first}")


_SEQUENCES = st.lists(
    st.lists(st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, 5)), max_size=4), min_size=1, max_size=2
)


@settings(max_examples=max(5, settings().max_examples // 8))
@given(sequences=_SEQUENCES)
def test_m24_whatever_is_edited_it_equals_a_full_export(
    exported: Repo, tmp_path_factory: pytest.TempPathFactory, sequences: list[list[tuple[str, int]]]
) -> None:
    exported.load()
    folder = tmp_path_factory.mktemp("sequence")
    repo = exported.copy(folder / "repo")
    for edits in sequences:
        change(repo.server, *edits)
        repo.since_last()
    assert_equal(repo, folder / "full")


def test_without_a_change_only_lists_and_events_are_read(server: Simulator, tmp_path: Path) -> None:
    """110 people: 2 pages of them, and not one setting."""
    server.load(generate_tenant(people=110, locations=3, workspaces=12, seed=5))
    repo = Repo(tmp_path, server)
    repo.export()
    before = repo.files()
    done = repo.since_last()
    lists = {one.requests[0] for one in observed().values() if one.scan or one.rows}
    lists |= {request for kind in managed().values() if kind.scan for request in kind.requests}
    assert repo.routes.keys() <= lists | {"GET /people/me", "GET /adminAudit/events"}
    assert repo.routes["GET /people"] == 2
    assert repo.routes["GET /adminAudit/events"] == 1
    assert done.changed is not None and done.changed.read == 0
    assert repo.files() == before


def test_m24_requests_grow_with_the_changes_and_not_with_the_tenant(server: Simulator, tmp_path: Path) -> None:
    """What one change costs is the same among 12 people and among 48."""
    costs: dict[tuple[int, int], int] = {}
    for size in (12, 48):
        server.load(generate_tenant(people=size, locations=4, workspaces=4, seed=5))
        repo = Repo(tmp_path / str(size), server)
        repo.export()
        repo.since_last()
        lists = len(repo.log)
        for changes in (1, 3):
            for person in people(server)[:changes]:
                server.edit("PUT", f"/people/{person['id']}/features/callWaiting", {"enabled": False})
            repo.since_last()
            assert repo.routes[f"GET {_FEATURES}/callWaiting"] == changes
            costs[size, changes] = len(repo.log) - lists
    assert costs[48, 1] <= costs[12, 1] + 5 and costs[48, 3] <= costs[12, 3] + 5
    assert costs[48, 1] < costs[48, 3] <= 3 * costs[48, 1]


def test_a_default_of_a_location_reaches_all_who_inherit(repo: Repo) -> None:
    """Everybody there is read again, and nobody elsewhere."""
    place = next(one for one in repo.server.edit("GET", "/locations")["items"] if one["name"] == "Manchester")
    entry = {"callType": "INTERNATIONAL", "action": "BLOCK", "transferEnabled": False}
    path = f"/telephony/config/locations/{place['id']}/outgoingPermission"
    repo.server.edit("PUT", path, {"callingPermissions": [entry]})
    there = [one for one in people(repo.server) if one["locationId"] == place["id"]]
    repo.since_last()
    assert 0 < len(there) < len(people(repo.server))
    assert repo.routes["GET /telephony/config/people/{personId}/outgoingPermission"] == len(there)


def event(state: Json, **said: str) -> Json:
    """The state with one more audit event, of now."""
    with Simulator(state) as simulator:
        simulator.edit("PUT", "/telephony/config/queues/settings", {"maintainQueuePositionForSimRingEnabled": True})
        state = simulator.state()
    return {**state, "audit_events": [{**state["audit_events"][-1], **said}]}


def test_an_event_about_nobody_known_means_the_whole_kind(repo: Repo) -> None:
    unknown = event(repo.tenant, targetType="USER", targetId="5d1c3c50-0000-4000-8000-000000000001", targetName="Who")
    repo.server.load(unknown)
    repo.since_last()
    assert repo.routes[f"GET {_FEATURES}/callWaiting"] == len(people(repo.server))
    assert repo.routes["GET /workspaces/{workspaceId}/features/callForwarding"] == 0


def test_an_event_about_who_knows_what_means_everything(repo: Repo) -> None:
    repo.server.load(event(repo.tenant, targetType="NOVELTY", targetId="5d1c3c50-0000-4000-8000-000000000002"))
    done = repo.since_last()
    assert done.changed is not None and done.changed.kept == 0


def test_without_the_scope_for_events_everything_is_read(repo: Repo) -> None:
    """And it says so."""
    read = [
        "spark-admin:telephony_config_read",
        "spark-admin:telephony_pstn_read",
        "identity:groups_read",
        *(f"spark-admin:{one}_read" for one in ("people", "locations", "licenses", "workspaces", "devices")),
    ]
    repo.server.add_token("no-audit", read)
    before = repo.files()
    for careful in (False, True):
        done = repo.since_last(token="no-audit", careful=careful)
        assert (done.changed is not None and "audit:events_read" in done.changed.why) or "403" in done.changed.why
        assert repo.routes[f"GET {_FEATURES}/callWaiting"] == len(people(repo.server))
        assert repo.files() == before


def test_what_takes_effect_later_is_found_too(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number is given up just before an export, and becomes available after it: no row and no event tells of that."""
    monkeypatch.setattr(incremental, "MARGIN", timedelta(minutes=5))
    repo.server.turn("number_release", "30s")
    holder = next(one for one in people(repo.server) if len(one.get("phoneNumbers") or ()) > 1)
    repo.server.edit("DELETE", f"/people/{holder['id']}")
    repo.since_last()
    before = repo.files()
    repo.server.advance(31)
    repo.since_last()
    assert repo.files() != before
    assert_equal(repo, tmp_path / "full")


def behind_the_back(repo: Repo) -> str:
    """A change of which no event tells; whose call waiting it is."""
    person = people(repo.server)[3]
    repo.server.edit("PUT", f"/people/{person['id']}/features/callWaiting", {"enabled": False})
    repo.server.load({**repo.server.state(), "audit_events": []})
    return f"person.call_waiting/{person['emails'][0].lower()}"


def test_a_sample_of_what_was_not_read_reports_misses(repo: Repo) -> None:
    address = behind_the_back(repo)
    blind = repo.copy(repo.root.with_name("blind")).since_last()
    assert blind.changed is not None and blind.changed.missed == [] and blind.statuses.complete
    seen = repo.since_last(sample=100, seed=7)
    assert seen.changed is not None and seen.changed.missed == [address]
    assert seen.changed.kept == 0
    assert not seen.statuses.complete and address in seen.snapshot.gaps["person.call_waiting"]
    # and what was found is what the snapshot has
    part = seen.snapshot.get(*address.split("/"))
    assert part is not None and part.fields["enabled"] is False


def test_a_row_that_differs_is_read_again_without_any_event(repo: Repo, tmp_path: Path) -> None:
    """Of a managed kind, of an artefact with details, of one that is all in its list."""
    names = ["huntGroups_rename", "workspace_rename", "person_extension", "device_tags", "dial_plan_patterns"]
    assert change(repo.server, *((name, 1) for name in names)) == len(names)
    (plan, *_) = repo.server.edit("GET", "/telephony/config/premisePstn/dialPlans")["dialPlans"]
    path = f"/telephony/config/premisePstn/dialPlans/{plan['id']}"
    repo.server.edit("PUT", path, {"name": "Renamed", "routeId": plan["routeId"], "routeType": plan["routeType"]})
    patterns = repo.server.edit("GET", f"{path}/dialPatterns")["dialPatterns"]
    repo.server.load({**repo.server.state(), "audit_events": []})
    done = repo.since_last()
    assert done.changed is not None and done.changed.events == 0
    assert done.snapshot.kinds["dial_plan.patterns"]["Renamed"].fields["dial_patterns"] == sorted(patterns)
    full = Repo(tmp_path / "full", repo.server)
    full.export()
    differs = {name for name, data in full.files().items() if repo.files().get(name) != data}
    assert differs <= {"dial_plan.patterns.jsonl", "manifest.json"}  # of the other plan no row tells


def test_the_same_seed_reads_the_same_sample(repo: Repo) -> None:
    logs = []
    for number in range(2):
        again = repo.copy(repo.root.with_name(f"again{number}"))
        done = again.since_last(sample=10, seed=42)
        assert done.changed is not None and done.changed.sampled == -(-(done.changed.kept + done.changed.sampled) // 10)
        logs.append(sorted(entry["path"] for entry in again.log if entry["route"] != "/adminAudit/events"))
    assert logs[0] == logs[1]


def test_on_the_command_line(repo: Repo, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """What was read and what was kept is said; a miss is named, and exits with 7."""
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", repo.server.token)
    monkeypatch.setenv("WEBEX_API_URL", repo.server.base_url)
    base = ["export", "-C", str(repo.root)]
    assert run([*base, "--since", "last"]) == 0
    assert "0 audit events; 0 parts read again" in capfd.readouterr().err
    address = behind_the_back(repo)
    assert run([*base, "--since", "last", "--verify-sample", "100%", "--seed", "3"]) == 7
    told = capfd.readouterr().err
    assert f"missed: {address}" in told and "--seed 3" in told
    # the kind that was found wanting is read whole the next time, and right again
    assert run([*base, "--since", "last"]) == 0
    for wrong in (["--verify-sample", "5%"], ["--since", "yesterday"], ["--since", "last", "--verify-sample", "many"]):
        assert run([*base, *wrong]) == 64
