"""A twin reads as its original does; and whatever a tenant has, its document is one that the simulator takes."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from reconciler.kinds import managed, owners
from reconciler.model.plan import Member, Operation, Plan
from reconciler.model.snapshot import Current
from reconciler.rehearsal import KnownTenant, Line, tenant_of
from reconciler.rehearsal.document import key_of
from reconciler.rehearsal.facts import parts
from reconciler.simulator import Simulator, generate_tenant
from reconciler.simulator.core import form, ids
from tests.properties import oddities
from tests.support.live import Live

from .conftest import Rehearse, agree, applied, brought, known_of, twin_of, unguarded

Json = dict[str, Any]
_ORG = ids.encode("ORGANIZATION", "11111111-2222-4333-8444-555555555555")


def about(plan: Plan, addresses: list[str]) -> Plan:
    """A plan that comes across all of these, and wants nothing."""
    operations = [Operation(one, one.partition("/")[0], "update", [Member(one, {}, {})], []) for one in addresses]
    return replace(plan, operations=operations)


def test_a_twin_reads_as_its_original(server: Simulator, tmp_path: Path, scene: Simulator) -> None:
    """Every field and section of everybody, and every number."""
    live = Live(server, tmp_path, generate_tenant(people=20, locations=2, workspaces=6, features=8, seed=3))
    before = live.export(again=True)
    written = {name: kind.owner or name for name, kind in managed().items() if kind.writable and not kind.batch}
    addresses = [f"{name}/{key}" for name, owner in written.items() for key in before.keys(owner)]
    assert brought(scene, asyncio.run(known_of(live, about(live.plan(), addresses)))) == {}
    after = twin_of(live, scene).export(again=True)
    for kind in owners():
        assert after.keys(kind.name) == before.keys(kind.name)
        for key in before.keys(kind.name):
            one, other = before.get(kind.name, key), after.get(kind.name, key)
            assert one and other and _compared(one) == _compared(other), key


def _compared(current: Current) -> Json:
    """Licences that no list shows have no name; the total of a licence says how many are left, and no more."""
    return {name: value for name, value in current.fields.items() if (current.kind, name) != ("license", "total")}


@pytest.mark.issue10(19)
def test_a_circle_that_closes_on_the_twin_takes_nothing_back_there(live: Live, rehearse: Rehearse) -> None:
    """The take-back is a step of the plan, and one that has nothing to do."""
    live.describe({"workspaces": [{"name": "Board Room", "extension": "7003"}, {"name": "Lobby", "extension": "7000"}]})
    plan = live.plan()
    assert any(operation.step == "back" for operation in plan.operations)
    found = rehearse(live, plan)
    assert (found.refusals, found.unknown) == ([], [])
    agree(found, applied(live, plan))


@pytest.mark.issue10(26)
@pytest.mark.parametrize("offline", [False, True], ids=["live", "by state"])
def test_workspaces_without_calling_are_rehearsed_where_they_are(live: Live, rehearse: Rehearse, offline: bool) -> None:
    """The twin makes them, sets their locations and keeps them as the tenant does, whatever their type."""
    state = live.state()
    oddities.put_into(state, {"idle": 6})
    live.server.load(state)
    live.remember()
    rooms: list[Json] = [{"name": f"Idle {number}", "notes": "Sofa"} for number in range(6)]
    rooms[0]["location"] = rooms[3]["location"] = "Manchester"  # they are nowhere
    live.describe({"workspaces": [*rooms, {"name": "Studio", "location": "New York"}]})
    plan = live.plan()
    found = rehearse(live, plan, offline=offline)
    assert (found.steps, found.refusals) == (7, []) and not any("workspace" in one for one in found.unknown)
    agree(found, applied(live, plan))
    kept = {one["displayName"]: one["callingType"] for one in live.state()["workspaces"]}
    assert [kept[f"Idle {number}"] for number in range(6)] == [oddities.TYPES[number % 5] for number in range(6)]


def test_places_that_a_plan_leaves_alone_count_too(live: Live, rehearse: Rehearse) -> None:
    """Their prefixes and numbers are taken; nothing else of them is asked for."""
    live.describe({"locations": [{"name": "New York", "calling": {"routing_prefix": "8201"}}]})
    found = rehearse(live, unguarded(live.plan()))
    assert [(one.address, one.code) for one in found.refusals] == [("location.calling/New York", "5600")]
    assert live.requests()["GET /telephony/config/locations/{locationId}"] == 1


def test_where_people_are_comes_along(live: Live, rehearse: Rehearse) -> None:
    """What they inherit is their location's; a plan that is about them alone rests on it."""
    wanted = {"INTERNATIONAL": {"action": "BLOCK"}}  # Manchester lets these out
    live.describe({"people": [{"email": "mei.sorensen@example.com", "outgoing_permissions": wanted}]})
    plan = live.plan()
    found = rehearse(live, plan)
    assert (found.steps, found.refusals, found.unknown) == (1, [], [])
    agree(found, applied(live, plan))
    assert rehearse(live, about(plan, [])).steps == 0


def test_what_is_new_on_a_twin_is_nobody_of_its_original(live: Live, rehearse: Rehearse) -> None:
    """The simulator counts what it creates; a twin that began to count anew would take the places of those before."""
    live.server.edit("POST", "/people", {"emails": ["first@example.com"], "displayName": "First"})
    new = {"email": "second@example.com", "first_name": "Second"}
    live.describe({"people": [{"email": "first@example.com", "display_name": "The first"}, new]})
    plan = live.plan()
    plan.operations.sort(key=lambda operation: operation.action)  # the new one before the old one
    agree(rehearse(live, plan), applied(live, plan))


