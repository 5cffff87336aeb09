"""Sections that not every export reads: those that desired state describes are read, by the request that the inventory
makes anyway where it makes one, and planned with without the tenant."""

from __future__ import annotations

import asyncio

from reconciler import pipeline
from reconciler.inventory.choice import chosen
from reconciler.repository import desired, store
from tests.support.faults import faults
from tests.support.live import Live

ANA, ROOM = "amelia.ashford@example.com", "Board Room"
DESIRED = {
    "people": [{"email": ANA, "voicemail": {"rings": 3}}],
    "workspaces": [{"name": ROOM, "call_waiting": {"enabled": True}}],
}


def export(live: Live) -> dict[str, int]:
    """As `reconcile export` does; the requests that it took."""
    live.forget()
    done = asyncio.run(pipeline.export(live.tenant, choice=chosen(used=desired.described(live.root))))
    store.write(live.root / "state", done.snapshot)
    return dict(live.requests())


def test_an_export_reads_what_is_described_too_and_asks_no_more_for_what_it_reads_anyway(live: Live) -> None:
    before = export(live)
    current = store.open(live.root / "state").get("person", ANA)
    assert current is not None and "voicemail" not in current.fields
    live.describe(DESIRED)
    told = {change.address: (change.action, change.reason) for change in pipeline.plan_offline(live.root).changes}
    assert {action for action, _ in told.values()} == {"cannot_tell"} and len(told) == 2
    assert all("run `reconcile export`" in reason for _, reason in told.values())
    after = export(live)
    calling = after.pop("GET /workspaces/{workspaceId}/features/callWaiting")
    assert calling == before["GET /workspaces/{workspaceId}/features/callForwarding"]
    assert after == before
    snapshot = store.open(live.root / "state")
    person, room = snapshot.get("person", ANA), snapshot.get("workspace", ROOM)
    assert person is not None and person.fields["voicemail"]["rings"] == 3
    assert room is not None and room.fields["call_waiting"] == {"enabled": True}
    assert not pipeline.plan_offline(live.root).changes


def test_what_is_described_drifts_and_nothing_else_is_incomplete(live: Live) -> None:
    live.describe(DESIRED)
    export(live)
    assert not asyncio.run(pipeline.drift(live.root, live.tenant)).drift.gaps
    person = live.remote("PEOPLE", next(one["id"] for one in live.state()["people"] if ANA in one["emails"]))
    path = f"/people/{person}/features/voicemail"
    body = live.server.edit("GET", path)
    live.server.edit("PUT", path, {**body, "sendUnansweredCalls": {**body["sendUnansweredCalls"], "numberOfRings": 7}})
    drift = asyncio.run(pipeline.drift(live.root, live.tenant)).drift
    assert [one.address for one in drift.differences] == [f"person.voicemail/{ANA}"]


def test_of_a_location_that_drifts_the_managed_view_is_compared(live: Live) -> None:
    """The inventory shows its callback number in another form, under the same name."""
    name, section = "London HQ", "emergency_callback_number"
    live.describe({"locations": [{"name": name, section: {"elin_minutes": 60}}]})
    export(live)
    assert not pipeline.plan_offline(live.root).changes
    assert not asyncio.run(pipeline.drift(live.root, live.tenant)).drift.differences
    place = live.remote("LOCATION", next(one["id"] for one in live.state()["locations"] if one["name"] == name))
    path = f"/telephony/config/locations/{place}/features/emergencyCallbackNumber"
    live.server.edit("PUT", path, {"selected": "LOCATION_NUMBER", "elinExpiryTimeMinutes": 30})
    drift = asyncio.run(pipeline.drift(live.root, live.tenant)).drift
    assert {one.address for one in drift.differences} == {f"location.{section}/{name}"} and not drift.gaps


def test_of_members_that_could_not_be_read_nobody_can_tell(live: Live) -> None:
    """The list has the group, its document was refused: what is managed of that is no change without the tenant."""
    group = {"location": "London HQ", "name": "Sales", "extension": "6100", "targets": [f"workspace/{ROOM}"]}
    live.describe({"paging_groups": [group]})
    live.apply(live.plan())
    document = "GET /telephony/config/locations/{locationId}/paging/{pagingId}"
    with faults(live.server, {document: {"answer": 500}}):
        done = asyncio.run(pipeline.export(live.tenant, (), ["paging_group"]))
    store.write(live.root / "state", done.snapshot)
    (change,) = pipeline.plan_offline(live.root).changes
    assert (change.address, change.action) == ("paging_group/London HQ/Sales", "cannot_tell")
    live.describe({"paging_groups": [{name: value for name, value in group.items() if name != "targets"}]})
    assert not pipeline.plan_offline(live.root).changes
