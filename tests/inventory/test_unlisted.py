"""A list that cannot be read takes nothing else along: what is known stays, and what it would have named is told by its
remote id, is compared with nothing, adopted by nobody and deleted by nobody (S6)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.adopt import adopt
from reconciler.errors import Exit
from reconciler.kinds import managed, owners, resource, sections_of
from reconciler.model.remote_id import uuid_of
from reconciler.planning.ending import exit_code
from reconciler.repository import store
from reconciler.simulator import Simulator
from tests.inventory.conftest import Reading, read
from tests.support.live import Live, changes_of
from tests.support.office import Office

#: The lists that names come out of, by kind, and where they are read.
NAMING = {
    "location": "/locations",
    "license": "/licenses",
    "trunk": "/telephony/config/premisePstn/trunks",
    "route_group": "/telephony/config/premisePstn/routeGroups",
}
KEYS = {"location": "items", "license": "items", "trunk": "trunks", "route_group": "routeGroups"}
#: What is no list, as an answer to whoever asks for one.
NO_LIST: dict[str, Callable[[str], Any]] = {
    "null": lambda key: {key: None},
    "an object": lambda key: {key: {}},
    "text": lambda key: {key: "none"},
    "a missing key": lambda key: {},
    "another key": lambda key: {"message": "try later"},
    "a bare list": lambda key: [],
    "bare text": lambda key: "no",
    "a row that is null": lambda key: {key: [None]},
}


@pytest.mark.issue10(16)
@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("status", [500, 403])
@pytest.mark.parametrize("kind", NAMING)
def test_s6_a_list_of_names_that_fails_empties_no_other(
    full: Simulator, whole: Reading, kind: str, status: int
) -> None:
    full.faults([{"match": {"method": "GET", "route": NAMING[kind]}, "do": {"status": status}}])
    broken = read(full)
    own = {name for name in whole.snapshot.kinds if name == kind or name.startswith(f"{kind}.")}
    counts = {name: len(of) for name, of in whole.snapshot.kinds.items() if name not in own}
    assert {name: len(broken.snapshot.kinds[name]) for name in counts} == counts
    assert broken.verdicts()[kind] == ("forbidden" if status == 403 else "error")
    for name in {"person", "workspace", "location", "number"} - {kind}:
        assert broken.verdicts()[name] == "ok", name
        for key, now in broken.snapshot.kinds[name].items():
            before = whole.snapshot.kinds[name][key]
            assert {f: v for f, v in now.fields.items() if f not in now.unknown} == {
                f: v for f, v in before.fields.items() if f not in now.unknown
            }
            for field in now.unknown.keys() - before.unknown.keys():
                assert f"the list of {kind} could not be read" in now.unknown[field]


@pytest.mark.issue10(16)
@pytest.mark.usefixtures("no_pauses")
def test_rooms_stay_where_the_list_of_their_numbers_fails(live: Live) -> None:
    """Extension and number of a room stand in another list than the room: of these alone nobody can tell."""
    do = {"status": 403, "body": {"message": "no"}}
    live.server.faults([{"match": {"method": "GET", "route": "/telephony/config/numbers"}, "do": do}])
    rooms = live.export().kinds["workspace"]
    assert rooms.keys() == {room["displayName"] for room in live.state()["workspaces"]}
    assert rooms["Lobby"].unknown.keys() == {"extension", "phone_number"}
    assert rooms["Lobby"].fields["capacity"] == 7
    lobby = {"name": "Lobby", "capacity": 9, "extension": "4711"}
    live.describe({"workspaces": [lobby, {"name": "Board Room", "state": "absent"}]})
    plan = live.plan()
    update = next(change for change in plan.changes if change.address == "workspace/Lobby")
    assert update.want == {"capacity": 9} and "extension: cannot tell" in " ".join(update.notes)
    assert [one.address for one in plan.findings if one.rule == "incomplete-snapshot"] == ["workspace/Board Room"]


@pytest.mark.issue10(16)
@pytest.mark.parametrize("answer", NO_LIST)
@pytest.mark.parametrize("name", [kind.name for kind in owners() if kind.scan])
def test_what_is_no_list_is_incomplete_and_never_empty(full: Simulator, name: str, answer: str) -> None:
    routes = {"person": "/people", "workspace": "/workspaces", "number": "/telephony/config/numbers", **NAMING}
    keys = {"person": "items", "workspace": "items", "number": "phoneNumbers", **KEYS}
    route = routes.get(name, resource(name).requests[0].removeprefix("GET "))
    keys |= {"paging_group": "locationPaging"}
    do = {"status": 200, "body": NO_LIST[answer](keys.get(name, route.rpartition("/")[2]))}
    full.faults([{"match": {"method": "GET", "route": route}, "do": do}])
    broken = read(full, [name], [])
    assert broken.verdicts()[name] == "incomplete" and broken.snapshot.gaps[name]


@pytest.mark.issue10(16)
@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("path", ["huntGroups", "queues", "virtualLines", "paging", "callPickups"])
def test_an_artefact_whose_list_is_none_is_incomplete(full: Simulator, path: str) -> None:
    route = f"/telephony/config/{path}"
    full.faults([{"match": {"method": "GET", "route": route}, "do": {"status": 200, "body": {path: None}}}])
    names = {"huntGroups": "hunt_group", "queues": "call_queue", "virtualLines": "virtual_line",
             "paging": "paging_group", "callPickups": "call_pickup"}  # fmt: skip
    if names[path] == "call_pickup":
        return  # listed by location
    assert read(full, [], [names[path]]).verdicts()[names[path]] == "incomplete"


PEOPLE = {"email": "amelia.ashford@example.com", "first_name": "Amelia"}


def fail(live: Live, route: str, status: int = 403) -> None:
    live.server.faults([{"match": {"method": "GET", "route": route}, "do": {"status": status}}])


@pytest.mark.issue10(16)
@pytest.mark.parametrize(
    ("kind", "field"),
    [("license", {"licenses": ["Webex Calling - Standard"]}), ("location", {"location": "Manchester"})],
)
def test_a_field_whose_names_are_not_known_cannot_be_told_and_the_others_are_planned(
    live: Live, kind: str, field: dict[str, Any]
) -> None:
    fail(live, NAMING[kind])
    live.describe({"people": [{**PEOPLE, **field}]})
    plan = live.plan()
    assert changes_of(plan) == {"person/amelia.ashford@example.com": "cannot_tell"} and not plan.operations
    assert f"the list of {kind} could not be read" in plan.changes[0].reason
    assert exit_code(plan) is Exit.INCOMPLETE
    live.describe({"people": [{**PEOPLE, **field, "display_name": "Amy"}]})
    (change,) = live.plan().changes
    assert (change.action, change.want) == ("update", {"display_name": "Amy"})
    assert any("cannot tell" in note for note in change.notes)


@pytest.mark.issue10(16)
def test_a_page_without_its_list_that_names_a_next_one_ends_nothing(live: Live) -> None:
    """Both positions of what an empty page before the first rows looks like (§1.5)."""
    live.server.turn("page_empty_with_next", "first")
    live.server.turn("page_without_list_key", "on")
    live.describe({"locations": [{"name": "Manchester", "calling": {"outside_dial_digit": "8"}}]})
    plan = live.plan()
    assert changes_of(plan) == {"location.calling/Manchester": "update"} and not plan.incomplete


@pytest.mark.issue10(16)
def test_nobody_is_deleted_of_whom_not_all_is_known(live: Live) -> None:
    live.describe({"people": [{"email": "bjorn.castellan@example.com", "state": "absent"}]})
    assert [one.action for one in live.plan().operations] == ["delete"]
    fail(live, "/locations")
    plan = live.plan()
    assert plan.operations == [] and "could not be read whole" in plan.findings[0].why
    assert exit_code(plan) is Exit.INCOMPLETE


@pytest.mark.issue10(16)
def test_the_same_holds_of_the_snapshot_and_adopt_leaves_out_what_it_cannot_name(live: Live, tmp_path: Path) -> None:
    fail(live, "/licenses")
    live.remember()
    snapshot = store.open(live.root / "state")
    person = snapshot.get("person", PEOPLE["email"])
    assert person is not None and "licenses" in person.unknown
    assert all(uuid_of(one) != one for one in person.fields["licenses"])
    live.describe({"people": [{**PEOPLE, "licenses": ["Webex Calling - Standard"]}]})
    plan = pipeline.plan_offline(live.root)
    assert changes_of(plan) == {"person/amelia.ashford@example.com": "cannot_tell"}
    done = adopt(tmp_path / "new", snapshot, snapshot.org)
    written = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "new" / "desired").rglob("*.yaml"))
    assert "licenses" not in written and "amelia.ashford" in written
    assert "Y2lzY29z" not in written.replace(snapshot.org["id"], "") and done.matched


@pytest.mark.issue10(16)
def test_people_whose_place_has_no_name_stand_in_no_folder_of_an_id(live: Live) -> None:
    fail(live, "/locations")
    live.remember()
    names = {path.name for path in (live.root / "state" / "person").iterdir()}
    assert names == {"_.jsonl"}
    assert {name for kind in managed() for name in sections_of(kind)}  # sections are read as ever
    snapshot = store.open(live.root / "state")
    assert len(snapshot.keys("person")) == len(live.state()["people"])


@pytest.mark.issue10(16)
def test_drift_does_not_take_an_id_for_a_new_value(
    server: Simulator, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WEBEX_API_URL", "WEBEX_ACCESS_TOKEN"):
        monkeypatch.setenv(name, "to be put back")
    office = Office(server, tmp_path, lambda: tuple(capsys.readouterr()))
    office.export()
    email = office.tenant["people"][1]["emails"][0]
    snapshot = store.open(office.root / "state")
    person = snapshot.get("person", email)
    assert person is not None
    office.describe(
        people=[{"email": email, "licenses": person.fields["licenses"], "location": person.fields["location"]}]
    )
    assert office.reconcile("drift").code == 0
    office.server.faults([{"match": {"method": "GET", "route": "/licenses"}, "do": {"status": 403}}])
    said = office.reconcile("drift")
    assert said.code == 7, said.err
    assert "the list of license could not be read" in said.out
