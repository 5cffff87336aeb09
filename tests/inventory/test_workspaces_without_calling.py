"""A workspace without calling is somewhere too: it is read, adopted, described and planned with its location, and
whether it calls is said by its type and licence alone."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.cli.app import run
from reconciler.model.plan import Plan
from reconciler.model.remote_id import uuid_of
from reconciler.model.selection import Selection
from reconciler.repository import yamlfile
from tests.support.live import Live

pytestmark = pytest.mark.issue10(26)
TYPES = ("freeCalling", "hybridCalling", "webexEdgeForDevices", "thirdPartySipCalling", "googleCalling", "none")
PLACES = ("London HQ", "Manchester", "")
LICENSE = "Webex Calling - Workspaces"


def every_type(live: Live) -> list[dict[str, Any]]:
    """Put a workspace of every calling type without calling at two places and nowhere; then all that there are."""
    state = live.state()
    places = {one["name"]: one["id"] for one in state["locations"]}
    like = next(one for one in state["workspaces"] if one["displayName"] == "Quiet Corner")
    for number, (kind, place) in enumerate((kind, place) for kind in TYPES for place in PLACES):
        record = {**like, "id": f"5b1f5f3e-4a52-4d34-9c52-0a5d9f6f{number:04d}", "callingType": kind}
        record |= {"displayName": f"{kind} {place}".strip(), "location": places.get(place, "")}
        state["workspaces"].append(record)
    live.server.load(state)
    found: list[dict[str, Any]] = live.state()["workspaces"]
    return found


@pytest.fixture
def cli(live: Live, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    monkeypatch.setenv("WEBEX_API_URL", live.server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", live.server.token)
    (live.root / "desired/case.yaml").unlink()
    yield live


def ran(live: Live, *words: str) -> int:
    return run([words[0], "-C", str(live.root), *words[1:]])


def described(root: Path) -> dict[str, dict[str, Any]]:
    files = [yamlfile.load(path.read_text(encoding="utf-8")) or {} for path in (root / "desired").rglob("*.yaml")]
    return {entry["name"]: entry for data in files for entry in data.get("workspaces", ())}


def undo(live: Live) -> Plan:
    return asyncio.run(pipeline.undo(live.root, live.tenant, "last", Selection()))


def applied(live: Live, plan: Plan) -> None:
    outcomes = live.apply(plan).outcomes
    assert outcomes and {str(one.verdict) for one in outcomes} == {"verified"}, outcomes


def room(live: Live, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in live.state()["workspaces"] if one["displayName"] == name)
    return found


def test_every_type_is_read_adopted_and_planned_with_its_location(
    cli: Live, capsys: pytest.CaptureFixture[str]
) -> None:
    there = every_type(cli)
    names = {one["id"]: one["name"] for one in cli.state()["locations"]}
    assert (
        ran(cli, "export", "-q", "--format", "csv", "--kind", "workspace", "--kind", "location", "--kind", "license")
        == 0
    )
    with (cli.root / "inventory/csv/workspace.csv").open(encoding="utf-8", newline="") as file:
        rows = {uuid_of(row["remote_id"]): row for row in csv.DictReader(file)}
    assert {one["id"]: names.get(one["location"], "") for one in there} == {
        k: row["location"] for k, row in rows.items()
    }
    assert ran(cli, "adopt") == 0
    entries = described(cli.root)
    assert len(entries) == len(there)
    for one in there:
        entry = entries[one["displayName"]]
        assert entry.get("location", "") == names.get(one["location"], "")
        assert ("license" in entry) == ("extension" in entry) == (one["callingType"] == "webexCalling")
    cli.forget()
    capsys.readouterr()
    assert ran(cli, "plan", "--detailed-exitcode") == 0
    assert ran(cli, "plan", "--detailed-exitcode", "--offline") == 0
    assert ran(cli, "drift", "--all") == 0
    assert ran(cli, "verify") == 0, capsys.readouterr()
    assert cli.writes() == {}


def test_those_of_one_name_are_told_apart_each_with_its_own_location(
    cli: Live, capsys: pytest.CaptureFixture[str]
) -> None:
    every_type(cli)
    state = cli.state()
    names = {one["id"]: one["name"] for one in state["locations"]}
    same = [one for one in state["workspaces"] if one["callingType"] in ("hybridCalling", "none")]
    for one in (*same, room(cli, "Lobby")):
        next(r for r in state["workspaces"] if r["id"] == one["id"])["displayName"] = "Huddle"
    cli.server.load(state)
    assert ran(cli, "export", "-q", "--kind", "workspace", "--kind", "location", "--kind", "license") == 0
    kept = {
        row["address"]: row.get("fields", {}).get("location")
        for file in (cli.root / "state/workspace").glob("*.jsonl")
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines())
    }
    for one in same:
        assert kept[f"workspace/Huddle [{one['id']}]"] == (names.get(one["location"]) or None)
    assert ran(cli, "adopt") == 3
    told = capsys.readouterr().err
    assert all(f"workspace/Huddle [{one['id']}]: others are called 'Huddle' too" in told for one in same)
    assert "Huddle" not in described(cli.root)
    assert [ran(cli, "plan", "--detailed-exitcode"), ran(cli, "plan", "--detailed-exitcode", "--offline")] == [0, 0]


def test_what_is_made_with_a_location_alone_is_there_buys_nothing_and_plans_empty(live: Live) -> None:
    units = {one["name"]: one for one in live.state()["licenses"]}
    live.describe({"workspaces": [{"name": "Studio", "location": "London HQ"}]})
    plan = live.plan()
    applied(live, plan)
    made = room(live, "Studio")
    london = next(one["id"] for one in live.state()["locations"] if one["name"] == "London HQ")
    assert (made["callingType"], made["location"], made["licenses"]) == ("freeCalling", london, [])
    assert {one["name"]: one for one in live.state()["licenses"]} == units
    assert live.plan().changes == []
    live.remember()
    assert pipeline.plan_offline(live.root).changes == []
    back = undo(live)
    assert {change.address: change.action for change in back.changes} == {"workspace/Studio": "delete"}
    applied(live, back)
    assert "Studio" not in [one["displayName"] for one in live.state()["workspaces"]]


def test_a_location_set_later_says_beforehand_and_afterwards_that_it_stays(live: Live) -> None:
    """The rest of the same change is taken back."""
    live.server.edit("POST", "/workspaces", {"displayName": "Nowhere", "notes": "Loft"})
    live.describe({"workspaces": [{"name": "Nowhere", "location": "Manchester", "notes": "Attic"}]})
    plan = live.plan()
    assert [one for one in plan.changes[0].irreversible if one.startswith("location cannot be undone")]
    applied(live, plan)
    manchester = next(one["id"] for one in live.state()["locations"] if one["name"] == "Manchester")
    assert (room(live, "Nowhere")["location"], room(live, "Nowhere")["notes"]) == (manchester, "Attic")
    back = undo(live)
    assert any("location cannot be undone" in note for note in back.changes[0].notes)
    live.apply(back)
    assert (room(live, "Nowhere")["location"], room(live, "Nowhere")["notes"]) == (manchester, "Loft")


def test_offline_says_the_same_of_what_is_refused(live: Live) -> None:
    every_type(live)
    live.remember()
    rooms = [
        {"name": "hybridCalling London HQ", "location": "Manchester"},
        {"name": "none London HQ", "extension": "7790"},
        {"name": "freeCalling", "location": "Manchester", "license": LICENSE, "extension": "7791"},
        {"name": "thirdPartySipCalling", "location": "New York"},
        {"name": "googleCalling Manchester", "notes": "Sofa", "license": None},
        {"name": "Lobby", "license": None},
        {"name": "Fresh", "location": "New York"},
    ]
    live.describe({"workspaces": rooms})
    online, offline = live.plan(), pipeline.plan_offline(live.root)
    assert online.digest == offline.digest
    blocked = {change.key: change.blocked for change in online.changes if change.blocked}
    assert blocked.keys() == {"hybridCalling London HQ", "none London HQ", "freeCalling", "Lobby"}
    assert "location cannot change" in blocked["hybridCalling London HQ"]
    assert "no Webex Calling (none), so extension cannot be set here" in blocked["none London HQ"]
    assert "give it Webex Calling in Control Hub" in blocked["freeCalling"]


def test_who_got_calling_from_somebody_else_stays_as_described_and_can_be_described_with_it(live: Live) -> None:
    live.describe({"workspaces": [{"name": "Quiet Corner", "location": "Manchester"}]})
    assert live.plan().changes == []
    state = live.state()
    record, place = room(live, "Quiet Corner"), room(live, "Quiet Corner")["location"]
    license = next(one["id"] for one in state["licenses"] if one["name"] == LICENSE)
    block = {"location": place, "extension": "7790", "number": None}
    record |= {"callingType": "webexCalling", "licenses": [license], "calling": block}
    state["workspaces"] = [record if one["id"] == record["id"] else one for one in state["workspaces"]]
    live.server.load(state)
    assert live.plan().changes == []
    entry = {"name": "Quiet Corner", "location": "Manchester", "license": LICENSE, "extension": "7791"}
    live.describe({"workspaces": [entry]})
    applied(live, live.plan())
    assert room(live, "Quiet Corner")["calling"]["extension"] == "7791"
    live.describe({"workspaces": [{"name": "Quiet Corner", "license": None}]})
    assert "license cannot change after creation" in live.plan().changes[0].blocked


def test_who_does_not_call_needs_no_callback_number_and_proves_no_calling_of_a_place(live: Live) -> None:
    """Nothing is asked of emergency callbacks for them; and a location where only they are is none with calling."""
    site = {"name": "Depot", "timeZone": "Europe/London", "preferredLanguage": "en_GB", "announcementLanguage": "en_gb"}
    site["address"] = {"address1": "Road 1", "city": "Leeds", "state": "LDS", "postalCode": "LS1 1AA", "country": "GB"}  # type: ignore[assignment]
    live.server.edit("POST", "/locations", site)
    live.describe({"workspaces": [{"name": "Store", "location": "Depot"}, {"name": "Hall", "location": "London HQ"}]})
    live.forget()
    plan = live.plan()
    assert not any("emergencyCallbackNumber" in route for route in live.requests())
    assert [one.notes for one in plan.changes if any("calls it back" in note for note in one.notes)] == []
    applied(live, plan)
    studio = {"name": "Studio", "location": "Depot", "license": LICENSE, "extension": "7900"}
    live.describe({"workspaces": [studio, {"name": "Store", "location": "Depot"}]})
    assert "Depot has no calling" in live.plan().changes[0].blocked


def test_drift_and_a_part_of_an_export_see_where_it_is(cli: Live, capsys: pytest.CaptureFixture[str]) -> None:
    cli.server.edit("POST", "/workspaces", {"displayName": "Nowhere"})
    assert ran(cli, "export", "-q", "--kind", "workspace", "--kind", "location", "--kind", "license") == 0
    state = cli.state()
    place = next(one["id"] for one in state["locations"] if one["name"] == "Manchester")
    next(one for one in state["workspaces"] if one["displayName"] == "Nowhere")["location"] = place
    cli.server.load(state)
    capsys.readouterr()
    assert ran(cli, "drift", "--all", "-o", "json") == 2
    text = capsys.readouterr().out
    assert "workspace/Nowhere" in text and "Manchester" in text
    part = cli.root / "part"
    assert ran(cli, "export", "-q", "--location", "Manchester", "--kind", "workspace", "--out", str(part)) == 0
    read = "".join(file.read_text(encoding="utf-8") for file in (part / "workspace").glob("*.jsonl"))
    assert "workspace/Nowhere" in read and "workspace/Quiet Corner" in read and "workspace/Lobby" not in read
