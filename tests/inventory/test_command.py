"""One command on a tenant that has something of everything: what it leaves, held against the simulator's own state."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from reconciler.cli.app import run
from reconciler.inventory.preflight import FAMILIES
from reconciler.kinds import observed
from reconciler.simulator import Simulator
from tests.report.test_inventory_report import ROW
from tests.support.always import read_always

Json = dict[str, Any]
Rows = list[Json]
FORMATS = ("csv", "json", "jsonl", "sqlite")
_ME = "GET /people/me"
_DIRECTORY = "GET /identity/scim/{orgId}/v2/Users"


@dataclass(frozen=True)
class Made:
    """Two exports of an unchanged tenant into one repository: how each ended, the bytes that it left (without what
    belongs to the run), and all that was asked; and the state of the tenant."""

    root: Path
    codes: list[int]
    files: list[dict[str, bytes]]
    log: list[Json]
    tenant: dict[str, Rows]

    def rows(self, name: str) -> list[dict[str, str]]:
        text = (self.root / f"inventory/csv/{name}.csv").read_text(encoding="utf-8")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    @property
    def status(self) -> dict[str, Json]:
        return {row["artefact"]: row for row in json.loads((self.root / "inventory/status.json").read_text())}


@pytest.fixture(scope="module")
def made(furnished_state: Json, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    root = tmp_path_factory.mktemp("command") / "repo"
    root.mkdir()
    formats = [*FORMATS, *(["parquet"] if _has_parquet() else [])]
    with Simulator(furnished_state) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("WEBEX_API_URL", server.base_url)
        patch.setenv("WEBEX_ACCESS_TOKEN", server.token)
        codes, files = [], []
        for _ in range(2):
            codes.append(run(["export", "-C", str(root), "-q", "--format", ",".join(formats)]))
            files.append(_files(root))
        yield Made(root, codes, files, server.log(), server.state())


def _has_parquet() -> bool:
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        return False
    return True


def _files(root: Path) -> dict[str, bytes]:
    found = [path for path in root.rglob("*") if path.is_file() and ".reconcile" not in path.parts]
    return {str(path.relative_to(root)): path.read_bytes() for path in found if path.name != "run.json"}


#: How many there are of each, counted in the simulator's state: of resources, of their parts, of settings.
Count = Callable[[dict[str, Rows]], int]


def _of(collection: str, having: Callable[[Json], Any] = bool) -> Count:
    return lambda tenant: sum(1 for one in tenant[collection] if having(one))


def _calling(one: Json) -> Any:
    return one.get("calling")


def _professional(workspace: Json) -> Any:
    return _calling(workspace) and workspace["displayName"] != "Reception Phone"


def _places(collection: str) -> Count:
    return lambda tenant: len({one["calling"]["location"] for one in tenant[collection] if one.get("calling")})


COLLECTIONS = {
    "person": "people", "workspace": "workspaces", "location": "locations", "number": "numbers", "trunk": "trunks",
    "route_group": "route_groups", "announcement": "announcements", "auto_attendant": "auto_attendants",
    "call_park": "call_parks", "call_park_extension": "call_park_extensions", "call_pickup": "call_pickups",
    "call_queue": "call_queues", "device": "devices", "dial_plan": "dial_plans",
    "hunt_group": "hunt_groups", "operating_mode": "operating_modes", "paging_group": "paging_groups",
    "route_list": "route_lists", "schedule": "schedules", "translation_pattern": "translation_patterns",
    "virtual_extension": "virtual_extensions", "virtual_extension_range": "virtual_extension_ranges",
    "virtual_line": "virtual_lines", "voicemail_group": "voicemail_groups",
}  # fmt: skip
COUNTS: dict[str, Count] = {
    **{name: _of(collection) for name, collection in COLLECTIONS.items()},
    **dict.fromkeys(("license", "license.assigned"), _of("licenses", lambda one: one["listed"])),
    **dict.fromkeys(("access_codes", "call_queue_settings"), lambda tenant: 1),
    # every location has a group of its own (webex-behaviour.md §2)
    **dict.fromkeys(("group", "group.members"), lambda tenant: len(tenant["groups"]) + len(tenant["locations"])),
    "calling_location": _of("locations", _calling),
    "workspace.capabilities": _of("workspaces"),
    "workspace.devices": _of("workspaces", _calling),  # a basic one answers as well
    **{f"available_numbers.{kind}_{use}": _of("locations", _calling)
       for kind, use in (("person", "primary"), ("workspace", "available"), ("virtual_line", "available"))},
}  # fmt: skip


def count_of(name: str) -> Count:
    """Of a part: how many have it."""
    if name in COUNTS:
        return COUNTS[name]
    owner, _, part = name.partition(".")
    if owner == "available_numbers":
        return _places(next(many for one, many in COLLECTIONS.items() if part.startswith(f"{one}_")))
    return _of(COLLECTIONS[owner], _calling if owner in ("person", "workspace", "location") else bool)


def test_s1_one_command_writes_a_csv_and_a_json_of_every_kind_with_the_simulators_counts(made: Made) -> None:
    assert made.codes == [0, 0]
    names = [*read_always(), *observed()]
    expected = {name: count_of(name)(made.tenant) for name in names}
    assert len(names) > 80 and min(expected.values()) > 0
    assert {name: len(made.rows(name)) for name in names} == expected
    read = {name: json.loads((made.root / f"inventory/json/{name}.json").read_text()) for name in names}
    assert {name: len(rows) for name, rows in read.items()} == expected


def test_s2_it_asks_what_is_declared_and_nothing_else(made: Made) -> None:
    """Nor does any question go astray: the simulator knows every path that was asked for."""
    declared = {request for one in (*read_always().values(), *observed().values()) for request in one.requests}
    asked = {f"{entry['method']} {entry['route']}" for entry in made.log}
    assert declared <= asked
    assert asked - declared == {_ME, _DIRECTORY} and any(family.name == "people directory" for family in FAMILIES)


def test_s3_two_runs_on_an_unchanged_tenant_leave_the_same_bytes(made: Made) -> None:
    """The snapshot, every format, the status and the report; only `run.json` has times and counts of requests."""
    first, second = made.files
    assert {name.split("/")[0] for name in first} == {"state", "inventory"} and "inventory/report.html" in first
    assert {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)} == set()
    ran = json.loads((made.root / "inventory/run.json").read_text())
    assert ran["started"] and ran["seconds"] > 0 and ran["requests"] > 400
    assert ran["files"].keys() == {name.removeprefix("inventory/") for name in first if name.startswith("inventory/")}


def test_s5_every_artefact_has_one_row(made: Made) -> None:
    rows = json.loads((made.root / "inventory/status.json").read_text())
    assert sorted(row["artefact"] for row in rows) == sorted({*read_always(), *observed()})
    assert {row["result"] for row in rows} == {"ok"}
    assert {name: row["count"] for name, row in made.status.items()} == {
        name: len(made.rows(name)) for name in made.status
    }
    calling = sum(bool(person.get("calling")) for person in made.tenant["people"])
    assert made.status["person.forwarding"]["not_entitled"] == len(made.tenant["people"]) - calling == 3
    with (made.root / "inventory/status.csv").open(encoding="utf-8", newline="") as file:
        assert [row["artefact"] for row in csv.DictReader(file)] == [row["artefact"] for row in rows]


def test_s8_nothing_but_get_is_asked(made: Made) -> None:
    assert Counter(entry["method"] for entry in made.log).keys() == {"GET"} and len(made.log) > 800


@pytest.mark.parametrize("name", ["numbers", "incoming_permissions", "outgoing_permissions", "access_codes",
                                  "digit_patterns", "transfer_numbers"])  # fmt: skip
def test_s19_settings_of_everybody_who_calls_are_exported(made: Made, name: str) -> None:
    calling = {f"person.{name}/{one['emails'][0]}" for one in made.tenant["people"] if one.get("calling")}
    rows = {row["address"]: row for row in made.rows(f"person.{name}")}
    assert rows.keys() == calling and len(calling) == 15
    assert all(row["remote_id"] for row in rows.values())


def test_s19_outgoing_permissions_have_their_call_types(made: Made) -> None:
    """Those of a person who calls: each type with what is done about it, as a column and in the whole."""
    by_address = {row["address"]: row for row in made.rows("person.outgoing_permissions")}
    row = by_address["person.outgoing_permissions/chloe.dangelo@example.com"]
    types = [name.removesuffix(".action") for name in row if name.endswith(".action")]
    assert len(types) >= 10 and {"INTERNAL_CALL", "NATIONAL", "INTERNATIONAL", "PREMIUM_SERVICES_I"} <= set(types)
    assert row["INTERNATIONAL.action"] == "BLOCK" and row["NATIONAL.action"] == "ALLOW"
    assert {row[f"{name}.action"] for name in types} <= {"ALLOW", "BLOCK", "AUTH_CODE", "TRANSFER_NUMBER_1", ""}
    assert json.loads(row["fields_json"])["INTERNATIONAL"] == {"action": "BLOCK", "transfer": False}


def test_s22_the_columns_of_every_table(made: Made, snapshot: SnapshotAssertion) -> None:
    """A renamed one shows here; their types and words in columns.md."""
    heads = {
        path.stem: path.read_text("utf-8").partition("\n")[0].strip()
        for path in sorted((made.root / "inventory" / "csv").iterdir())
    }
    assert heads == snapshot


def test_s28_the_tables_load_with_their_types(made: Made) -> None:
    """In SQLite, and in Parquet where its reader is installed: numbers and switches are no texts."""
    with closing(sqlite3.connect(f"file:{made.root}/inventory/inventory.sqlite?mode=ro", uri=True)) as base:
        types = dict(base.execute("SELECT name, type FROM pragma_table_info('call_queue')"))
        assert (types["enabled"], types["queue_settings_queue_size"], types["name"]) == ("INTEGER", "INTEGER", "TEXT")
        query = "SELECT typeof(enabled), typeof(queue_settings_queue_size), queue_settings_queue_size FROM call_queue"
        assert ("integer", "integer", 25) in base.execute(query).fetchall()
        assert base.execute("SELECT count(*) FROM person").fetchone() == (len(made.tenant["people"]),)
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `parquet` is not installed")
    tables = {path.stem: parquet.read_table(path) for path in (made.root / "inventory/parquet").glob("*.parquet")}
    assert {name: tables[name].num_rows for name in COLLECTIONS} == {name: len(made.rows(name)) for name in COLLECTIONS}
    schema = {field.name: str(field.type) for field in tables["call_queue"].schema}
    assert (schema["enabled"], schema["queue_settings_queue_size"]) == ("bool", "int64")
    assert schema["agents"].startswith("list<")


def test_s33_what_it_writes_is_for_its_owner_alone(made: Made) -> None:
    written = [path for path in made.root.rglob("*") if path.is_file() and path.name != ".gitignore"]
    assert {path.parts[len(made.root.parts)] for path in written} == {"state", "inventory", ".reconcile"}
    assert {path for path in written if stat.S_IMODE(path.stat().st_mode) != 0o600} == set()


_SOME = ("paging_group", "hunt_group", "group", "dial_plan", "call_park", "person.voicemail")


@pytest.mark.usefixtures("no_pauses")
def test_s9_the_report_counts_what_the_export_counts_and_lists_every_failure(
    full: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S6 too: what fails (500, 403, 404) is told with its requests, all else is whole, and the exit code is 7."""
    monkeypatch.setenv("WEBEX_API_URL", full.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", full.token)
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)
    broken = {"paging_group": ("paging", 500), "dial_plan": ("premisePstn/dialPlans", 403),
              "call_park": ("locations/{locationId}/callParks", 404)}  # fmt: skip
    full.faults([{"match": {"route": f"/telephony/config/{route}"}, "do": {"status": status}}
                 for route, status in broken.values()])  # fmt: skip
    arguments = ["export", "-C", str(tmp_path), "-q", "--format", "csv,json"]
    arguments += [word for name in _SOME for word in ("--kind", name)]
    assert run([*arguments, "--open-report"]) == 7
    folder = tmp_path / "inventory"
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert opened == [(folder / "report.html").as_uri()]
    status = {row["artefact"]: row for row in json.loads((folder / "status.json").read_text())}
    shown = {name: (int(count.replace(",", "")), result) for name, count, result in ROW.findall(page)}
    assert shown == {name: (row["count"], row["result"]) for name, row in status.items()}
    assert {name: row["result"] for name, row in status.items() if row["result"] != "ok"} == {
        "paging_group": "error", "dial_plan": "forbidden", "call_park": "not_found"}  # fmt: skip
    for name, row in status.items():
        rows = list(csv.reader(io.StringIO((folder / f"csv/{name}.csv").read_text("utf-8"), newline="")))
        assert len(rows) - 1 == row["count"]
    told = re.sub(r"<[^>]+>", " ", page)
    for name in broken:
        assert all(request in told for request in observed()[name].requests), name
    shutil.rmtree(folder)
    assert run([*arguments, "--no-report"]) == 7
    assert (folder / "status.json").exists() and not (folder / "report.html").exists() and len(opened) == 1
