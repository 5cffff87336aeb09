"""A tree that is not as the commit has it, from the plan to the blame (issue 10, item 22)."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tests.support.office import ANA, Office

pytestmark = pytest.mark.issue10(22)


@pytest.fixture
def kept(office: Office) -> Office:
    """Everything is committed; then a name is wished for that is not."""
    subprocess.run(["git", "init", "-q"], cwd=office.root, check=True)
    subprocess.run(["git", "config", "user.email", "ops@example.com"], cwd=office.root, check=True)
    subprocess.run(["git", "config", "user.name", "Ops"], cwd=office.root, check=True)
    assert office.export().code == 0
    office.commit("First")
    wish(office, "Ours")
    return office


def wish(office: Office, name: str) -> None:
    office.describe(people=[{"email": ANA, "display_name": name}])


def head(office: Office) -> str:
    said = subprocess.run(["git", "rev-parse", "HEAD"], cwd=office.root, capture_output=True, text=True, check=True)
    return said.stdout.strip()


def name_there(office: Office) -> Any:
    return office.person(ANA)["displayName"]


def runs(office: Office) -> list[Any]:
    folder = office.root / "state" / "runs"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def test_plan_journal_summary_runs_and_blame_say_so(kept: Office) -> None:
    base = head(kept)
    short = f"{base[:7]}+modified"
    for how in ([], ["--offline"], ["--offline"]):  # the third is the second one again, from memory
        assert f"· desired {short}\n" in kept.reconcile("plan", *how).out
    shown = {form: kept.reconcile("plan", "-o", form).out for form in ("html", "md")}
    assert all(short in text for text in shown.values())
    plan = kept.reconcile("plan", "-o", "json").data
    assert plan["desired"]["commit"] == f"{base}+modified" and plan["desired"]["fingerprint"]
    assert kept.reconcile("apply", "--yes").code == 0
    (run,) = runs(kept)
    told = {"commit": f"{base}+modified", "fingerprint": plan["desired"]["fingerprint"]}
    assert json.loads((run / "plan.json").read_text())["desired"] == told
    assert json.loads((run / "journal.jsonl").read_text().splitlines()[0])["desired"] == told
    assert json.loads((run / "summary.json").read_text())["desired"] == told
    assert short in (run / "summary.md").read_text()
    assert f"(desired {short})" in kept.reconcile("runs").out
    (listed,) = kept.reconcile("runs", "-o", "json").data["runs"]
    assert (listed["commit"], listed["content"]) == (told["commit"], told["fingerprint"])
    kept.export()
    kept.commit("Second")
    fields = kept.reconcile("history", "blame", f"person/{ANA}", "-o", "json").data["fields"]
    name = next(one for one in fields if one["path"] == "display_name")
    assert name["desired"] is None  # no commit that had it when it was set
    assert (name["run"]["desired"], name["run"]["content"]) == (told["commit"], told["fingerprint"])
    text = kept.reconcile("history", "blame", f"person/{ANA}").out
    assert f"of desired {base[:10]}+modified (content {told['fingerprint'][:12]})" in text and "desired: " not in text


def test_a_plan_of_what_was_committed_since_is_carried_out_under_the_name_it_was_made(kept: Office) -> None:
    """The content decides; the record stays true of when it was made. `--require-clean` takes no such plan."""
    base, plan = head(kept), str(kept.root / "plan.json")
    assert kept.reconcile("plan", "--out", plan).code == 0
    kept.commit("Committed since")
    refused = kept.reconcile("apply", plan, "--yes", "--require-clean")
    assert refused.code == 4 and f"{base[:7]}+modified" in refused.err and "plan again" in refused.err
    assert name_there(kept) != "Ours" and runs(kept) == []
    assert kept.reconcile("apply", plan, "--yes").code == 0
    (run,) = runs(kept)
    assert name_there(kept) == "Ours"
    assert json.loads((run / "plan.json").read_text())["desired"]["commit"] == f"{base}+modified"


def test_a_plan_of_a_modified_tree_is_not_applied_on_another_content(kept: Office) -> None:
    plan = str(kept.root / "plan.json")
    assert kept.reconcile("plan", "--out", plan).code == 0
    wish(kept, "Theirs")
    refused = kept.reconcile("apply", plan, "--yes")
    assert refused.code == 5 and "some were edited since" in refused.err
    kept.commit("Theirs")
    refused = kept.reconcile("apply", plan, "--yes")
    assert refused.code == 5 and f"+modified, here is {head(kept)[:7]}" in refused.err
    assert name_there(kept) not in ("Ours", "Theirs") and runs(kept) == []


def test_require_clean_refuses_by_name_before_anything_and_takes_what_is_committed(kept: Office) -> None:
    plan, before = kept.root / "plan.json", kept.server.state()
    kept.server.reset_requests()
    for verb in (
        ["plan", "--out", str(plan)],
        ["plan", "--offline"],
        ["apply", "--yes"],
        ["apply", "--dry-run"],
    ):
        refused = kept.reconcile(*verb, "--require-clean")
        assert refused.code == 4 and "desired/all.yaml" in refused.err and "commit them" in refused.err, verb
        assert refused.out == ""
    assert kept.server.log() == [] and kept.server.state() == before and not plan.exists() and runs(kept) == []
    commit = kept.commit("Ours")
    (kept.root / "notes.txt").write_text("beside desired/")
    assert kept.reconcile("plan", "--offline", "--require-clean").code == 0
    assert kept.reconcile("plan", "--out", str(plan), "--require-clean").code == 0
    assert kept.reconcile("apply", str(plan), "--yes", "--require-clean").code == 0
    assert name_there(kept) == "Ours" and json.loads(plan.read_text())["desired"]["commit"] == commit


def test_undo_names_no_commit_to_revert_where_there_was_none(kept: Office) -> None:
    base = head(kept)
    assert kept.reconcile("apply", "--yes").code == 0
    undone = kept.reconcile("undo", "last", "--yes")
    assert undone.code == 0 and "git revert" not in undone.err
    assert f"it was in no commit then (desired {base[:7]}+modified)" in undone.err


def test_a_plan_from_memory_is_that_of_the_tree_as_it_is(kept: Office) -> None:
    """What is remembered of an offline plan is asked for again by the content, and by the commit."""
    base = head(kept)
    first = [kept.reconcile("plan", "--offline").out.splitlines()[0] for _ in range(2)]
    assert all(line.endswith(f"{base[:7]}+modified") for line in first)
    commit = kept.commit("Ours")
    assert kept.reconcile("plan", "--offline").out.splitlines()[0].endswith(f"desired {commit[:7]}")
