"""The files beside a journal: views of it that people, spreadsheets and scripts read (S84 to S86, S103, S105, S126)."""

from __future__ import annotations

import csv
import hashlib
import json
import tracemalloc
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from syrupy.assertion import SnapshotAssertion

from reconciler.cli.app import run as reconcile
from reconciler.errors import InputError
from reconciler.masking import keep_secret
from reconciler.model.applied import Applied
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Plan
from reconciler.model.summary import Summary
from reconciler.report.closing import summary_markdown
from reconciler.runs import known as runs
from reconciler.runs import summaries
from reconciler.runs.journal import Journal, read
from reconciler.runs.view_lines import ViewLines, payload_hash
from reconciler.runs.views import JournalViews
from tests.crash import victim
from tests.support.live import Live

JOSE, NOAH = "jose.dvorak@example.com", "noah.tanaka@example.com"
FORWARDING = "/people/{personId}/features/callForwarding"
DESIRED: dict[str, Any] = {
    "people": [
        {"email": JOSE, "display_name": "=José", "forwarding": {"busy": {"destination": "0100"}}},
        {"email": NOAH, "forwarding": {"busy": {"destination": "0100"}}},
    ],
    "numbers": [{"range": ["+442079461000", "+442079461004"], "location": "London HQ", "state": "inactive"}],
    "workspaces": [{"name": "Board Room", "capacity": 6}],
}


def fault(live: Live, method: str, route: str, **do: Any) -> None:
    live.server.faults([{"match": {"method": method, "route": route}, "do": do}])


@pytest.fixture
def failed(live: Live) -> Applied:
    """A run in which one of the two forwardings is refused, and the rest goes well."""
    live.describe(DESIRED)
    plan = live.plan()
    body = {"message": "no", "errors": [{"description": "no", "detail": "x" * 500}], "accessToken": "zzzzzzzz"}
    live.server.faults(
        [{"match": {"method": "PUT", "route": FORWARDING}, "nth": 1, "do": {"status": 400, "body": body}}]
    )
    applied = live.apply(plan)
    live.server.no_faults()
    return applied


def rows(folder: Path) -> list[dict[str, str]]:
    (path,) = folder.glob("*_ok.csv")
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def failures(folder: Path) -> list[dict[str, Any]]:
    (path,) = folder.glob("*_error.jsonl")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


# --- S84 ---------------------------------------------------------------------------------------------------------


def test_s84_one_line_per_applied_change(failed: Applied) -> None:
    found = rows(failed.folder)
    plan = runs.find(failed.folder.parents[2]).plan
    applied = [change for change in plan.changes if change.kind != "person.forwarding"]
    assert len(applied) == 7 and len(found) == 8
    assert {row["address"] for row in found} > {change.address for change in applied}
    assert len({row["row_index"] for row in found}) == 8
    for row in found:
        change = plan.changes[int(row["row_index"]) - 1]
        assert (row["address"], row["source"]) == (change.address, change.source)
        assert row["script"] == f"{change.kind}.{change.action}"
        assert row["payload_hash"] == payload_hash(change.address, change.action, change.want)
        assert row["entity_id"] and row["tracking_id"] and row["timestamp"].endswith("+00:00")
        assert row["run_id"] == failed.folder.name
    (path,) = failed.folder.glob("*_ok.csv")
    assert path.name == f"{failed.folder.name}_ok.csv"


def test_s84_every_run_has_a_file_of_its_own_and_only_appends(live: Live, failed: Applied) -> None:
    first = next(failed.folder.glob("*_ok.csv")).read_bytes()
    again = live.apply(live.plan())
    assert again.folder != failed.folder
    assert [row["address"].partition("/")[0] for row in rows(again.folder)] == ["person.forwarding"]
    assert next(failed.folder.glob("*_ok.csv")).read_bytes() == first


