"""M19: an extension that somebody else has, whoever they are, a location without calling, and one that is full: said in
the plan, by lists that are asked for only where something new is wanted there."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.kinds import observed
from reconciler.model.plan import Plan
from reconciler.model.selection import Selection
from reconciler.repository.store import write
from reconciler.simulator import Simulator, generate_tenant
from reconciler.simulator.core import ids
from tests.engine.test_feasibility import hire, refused, told, verified
from tests.support.live import Live

Json = dict[str, Any]
HERE, THERE, BARE = "Site 002", "Site 001", "Site 003"
NUMBERS, PARKED, VIRTUAL, CALLING = (
    f"GET /telephony/config/{name}" for name in ("numbers", "callParkExtensions", "virtualExtensions", "locations")
)
ROOMS = "Webex Calling - Workspaces"
#: What nobody wrote down here has at HERE: table of the tenant → how the plan calls it.
HOLDERS = {
    "people": "person ",
    "workspaces": "workspace Room 0001",
    "hunt_groups": "hunt group Group ",
    "call_queues": "call queue Queue ",
    "auto_attendants": "auto attendant Attendant ",
    "paging_groups": "paging group Paging ",
    "voicemail_groups": "voicemail group Mailbox ",
    "virtual_lines": "virtual line Line ",
    "call_park_extensions": "call park extension Park ",
}


@pytest.fixture
def office(server: Simulator, tmp_path: Path) -> Live:
    """Two sites with one of every feature, and a third one without calling."""
    tenant = generate_tenant(people=10, locations=2, workspaces=2, seed=1, features=16)
    bare = {**tenant["locations"][0], "id": "3f0c9e44-71ab-4f3e-8a1d-000000000003", "name": BARE, "calling": None}
    return Live(server, tmp_path, {**tenant, "locations": [*tenant["locations"], bare]})


def blocks(live: Live, table: str, place: str = HERE) -> list[tuple[str, Json]]:
    """(id, calling half) of those of a table at a place, but for the admin's."""
    state = live.state()
    key = next(one["id"] for one in state["locations"] if one["name"] == place)
    others = (one for one in state[table] if one.get("calling") and one["id"] != state["org"]["admin"])
    found = [(one["id"], one["calling"]) for one in others]
    return [(one, block) for one, block in found if block["location"] == key]


def extension_of(live: Live, table: str, place: str = HERE) -> str:
    return str(blocks(live, table, place)[0][1]["extension"])


def planned(live: Live, desired: Json) -> tuple[Plan, Json]:
    """The plan of a desired state, and the requests that it took."""
    live.describe(desired)
    live.forget()
    return live.plan(), dict(live.requests())


def test_m19_an_extension_that_somebody_else_has_whoever_they_are(office: Live) -> None:
    """Many at one location are one list of it; the same from a whole snapshot, without a request and to the digest."""
    org = {"phoneNumber": "+15550009999", "displayName": "Far", "extension": "7777"}
    place = ids.encode("LOCATION", next(one["id"] for one in office.state()["locations"] if one["name"] == HERE))
    office.server.edit("POST", "/telephony/config/virtualExtensions", {**org, "locationId": place})
    taken = {table: extension_of(office, table) for table in HOLDERS} | {"portal": "999999", "virtual": "7777"}
    said = HOLDERS | {"portal": "voice portal", "virtual": "virtual extension Far"}
    people = [hire(f"new{table}", extension=extension) for table, extension in taken.items()]
    free = hire("free", extension="2001")
    plan, asked = planned(office, {"people": [*people, free]})
    assert (asked[NUMBERS], asked[PARKED], asked[VIRTUAL]) == (1, 1, 1)
    found = refused(office, plan)
    for table, extension in taken.items():
        start = f"extensions: extension {extension} at {HERE} belongs to {said[table]}"
        if table == "people":  # somebody of the same kind whom nobody describes may be the same one, under another key
            start = "changed-key: this seems to be person/"
        assert found.pop(f"person/new{table.lower()}@example.com").startswith(start), (table, found)
    assert found == {}, "2001 is free"
    whole = pipeline.export(office.tenant, artefacts=observed())
    write(office.root / "state", asyncio.run(whole).snapshot)
    office.forget()
    assert pipeline.plan_offline(office.root).digest == plan.digest and office.requests() == {}
    office.describe({"people": [free]})
    assert verified(office, office.plan()) == ["person/free@example.com"]


