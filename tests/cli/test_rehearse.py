"""`reconcile plan --rehearse` (M4): what the tenant would refuse is part of the plan that people read, in all forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from reconciler.errors import StaleError
from reconciler.model.plan import Plan
from reconciler.simulator import Simulator
from reconciler.simulator.core import ids

# LOCAL is a call type that the tenant takes no more; a workspace does not get calling by a Messaging licence; the rest
# is fine.
_HOSTILE = """
people:
  - email: nora.field@example.com
    first_name: Nora
    location: London HQ
    extension: "0197"
    licenses: [Webex Calling - Professional]
    outgoing_permissions: {LOCAL: {action: BLOCK}}
  - email: bo.fine@example.com
    first_name: Bo
    location: London HQ
    extension: "0198"
    licenses: [Webex Calling - Professional]
workspaces:
  - name: Studio
    location: London HQ
    extension: "7091"
    license: Messaging
    forwarding: {busy: {destination: "0100"}}
"""
_FINE = "people: [{email: amelia.ashford@example.com, first_name: Amélie}]"


@pytest.fixture
def hostile(repo: Path) -> None:
    (repo / "desired" / "new.yaml").write_text(_HOSTILE)


def test_m4_refusals_show_before_anyone_approves(
    reconcile: Any, sim: Simulator, hostile: None, snapshot: SnapshotAssertion
) -> None:
    shown = reconcile("plan", "--rehearse")
    assert (shown.code, shown.err) == (4, "")
    assert shown.out == snapshot
    assert set(sim.requests()["by_method"]) == {"GET"}
    assert "--approve" not in shown.out and reconcile("plan").code == 0


def test_in_a_pull_request_and_on_a_page(
    reconcile: Any, sim: Simulator, hostile: None, snapshot: SnapshotAssertion
) -> None:
    assert reconcile("plan", "--rehearse", "-o", "md").out == snapshot
    page = reconcile("plan", "--rehearse", "-o", "html").out
    assert "2 refused" in page and "License not recognized (HTTP 400)" in page and "not rehearsed" in page


def test_as_data_beside_the_plan(
    reconcile: Any, sim: Simulator, hostile: None, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    """The digest, to which an approval binds, is that of the plan without it; the file can be applied."""
    told = reconcile("plan", "--rehearse", "-o", "json", "--out", str(tmp_path / "plan.json"))
    data = json.loads(told.out)
    assert data["rehearsal"] == snapshot
    assert Plan.loads(told.out, "stdout").digest == json.loads(reconcile("plan", "-o", "json").out)["digest"]
    saved = Plan.loads((tmp_path / "plan.json").read_text(), "file")
    assert saved.rehearsal and saved.rehearsal.to_json() == data["rehearsal"]
    edited = (tmp_path / "plan.json").read_text().replace('"code": "25024"', '"code": "1"')
    with pytest.raises(StaleError):
        Plan.loads(edited, "file")  # what was saved is sealed as a whole


def test_nothing_is_refused(reconcile: Any, sim: Simulator, repo: Path) -> None:
    (repo / "desired" / "new.yaml").write_text(_HOSTILE.partition("  - email: bo")[0].replace("LOCAL", "NATIONAL"))
    shown = reconcile("plan", "--rehearse", "--detailed-exitcode")
    assert shown.code == 2 and "all 2 steps are accepted by a twin of the tenant" in shown.out
    assert "--approve" in shown.out


def test_nothing_to_do_is_nothing_to_rehearse(reconcile: Any, sim: Simulator) -> None:
    plain, shown = reconcile("plan"), reconcile("plan", "--rehearse")
    assert (shown.code, shown.out) == (0, plain.out)


def test_without_the_tenant_it_is_as_the_snapshot_has_it(
    reconcile: Any, sim: Simulator, repo: Path, hostile: None, snapshot: SnapshotAssertion
) -> None:
    """A snapshot of the managed kinds leaves more unknown; a whole one says whose the extensions are. What it says is
    part of the plan then, and only what it does not say is left to a rehearsal."""
    (repo / "desired" / "new.yaml").write_text(_HOSTILE.replace("0197", "9999"))  # the voice portal's
    shown = reconcile("plan", "--rehearse", "--offline")
    assert shown.code == 4
    assert [line for line in shown.out.splitlines() if "rehears" in line] == snapshot
    assert reconcile("export", "-q").code == 0
    sim.reset_requests()
    known = reconcile("plan", "--rehearse", "--offline").out
    assert "numbers and extensions of" not in known and "extension 9999 at London HQ belongs to voice portal" in known
    assert sim.requests()["total"] == 0


def test_what_the_token_may_not_read_is_said(
    reconcile: Any, sim: Simulator, hostile: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = ("/telephony/config/callParkExtensions", "/telephony/pstn/locations/{locationId}/connectionOptions")
    sim.faults([{"match": {"route": route}, "do": {"status": 403}} for route in closed])
    shown = reconcile("plan", "--rehearse")
    assert shown.code == 4 and "2 refused" in shown.out
    for what in ("who has an extension (call park extensions)", "PSTN options of London HQ"):
        assert what in shown.out


def test_a_token_that_is_none(reconcile: Any, sim: Simulator, hostile: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from reconciler.cli import rehearsing

    rehearse = rehearsing.rehearsed

    def later(*arguments: Any) -> Any:
        sim.expire_tokens()
        return rehearse(*arguments)

    monkeypatch.setattr(rehearsing, "rehearsed", later)
    shown = reconcile("plan", "--rehearse")
    assert (shown.code, shown.out) == (77, "") and "not valid" in shown.err


def test_a_tenant_that_moves_on_between_the_readings(
    reconcile: Any, sim: Simulator, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin is of the tenant as it is then; where that is not what the plan saw, nothing is claimed."""
    (repo / "desired" / "london-hq" / "people.yaml").write_text(
        (repo / "desired" / "london-hq" / "people.yaml")
        .read_text()
        .replace("first_name: Amelia", "first_name: Amélie", 1)
    )
    person = next(one["id"] for one in sim.state()["people"] if one["emails"] == ["amelia.ashford@example.com"])
    from reconciler.cli import rehearsing

    rehearse = rehearsing.rehearsed

    def later(*arguments: Any) -> Any:
        body = sim.edit("GET", f"/people/{ids.encode('PEOPLE', person)}?callingData=true")
        sim.edit("PUT", f"/people/{body['id']}?callingData=true", {**body, "firstName": "Emily"})
        return rehearse(*arguments)

    monkeypatch.setattr(rehearsing, "rehearsed", later)
    shown = reconcile("plan", "--rehearse")
    assert shown.code == 0 and "the twin differs from the tenant" in shown.out