def test_s84_it_grows_with_the_run_and_what_stands_in_it_stays(live: Live) -> None:
    """Read after every outcome: a line for each change so far, behind what was there before; never written anew."""
    live.describe(DESIRED)
    plan = live.plan()
    seen, verified = [(0, b"")], set[str]()

    def look(event: str, facts: Any) -> None:
        if event == "operation_outcome":
            verified.update({facts["address"]} if facts["verdict"] == "verified" else ())
            if facts["nth"] == facts["of"]:
                (path,) = (live.root / "state" / "runs").glob(f"{facts['run']}/*_ok.csv")
                seen.append((path.stat().st_ino, path.read_bytes()))
                lines = csv.DictReader(seen[-1][1].decode().splitlines())
                assert {line["address"] for line in lines} >= verified

    live.apply(plan, observers=(look,))
    assert len(seen) == 1 + len(plan.operations) and len({inode for inode, _ in seen[1:]}) == 1
    assert all(later.startswith(earlier) for (_, earlier), (_, later) in pairwise(seen))
    assert len(verified) == len(plan.changes)


def test_s84_a_change_of_several_steps_is_one_line(live: Live) -> None:
    """A move is a job and, for the rest, a request: two steps, one change."""
    live.describe({"people": [{"email": NOAH, "location": "Manchester", "display_name": "N"}]})
    plan = live.plan()
    assert len(plan.operations) == 2 and len(plan.changes) == 1
    fault(live, "PUT", "/people/{personId}", status=400)
    failed = live.apply(plan)
    live.server.no_faults()
    # one for the request, and one for what the job took along and nobody describes
    assert rows(failed.folder) == [] and [line["address"] for line in failures(failed.folder)] == [f"person/{NOAH}"] * 2
    live.describe({"people": [{"email": NOAH, "location": "London HQ", "display_name": "N"}]})
    applied = live.apply(live.plan())
    assert len({result["operation"] for result in applied.summary["results"]}) == 2
    assert [row["address"] for row in rows(applied.folder)] == [f"person/{NOAH}"]


def test_s98_the_same_payload_has_the_same_hash_and_no_secret_is_in_it() -> None:
    first = payload_hash("person/a", "update", {"pin": "1234", "extension": "1"})
    assert first == payload_hash("person/a", "update", {"extension": "1", "pin": "9876"})
    assert first != payload_hash("person/a", "update", {"extension": "2", "pin": "1234"})
    assert first != payload_hash("person/b", "update", {"extension": "1", "pin": "1234"})


# --- S85 ---------------------------------------------------------------------------------------------------------


def test_s85_a_failure_has_the_whole_answer_the_causes_and_the_parameters(failed: Applied) -> None:
    (line,) = failures(failed.folder)
    assert line["error"]["type"] == "ApiError" and line["error"]["status"] == 400
    assert line["error"]["answer"]["errors"][0]["detail"] == "x" * 500
    assert line["error"]["answer"]["accessToken"] == "(secret, not shown)"
    assert line["error"]["trace"][-1].startswith("reconciler/webex/session.py:")
    assert line["params"] == {"busy": {"destination": "0100"}} and line["before"] == {"busy": None}
    assert line["requests"][0]["method"] == "PUT" and line["requests"][0]["tracking_id"]
    assert line["verdict"] == "failed" and line["run_id"] == failed.folder.name
    assert line["row_index"] > 0 and line["source"].startswith("desired/case.yaml:")


def test_s85_a_lost_connection_names_its_causes(live: Live) -> None:
    live.describe({"people": DESIRED["people"][1:]})
    plan = live.plan()
    fault(live, "PUT", FORWARDING, drop="before")
    applied = live.apply(plan)
    live.server.no_faults()
    (line,) = failures(applied.folder)
    assert line["error"]["type"] == "TemporaryError" and line["error"]["causes"][0]["type"] == "ServerDisconnectedError"


