"""`reconcile drift` against a tenant that two admins edit: what it says, who it names, and that it cannot write."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.office import ANA, BEN, EVA, Office

HOSTILE = "\x1b[31mEvil `tick` <script>@team</script> -->\n# hi"


def described(office: Office, **more: Any) -> dict[str, Any]:
    """Ana's name and the forwarding as the tenant has them, changed as told."""
    people = {one["emails"][0]: one for one in office.tenant["people"]}
    return {"email": ANA, "display_name": people[ANA]["displayName"], **more}


def states(data: Any) -> dict[str, str]:
    return {one["address"]: one["state"] for one in data["differences"]}


@pytest.fixture
def known(office: Office) -> Office:
    """The snapshot is of now, and desired is as it."""
    office.describe(people=[described(office, forwarding={"always": None}), {"email": BEN}, {"email": EVA}])
    assert office.export().code == 0
    office.server.reset_requests()
    return office


@pytest.mark.issue10("C")
@pytest.mark.parametrize(
    ("target", "read", "not_read"),
    [
        ("workspace/*", "/workspaces", "/people"),
        ("person.forwarding/*", "/people", "/workspaces"),
        (f"person/{ANA}", "/people", "/workspaces"),
        ("p*/*", "/people", "/workspaces"),
    ],
)
def test_of_everything_only_what_is_asked_is_read(office: Office, target: str, read: str, not_read: str) -> None:
    assert office.export("--no-report").code == 0
    office.rename(ANA, "Renamed")
    office.server.reset_requests()
    said = office.reconcile("drift", "--all", "--target", target, "-o", "json")
    asked = {entry["route"] for entry in office.server.log()}
    assert read in asked and not any(route.startswith(not_read) and route != "/people/me" for route in asked)
    found = [one["address"] for one in said.data["differences"]]
    assert found == ([f"person/{ANA}"] if target in (f"person/{ANA}", "p*/*") else [])
    assert said.code == (2 if found else 0)


def test_nothing_is_nothing(known: Office) -> None:
    said = known.reconcile("drift")
    assert said.code == 0 and "No drift, nothing pending" in said.out


def test_g21_an_admins_edit_is_drift_one_in_git_is_pending_both_at_once_are_both(known: Office) -> None:
    known.describe(people=[described(known, extension="7777")])
    said = known.reconcile("drift", "-o", "json")
    assert said.code == 0 and states(said.data) == {f"person/{ANA}": "pending"}
    assert known.reconcile("drift", "--detailed-exitcode").code == 2

    known.rename(ANA, "Renamed")
    said = known.reconcile("drift", "-o", "json")
    assert said.code == 2 and states(said.data) == {f"person/{ANA}": "both"}
    fields = {one["path"]: one["state"] for one in said.data["differences"][0]["fields"]}
    assert fields == {"display_name": "drifted", "extension": "pending"}

    known.describe(people=[described(known)])
    assert states(known.reconcile("drift", "-o", "json").data) == {f"person/{ANA}": "drifted"}


def test_s30_what_is_desired_as_it_is_plans_nothing_and_one_drift_is_one_action(office: Office) -> None:
    """Desired state adopted from the tenant; an admin changes one field, and the plan takes that one back."""
    office.export()
    (office.root / "desired" / "all.yaml").unlink()
    assert office.reconcile("adopt").code == 0
    said = office.reconcile("plan", "-o", "json")
    assert (said.code, said.data["changes"], said.data["operations"]) == (0, [], [])
    assert said.data["summary"]["managed"] > 10
    office.rename(ANA, "Renamed", by=BEN)
    said = office.reconcile("plan", "-o", "json")
    (change,) = said.data["changes"]
    assert (change["address"], change["action"], set(change["want"])) == (f"person/{ANA}", "update", {"display_name"})
    assert len(said.data["operations"]) == 1
    assert office.reconcile("apply", "--yes").code == 0
    assert office.reconcile("plan", "--detailed-exitcode").code == 0


def test_the_same_change_on_both_sides_is_done_and_two_changes_conflict(known: Office) -> None:
    known.rename(ANA, "Renamed")
    known.describe(people=[described(known) | {"display_name": "Renamed"}])
    said = known.reconcile("drift", "-o", "json")
    assert (said.code, states(said.data)) == (0, {f"person/{ANA}": "both"})
    known.describe(people=[described(known) | {"display_name": "Otherwise"}])
    said = known.reconcile("drift", "-o", "json")
    assert (said.code, said.data["verdict"]) == (2, "conflicting")


