"""S135, S136: all of it or nothing, as far as that goes: a failure at step k takes back what came before it."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.cli.app import run as reconcile
from reconciler.model.plan import Plan
from reconciler.runs.known import Run, runs
from reconciler.simulator import Simulator, generate_tenant
from tests.support.live import Live
from tests.support.state import differences

PRO = "Webex Calling - Professional"
HERE = "Site 002"
DESIRED: dict[str, Any] = {
    "people": [
        {"email": "new1@example.com", "first_name": "Nia", "location": HERE, "extension": "2001", "licenses": [PRO]},
        {"email": "person000001@example.com", "extension": "2007", "forwarding": {"always": {"destination": "2001"}}},
    ],
    "workspaces": [{"name": "Quiet corner", "capacity": 1}, {"name": "Room 0001", "capacity": 7}],
    "numbers": [{"range": ["+15550000901", "+15550000903"], "location": HERE, "state": "inactive"}],
}
#: The writes of DESIRED that one after another are made to fail: the last one, one in the middle, and the first.
STEPS = ["PUT /people/{personId}/features/callForwarding", "PUT /workspaces/{workspaceId}", "POST /people"]


@pytest.fixture
def tenant(server: Simulator, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Live:
    live = Live(server, tmp_path, generate_tenant(people=6, locations=2, workspaces=2, seed=1))
    monkeypatch.setenv("WEBEX_API_URL", server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", server.token)
    live.describe(DESIRED)
    return live


def order(run: Run) -> list[str]:
    """Its operations as its journal has them: the first address of each, because numbers go several in a request."""
    firsts = {member.address: op.members[0].address for op in run.plan.operations for member in op.members}
    return list(dict.fromkeys(firsts[intent.address] for intent in run.intents()))


def apply(live: Live, *arguments: str) -> int:
    return reconcile(["apply", "--workers", "1", "--yes", "-C", str(live.root), *arguments])


@pytest.mark.parametrize("step", STEPS)
def test_s135_a_failure_takes_back_what_was_done(tenant: Live, capsys: Any, step: str) -> None:
    method, _, route = step.partition(" ")
    before = tenant.state()
    tenant.server.faults([{"match": {"method": method, "route": route}, "times": 1, "do": {"status": 400, "body": {}}}])
    assert apply(tenant, "--on-failure", "undo") == 1
    said = capsys.readouterr()
    assert "stopped at the first failure" in said.err
    assert "next: what was done is taken back" in said.out and "reconcile resume" not in said.out
    assert "is taken back: the tenant is as before" in said.err
    assert differences(before, tenant.state()) == set()
    undo, failed = runs(tenant.root)[:2]
    assert undo.plan.scope["undo"] == [failed.name]
    assert undo.started["approval"]["how"] == "on-failure"
    done = order(failed)[:-1]  # the last one is the step that failed
    assert done and order(undo) == done[::-1]


def test_s135_in_reverse_order(tenant: Live) -> None:
    """What was made last goes first: the person before the number that was made for it."""
    person = {**DESIRED["people"][0], "phone_number": "+15550000901", "forwarding": {"always": {"destination": "2002"}}}
    tenant.describe({"people": [person], "numbers": [{"number": "+15550000901", "location": HERE, "state": "active"}]})
    method, _, route = STEPS[0].partition(" ")
    tenant.server.faults([{"match": {"method": method, "route": route}, "nth": 1, "do": {"status": 400, "body": {}}}])
    before = tenant.state()
    tenant.forget()
    assert apply(tenant, "--on-failure", "undo") == 1
    writes = [f"{one['method']} {one['route']}" for one in tenant.server.log() if one["method"] != "GET"]
    numbers = "/telephony/config/locations/{locationId}/numbers"
    assert list(dict.fromkeys(writes)) == [
        f"POST {numbers}",
        "POST /people",
        STEPS[0],
        "DELETE /people/{personId}",
        f"DELETE {numbers}",
    ]
    assert differences(before, tenant.state()) == set()


def test_s135_what_could_not_be_taken_back_is_no_success(tenant: Live, capsys: Any) -> None:
    """The undo itself fails at one of them: read again, named, and not called as before."""
    method, _, route = STEPS[0].partition(" ")
    tenant.server.faults(
        [
            {"match": {"method": method, "route": route}, "nth": 1, "do": {"status": 400, "body": {}}},
            {"match": {"method": "PUT", "route": "/workspaces/*"}, "nth": 2, "do": {"status": 400, "body": {}}},
        ]
    )
    assert apply(tenant, "--on-failure", "undo") == 3
    assert "is taken back in part: what is left is named above" in capsys.readouterr().err


def test_s135_a_guard_in_the_way_of_it_is_told(tenant: Live, capsys: Any) -> None:
    """What was created is not deleted beyond a limit: the run has written, so this is no refusal (4)."""
    tenant.describe(DESIRED, limits={"delete": {"max": 0}})
    method, _, route = STEPS[0].partition(" ")
    tenant.server.faults([{"match": {"method": method, "route": route}, "times": 1, "do": {"status": 400, "body": {}}}])
    assert apply(tenant, "--on-failure", "undo") == 3
    said = capsys.readouterr()
    (failed,) = runs(tenant.root)
    assert f"run {failed.name} failed and is not taken back" in said.err
    assert f"do: reconcile undo {failed.name} --override limits:delete" in said.err


def test_s135_a_run_that_went_well_is_not_taken_back(tenant: Live, capsys: Any) -> None:
    """Although it ends with 7, because a list that other changes rest on could not be read."""
    tenant.describe({**DESIRED, "people": [{"email": "person000006@example.com", "state": "absent"}]})
    do = {"status": 403, "body": {"message": "no"}}
    tenant.server.faults([{"match": {"method": "GET", "route": "/people"}, "do": do}])
    assert apply(tenant, "--on-failure", "undo") == 7
    assert len(runs(tenant.root)) == 1 and "taken back" not in capsys.readouterr().err
    assert any(one["displayName"] == "Quiet corner" for one in tenant.state()["workspaces"])


def test_s135_keep_is_the_default(tenant: Live, capsys: Any) -> None:
    tenant.server.faults(
        [{"match": {"method": "PUT", "route": "/workspaces/*"}, "times": 1, "do": {"status": 400, "body": {}}}]
    )
    assert apply(tenant) == 3
    assert len(runs(tenant.root)) == 1 and "taken back" not in capsys.readouterr().err


def test_s135_success_takes_nothing_back(tenant: Live) -> None:
    assert apply(tenant, "--on-failure", "undo") == 0
    assert len(runs(tenant.root)) == 1


def test_s136_what_cannot_be_taken_back_is_named_before_and_left(tenant: Live, capsys: Any) -> None:
    """A person who is deleted comes back only in part: said in the plan, said again at the end, exit 3."""
    tenant.describe(
        {
            "people": [{"email": "person000006@example.com", "state": "absent"}],
            "workspaces": [{"name": "Room 0001", "capacity": 7}],
        }
    )
    there, saved = ["-C", str(tenant.root)], str(tenant.root / "plan.json")
    assert reconcile(["plan", "--out", saved, *there]) == 0
    assert "undone only in part" in capsys.readouterr().out
    digest = Plan.loads((tenant.root / "plan.json").read_text(), saved).digest
    tenant.server.faults([{"match": {"method": "PUT", "route": "/workspaces/*"}, "do": {"status": 400, "body": {}}}])
    command = ["apply", saved, "--approve", digest[:12], "--on-failure", "undo", "--workers", "1", *there]
    code = reconcile(command)
    said = capsys.readouterr()
    assert code == 3, said.err
    assert said.out.count("undone only in part") >= 2 and "is taken back in part" in said.err
