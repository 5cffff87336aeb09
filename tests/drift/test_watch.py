"""Settings that fraud uses are watched where nobody describes them: a finding, never a change (M28)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.simulator.core import ids
from tests.support.office import ANA, BEN, Office

WATCH = ["forwarding", "outgoing_permissions"]


@pytest.fixture
def watched(office: Office) -> Office:
    """Nobody's forwarding is described, because it was at rest when it was adopted."""
    office.export()
    office.describe(people=[{"email": ANA}, {"email": BEN}])
    file = office.root / "desired" / "tenant.yaml"
    file.write_text(json.dumps({**json.loads(file.read_text()), "watch": WATCH}))
    office.server.reset_requests()
    return office


def reads(office: Office, part: str) -> list[str]:
    return [one["path"] for one in office.server.log() if part in one["path"]]


@pytest.mark.issue10(25)
def test_m28_a_hijacked_forward_is_found_and_costs_one_question(watched: Office) -> None:
    watched.forward(BEN, "+12125550199")
    said = watched.reconcile("plan", "--detailed-exitcode")
    assert said.code == 0 and "No changes." in said.out
    assert f"watch: person.forwarding/{BEN} changed since the snapshot, and nobody describes it" in said.out
    assert "+12125550199" in said.out
    assert len(reads(watched, "adminAudit")) == 1
    assert len(reads(watched, "callForwarding")) == 1
    for form, mark in (("md", "watch: person.forwarding"), ("html", "watch: person.forwarding")):
        assert mark in watched.reconcile("plan", "-o", form).out.replace("\\", "")
    (one,) = json.loads(watched.reconcile("plan", "-o", "json").out)["watch"]["new"]
    assert one["address"] == f"person.forwarding/{BEN}" and one["was"] == {"always": None}
    drift = watched.reconcile("drift")
    assert drift.code == 2 and f"person.forwarding/{BEN}" in drift.out
    assert watched.writes() == []


@pytest.mark.issue10(25)
def test_busy_no_answer_rooms_and_permissions_are_watched_too(watched: Office) -> None:
    person = ids.encode("PEOPLE", watched.uuid(BEN))
    branch = {"enabled": True, "destination": "+12125550199", "destinationVoicemailEnabled": False}
    watched.server.edit("PUT", f"people/{person}/features/callForwarding", {"callForwarding": {"noAnswer": branch}})
    international = {"callType": "INTERNATIONAL", "action": "ALLOW", "transferEnabled": True}
    body: dict[str, Any] = {"useCustomEnabled": True, "callingPermissions": [international]}
    watched.server.edit("PUT", f"people/{person}/features/outgoingPermission", body)
    place = ids.encode("LOCATION", watched.server.state()["locations"][0]["id"])
    blocked = {"callingPermissions": [{"callType": "NATIONAL", "action": "BLOCK", "transferEnabled": False}]}
    watched.server.edit("PUT", f"telephony/config/locations/{place}/outgoingPermission", blocked)
    new = json.loads(watched.reconcile("plan", "-o", "json").out)["watch"]["new"]
    kinds = {one["address"].partition("/")[0] for one in new}
    assert {"person.forwarding", "person.outgoing_permissions", "location.outgoing_permissions"} <= kinds


@pytest.mark.issue10(25)
def test_what_was_so_in_the_snapshot_is_counted_and_what_is_described_is_not(watched: Office) -> None:
    watched.forward(BEN, "+12125550199")
    watched.export()
    before = json.loads(watched.reconcile("plan", "-o", "json").out)["watch"]
    assert before["new"] == [] and before["older"] >= 1
    assert json.loads(watched.reconcile("plan", "--offline", "-o", "json").out)["watch"]["older"] >= before["older"]
    file = watched.root / "desired" / "all.yaml"
    always = {"always": {"destination": "+12125550199"}}
    file.write_text(json.dumps({"people": [{"email": BEN, "forwarding": always}]}))
    assert json.loads(watched.reconcile("plan", "-o", "json").out)["watch"]["older"] == before["older"] - 1


@pytest.mark.issue10(25)
def test_without_audit_rights_it_is_said_that_nobody_looked(watched: Office) -> None:
    watched.forward(BEN, "+12125550199")
    watched.server.faults([{"match": {"route": "/adminAudit/events"}, "do": {"status": 403}}])
    said = watched.reconcile("plan")
    assert said.code == 0 and "watch: not looked at: the token may not read admin audit events" in said.out


@pytest.mark.issue10(25)
def test_a_mistyped_setting_is_no_watch_that_works(watched: Office) -> None:
    file = watched.root / "desired" / "tenant.yaml"
    file.write_text(file.read_text().replace('"forwarding"', '"forwardings"'))
    refused = watched.reconcile("validate")
    assert refused.code == 1 and "did you mean forwarding?" in refused.err