def test_time_passes_on_a_twin_where_the_applier_waits(
    live: Live, rehearse: Rehearse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers that change hands stay taken for half a minute (behaviour §1.6); nobody sits that out."""
    monkeypatch.setattr("reconciler.applying.attempt.FIRST_PAUSE", 0.5)  # as it is; other tests are in a hurry
    people = [one for one in live.state()["people"] if (one["calling"] or {}).get("number")][:6]
    one, other = (p for p in people if p["calling"]["location"] == people[0]["calling"]["location"])
    swapped = zip((one, other), (other, one), strict=True)
    wanted = [{"email": a["emails"][0], "phone_number": b["calling"]["number"]} for a, b in swapped]
    live.describe({"people": wanted})
    began = time.monotonic()
    found = rehearse(live, live.plan(), prompt=False)
    assert found.refusals == [] and found.steps == 4 and time.monotonic() - began < 15


def known(**parts: Any) -> KnownTenant:
    return KnownTenant({"id": _ORG, "name": "Odd"}, **parts)


def place(name: str, **fields: Any) -> Current:
    calling = {"main_number": None, "announcement_language": "en_us"}
    remote_id = ids.encode("LOCATION", str(uuid5(NAMESPACE_URL, name)))
    return Current("location", name, remote_id, {"name": name, "calling": calling, **fields})


def test_ids_that_are_no_uuids_and_licences_of_other_forms() -> None:
    """Licences of meetings name a site behind the uuid; some are unlimited, some held without being in a list."""
    meeting = ids.encode("LICENSE", "org:EE_9d3b-site.webex.com")
    held = ids.encode("LICENSE", "org:WAM_00000000-0000-4000-8000-000000000009")
    person = Current("person", "a@x.com", "odd", {}, {"calling": False}, wire={"emails": ["a@x.com", "b@x.com"]})
    person.wire["licenses"] = [meeting, held]
    document = form.check(
        tenant_of(known(kinds={"license": [Current("license", "Meeting", meeting, {})], "person": [person]}))
    )
    (one,) = document["people"]
    assert one["id"] == key_of("odd") and one["emails"] == ["a@x.com", "b@x.com"] and len(one["licenses"]) == 2
    offers = {license["offer"]: license["listed"] for license in document["licenses"]}
    assert offers == {"EE": True, "WAM": False}
    with Simulator(document) as running:
        assert [row["name"] for row in running.edit("GET", "/licenses")["items"]] == ["Meeting"]


def test_a_licence_that_is_overdrawn_stays_so() -> None:
    """In trials more units are assigned than there are: when one comes back, there is still none to be had."""
    license = Current("license", "Calls", ids.encode("LICENSE", "org:BCSTD_00000000-0000-4000-8000-000000000001"), {})
    people = [Current("person", f"{n}@x.com", f"p{n}", {"licenses": ["Calls"]}, {}) for n in range(3)]
    odd = known(kinds={"license": [license], "person": people}, free={license.id: -2})
    (one,) = tenant_of(odd)["licenses"]
    assert one["totalUnits"] == 1


def test_numbers_that_are_no_secondary_ones_are_taken_all_the_same() -> None:
    """A fax number belongs to a person, but stands in no list of theirs."""
    person = Current(
        "person",
        "a@x.com",
        "odd",
        {"location": "Here", "extension": "100", "numbers": {"secondary": ["+15550000001"]}},
        {"calling": True},
    )
    odd = known(
        kinds={"location": [place("Here")], "person": [person]}, alternates={"odd": ["+15550000001", "+15550000002"]}
    )
    document = form.check(tenant_of(odd))
    (one,) = document["people"]
    assert [alternate["number"] for alternate in one["calling"]["alternates"]] == ["+15550000001"]
    assert [line["calling"]["number"] for line in document["lines"]] == ["+15550000002"]


def test_what_hangs_in_the_air_is_left_out_and_said(scene: Simulator) -> None:
    """A provider that no option names; a route that nobody knows; somebody at a location that is not in the list."""
    dialing = {"unknown_extensions": {"enabled": True, "trunk": "Gone"}}
    here = place("Here", pstn={"provider": "Lost Carrier"}, internal_dialing=dialing)
    odd = known(kinds={"location": [here]}, lines=[Line("x", "HUNT_GROUP", "Sales", "Elsewhere", "77")])
    odd.parts = list(parts(odd, {"location": {"Here"}}, set()))
    document = form.check(tenant_of(odd))
    assert (document["locations"][0]["calling"]["pstn"], document["lines"]) == (None, [])
    assert odd.unknown == ["the PSTN connection of Here: no option is called Lost Carrier"]
    different = brought(scene, odd)
    assert different["location.internal_dialing/Here"] == "there is no trunk called 'Gone' in the tenant"


@pytest.mark.parametrize("offline", [False, True], ids=["live", "by state"])
def test_a_small_plan_brings_little_to_the_twin_of_a_large_tenant(
    live: Live, rehearse: Rehearse, scene: Simulator, offline: bool
) -> None:
    """What it does not come across is in the skeleton, or not there: nothing is written for everybody."""
    live.server.load(generate_tenant(people=150, locations=6, workspaces=30, features=60, seed=2))
    live.org_id = live.export().org["id"]
    email = next(iter(live.export().keys("person")))
    live.describe({"people": [{"email": email, "forwarding": {"busy": {"destination": "1001"}}}]})
    live.remember()
    plan = live.plan()
    scene.reset_requests()
    found = rehearse(live, plan, offline=offline)
    assert (found.steps, found.refusals) == (1, [])
    sent = [one for one in scene.log() if one["method"] != "GET"]
    assert len(sent) <= 6, sent
