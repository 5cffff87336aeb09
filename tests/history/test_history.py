"""`reconcile history` on real repositories: what it tells is what was done to the tenant."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.repository import git
from reconciler.simulator.core import ids
from reconciler.webex.audit import bare
from tests.support.office import ANA, BEN, EVA, Office


def told(data: Any) -> dict[str, dict[str, Any]]:
    """Address → path → (before, after)."""
    return {
        one["address"]: {field["path"]: (field["before"], field["after"]) for field in one["fields"]}
        for one in data["changes"]
    }


@pytest.fixture
def kept(office: Office) -> Office:
    """One committed snapshot."""
    assert office.export().code == 0
    office.commit("First snapshot")
    return office


def test_s26_one_field_is_one_change(kept: Office) -> None:
    kept.rename(ANA, "Renamed")
    kept.export()
    old = next(one["displayName"] for one in kept.tenant["people"] if one["emails"] == [ANA])
    said = kept.reconcile("history", "diff", "HEAD", "WORKING", "-o", "json")
    assert told(said.data) == {f"person/{ANA}": {"display_name": (old, "Renamed")}}
    assert kept.reconcile("history", "diff", "HEAD", "state", "-o", "json").out == said.out
    assert kept.reconcile("history", "diff", "HEAD", "--detailed-exitcode").code == 2
    assert kept.reconcile("history", "diff", "HEAD", "HEAD", "--detailed-exitcode").code == 0


def test_g23_a_diff_is_the_log_of_what_was_done(kept: Office) -> None:
    """Many edits by several admins: the diff names the targets of the tenant's own audit events, all and only those,
    whatever the order; and its fields are those that were edited, from the first value to the last."""
    chance, done = random.Random(4), {}
    for number in range(25):
        email, by = chance.choice((ANA, BEN, EVA)), chance.choice((ANA, BEN, EVA))
        if chance.random() < 0.5:
            kept.rename(email, f"Name {number}", by=by)
            done[f"person/{email}", "display_name"] = f"Name {number}"
        else:
            kept.forward(email, f"+1555000{number:04d}", by=by)
            done[f"person.forwarding/{email}", "always.destination"] = f"+1555000{number:04d}"
    kept.export()
    found = told(kept.reconcile("history", "diff", "HEAD", "-o", "json").data)
    flat = {}
    for address, fields in found.items():
        for path, (_, after) in fields.items():
            flat[address, "always.destination" if path == "always" else path] = (
                after["destination"] if path == "always" else after
            )
    beside = {key for key in flat if key[1].startswith("always.") and key not in done}  # the rest of a forwarding
    assert {key: value for key, value in flat.items() if key not in beside} == done
    now = datetime.now(UTC)
    span = f"from={now - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}&to={now + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    org_id = kept.server.edit("GET", "people/me")["orgId"]
    events = kept.server.edit("GET", f"adminAudit/events?orgId={org_id}&{span}")["items"]
    people = {one["id"]: one["emails"][0] for one in kept.server.state()["people"]}
    targets = {bare(one["data"]["targetId"]) for one in events}
    assert len(events) == 25
    assert {address.partition("/")[2] for address in found} == {people[target] for target in targets}


def test_s26_the_order_is_that_of_addresses_and_paths_whatever_was_done_first(kept: Office) -> None:
    for email in (EVA, ANA, BEN):
        kept.forward(email, "+15550000099")
        kept.rename(email, "Renamed")
    kept.export()
    said = kept.reconcile("history", "diff", "HEAD", "-o", "json")
    addresses = [one["address"] for one in said.data["changes"]]
    assert addresses == sorted(addresses) and len(addresses) == 6
    assert all(
        [f["path"] for f in one["fields"]] == sorted(f["path"] for f in one["fields"]) for one in said.data["changes"]
    )
    assert kept.reconcile("history", "diff", "HEAD", "-o", "json").out == said.out


def test_backwards_is_the_mirror(kept: Office) -> None:
    kept.rename(ANA, "Renamed")
    kept.dismiss(EVA)
    kept.export()
    there = kept.reconcile("history", "diff", "HEAD", "WORKING", "-o", "json").data
    back = kept.reconcile("history", "diff", "WORKING", "HEAD", "-o", "json").data
    assert told(back) == {
        address: {path: (after, before) for path, (before, after) in fields.items()}
        for address, fields in told(there).items()
    }
    deeds = {"came": "went", "went": "came", "changed": "changed"}
    assert [one["deed"] for one in back["changes"]] == [deeds[one["deed"]] for one in there["changes"]]
    assert {one["address"]: one["deed"] for one in there["changes"]}[f"person/{EVA}"] == "went"


def test_one_who_moves_to_another_file_is_changed_and_did_not_come_or_go(kept: Office) -> None:
    """A person's line lies in the file of the location: lines move between files when the location is renamed."""
    site = kept.server.state()["locations"][0]
    kept.server.edit("PUT", f"locations/{ids.encode('LOCATION', site['id'])}", {"name": "Elsewhere"})
    kept.export()
    changes = kept.reconcile("history", "diff", "HEAD", "-o", "json").data["changes"]
    people = [one for one in changes if one["address"].startswith("person/")]
    assert people and all(one["deed"] == "changed" for one in people)
    assert {tuple(field["path"] for field in one["fields"]) for one in people} == {("location",)}


