"""`reconcile insights`, and the report at the end of an export, through the command itself."""

from __future__ import annotations

import json
import os
import re
import webbrowser
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.repository import git
from reconciler.simulator import Simulator
from tests.cli.conftest import Result
from tests.report.test_inventory_report import ROW, Page
from tests.support.faults import faults

Reconcile = Callable[..., Result]


def test_insights_of_the_snapshot(reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WEBEX_ACCESS_TOKEN", raising=False)  # no tenant is needed
    done = reconcile("insights", "--severity", "warning")
    assert done.code == 0
    assert "warning  International calls allowed to single people or rooms  (international-allowed, 3)" in done.out
    assert "person-without-number" not in done.out
    assert "silent, because these are not in the snapshot" in done.err


def test_json_and_exit_code(reconcile: Reconcile, repo: Path) -> None:
    done = reconcile("insights", "-o", "json", "--exit-code")
    found = json.loads(done.out)
    assert done.code == 2
    assert found["counts"]["warning"] == 3
    assert {one["address"] for one in found["risk"]} == {
        "location/London HQ",
        "location/Manchester",
        "location/New York",
    }
    assert reconcile("insights", "--severity", "critical", "--exit-code").code == 0
    (repo / "desired" / "insights.yaml").write_text("severity: {unassigned-numbers: critical}\n")
    assert reconcile("insights", "--severity", "critical", "--exit-code").code == 2


def test_a_bad_file_of_rules_is_told_before_anything_is_read(reconcile: Reconcile, repo: Path, sim: Simulator) -> None:
    (repo / "desired" / "insights.yaml").write_text("disable: [nothing]\n")
    for verb in ("insights", "validate", "export"):
        done = reconcile(verb)
        assert done.code == 1
        assert "desired/insights.yaml:1:11: disable: there is no rule nothing" in done.err
    assert sim.requests()["total"] == 0


def test_insights_of_the_tenant_as_it_is_now(reconcile: Reconcile, sim: Simulator) -> None:
    found = json.loads(reconcile("insights", "--live", "-o", "json").out)
    assert "hunt-group-without-agents" not in found["silent"]
    assert not [entry for entry in sim.log() if entry["method"] != "GET"]


def test_the_report_says_what_the_export_said(reconcile: Reconcile, repo: Path, sim: Simulator) -> None:
    with faults(sim, {"GET /telephony/config/queues": {"answer": 403}}):
        done = reconcile("export", "--format", "csv,json", "--verbose")
    assert done.code == 7
    path = repo / "inventory" / "report.html"
    page = path.read_text(encoding="utf-8")
    printed = {line.split()[0]: line.split()[1] for line in done.out.splitlines()}
    assert {artefact: count for artefact, count, _ in ROW.findall(page)} == printed
    status = json.loads((repo / "inventory" / "status.json").read_bytes())
    results = {row["artefact"]: row["result"] for row in (status if isinstance(status, list) else status["rows"])}
    assert {artefact: result for artefact, _, result in ROW.findall(page)} == results
    failed = {artefact for artefact, result in results.items() if result != "ok"}
    assert "call_queue" in failed
    assert all(artefact in Page(page).text for artefact in failed)
    assert oct(os.stat(path).st_mode & 0o777) == "0o600"
    assert f"report    {path}" in done.err and "not read  " in done.err


def test_an_unchanged_tenant_gives_the_same_report_and_the_folder_stays_ours(
    reconcile: Reconcile, repo: Path, sim: Simulator
) -> None:
    reconcile("export", "--format", "csv")
    reconcile("export", "--format", "csv")
    second = (repo / "inventory" / "report.html").read_bytes()
    reconcile("export", "--format", "csv")
    assert (repo / "inventory" / "report.html").read_bytes() == second
    assert b"+1" not in re.sub(rb"\+\d{5,}", b"", second)  # no change in any count


def test_no_report_and_only_a_report(reconcile: Reconcile, repo: Path, sim: Simulator) -> None:
    for asked in (("--kind", "location"), ("--kind", "location", "--format", "csv", "--no-report")):
        done = reconcile("export", *asked)
        assert done.code == 0 and "Inventory of Example Telephony" in done.err
        assert not (repo / "inventory" / "report.html").exists()
    (repo / "inventory" / "run.json").unlink()
    for file in sorted((repo / "inventory").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    assert reconcile("export", "--kind", "location", "--report").code == 0
    assert (repo / "inventory" / "report.html").exists()
    assert reconcile("export", "--kind", "location", "--format", "csv").code == 0  # the folder is still an export's


def test_the_browser_is_opened_only_when_asked(
    reconcile: Reconcile, repo: Path, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: bool(opened.append(url)))
    reconcile("export", "--kind", "location", "--report")
    assert opened == []
    done = reconcile("export", "--kind", "location", "--open-report")
    assert opened == [(repo / "inventory" / "report.html").resolve().as_uri()]
    assert done.code == 0 and "no browser could be opened" in done.err


def test_trends_against_an_earlier_snapshot(reconcile: Reconcile, repo: Path, sim: Simulator) -> None:
    manifest = repo / "state" / "manifest.json"
    told = json.loads(manifest.read_bytes())
    told["kinds"]["person"]["count"] = 58
    old = repo / "old"
    old.mkdir()
    (old / "manifest.json").write_text(json.dumps(told))
    done = reconcile("export", "--kind", "person", "--report", "--previous", str(old))
    assert "60 people (+2)" in done.err
    assert 'aria-label="58 → 60"' in (repo / "inventory" / "report.html").read_text(encoding="utf-8")
    told["org"]["id"] = "of somebody else"
    (old / "manifest.json").write_text(json.dumps(told))
    assert "60 people," in reconcile("export", "--previous", str(old)).err
    assert reconcile("export", "--previous", str(repo / "desired")).code == 64


def test_a_redacted_report_tells_nobody_s_name(
    reconcile: Reconcile, repo: Path, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILE_REDACT_KEY", "k" * 32)
    assert reconcile("export", "--kind", "person", "--kind", "number", "--format", "csv", "--redact").code == 0
    page = (repo / "inventory" / "report.html").read_text(encoding="utf-8")
    table = (repo / "inventory" / "csv" / "person.csv").read_text(encoding="utf-8")
    assert "@example.com" not in page and "Kowalski" not in page and "+4420" not in page
    masks = set(re.findall(r"person-\w+@redacted\.example", page))
    assert masks and masks <= set(re.findall(r"person-\w+@redacted\.example", table))


MASK = re.compile(r"person-\w+@redacted\.example|\+999\d{12}|Person-[a-z]{12}")


@pytest.mark.parametrize("source", [["--kind", "person", "--kind", "number"], ["--from-state"]], ids=["live", "state"])
def test_without_a_key_a_run_masks_alike_in_all_that_it_writes(
    reconcile: Reconcile, repo: Path, sim: Simulator, source: list[str]
) -> None:
    assert reconcile("export", *source, "--format", "csv", "--redact", "--report").code in (0, 7)
    page = set(MASK.findall((repo / "inventory" / "report.html").read_text(encoding="utf-8")))
    tables = {mask for path in (repo / "inventory").rglob("*.csv") for mask in MASK.findall(path.read_text("utf-8"))}
    assert len(page) > 60 and page <= tables


def test_a_report_from_the_snapshot(reconcile: Reconcile, repo: Path) -> None:
    done = reconcile("export", "--from-state", "--format", "jsonl")
    assert done.code == 0
    page = (repo / "inventory" / "report.html").read_text(encoding="utf-8")
    assert "There is no earlier snapshot to compare with." in page
    assert ("person", "60", "ok") in ROW.findall(page)


def test_nothing_found_is_not_said_of_what_was_not_read(reconcile: Reconcile, repo: Path) -> None:
    """A gate with --exit-code does not open because the lists could not be read; and what is only milder is not
    nothing."""
    milder = reconcile("insights", "--severity", "critical", "--exit-code")
    assert milder.code == 0 and "Nothing of this severity or worse." in milder.out
    manifest = repo / "state" / "manifest.json"
    content = json.loads(manifest.read_text())
    content["kinds"]["person"]["complete"] = "forbidden"
    manifest.write_text(json.dumps(content))
    assert reconcile("insights", "--severity", "critical", "--exit-code").code == 7
    assert reconcile("insights", "--severity", "critical").code == 0
    assert reconcile("insights", "--exit-code").code == 2


@pytest.mark.issue10("C")
def test_insights_say_how_old_the_snapshot_is(reconcile: Reconcile, repo: Path, sim: Simulator) -> None:
    said = reconcile("insights")
    assert "the age of the snapshot is not known" in said.err
    reconcile("export", "--kind", "location", "--no-report")
    git.commit_all(repo, "A snapshot\n\nSnapshot-Taken: 2026-11-21T08:30:00+00:00")
    (repo / ".reconcile" / "state-taken.json").unlink()
    said = reconcile("insights")
    assert "snapshot of 2026-11-21 08:30:00 UTC, " in said.err and " days ago (said by commit " in said.err
    about = json.loads(reconcile("insights", "-o", "json").out)["snapshot"]
    assert about["taken"] == "2026-11-21T08:30:00+00:00"
    reconcile("export", "--kind", "location", "--format", "csv", "--from-state")
    page = (repo / "inventory" / "report.html").read_text(encoding="utf-8")
    assert "Snapshot of <time>2026-11-21 08:30:00 UTC</time>" in page