@pytest.mark.parametrize("count", [3, 4])
def test_m19_few_extensions_are_asked_for_one_by_one(office: Live, count: int) -> None:
    other = extension_of(office, "people", THERE)
    wanted = [other, "2002", "2003", "2004"][:count]  # what somebody has elsewhere is free here
    _, asked = planned(office, {"people": [hire(f"n{one}", extension=one) for one in wanted]})
    assert asked.get(CALLING, 0) == 1
    assert asked[NUMBERS] == 1, "the list of a place of which too little is known has both: who, and how many digits"
    email = {one["id"]: one["emails"][0] for one in office.state()["people"]}
    there = [{"email": email[one], "extension": block["extension"]} for one, block in blocks(office, "people")[:3]]
    _, asked = planned(office, {"people": [*there, *(hire(f"n{one}", extension=one) for one in wanted)]})
    assert len(there) == 3 and asked[NUMBERS] == (3 if count == 3 else 1) and asked.get(CALLING, 0) == 0


def test_m19_who_gives_it_up_in_the_same_plan_is_not_in_the_way(office: Live) -> None:
    """Neither is who has it: nothing is asked where it is handed on, and for a swap only what is free to park on."""
    state = office.state()
    email = {one["id"]: one["emails"][0] for one in state["people"]}
    (ana, a), (ben, b) = blocks(office, "people")[:2]
    handed = [{"email": email[ana], "extension": "2010"}, hire("nia", extension=a["extension"])]
    plan, asked = planned(office, {"people": handed})
    assert told(plan) == {} and len(plan.operations) == 2
    swap = [{"email": email[ana], "extension": b["extension"]}, {"email": email[ben], "extension": a["extension"]}]
    plan, asked = planned(office, {"people": swap})
    assert [asked[one] for one in (NUMBERS, PARKED, VIRTUAL)] == [1, 1, 1] and CALLING not in asked
    assert set(verified(office, plan)) == {f"person/{email[ana]}", f"person/{email[ben]}"}
    plan, asked = planned(office, {"people": swap})
    assert plan.changes == [] and not {NUMBERS, PARKED, VIRTUAL, CALLING} & asked.keys()


def test_m19_who_gives_it_up_in_a_change_that_is_left_out_still_has_it(office: Live) -> None:
    email = {one["id"]: one["emails"][0] for one in office.state()["people"]}
    ana, block = blocks(office, "people")[0]
    office.describe({"people": [{"email": email[ana], "extension": "2010"}, hire("nia", extension=block["extension"])]})
    plan = office.plan(Selection(exclude=(f"person/{email[ana]}",)))
    assert "belongs to person " in told(plan)["person/nia@example.com"]


def test_m19_an_undo_does_not_take_back_what_somebody_else_has_by_now(office: Live) -> None:
    email = {one["id"]: one["emails"][0] for one in office.state()["people"]}
    ana, block = blocks(office, "people")[0]
    office.describe({"people": [{"email": email[ana], "extension": "2010"}]})
    office.apply(office.plan())
    assert told(asyncio.run(pipeline.undo(office.root, office.tenant, "last"))) == {}
    office.describe({"people": [hire("nia", extension=block["extension"])]})
    office.apply(office.plan())
    first = min((office.root / "state" / "runs").iterdir()).name
    found = told(asyncio.run(pipeline.undo(office.root, office.tenant, first)))
    assert "belongs to person nia" in found[f"person/{email[ana]}"]