def test_what_an_apply_did_is_no_drift(known: Office) -> None:
    known.describe(people=[described(known) | {"display_name": "Ours"}])
    assert known.reconcile("apply", "--yes").code == 0
    said = known.reconcile("drift", "-o", "json")
    assert (said.code, said.data["verdict"]) == (0, "both")


def test_one_that_was_deleted_is_gone(known: Office) -> None:
    known.dismiss(EVA, by=BEN)
    said = known.reconcile("drift", "-o", "json")
    (gone,) = said.data["differences"]
    assert (gone["address"], gone["deed"], gone["state"]) == (f"person/{EVA}", "went", "drifted")
    assert gone["fields"][0]["by"]["email"] == BEN
    assert "deleted" in gone["fields"][0]["by"]["action"]


def test_m12_each_drift_names_its_admin_and_two_in_one_place_name_nobody(known: Office) -> None:
    """Interleaved: Ben renames Ana and Ben, Eva forwards Ana's calls and renames Ben too. Who, when and from where."""
    started = datetime.now(UTC) - timedelta(seconds=1)
    known.rename(BEN, "One", by=BEN)
    known.forward(ANA, "+15550000099", by=EVA)
    known.rename(ANA, "Two", by=BEN)
    known.rename(BEN, "Three", by=EVA)
    names = [{"email": one["emails"][0], "display_name": one["displayName"]} for one in known.tenant["people"]]
    known.describe(people=[one | {"forwarding": {"always": None}} if one["email"] == ANA else one for one in names])
    said = known.reconcile("drift", "-o", "json")
    by = {one["address"]: one["fields"][0]["by"] for one in said.data["differences"]}
    assert by.keys() == {f"person/{ANA}", f"person.forwarding/{ANA}", f"person/{BEN}"}
    assert by[f"person/{ANA}"]["email"] == BEN
    forwarded = by[f"person.forwarding/{ANA}"]
    assert forwarded["email"] == EVA and forwarded["ip"] == "127.0.0.1"
    assert started <= datetime.fromisoformat(forwarded["at"]) <= datetime.now(UTC) + timedelta(seconds=1)
    nobody = by[f"person/{BEN}"]
    assert not nobody["known"] and len(nobody["among"]) == 2 and "2 people" in nobody["why"]
    text = known.reconcile("drift").out
    assert "by unknown: 2 people changed it in that time" in text and f"<{EVA}> at " in text


def test_what_was_before_the_snapshot_is_nobodys_drift(office: Office) -> None:
    office.rename(ANA, "Before", by=EVA)
    office.describe(people=[{"email": ANA, "display_name": "Before"}])
    office.export()
    office.rename(ANA, "After", by=BEN)
    (found,) = office.reconcile("drift", "-o", "json").data["differences"]
    assert found["fields"][0]["by"]["email"] == BEN


@pytest.mark.parametrize("position", ["uuid", "person"])
def test_ids_of_events_in_either_encoding(position: str, known: Office) -> None:
    known.server.turn("audit_person_ids", position)
    known.rename(ANA, "Renamed", by=BEN)
    (found,) = known.reconcile("drift", "-o", "json").data["differences"]
    assert found["fields"][0]["by"]["email"] == BEN