def test_a_kind_that_was_not_exported_is_no_deletion(kept: Office) -> None:
    kept.reconcile("export", "--kind", "location", "--out", str(kept.root / "small"))
    said = kept.reconcile("history", "diff", "HEAD", "small", "-o", "json")
    assert said.data["changes"] == [] and said.data["incomplete"]["person"] == "small: not read".replace(
        "small", str(kept.root / "small")
    )


def test_the_list_counts_what_each_commit_changed(kept: Office) -> None:
    kept.rename(ANA, "Renamed")
    kept.dismiss(EVA)
    kept.export()
    kept.commit("Second snapshot")
    kept.describe(people=[{"email": ANA}])
    kept.commit("Only desired")
    said = kept.reconcile("history", "list", "-o", "json")
    first, second = said.data["snapshots"][::-1]
    assert [one["commit"]["message"] for one in (first, second)] == ["First snapshot", "Second snapshot"]
    assert second["changes"] == {"came": 0, "went": 1, "changed": len(second["addresses"]) - 1}
    assert f"person/{EVA}" in second["addresses"] and second["counts"]["person"] == first["counts"]["person"] - 1
    assert "changes" not in first
    text = kept.reconcile("history", "list", "--most", "1").out
    assert "Second snapshot" in text and "First snapshot" not in text and "-1" in text


def test_show_is_the_last_snapshot_at_or_before(kept: Office) -> None:
    kept.rename(ANA, "Renamed")
    kept.export()
    second = kept.commit("Second snapshot")
    kept.describe(people=[{"email": ANA}])
    later = kept.commit("Only desired")
    for name in (second, "HEAD", later[:8]):
        data = kept.reconcile("history", "show", name, "-o", "json").data
        assert data["after"]["commit"]["commit"] == second and told(data).keys() == {f"person/{ANA}"}
    first = kept.reconcile("history", "show", "HEAD~2", "-o", "json").data
    assert first["before"] is None and first["after"]["commit"]["message"] == "First snapshot"


def test_blame_names_commit_run_plan_and_the_commit_of_desired(kept: Office) -> None:
    kept.forward(ANA, "+15550000099")
    kept.export()
    second = kept.commit("Second snapshot")
    kept.describe(people=[{"email": ANA, "display_name": "Ours"}])
    wish = kept.commit("Ana is called otherwise")
    assert kept.reconcile("apply", "--yes").code == 0
    kept.export()

    def fields() -> dict[tuple[str, str], Any]:
        data = kept.reconcile("history", "blame", f"person/{ANA}", "-o", "json").data
        return {(one["address"], one["path"]): one for one in data["fields"]}

    assert fields()[f"person/{ANA}", "display_name"]["commit"] is None
    third = kept.commit("Third snapshot")
    found = fields()
    name = found[f"person/{ANA}", "display_name"]
    (run,) = (kept.root / "state" / "runs").iterdir()
    plan = json.loads((run / "plan.json").read_text())
    assert (name["value"], name["commit"]["commit"], name["desired"]["commit"]) == ("Ours", third, wish)
    assert (name["run"]["run"], name["run"]["plan"]) == (run.name, plan["digest"])
    assert name["desired"]["message"] == "Ana is called otherwise"
    forwarding = found[f"person.forwarding/{ANA}", "always.destination"]
    assert (forwarding["commit"]["commit"], forwarding["run"]) == (second, None)
    extension = found[f"person/{ANA}", "extension"]
    assert extension["first"] and extension["commit"]["message"] == "First snapshot"
    section = kept.reconcile("history", "blame", f"person.forwarding/{ANA}", "-o", "json").data["fields"]
    assert {one["address"] for one in section} == {f"person.forwarding/{ANA}"}