def test_m19_a_lifted_extension_is_tried(office: Live) -> None:
    office.describe({"people": [hire("nia", extension="999999")]})
    plan = office.plan(lift=[f"extensions:{HERE}/999999"])
    (outcome,) = office.apply(plan).outcomes
    assert outcome.verdict == "failed" and "4202" in outcome.why


def test_m19_a_list_that_cannot_be_read_leaves_a_gap(office: Live) -> None:
    office.describe({"people": [hire("nia")]})
    gone = [
        {"match": {"route": route[4:]}, "do": {"status": status}} for route, status in ((NUMBERS, 400), (PARKED, 404))
    ]
    office.server.faults(gone)
    plan = office.plan()
    office.server.no_faults()
    assert [line.partition(":")[0] for line in plan.incomplete] == ["extension"]
    assert plan.findings == [] and len(plan.operations) == 1


# --- is there calling -------------------------------------------------------------------------------------------


def test_m19_a_location_without_calling_that_nobody_describes(office: Live) -> None:
    desk = {"name": "Desk", "location": BARE, "license": ROOMS, "extension": "2009"}
    number = {"number": "+15550000991", "location": BARE}
    plan, asked = planned(office, {"people": [hire("nia", location=BARE)], "workspaces": [desk], "numbers": [number]})
    assert asked[CALLING] == 1
    found = refused(office, plan)
    assert found == dict.fromkeys(
        ("person/nia@example.com", "workspace/Desk", "number/+15550000991"),
        f"no-calling: {BARE} has no calling, and this needs it there",
    )
    enabled = {"name": BARE, "calling": {"announcement_language": "en_us"}}
    plan, asked = planned(office, {"people": [hire("nia", location=BARE)], "locations": [enabled]})
    assert CALLING not in asked, "the plan itself sees to it"
    assert verified(office, plan) == [f"location.calling/{BARE}", "person/nia@example.com"]
    office.describe({"people": [hire("oda", location=BARE, extension="2002")], "locations": [enabled]})
    assert verified(office, office.plan()) == ["person/oda@example.com"]


def test_m19_who_has_calling_at_a_location_says_that_it_has_calling(office: Live) -> None:
    ana = next(one["emails"][0] for one in office.state()["people"] if one["id"] == blocks(office, "people")[0][0])
    new = hire("nia")
    _, asked = planned(
        office, {"people": [new, {"email": ana, "extension": blocks(office, "people")[0][1]["extension"]}]}
    )
    assert CALLING not in asked
    _, asked = planned(office, {"people": [new]})
    assert asked[CALLING] == 1


def test_m19_a_routing_prefix_of_a_location_that_nobody_describes(office: Live) -> None:
    taken = next(one["calling"]["routingPrefix"] for one in office.state()["locations"] if one["name"] == THERE)
    office.describe({"locations": [{"name": HERE, "calling": {"routing_prefix": taken}}]})
    why = f"routing-prefix: {THERE} has the routing prefix {taken}, which can be given once in a tenant"
    assert refused(office, office.plan()) == {f"location.calling/{HERE}": why}
    office.describe({"locations": [{"name": HERE, "calling": {"routing_prefix": "8777"}}]})
    assert verified(office, office.plan()) == [f"location.calling/{HERE}"]


def test_m19_as_many_people_as_a_location_takes_and_one_more(office: Live) -> None:
    state = office.state()
    for place in state["locations"]:
        if place["name"] == HERE:
            place["calling"]["userLimit"] = len(blocks(office, "people")) + 2  # the admin is there too
    office.server.load(state)
    here = {"name": HERE, "calling": {"outside_dial_digit": "9"}}
    two = [hire("nia"), hire("oda", extension="2002")]
    office.describe({"locations": [here], "people": two})
    assert f"{HERE} takes " in refused(office, office.plan()).pop("person/oda@example.com")
    office.describe({"locations": [here], "people": two[:1]})
    assert verified(office, office.plan()) == ["person/nia@example.com"]
    lifted = {"locations": [here], "people": two[1:]}
    office.describe(lifted)
    (outcome,) = office.apply(office.plan(lift=["api-limit:person/oda@example.com"])).outcomes
    assert "user limit" in outcome.why