def test_without_the_audit_scope_it_is_drift_all_the_same(known: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = [f"spark-admin:{family}_read" for family in ("people", "licenses", "locations", "telephony_config")]
    known.server.add_token("narrow", reads)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", "narrow")
    known.rename(ANA, "Renamed", by=BEN)
    said = known.reconcile("drift", "-o", "json")
    by = said.data["differences"][0]["fields"][0]["by"]
    assert said.code == 2 and not by["known"] and "audit:events_read" in by["why"]


def test_without_the_time_of_the_snapshot_nobody_is_named(known: Office) -> None:
    (known.root / ".reconcile" / "state-taken.json").unlink()
    known.rename(ANA, "Renamed", by=BEN)
    said = known.reconcile("drift", "-o", "json")
    assert "it is not known when the snapshot was taken" in said.data["differences"][0]["fields"][0]["by"]["why"]
    assert "GET /adminAudit/events" not in known.server.requests()["by_route"]


def test_events_are_read_to_the_last_page(known: Office) -> None:
    known.rename(ANA, "Renamed", by=BEN)
    for number in range(201):
        known.rename(EVA, f"Eva {number}", by=EVA)
    (found,) = known.reconcile("drift", "-o", "json").data["differences"]
    assert found["fields"][0]["by"]["email"] == BEN
    assert known.server.requests()["by_route"]["GET /adminAudit/events"] == 2


def test_it_reads_what_a_plan_reads_and_never_writes(known: Office) -> None:
    known.reconcile("plan")
    planned = known.server.requests()["by_route"]
    known.server.reset_requests()
    known.reconcile("drift")
    assert known.server.requests()["by_route"] == planned
    known.rename(ANA, "Renamed")
    for arguments in ([], ["--all", "--detailed"], ["-o", "markdown"], ["--target", "person/*"]):
        assert known.reconcile("drift", *arguments).code == 2
    assert known.writes() == [] and known.server.requests()["by_method"].keys() == {"GET"}


def test_all_tells_what_nobody_manages(known: Office) -> None:
    known.rename(BEN, "Renamed", by=EVA)
    assert known.reconcile("drift").code == 0
    said = known.reconcile("drift", "--all", "-o", "json")
    assert said.code == 2 and states(said.data) == {f"person/{BEN}": "drifted"}
    assert "desired" not in said.data["differences"][0]["fields"][0]


def test_all_needs_no_desired_state(known: Office) -> None:
    (known.root / "desired" / "all.yaml").unlink()
    known.rename(BEN, "Renamed", by=EVA)
    assert states(known.reconcile("drift", "--all", "-o", "json").data) == {f"person/{BEN}": "drifted"}
    assert known.reconcile("drift").code == 1


def test_a_selection_is_kept_to(known: Office) -> None:
    known.rename(ANA, "Renamed")
    known.forward(ANA, "+15550000099")
    assert states(known.reconcile("drift", "--target", "person.forwarding/*", "-o", "json").data) == {
        f"person.forwarding/{ANA}": "drifted"
    }
    assert known.reconcile("drift", "--exclude", f"person/{ANA}").code == 0
    assert known.reconcile("drift", "--target", "person/nobody*").code == 64


def test_a_list_that_fails_is_incomplete_and_hides_no_drift(known: Office) -> None:
    workspace = known.tenant["workspaces"][0]["displayName"]
    known.describe(people=[described(known)], workspaces=[{"name": workspace}])
    known.server.faults([{"match": {"route": "/workspaces"}, "do": {"status": 403}}])
    said = known.reconcile("drift", "-o", "json")
    assert (said.code, said.data["verdict"]) == (7, "incomplete") and "workspace" in said.data["incomplete"]
    known.rename(ANA, "Renamed")
    said = known.reconcile("drift", "-o", "json")
    assert said.code == 2 and said.data["incomplete"] and states(said.data) == {f"person/{ANA}": "drifted"}


def test_a_snapshot_of_another_organisation_is_refused(known: Office) -> None:
    manifest = known.root / "state" / "manifest.json"
    content = json.loads(manifest.read_text())
    content["org"]["id"] = "5d0c9e44-71ab-4f3e-8a1d-00000000ffff"
    manifest.write_text(json.dumps(content))
    assert known.reconcile("drift").code == 4


def test_tenant_text_acts_nowhere(known: Office) -> None:
    known.rename(ANA, HOSTILE, by=BEN)
    for output in ("text", "markdown", "json"):
        said = known.reconcile("drift", "--detailed", "-o", output).out
        assert "\x1b" not in said and "\n# hi" not in said
    markdown = known.reconcile("drift", "--detailed", "-o", "markdown").out
    assert all("`" in line for line in markdown.splitlines() if "script" in line)


def test_the_report_is_saved_and_the_hook_is_told(known: Office) -> None:
    known.rename(ANA, "Renamed")
    said = known.reconcile("drift", "--out", str(known.root / "drift.json"), "--hook", "sh -c 'cat > told.json'")
    told = json.loads((known.root / "told.json").read_text())
    assert said.code == 2
    assert told["verdict"] == "drifted" and told["exit_code"] == 2 and told["counts"]["drifted"] == 1
    assert json.loads((known.root / "drift.json").read_text())["verdict"] == "drifted"
    assert told["report"] == str(known.root / "drift.json")


def test_a_hook_that_fails_is_told_and_changes_nothing(known: Office) -> None:
    for hook, word in (("sh -c 'echo no luck; exit 3'", "ended with 3: no luck"), ("/nowhere/hook", "cannot be run")):
        said = known.reconcile("drift", "--hook", hook)
        assert said.code == 0 and word in said.err and "No drift" in said.out
    assert known.reconcile("drift", "--hook", "sh -c 'oops").code == 64


def test_a_hook_does_not_get_the_token(known: Office) -> None:
    known.reconcile("drift", "--hook", "sh -c 'env > environment'")
    environment = (known.root / "environment").read_text()
    assert known.server.token not in environment and "PATH=" in environment