def test_s85_an_error_that_was_got_over_explains_no_later_failure(live: Live) -> None:
    """503, then a success without effect: it is the second that failed, and no answer says so."""
    live.describe({"people": DESIRED["people"][1:]})
    plan = live.plan()
    live.server.faults(
        [
            {"match": {"method": "PUT", "route": FORWARDING}, "nth": 1, "do": {"status": 503}},
            {"match": {"method": "PUT", "route": FORWARDING}, "nth": 2, "do": {"silent": True}},
        ]
    )
    applied = live.apply(plan)
    live.server.no_faults()
    (line,), (result,) = failures(applied.folder), applied.summary["results"]
    assert line["verdict"] == "drifted" and line["error"] == {} and result["error_type"] == result["error"] == ""
    assert [one["status"] for one in line["requests"]] == [204] and line["fields"] == result["fields"] != {}


def test_s85_a_reading_that_fails_is_a_failure_too(live: Live) -> None:
    live.describe({"people": DESIRED["people"][1:]})
    plan = live.plan()
    fault(live, "GET", FORWARDING, status=403, body={"message": "not yours"})
    applied = live.apply(plan)
    live.server.no_faults()
    (line,) = failures(applied.folder)
    assert line["wrote"] is False and line["error"]["answer"] == {"message": "not yours"}


def test_s85_known_secrets_are_masked_wherever_they_stand(live: Live) -> None:
    live.describe({"people": DESIRED["people"][1:]})
    plan = live.plan()
    keep_secret(live.server.token)
    fault(live, "PUT", FORWARDING, status=400, body={"message": f"bad token {live.server.token}!"})
    applied = live.apply(plan)
    live.server.no_faults()
    for path in applied.folder.iterdir():
        assert live.server.token not in path.read_text("utf-8"), path.name


def test_s85_secret_parameters_are_in_no_line() -> None:
    """By their name, or because they are known by their value; whatever stood in the record."""
    keep_secret("token-that-was-pasted")
    trail = ViewLines(Plan("org", "Org", "", "f", [], [], [], 0, 0), "run")
    member = {"address": "person/a", "want": {"pin": "271828"}, "before": {"name": "is token-that-was-pasted"}}
    outcome = Outcome("person/a", "o1", "update", Verdict.FAILED).to_json()
    for record in ({"event": "intent", "operation": "o1", "members": [member]}, {"event": "outcome", **outcome}):
        lines = list(trail.feed({"at": "2026-03-02T08:00:00+00:00", **record}))
    ((view, text),) = lines
    assert view == "error.jsonl" and json.loads(text)["params"] == {"pin": "(secret, not shown)"}
    assert json.loads(text)["before"] == {"name": "is ***"}


# --- S86 ---------------------------------------------------------------------------------------------------------


