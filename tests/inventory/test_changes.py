"""One field that is changed in the tenant is one change between two whole snapshots, wherever the API repeats it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from reconciler.cli.app import run
from reconciler.drift import State, changed
from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.simulator import Simulator
from tests.inventory.repository import Repo

Json = dict[str, Any]
_CONFIG = "/telephony/config"
_LINE = {"name": "agent", "first_name": "Ana", "extension": "1001", "weight": "50"}


@pytest.fixture(scope="module")
def before(small: Json, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repo]:
    with Simulator(small) as simulator:
        repo = Repo(tmp_path_factory.mktemp("changes") / "before", simulator, small)
        repo.export()
        yield repo


def agent(sim: Simulator) -> Json:
    """Somebody who is in hunt groups, queues, groups, has licences and a phone."""
    row = sim.edit("GET", f"{_CONFIG}/huntGroups")["huntGroups"][0]
    first = sim.edit("GET", f"{_CONFIG}/locations/{row['locationId']}/huntGroups/{row['id']}")["agents"][0]
    found: Json = sim.edit("GET", f"/people/{first['id']}?callingData=true")
    return found


def of_person(field: str, value: str) -> Callable[[Simulator], tuple[str, set[str]]]:
    def change(sim: Simulator) -> tuple[str, set[str]]:
        person = agent(sim)
        sim.edit("PUT", f"/people/{person['id']}?callingData=true", {**person, field: value})
        return f"person/{person['emails'][0]}", {"display_name" if field == "displayName" else field}

    return change


def call_waiting(sim: Simulator) -> tuple[str, set[str]]:
    person = agent(sim)
    path = f"/people/{person['id']}/features/callWaiting"
    sim.edit("PUT", path, {"enabled": not sim.edit("GET", path)["enabled"]})
    return f"person.call_waiting/{person['emails'][0]}", {"enabled"}


def queue(sim: Simulator) -> tuple[str, set[str]]:
    row = sim.edit("GET", f"{_CONFIG}/queues")["queues"][0]
    path = f"{_CONFIG}/locations/{row['locationId']}/queues/{row['id']}"
    sim.edit("PUT", path, {"queueSettings": {**sim.edit("GET", path)["queueSettings"], "queueSize": 17}})
    return f"call_queue/{row['locationName']}/{row['name']}", {"queue_settings.queue_size"}


def voicemail_of_location(sim: Simulator) -> tuple[str, set[str]]:
    place = sim.edit("GET", f"{_CONFIG}/locations")["locations"][0]
    path = f"{_CONFIG}/locations/{place['id']}/voicemail"
    told = "voicemailTranscriptionEnabled"
    sim.edit("PUT", path, {told: not sim.edit("GET", path)[told]})
    return f"location.voicemail/{place['name']}", {"voicemail_transcription_enabled"}


def capacity(sim: Simulator) -> tuple[str, set[str]]:
    room = next(one for one in sim.edit("GET", "/workspaces")["items"] if one["displayName"] == "Board Room")
    sim.edit("PUT", f"/workspaces/{room['id']}", {**room, "capacity": 19})
    return "workspace/Board Room", {"capacity"}


EDITS = {"display name": of_person("displayName", "Renamed"), "extension": of_person("extension", "6789"),
         "call waiting": call_waiting, "queue size": queue, "voicemail": voicemail_of_location,
         "capacity": capacity}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_s26_one_field_is_exactly_one_change_of_a_whole_export(
    before: Repo, edit: Callable[[Simulator], tuple[str, set[str]]], capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    before.load()
    after = before.copy(tmp_path / "after")
    address, paths = edit(after.server)
    after.since_last()
    arguments = ["history", "diff", str(before.state), str(after.state), "-C", str(after.root), "-o", "json"]
    told = []
    for _ in range(2):
        capsys.readouterr()
        assert run([*arguments, "--detailed-exitcode"]) == 2
        told.append(capsys.readouterr().out)
    changes = json.loads(told[0])["changes"]
    assert {one["address"]: {field["path"] for field in one["fields"]} for one in changes} == {address: paths}
    assert told[0] == told[1]


def sides(**agents: Json) -> list[MemorySnapshot]:
    """Two snapshots of a hunt group with an agent each, and of the people."""
    people = {key: Current("person", key, "p", {"email": key}) for key in ("ana@example.com", "ben@example.com")}
    groups = [{"A/B": Current("hunt_group", "A/B", "h", {"agents": [one]})} for one in agents.values()]
    return [MemorySnapshot({}, {"hunt_group": group, "person": people}) for group in groups]


def paths(before: MemorySnapshot, after: MemorySnapshot, *names: str) -> list[tuple[str, State]]:
    found = changed(before, after, names, labels=("before", "after"))
    return [(field.path, field.state) for one in found.differences for field in one.fields]


def test_what_is_said_of_somebody_is_told_by_them_alone() -> None:
    """But who it is, and what they are here, is the group's own; and where people are not compared it tells all."""
    ana = {"id": "person/ana@example.com", **_LINE}
    renamed = sides(before=ana, after={**ana, "first_name": "Anna", "extension": "1002"})
    assert paths(*renamed, "hunt_group", "person") == []
    assert paths(*renamed, "hunt_group") == [("agents", State.DRIFTED)]
    for other in ({**ana, "weight": "60"}, {**ana, "id": "person/ben@example.com"}, {"id": "Y2lz", **_LINE}):
        assert paths(*sides(before=ana, after=other), "hunt_group", "person") == [("agents", State.DRIFTED)]
    unnamed = {**ana, "id": "Y2lzY29zcGFyaw"}
    named_otherwise = sides(before=unnamed, after={**unnamed, "first_name": "Anna"})
    assert paths(*named_otherwise, "hunt_group", "person") == [("agents", State.DRIFTED)]