# --- an address is kept, and what moves along --------------------------------------------------------------------


def test_m19_who_calls_keeps_an_extension_or_a_number(office: Live) -> None:
    state = office.state()
    room = next(one["displayName"] for one in state["workspaces"] if one["calling"])
    email = {one["id"]: one["emails"][0] for one in state["people"]}
    ana = email[next(one for one, block in blocks(office, "people", THERE) if not block.get("number"))]
    ben = email[next(one for one, block in blocks(office, "people") if block.get("number"))]
    gone = {"people": [{"email": ana, "extension": None}], "workspaces": [{"name": room, "extension": None}]}
    office.describe(gone)
    found = refused(office, office.plan())
    assert all("needs an extension or a phone_number" in why for why in found.values()) and len(found) == 2
    office.describe({"people": [{"email": ben, "extension": None}]})
    assert verified(office, office.plan()) == [f"person/{ben}"]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"location": "", "extension": None}, "needs a location"),
        ({"location": ""}, "needs a location"),
        ({"extension": None}, "needs an extension or a phone_number"),
        ({"licenses": ["Messaging"]}, "without a calling licence there is no location and no extension"),
    ],
    ids=["neither", "nowhere", "no address", "no licence"],
)
@pytest.mark.parametrize("new", [True, False], ids=["new", "there"])
def test_m19_who_begins_to_call_has_all_that_it_takes(office: Live, more: Json, why: str, new: bool) -> None:
    plain = next(one["emails"][0] for one in office.state()["people"] if not one["calling"]) if not new else ""
    one = {name: value for name, value in {**hire("nia"), **more}.items() if value}
    one |= {"email": plain} if plain else {}
    office.describe({"people": [one]})
    (found,) = told(office.plan()).values()
    assert why in found or (more.keys() == {"location", "extension"} and "needs an extension" in found)


def test_m19_a_number_that_does_not_move_along(office: Live) -> None:
    """The main number of a location stays there, and so does an inactive one."""
    state = office.state()
    ana = next(one for one in state["people"] if one["id"] == blocks(office, "people")[0][0])
    place = next(one for one in state["locations"] if one["id"] == ana["calling"]["location"])
    free = [one for one in state["numbers"] if one["location"] == place["id"]][-2:]
    ana["calling"]["number"] = free[0]["number"]
    for main, status, why in ((True, "ACTIVE", "main number"), (False, "INACTIVE", "inactive"), (False, "ACTIVE", "")):
        free[0]["state"] = status
        place["calling"]["callingLineId"]["phoneNumber"] = free[0 if main else 1]["number"]
        office.server.load(state)
        office.describe({"people": [{"email": ana["emails"][0], "location": THERE, "extension": "2001"}]})
        plan = office.plan()
        if why:
            assert why in refused(office, plan)[f"person/{ana['emails'][0]}"]
        else:
            assert verified(office, plan) == [f"person/{ana['emails'][0]}"]


def test_m19_a_branch_that_is_off_needs_a_destination(office: Live) -> None:
    ana = next(one["emails"][0] for one in office.state()["people"] if one["id"] == blocks(office, "people")[0][0])
    office.describe({"people": [{"email": ana, "forwarding": {"busy": {"voicemail": True}}}]})
    assert "needs a destination" in refused(office, office.plan())[f"person.forwarding/{ana}"]
    office.describe({"people": [{"email": ana, "forwarding": {"busy": {"destination": "1001"}}}]})
    verified(office, office.plan())
    office.describe({"people": [{"email": ana, "forwarding": {"busy": {"voicemail": True}}}]})
    verified(office, office.plan())
