"""An export of a tenant whose texts attack, and of an API that answers 200 and says nothing of the sort (S6)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.inventory import Status
from reconciler.repository import store
from reconciler.simulator import Simulator, generate_tenant, sample_tenant
from reconciler.webex.connection import Connection
from reconciler.webex.credentials import Credentials
from tests.inventory.conftest import Reading, read

_HTML = {"status": 200, "body": "<html>sign in</html>", "headers": {"Content-Type": "text/html"}}
_LIST = {"status": 200, "body": [1, 2]}
_NULL = {"status": 200, "body": "null", "headers": {"Content-Type": "application/json"}}
HOSTILE = (
    "a\nb",
    "\x1b[31mred",
    "<script>",
    "=cmd()",
    "\u202eevil",
    "nul\x00",
    "😀",
    "half\ud83d",
    "../../x",
    "/",
    "..",
)


def status_of(reading: Reading, name: str) -> Status:
    return next(status for status in reading.exported.statuses if status.artefact == name)


@pytest.mark.parametrize("answer", [_HTML, _LIST, _NULL], ids=["html", "list", "null"])
@pytest.mark.parametrize(
    ("route", "name"),
    [
        ("/telephony/config/locations/{locationId}/huntGroups/{huntGroupId}", "hunt_group"),
        ("/telephony/config/queues/settings", "call_queue_settings"),
        ("/people/{personId}/features/voicemail", "person.voicemail"),
        ("/telephony/config/announcements/{announcementId}", "announcement"),
    ],
)
def test_a_document_that_is_none_fails_its_artefact_alone(
    full: Simulator, whole: Reading, answer: dict[str, Any], route: str, name: str
) -> None:
    full.faults([{"match": {"route": route}, "do": answer}])
    broken = read(full)
    told = status_of(broken, name)
    assert told.result != "ok" and told.failed and "where a document should be" in told.why
    touched = {one for one, verdict in broken.verdicts().items() if verdict != "ok"}
    assert all(one == name or one.startswith(f"{name}.") for one in touched)
    rest = {one: found for one, found in broken.snapshot.kinds.items() if one not in touched}
    assert rest == {one: found for one, found in whole.snapshot.kinds.items() if one not in touched}


@pytest.mark.parametrize("answer", [_HTML, _LIST, _NULL], ids=["html", "list", "null"])
@pytest.mark.parametrize(
    ("route", "section"),
    [
        ("/people/{personId}/features/callForwarding", "person.forwarding"),
        ("/people/{personId}/features/numbers", "person.numbers"),
        ("/telephony/config/locations/{locationId}/internalDialing", "location.internal_dialing"),
        ("/telephony/pstn/locations/{locationId}/connection", "location.pstn"),
        ("/telephony/config/locations/{locationId}", "location.calling"),
    ],
)
def test_a_document_that_is_none_fails_its_section_alone(
    server: Simulator, answer: dict[str, Any], route: str, section: str
) -> None:
    server.load(sample_tenant())
    server.faults([{"match": {"route": route}, "do": answer}])
    broken = read(server, ["person", "location"], [])
    assert "where a document should be" in broken.snapshot.gaps[section]
    assert len(broken.snapshot.kinds["person"]) == 60 and len(broken.snapshot.kinds["location"]) == 3


def test_a_row_that_is_none_is_no_row(full: Simulator) -> None:
    body = {"locationPaging": [None, 5]}
    full.faults([{"match": {"route": "/telephony/config/paging"}, "do": {"status": 200, "body": body}}])
    told = status_of(read(full, [], ["paging_group"]), "paging_group")
    assert told.result == "incomplete" and "a row of the list is null" in told.why


def hostile() -> dict[str, Any]:
    """Every name attacks; those of locations differ only by case and accents, or leave the folder."""
    tenant = generate_tenant(people=12, locations=6, workspaces=6, features=30)
    names = (f"{HOSTILE[number % len(HOSTILE)]} {number}" for number in range(10_000))
    for key, rows in tenant.items():
        for row in rows if isinstance(rows, list) and key not in ("licenses", "numbers", "jobs") else ():
            row.update({field: next(names) for field in ("name", "displayName", "lastName") if field in row})
    places = ("site X", "Site X", "Síte X", "../../../escaped", "..", "Site\nX")
    for location, name in zip(tenant["locations"], places, strict=True):
        location["name"] = name
    return tenant


def test_hostile_names_stay_in_the_folder_and_come_back_as_they_are(server: Simulator, tmp_path: Path) -> None:
    server.load(hostile())
    tenant = Connection(Credentials(server.base_url, server.token), waiting=lambda *_: None, workers=8)
    exported = asyncio.run(pipeline.export(tenant, (), ["hunt_group", "call_queue", "paging_group"]))
    assert exported.statuses.complete
    folder = tmp_path / "deep" / "er" / "state"
    store.write(folder, exported.snapshot)
    assert [path for path in tmp_path.rglob("*") if path.is_file() and not path.is_relative_to(folder)] == []
    again = store.open(folder)
    for kind, found in exported.snapshot.kinds.items():
        assert again.keys(kind) == sorted(found)
        assert all(again.get(kind, key) == current for key, current in found.items())
    assert {"site X", "Site X", "Síte X", "..", "Site\nX"} <= {*again.keys("location")}
    assert {one.fields["display_name"][:4] for one in exported.snapshot.kinds["person"].values()} & {"half", "nul\x00"}


@pytest.mark.parametrize("body", [None, [], "", {"items": [None]}, {"items": {}}, {"other": [1]}])
def test_a_list_that_is_no_list_is_never_an_empty_one(full: Simulator, body: Any) -> None:
    """Who takes an answer without anything for the end of a list takes what is there for gone."""
    full.faults([{"match": {"method": "GET", "route": "/workspaces"}, "do": {"status": 200, "body": body}}])
    reading = read(full)
    assert status_of(reading, "workspace").result == "incomplete"
    assert "workspace" in reading.exported.snapshot.gaps
    assert status_of(reading, "person").result == "ok"


def test_a_section_of_an_unknown_form_is_a_gap_and_not_the_end(full: Simulator) -> None:
    route = "/people/{personId}/features/numbers"
    wrong = {"distinctiveRingEnabled": True, "phoneNumbers": [{"primary": False, "directNumber": 7}, "x"]}
    full.faults([{"match": {"method": "GET", "route": route}, "do": {"status": 200, "body": wrong}}])
    reading = read(full)
    assert status_of(reading, "person.numbers").result == "incomplete"
    assert status_of(reading, "person").result == status_of(reading, "person.forwarding").result == "ok"
