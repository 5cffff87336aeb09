"""M2: a list that is cut off, forbidden or broken deletes nothing, and stops nothing that does not rest on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.errors import Exit
from reconciler.model.plan import Plan
from reconciler.planning.ending import exit_code
from reconciler.webex.policy import Policy
from tests.support.live import Live, changes_of

GONE = ["noah.tanaka@example.com", "mei.ramirez@example.com"]
ROOM = "Board Room"
BROKEN = {
    "truncated": {"status": 200, "body": {"rows": []}},
    "403": {"status": 403, "body": {"message": "no", "errors": [], "trackingId": "X"}},
    "5xx": {"status": 503, "body": {"message": "later"}},
}


def wanting(live: Live) -> None:
    """Two people to delete, and a room to change, which has nothing to do with them."""
    people = [{"email": email, "state": "absent"} for email in GONE]
    live.describe({"people": people, "workspaces": [{"name": ROOM, "capacity": 7}]})
    live.tenant = replace(live.tenant, credentials=replace(live.tenant.credentials, policy=Policy(retries=0)))


def planned(live: Live, route: str, do: dict[str, Any]) -> Plan:
    live.server.faults([{"match": {"method": "GET", "route": route}, "do": do}])
    try:
        return live.plan()
    finally:
        live.server.no_faults()


@pytest.mark.parametrize("how", BROKEN)
def test_m2_no_delete_from_a_list_that_is_not_whole(live: Live, how: str) -> None:
    wanting(live)
    assert changes_of(live.plan())[f"person/{GONE[0]}"] == "delete"
    plan = planned(live, "/people", BROKEN[how])
    assert changes_of(plan) == {**{f"person/{email}": "cannot_tell" for email in GONE}, f"workspace/{ROOM}": "update"}
    assert all("state: absent, but the list of person could not be read" in c.reason for c in plan.changes[:2])
    assert exit_code(plan) is Exit.INCOMPLETE
    live.forget()
    assert [outcome.address for outcome in live.apply(plan).outcomes] == [f"workspace/{ROOM}"]
    assert live.writes() == {"PUT /workspaces/{workspaceId}": 1}
    assert {email for person in live.state()["people"] for email in person["emails"]} >= set(GONE)


@pytest.mark.parametrize(
    "gone",
    [
        {"people": [{"email": GONE[0], "state": "absent"}]},
        {"workspaces": [{"name": ROOM, "state": "absent"}]},
        {"numbers": [{"number": "+442079460001", "state": "absent"}]},
    ],
    ids=["person", "workspace", "number"],
)
def test_m2_no_delete_where_any_list_is_not_whole(live: Live, gone: dict[str, Any]) -> None:
    """Whichever list a plan reads for it, as the log of its requests says."""
    live.describe(gone)
    live.forget()
    assert [operation.action for operation in live.plan().operations] == ["delete"]
    lists = {route.removeprefix("GET ") for route in live.requests() if "{" not in route}
    assert lists
    for route in lists:
        for how in ("403", "truncated"):
            plan = planned(live, route, BROKEN[how])
            assert plan.operations == [] and exit_code(plan) is Exit.INCOMPLETE, (route, how)


@pytest.mark.parametrize("how", BROKEN)
def test_m2_no_delete_from_a_snapshot_that_is_not_whole(live: Live, how: str) -> None:
    wanting(live)
    live.server.faults([{"match": {"method": "GET", "route": "/people"}, "do": BROKEN[how]}])
    live.remember()
    live.server.no_faults()
    plan = pipeline.plan_offline(live.root)
    assert exit_code(plan) is Exit.INCOMPLETE
    assert not any(operation.action == "delete" for operation in plan.operations)
    assert [operation.id for operation in plan.operations] == [f"workspace/{ROOM}"]


def test_m2_what_is_only_referred_to_is_a_gap_as_well(live: Live) -> None:
    """The licences cannot be read: the hire is planned, and the plan says that it rests on less than it should."""
    hire = {"email": "nia@example.com", "first_name": "Nia", "licenses": ["Messaging"]}
    live.describe({"people": [hire]})
    plan = planned(live, "/licenses", BROKEN["403"])
    assert plan.incomplete and plan.incomplete[0].startswith("license: ")
    assert exit_code(plan) is Exit.INCOMPLETE
