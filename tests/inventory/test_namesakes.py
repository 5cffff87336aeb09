"""Two of one name: both are in the inventory, whole, and nobody says that nothing needs attention."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from reconciler import pipeline
from reconciler.cli.app import run
from reconciler.errors import InputError
from reconciler.model.remote_id import uuid_of
from reconciler.repository import store
from tests.support.live import Live

pytestmark = pytest.mark.issue10(26)
#: Kinds, and where the simulator has them: the table, and what is the name in it.
TABLES = {
    "location": ("locations", "name"),
    "route_group": ("route_groups", "name"),
    "trunk": ("trunks", "name"),
    "workspace": ("workspaces", "displayName"),
}


def namesakes(live: Live, kind: str) -> tuple[str, list[str]]:
    """Give the first two of a kind one name; the name, and their uuids."""
    table, field = TABLES[kind]
    state = live.state()
    if len(state[table]) < 2:
        state[table].append({**state[table][0], "id": "7b3f5f3e-4a52-4d34-9c52-0a5d9f6f2b11"})
    first, second = state[table][:2]
    second[field] = first[field]
    live.server.load(state)
    return str(first[field]), [first["id"], second["id"]]


@pytest.fixture
def cli(live: Live, monkeypatch: pytest.MonkeyPatch) -> Live:
    monkeypatch.setenv("WEBEX_API_URL", live.server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", live.server.token)
    return live


def ran(live: Live, *words: str) -> int:
    return run([words[0], "-C", str(live.root), *words[1:]])


def table(root: Path, kind: str) -> list[dict[str, str]]:
    with (root / f"inventory/csv/{kind}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("kind", sorted(TABLES))
def test_all_of_a_name_are_in_state_and_in_the_tables_and_need_attention(
    cli: Live, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name, two = namesakes(cli, kind)
    there = {one["id"] for one in cli.state()[TABLES[kind][0]]}
    assert ran(cli, "export", "-q", "--kind", kind, "--format", "csv", "--report") == 0
    kept = store.open(cli.root / "state")
    for uuid in two:
        row = kept.get(kind, f"{name} [{uuid}]")
        assert row is not None and uuid_of(row.id) == uuid and row.fields["name"] == name
        assert kind != "workspace" or {"forwarding", "outgoing_permissions", "numbers"} <= {*row.fields, *row.unknown}
    plain = kept.get(kind, name)
    assert plain is not None and len(plain.candidates) == 2
    rows = table(cli.root, kind)
    assert {uuid_of(row["remote_id"]) for row in rows} == there and len(rows) == len(there)
    status = json.loads((cli.root / "inventory/status.json").read_text())
    assert next(one["count"] for one in status if one["artefact"] == kind) == len(there)
    assert json.loads((cli.root / "state/manifest.json").read_text())["kinds"][kind]["count"] == len(there)
    page = (cli.root / "inventory/report.html").read_text(encoding="utf-8")
    assert "Nothing found that needs attention" not in page and f"are called &#39;{name}&#39;" in page
    capsys.readouterr()
    assert ran(cli, "insights", "-o", "json") == 0
    found = json.loads(capsys.readouterr().out)["insights"]
    assert f"{kind}/{name}" in [one["address"] for one in found if one["rule"] == "ambiguous-name"]


def test_the_sections_of_both_are_what_the_tenant_has(live: Live) -> None:
    state = live.state()
    first, second = [one for one in state["workspaces"] if (one.get("calling") or {}).get("number")][:2]
    second["displayName"] = first["displayName"]
    second["calling"]["forwarding"] = {"always": {"enabled": True, "destination": "+442079460111"}}
    live.server.load(state)
    snapshot = live.export()
    for one in (first, second):
        row = snapshot.get("workspace", f"{one['displayName']} [{one['id']}]")
        assert row is not None and row.fields["extension"] == one["calling"]["extension"]
        assert row.fields["phone_number"] == one["calling"]["number"]
        sent = (row.fields["forwarding"].get("always") or {}).get("destination")
        assert sent == (one["calling"].get("forwarding") or {}).get("always", {}).get("destination")


def test_a_plan_names_the_candidates_and_no_key_of_one_of_them_can_be_described(live: Live) -> None:
    name, two = namesakes(live, "workspace")
    live.remember()
    for described in (name, f"{name} [{two[0]}]"):
        live.describe({"workspaces": [{"name": described, "capacity": 7}]})
        with pytest.raises(InputError) as online:
            live.plan()
        with pytest.raises(InputError) as offline:
            pipeline.plan_offline(live.root)
        for raised in (online, offline):
            if described == name:
                assert all(live.remote("PLACE", one) in str(raised.value) for one in two)
            else:
                assert "namesakes apart" in str(raised.value) and "case.yaml:" in str(raised.value)


def test_adopt_leaves_both_alone_with_the_reason(cli: Live, capsys: pytest.CaptureFixture[str]) -> None:
    name, two = namesakes(cli, "workspace")
    assert ran(cli, "export", "-q") == 0
    (cli.root / "desired/case.yaml").unlink()
    assert ran(cli, "adopt") == 3
    told = capsys.readouterr().err
    for uuid in two:
        assert f"left alone: workspace/{name} [{uuid}]: others are called {name!r} too" in told
    written = "".join(path.read_text(encoding="utf-8") for path in (cli.root / "desired").rglob("*.yaml"))
    assert name not in written
    assert [ran(cli, "validate"), ran(cli, "plan", "--detailed-exitcode")] == [0, 0]


def test_drift_tells_which_of_them_changed(cli: Live, capsys: pytest.CaptureFixture[str]) -> None:
    name, two = namesakes(cli, "workspace")
    assert ran(cli, "export", "-q") == 0
    assert ran(cli, "drift", "--all") == 0, capsys.readouterr()
    state = cli.state()
    next(one for one in state["workspaces"] if one["id"] == two[1])["notes"] = "by the window"
    cli.server.load(state)
    capsys.readouterr()
    assert ran(cli, "drift", "--all", "-o", "json") == 2
    text = capsys.readouterr().out
    assert f"workspace/{name} [{two[1]}]" in text and f"workspace/{name} [{two[0]}]" not in text


def test_a_second_export_since_the_last_finds_nothing_new(cli: Live, capsys: pytest.CaptureFixture[str]) -> None:
    namesakes(cli, "workspace")
    namesakes(cli, "location")
    assert ran(cli, "export", "-q") == 0
    before = {path: path.read_bytes() for path in (cli.root / "state").rglob("*.jsonl")}
    assert ran(cli, "export", "-q", "--since", "last") == 0
    assert before == {path: path.read_bytes() for path in (cli.root / "state").rglob("*.jsonl")}


def test_a_part_of_an_export_takes_all_who_have_the_name(cli: Live) -> None:
    name, two = namesakes(cli, "workspace")
    assert ran(cli, "export", "-q", "--address", f"workspace/{name}", "--format", "csv") == 0
    assert {uuid_of(row["remote_id"]) for row in table(cli.root, "workspace")} == set(two)