def test_a_value_that_came_back_has_been_there_since_it_came_back(kept: Office) -> None:
    old = next(one["displayName"] for one in kept.tenant["people"] if one["emails"] == [ANA])
    for name in ("Renamed", old):
        kept.rename(ANA, name)
        kept.export()
        last = kept.commit(f"Called {name}")
    (found,) = (
        one
        for one in kept.reconcile("history", "blame", f"person/{ANA}", "-o", "json").data["fields"]
        if one["path"] == "display_name"
    )
    assert (found["value"], found["commit"]["commit"], found["first"]) == (old, last, False)


def test_the_repository_may_be_a_folder_of_a_larger_one(office: Office, tmp_path: Path) -> None:
    git.commit_all(tmp_path, "Around it")  # the office's folder lies in it
    office.export()
    git.commit_all(tmp_path, "First snapshot")
    office.rename(ANA, "Renamed")
    office.export()
    git.commit_all(tmp_path, "Second snapshot")
    data = office.reconcile("history", "show", "-o", "json").data
    assert told(data).keys() == {f"person/{ANA}"}


def test_without_git_folders_can_be_compared_and_the_rest_says_what_is_missing(office: Office) -> None:
    office.export("--dated", "snapshots")
    office.rename(ANA, "Renamed")
    office.export("--dated", "snapshots")
    one, two = sorted(path.name for path in (office.root / "snapshots").iterdir())
    data = office.reconcile("history", "diff", f"snapshots/{one}", f"snapshots/{two}", "-o", "json").data
    assert told(data).keys() == {f"person/{ANA}"}
    said = office.reconcile("history", "list", "-o", "json")
    assert said.code == 0 and [copy["name"] for copy in said.data["copies"]] == [two, one]
    assert said.data["note"] == "this is not a git repository"
    for arguments in (["show"], ["blame", f"person/{ANA}"]):
        failed = office.reconcile("history", *arguments)
        assert failed.code == 1 and "this is not a git repository" in failed.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["diff", "nonsense"], 64, "neither a commit nor a folder"),
        (["diff", "desired"], 1, "there is no snapshot here"),
        (["show", "nonsense"], 64, "there is no commit"),
        (["blame", "person/nobody@example.com"], 64, "the snapshot has no person/nobody@example.com"),
        (["blame", "nonsense"], 64, "the snapshot has no nonsense"),
        (["prune", "--keep", "0"], 64, "--keep must be at least 1"),
        (["list", "--most", "0"], 64, "--most must be at least 1"),
        (["oops"], 64, "oops"),
    ],
)
def test_mistakes_are_told(kept: Office, arguments: list[str], code: int, words: str) -> None:
    said = kept.reconcile("history", *arguments)
    assert said.code == code and words in said.err and "Traceback" not in said.err


def test_no_name_is_an_option_of_git(kept: Office) -> None:
    with git.past(kept.root) as past:
        assert past.find("HEAD") is not None
        assert past.find("--output=stolen") is None and past.find("") is None


def test_a_snapshot_that_was_edited_by_hand_is_damaged(kept: Office) -> None:
    kept.rename(ANA, "Renamed")
    kept.export()
    (file,) = [path for path in (kept.root / "state" / "person").iterdir() if b"Renamed" in path.read_bytes()]
    file.write_bytes(file.read_bytes().replace(b"Renamed", b"Remamed"))
    said = kept.reconcile("history", "diff", "HEAD")
    assert said.code == 1 and "damaged" in said.err and file.name in said.err
    kept.commit("Edited by hand")
    assert "this snapshot is damaged" in kept.reconcile("history", "list").out


def test_names_act_nowhere(kept: Office) -> None:
    kept.rename(ANA, "\x1b[31m`Evil` <script>@x</script>\n# hi")
    kept.export()
    kept.commit("\x1b[31mEvil `message` <script>")
    for command in (["show"], ["list"], ["blame", f"person/{ANA}"], ["diff", "HEAD~1"]):
        for output in ("text", "markdown", "json"):
            said = kept.reconcile("history", *command, "-o", output).out
            assert "\x1b" not in said and "\n# hi" not in said
            if output == "markdown":
                assert all("`" in line for line in said.splitlines() if "script" in line)


def test_s126_what_a_plan_did_is_the_difference(kept: Office) -> None:
    """S126: the tenant before and after an apply differs by what the plan said, and by nothing else."""
    kept.describe(
        people=[{"email": ANA, "display_name": "Ours", "forwarding": {"always": {"destination": "80001002"}}}]
    )
    said = kept.reconcile("plan", "-o", "json")
    planned = {one["address"]: set(one["want"]) for one in said.data["changes"]}
    assert kept.reconcile("apply", "--yes").code == 0
    kept.export()
    found = told(kept.reconcile("history", "diff", "HEAD", "-o", "json").data)
    assert {address: {path.partition(".")[0] for path in fields} for address, fields in found.items()} == planned