def new(office: Office, *more: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(office.reconcile("plan", "-o", "json", *more).out)["watch"]["new"]
    return found


@pytest.mark.issue10(25)
@pytest.mark.parametrize("branch", ["always", "businessContinuity"])
@pytest.mark.parametrize("destination", ["sip:fraud@evil.test", "fraud@evil.test", "90012125550199", "+12125550199"])
def test_every_destination_of_every_branch_is_seen(watched: Office, branch: str, destination: str) -> None:
    """Addresses as a user may set them: the admin API refuses to write them, and they are there all the same."""
    path = f"people/{ids.encode('PEOPLE', watched.uuid(BEN))}/features/callForwarding"
    document = watched.server.edit("GET", path)
    block = {"enabled": True, "destination": "+12125550188", "destinationVoicemailEnabled": False}
    if branch == "always":
        document["callForwarding"]["always"] = block | {"ringReminderEnabled": False}
    else:
        document["businessContinuity"] = block
    watched.server.edit("PUT", path, document)
    watched.server.load(json.loads(json.dumps(watched.server.state()).replace("+12125550188", destination)))
    (seen,) = new(watched)
    assert seen["address"] == f"person.forwarding/{BEN}" and destination in json.dumps(seen["now"])


@pytest.mark.issue10(25)
def test_who_is_new_since_the_snapshot_is_looked_at_too(watched: Office) -> None:
    document = watched.person(BEN)
    made = {"emails": ["fraud@example.com"], "displayName": "New One", "licenses": document["licenses"]}
    made |= {"locationId": document["locationId"], "extension": "8899"}
    watched.server.edit("POST", "people?callingData=true", made)
    watched.server.edit("POST", "people?callingData=true", made | {"emails": ["calm@example.com"], "extension": "8898"})
    watched.forward("fraud@example.com", "+12125550199")
    said = watched.reconcile("plan")
    assert "watch: person.forwarding/fraud@example.com is of somebody new since the snapshot" in said.out
    assert "calm@example.com" not in said.out and "not looked at" not in said.out
    (seen,) = new(watched)
    assert seen["made"] is True and seen["was"] == {"always": None}
    assert watched.reconcile("drift").code == 2
    assert watched.writes() == []


def test_a_line_that_is_new_since_the_snapshot_is_looked_at_too(watched: Office) -> None:
    place = watched.person(BEN)["locationId"]
    line = {"firstName": "New", "lastName": "Line", "locationId": place, "extension": "8899"}
    made = watched.server.edit("POST", "telephony/config/virtualLines", line)
    path = f"telephony/config/virtualLines/{made['id']}/callForwarding"
    document = watched.server.edit("GET", path)
    document["callForwarding"]["always"] |= {"enabled": True, "destination": "+12125550199"}
    watched.server.edit("PUT", path, document)
    said = watched.reconcile("plan")
    assert said.code == 0 and "not looked at" not in said.out
    assert "New Line is of somebody new since the snapshot" in said.out


@pytest.mark.issue10(25)
def test_who_is_new_and_gone_again_is_nothing(watched: Office) -> None:
    document = watched.person(BEN)
    made = {"emails": ["fraud@example.com"], "displayName": "New One", "licenses": document["licenses"]}
    watched.server.edit(
        "POST", "people?callingData=true", made | {"locationId": document["locationId"], "extension": "8899"}
    )
    watched.dismiss("fraud@example.com")
    said = watched.reconcile("plan")
    assert said.code == 0 and "watch: person" not in said.out and "not looked at" not in said.out


@pytest.mark.issue10(25)
def test_the_branches_that_desired_does_not_describe_are_watched(watched: Office) -> None:
    file = watched.root / "desired" / "all.yaml"
    file.write_text(json.dumps({"people": [{"email": ANA}, {"email": BEN, "forwarding": {"busy": None}}]}))
    watched.forward(BEN, "+12125550199")
    (seen,) = new(watched)
    assert seen["now"].keys() == {"always"}
    file.write_text(json.dumps({"people": [{"email": BEN, "forwarding": {"always": None}}]}))
    assert new(watched) == []  # what is described is the plan's


@pytest.mark.issue10(25)
def test_an_event_that_is_told_late_is_still_looked_at(watched: Office) -> None:
    """The change came before the export as the audit log dates it, and the export had not been told of it."""
    watched.forward(BEN, "+12125550199")
    state = watched.server.state()
    events = state["audit_events"]
    for event in events.values() if isinstance(events, dict) else events:
        event["created"] = (datetime.now(UTC) - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    watched.server.load(state)
    (seen,) = new(watched)
    assert seen["address"] == f"person.forwarding/{BEN}"


@pytest.mark.issue10(25)
def test_drift_of_a_part_looks_at_that_part(watched: Office) -> None:
    watched.forward(BEN, "+12125550199")
    watched.forward(ANA, "+12125550198")
    said = watched.reconcile("drift", "--target", f"person/{BEN}", "-o", "json")
    assert said.code == 2, said.err
    assert [one["address"] for one in said.data["watch"]["new"]] == [f"person.forwarding/{BEN}"]
    assert watched.reconcile("drift", "--exclude", f"person/{BEN}", "-o", "json").data["watch"]["new"][0]["now"]


@pytest.mark.issue10(25)
@pytest.mark.parametrize("target", ["person.forwarding/{}", "person/{}"])
def test_drift_of_what_is_watched_needs_nobody_who_describes_it(watched: Office, target: str) -> None:
    watched.describe(people=[{"email": ANA}])
    file = watched.root / "desired" / "tenant.yaml"
    file.write_text(json.dumps({**json.loads(file.read_text()), "watch": WATCH}))
    watched.forward(BEN, "+12125550199")
    watched.forward(ANA, "+12125550198")
    said = watched.reconcile("drift", "--target", target.format(BEN), "-o", "json")
    assert said.code == 2, said.err
    assert [one["address"] for one in said.data["watch"]["new"]] == [f"person.forwarding/{BEN}"]
    assert said.data["differences"] == [] and said.data["counts"]["compared"] == 0
    assert reads(watched, "callForwarding") and not reads(watched, watched.uuid(ANA))
    assert f"person.forwarding/{BEN} changed since" in watched.reconcile("drift", "--target", target.format(BEN)).out
    for stranger in (target.format("nobody@example.com"), f"person.voicemail/{BEN}"):
        assert watched.reconcile("drift", "--target", stranger).code == 64