def test_s86_the_totals_are_the_sum_of_the_results_and_the_schema_holds(
    failed: Applied, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = json.loads((failed.folder / "summary.json").read_text())
    assert reconcile(["schema", "summary"]) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.validate(summary, schema)
    assert summary["bulk_mode"] is True and len(summary["results"]) == 9
    statuses = Counter(result["status"] for result in summary["results"])
    assert {name: count for name, count in summary["totals"].items() if count} == {**statuses, "results": 9}
    (wrong,) = (result for result in summary["results"] if result["status"] == "error")
    assert wrong["error_type"] == "ApiError" and wrong["error"] == "no (HTTP 400)"
    assert all(len(result["params_hash"]) == 64 for result in summary["results"])
    ok = {row["address"]: row["payload_hash"] for row in rows(failed.folder)}
    assert ok == {r["address"]: r["params_hash"] for r in summary["results"] if r["status"] == "executed"}


@pytest.mark.parametrize("off", [{"results": 1}, {"executed": 1}, {"executed": 1, "error": -1}], ids=str)
def test_s86_a_summary_that_does_not_add_up_is_not_written(off: dict[str, int], failed: Applied) -> None:
    data = json.loads((failed.folder / "summary.json").read_text())
    summaries.checked(data)
    data["totals"] |= {name: data["totals"][name] + by for name, by in off.items()}
    with pytest.raises(ValueError, match="totals"):
        summaries.checked(data)


# --- S105, S103 --------------------------------------------------------------------------------------------------


def test_s105_the_summary_has_a_section_per_chunk(live: Live, snapshot: SnapshotAssertion) -> None:
    live.describe(DESIRED)
    plan = live.plan()
    live.server.faults([{"match": {"method": "PUT", "route": FORWARDING}, "nth": 1, "do": {"status": 400}}])
    applied = live.apply(plan, chunk_size=2)
    live.server.no_faults()
    text = (applied.folder / "summary.md").read_text()
    chunks = applied.summary["chunks"]
    assert len(chunks) == text.count("\n## Chunk ") >= 3
    assert sorted(name for chunk in chunks for name in chunk["operations"]) == sorted(op.id for op in plan.operations)
    told = {**applied.summary, "run": "RUN", "plan": "PLAN", "started": "T1", "ended": "T2", "files": ["F"]}
    told["budget"] = {**told["budget"], "seconds": {"estimated": 2.0, "counted": 2.1, "error": -0.05}}
    told["results"] = sorted(
        ({**one, "tracking_id": "", "why": ""} for one in told["results"]), key=lambda r: r["address"]
    )
    assert summary_markdown(told) == snapshot


def test_s105_tenant_text_does_nothing_in_it(live: Live) -> None:
    """Nor can a name have control characters any more: it is refused, and what is said of it is inert."""
    name = "``` <img src=x> @all"
    live.describe({"workspaces": [{"name": f"{name} \x1b[31m\n", "capacity": 1}]})
    with pytest.raises(InputError) as raised:
        live.plan()
    assert "\x1b" not in str(raised.value) and "\\x1b" in str(raised.value)
    live.describe({"workspaces": [{"name": name, "capacity": 1, "notes": "a\n<img src=x>"}]})
    text = (live.apply(live.plan()).folder / "summary.md").read_text()
    assert "\x1b" not in text and "````\n" in text and "\n<img" not in text


def test_s105_it_can_be_exported_later(failed: Applied, capsys: pytest.CaptureFixture[str]) -> None:
    root, out = failed.folder.parents[2], failed.folder.parents[2] / "told.md"
    capsys.readouterr()
    assert reconcile(["status", "last", "-o", "md", "--out", str(out), "-C", str(root)]) == 3
    assert capsys.readouterr().out == ""
    kept = (failed.folder / "summary.md").read_text().splitlines()
    assert set(out.read_text().splitlines()) >= {line for line in kept if not line.startswith("- ")}


def test_s103_the_board_is_what_the_log_says(live: Live, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The state of every chunk and the counts of `status`, and the same from the events in a JSON log."""
    live.describe(DESIRED)
    live.server.faults([{"match": {"method": "PUT", "route": FORWARDING}, "nth": 1, "do": {"status": 400}}])
    log = tmp_path / "log.jsonl"
    access = ["--log-file", str(log), "-C", str(live.root)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WEBEX_API_URL", live.server.base_url)
        patch.setenv("WEBEX_ACCESS_TOKEN", live.server.token)
        assert reconcile(["apply", "--yes", "--chunk-size", "2", *access]) == 3
    live.server.no_faults()
    capsys.readouterr()
    reconcile(["status", "-o", "json", "-C", str(live.root)])
    told = json.loads(capsys.readouterr().out)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    done = [line["payload"] for line in lines if line["event"] == "chunk_done"]
    assert [(c["number"], c["wave"], c["operations"], c["verdicts"]) for c in told["chunks"]] == [
        (c["number"], c["wave"], c["operations"], c["verdicts"]) for c in done
    ]
    assert [c["state"] for c in told["chunks"]] == ["error" if "failed" in c["verdicts"] else "success" for c in done]
    outcomes = Counter(line["payload"]["verdict"] for line in lines if line["event"] == "operation_outcome")
    assert outcomes == told["verdicts"] and {line["run_id"] for line in lines if "chunk" in line["event"]} == {
        told["run"]
    }


def test_s103_what_has_not_begun_is_queued(live: Live) -> None:
    live.describe(DESIRED)
    applied = live.apply(live.plan(), chunk_size=2)
    kept, plan = read(applied.folder).records, runs.find(live.root).plan
    states = set()
    for length in range(1, len(kept) + 1):
        board = list(summaries.chunks(plan, kept[:length]))
        assert sorted(name for chunk in board for name in chunk.operations) == sorted(op.id for op in plan.operations)
        states |= {chunk.state for chunk in board}
    assert states == {"queued", "running", "success"}


def test_s103_a_chunk_that_was_cut_off_is_over_when_the_run_goes_on(live: Live) -> None:
    live.describe(DESIRED)
    applied = live.apply(live.plan(), chunk_size=2)
    kept, plan = read(applied.folder).records, runs.find(live.root).plan
    over = 0
    for length in range(1, len(kept) + 1):
        board = list(summaries.chunks(plan, [*kept[:length], {"event": "run resumed", "at": "2026-11-21"}]))
        assert sorted(name for chunk in board for name in chunk.operations) == sorted(op.id for op in plan.operations)
        assert not any(chunk.verdicts for chunk in board if chunk.state == "running")
        over += any(chunk.ended == "2026-11-21" for chunk in board)
    assert over, "there were chunks that it cut off"


# --- S126 --------------------------------------------------------------------------------------------------------


def test_s126_the_difference_before_and_after_is_the_plan(live: Live) -> None:
    live.describe(DESIRED)
    plan = live.plan()
    applied = live.apply(plan)
    changed = {result["address"]: result["changed"] for result in applied.summary["results"]}
    assert changed.keys() == {change.address for change in plan.changes}
    for change in plan.changes:
        asked = {name for name in change.want if change.want[name] != change.before.get(name)}
        assert changed[change.address].keys() == asked, change.address
        for name, sides in changed[change.address].items():
            assert sides["before"] == change.before.get(name)
    assert applied.summary["beside"] == []
    before, after = (lines_of(applied.folder / name) for name in ("before.jsonl", "after.jsonl"))
    updates = {change.address for change in plan.changes if change.action == "update"}
    assert before.keys() == updates and after.keys() == changed.keys()
    room = "workspace/Board Room"
    assert summaries.difference(before[room], after[room]) == {"capacity": {"before": 4, "after": 6}}


def test_s126_what_changes_beside_it_is_flagged(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody renames the room while it is written: our field is verified, theirs is told."""
    live.describe({"workspaces": [{"name": "Board Room", "capacity": 6}]})
    plan = live.plan()
    live.server.faults(
        [
            {
                "match": {"method": "GET", "route": "/workspaces/{workspaceId}"},
                "nth": 2,
                "do": {"replace": {'"Room 1"': '"changed by somebody"'}},
            }
        ]
    )
    applied = live.apply(plan)
    live.server.no_faults()
    (result,) = applied.summary["results"]
    assert result["verdict"] == "verified" and applied.summary["beside"] == ["workspace/Board Room"]
    assert result["also"] == {"notes": {"before": "Room 1", "after": "changed by somebody"}}
    assert result["changed"].keys() == {"capacity", "notes"}
    text = (applied.folder / "summary.md").read_text()
    assert "beside what was asked for, something changed at 1 address" in text and "also changed: notes" in text


def lines_of(path: Path) -> dict[str, dict[str, Any]]:
    found = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {one["address"]: one["fields"] for one in found}


# --- they are views ----------------------------------------------------------------------------------------------


def contents(folder: Path) -> dict[str, str]:
    views = [
        *folder.glob("*_ok.csv"),
        *folder.glob("*_error.jsonl"),
        *folder.glob("*er.jsonl"),
        folder / "before.jsonl",
    ]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in views if path.exists()}


@pytest.mark.parametrize("harm", ["torn", "lost", "edited", "nothing"])
def test_cut_off_anywhere_the_views_are_completed_from_the_journal(harm: str, failed: Applied) -> None:
    """For every prefix of the journal: what a crash left of the views becomes what they would have been."""
    folder = failed.folder
    whole, lines = contents(folder), (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)
    plan = Plan.loads((folder / "plan.json").read_text(), "")
    (folder / "summary.json").unlink()
    (ok,) = folder.glob("*_ok.csv")
    for length in range(1, len(lines) + 1):
        (folder / "journal.jsonl").write_bytes(b"".join(lines[:length]))
        if harm == "torn":
            ok.write_bytes(ok.read_bytes()[:-7])
        elif harm == "lost":
            ok.unlink(missing_ok=True)
        elif harm == "edited":
            ok.write_bytes(ok.read_bytes() + b"one more,line\n")
        JournalViews(folder, plan)
        addresses = {row["address"] for row in rows(folder)}
        assert addresses == verified(folder)
    assert contents(folder) == whole


def verified(folder: Path) -> set[str]:
    outcomes = [record for record in read(folder).records if record["event"] == "outcome"]
    return {record["address"] for record in outcomes if record["verdict"] == "verified"}


def test_killed_and_resumed_every_change_has_its_line(live: Live) -> None:
    """A real process and a real SIGKILL in the middle of it."""
    live.describe(DESIRED)
    plan = live.plan()
    (live.root / "plan.json").write_text(plan.dumps())
    process = victim.start("apply", live.root, live.server.base_url, live.server.token, at=9, moment="torn")
    process.join()
    folder = runs.find(live.root).folder
    (ok,) = folder.glob("*_ok.csv")
    ok.write_bytes(ok.read_bytes()[:-3])
    applied = live.resume("last")
    assert {row["address"] for row in rows(folder)} == {change.address for change in plan.changes}
    assert len(rows(folder)) == len(plan.changes) and failures(folder) == []
    assert applied.summary["resumed"] == 1 and applied.summary["totals"]["executed"] == len(plan.changes)
    jsonschema.validate(json.loads((folder / "summary.json").read_text()), Summary.model_json_schema())


def test_a_view_that_cannot_be_written_ends_nothing(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    live.describe(DESIRED)
    plan = live.plan()
    written = JournalViews._catch_up

    def in_the_way(books: JournalViews) -> None:
        if not books.name("ok.csv").is_dir():
            books.name("ok.csv").mkdir()
        written(books)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JournalViews, "_catch_up", in_the_way)
        applied = live.apply(plan)
    assert {str(outcome.verdict) for outcome in applied.outcomes} == {"verified"}
    assert "the journal has it all" in capsys.readouterr().err
    next(applied.folder.glob("*_ok.csv")).rmdir()
    JournalViews(applied.folder, plan)
    assert len(rows(applied.folder)) == 9


def test_s108_the_end_of_a_run_holds_no_journal(live: Live) -> None:
    """Whatever stands in its records: the summary is made of them one by one."""
    live.describe({"workspaces": DESIRED["workspaces"]})
    folder = live.apply(live.plan()).folder
    plan = Plan.loads((folder / "plan.json").read_text(), "")
    with Journal.reopen(folder) as journal:
        for _ in range(100):
            journal.record("acknowledged", operation=plan.operations[0].id, requests=[{"path": "x" * 40_000}])
        books = JournalViews(folder, plan)
        tracemalloc.start()
        try:
            summary = books.close(journal)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert summary["totals"]["executed"] == 1
    assert peak < (folder / "journal.jsonl").stat().st_size / 4


def test_a_journal_without_anything_has_empty_views(tmp_path: Path) -> None:
    plan = Plan("org", "Org", "", "f", [], [], [], 0, 0)
    with Journal(tmp_path, plan) as journal:
        books = JournalViews(journal.folder, plan)
        journal.record("run ended", state="finished")
        summary = books.close(journal)
    assert rows(journal.folder) == failures(journal.folder) == [] and summary["totals"]["results"] == 0
    assert summary["bulk_mode"] is False and summary["state"] == "finished"
