"""`reconcile export --format …`: from the tenant or from the snapshot (S21), a part of it (S34), what is refused."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from reconciler.outputs import asked
from reconciler.simulator import Simulator
from tests.cli.conftest import Result
from tests.outputs.conftest import files_of

Reconcile = Callable[..., Result]


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def test_from_the_committed_snapshot_without_a_request(sim: Simulator, repo: Path, reconcile: Reconcile) -> None:
    shutil.rmtree(repo / "state")
    reconcile("export", "--no-report", "--format", "csv,sqlite")
    live = files_of(repo / "inventory")
    sim.reset_requests()
    result = reconcile("export", "--no-report", "--from-state", "--format", "csv,sqlite")
    assert not sim.log()
    kept = files_of(repo / "inventory")
    # The snapshot does not say which error there was, only that it is incomplete.
    same = {name for name in live if not name.startswith("status") and name != "inventory.sqlite"}
    assert kept.keys() == live.keys() and {name: kept[name] for name in same} == {name: live[name] for name in same}
    status = {row["artefact"]: row for row in _rows(repo / "inventory/status.csv")}
    assert (status["person"]["result"], status["person"]["count"]) == ("ok", "60")
    assert status["person.forwarding"]["not_entitled"] == "10"
    incomplete = [row for row in status.values() if row["result"] != "ok"]
    assert result.code == (7 if incomplete else 0) and all(row["why"] for row in incomplete)


def test_from_state_needs_no_token(repo: Path, reconcile: Reconcile) -> None:
    result = reconcile("export", "--from-state", "--format", "jsonl", "--kind", "person")
    assert result.code == 0 and "tables" in result.err and result.out == ""
    names = {path.name for path in (repo / "inventory/jsonl").iterdir()}
    assert "person.jsonl" in names and "person.numbers.jsonl" in names and "number.jsonl" not in names


def test_s21_the_planner_takes_the_same_export(sim: Simulator, repo: Path, reconcile: Reconcile) -> None:
    """Nothing is copied by hand between the export and the plan (S21)."""
    shutil.rmtree(repo / "state")
    reconcile("export", "--format", "csv")
    sim.reset_requests()
    assert reconcile("plan", "--offline", "--detailed-exitcode").code == 0
    assert not sim.log()
    desired = repo / "desired/london-hq/workspaces.yaml"
    desired.write_text(desired.read_text().replace("capacity: 4", "capacity: 6", 1))
    assert reconcile("plan", "--offline", "--detailed-exitcode").code == 2 and not sim.log()


def test_s3_the_report_of_an_unchanged_tenant_keeps_its_trend(sim: Simulator, repo: Path, reconcile: Reconcile) -> None:
    """It is compared with the last snapshot that was another one, not with itself."""
    pages = []
    for name in ("", "Visitors", "", ""):
        if name:
            sim.edit("POST", "/groups", {"displayName": name})
        reconcile("export", "--report", "--kind", "group")
        pages.append((repo / "inventory/report.html").read_bytes())
    counts = [re.findall(r"\d+ → \d+", page.decode()) for page in pages]
    assert counts[0] == [] and set(counts[1]) == {"3 → 4"}
    assert pages[1] == pages[2] == pages[3] != pages[0]
    reconcile("export", "--report", "--format", "csv", "--from-state", "--kind", "group")
    assert "3 → 4" in (repo / "inventory/report.html").read_text(encoding="utf-8")


def test_s34_one_kind_is_read_and_written_alone(sim: Simulator, repo: Path, reconcile: Reconcile) -> None:
    result = reconcile("export", "--format", "csv", "--kind", "trunk")
    assert result.code == 0
    assert {path.name for path in (repo / "inventory/csv").iterdir()} >= {"trunk.csv"}
    routes = {entry["route"] for entry in sim.log()} - {"/people/me"}
    # the first is the preflight's question
    assert routes == {"/telephony/config/locations", "/telephony/config/premisePstn/trunks"}


def test_sqlite_answers_a_question(repo: Path, reconcile: Reconcile) -> None:
    reconcile("export", "--from-state", "--format", "sqlite")
    with closing(sqlite3.connect(f"file:{repo}/inventory/inventory.sqlite?mode=ro", uri=True)) as base:
        query = (
            "SELECT p.email, n.number FROM person p JOIN view_person_numbers n ON n.person = p.address"
            " WHERE p.location = 'London HQ' AND n.use = 'secondary' ORDER BY 1"
        )
        assert base.execute(query).fetchall()
        strict = base.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
        assert {name for name, on in strict if not on} <= {"sqlite_schema"}
        null = "SELECT count(*) FROM person WHERE location IS NULL AND extension IS NULL"
        assert base.execute(null).fetchone() == (10,)


@pytest.mark.parametrize(
    "arguments",
    [("--redact",), ("--from-state",), ("--outputs", "x"), ("--format", "xml"), ("--layout", "wide")],
)
def test_what_is_asked_wrongly_is_said_before_a_request(
    sim: Simulator, repo: Path, reconcile: Reconcile, arguments: tuple[str, ...]
) -> None:
    result = reconcile("export", *arguments)
    assert result.code == 64 and "do:" in result.err and not sim.log()
    assert not (repo / "inventory").exists()


def test_a_folder_with_other_files_is_refused_before_a_request(
    sim: Simulator, repo: Path, reconcile: Reconcile
) -> None:
    result = reconcile("export", "--format", "csv", "--outputs", str(repo / "desired"))
    assert result.code == 4 and "no export wrote" in result.err and not sim.log()


def test_masks_of_one_run_are_the_same_everywhere(repo: Path, reconcile: Reconcile) -> None:
    """Without a key of the environment there is one for the run, and it says so."""
    result = reconcile("export", "--from-state", "--format", "csv,jsonl", "--redact")
    assert "masks are of this run only" in result.err
    rows = _rows(repo / "inventory/csv/person.csv")
    lines = (repo / "inventory/jsonl/person.jsonl").read_text().splitlines()
    assert [json.loads(line)["address"] for line in lines] == [row["address"] for row in rows]
    assert asked("csv", "tables", redact=True).key != asked("csv", "tables", redact=True).key


def test_a_short_key_is_refused(repo: Path, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILE_REDACT_KEY", "short")
    result = reconcile("export", "--from-state", "--format", "csv", "--redact")
    assert result.code == 64 and "RECONCILE_REDACT_KEY is too short" in result.err and "short'" not in result.err
