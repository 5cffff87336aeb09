"""M19: what the tenant cannot give is said in the plan; what the plan lets pass is applied without a failure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.errors import InputError, RefusedError
from reconciler.model.plan import Plan
from reconciler.simulator import Simulator, generate_tenant
from tests.support.live import Live

PRO, ROOMS = "Webex Calling - Professional", "Webex Calling - Workspaces"
HERE, THERE = "Site 002", "Site 001"
ANA, BEN = "person000001@example.com", "person000003@example.com"


@pytest.fixture
def office(server: Simulator, tmp_path: Path) -> Live:
    """Two sites, six people, two rooms; of the Professional licence not one unit is left."""
    tenant = generate_tenant(people=6, locations=2, workspaces=2, seed=1)
    for licence in tenant["licenses"]:
        if licence["name"] == PRO:
            held = [one for one in (*tenant["people"], *tenant["workspaces"]) if licence["id"] in one["licenses"]]
            licence["totalUnits"] = len(held)
    return Live(server, tmp_path, tenant)


def hire(name: str, **more: Any) -> dict[str, Any]:
    email = f"{name}@example.com"
    return {"email": email, "first_name": name, "location": HERE, "extension": "2001", "licenses": [PRO], **more}


def told(plan: Plan) -> dict[str, str]:
    return {finding.address: f"{finding.rule}: {finding.why}" for finding in plan.findings}


def refused(live: Live, plan: Plan) -> dict[str, str]:
    """What the plan objects to; nothing of it is written."""
    live.forget()
    with pytest.raises(RefusedError):
        live.apply(plan)
    assert live.writes() == {}
    return told(plan)


def verified(live: Live, plan: Plan) -> list[str]:
    """The addresses in the order in which they were done, all of them well."""
    assert told(plan) == {}
    outcomes = live.apply(plan).outcomes
    assert {str(outcome.verdict) for outcome in outcomes} == {"verified"}, outcomes
    return [outcome.address for outcome in outcomes]


def test_m19_the_last_unit_and_one_more(office: Live) -> None:
    office.describe({"people": [hire("nia")]})
    why = refused(office, office.plan())["person/nia@example.com"]
    assert why.startswith(f"licenses: no unit of {PRO} is left: ")
    office.describe({"people": [hire("nia"), {"email": BEN, "state": "absent"}]})
    assert verified(office, office.plan()) == [f"person/{BEN}", "person/nia@example.com"], "freed before it is taken"


def test_m19_a_lifted_finding_is_tried(office: Live) -> None:
    """A trial organisation may give more units than it has: the switch does, and then it was right to lift it."""
    state = office.state()
    office.server.load({**state, "switches": {**state["switches"], "license_exhausted": "assign"}})
    office.describe({"people": [{**hire("nia"), "provisioning": "scim"}]})
    plan = office.plan(lift=[f"licenses:{PRO}"])
    assert plan.overrides == [f"licenses:{PRO}"] and plan.operations
    assert plan.digest != office.plan().digest, "what was lifted is part of what is approved"
    assert Plan.loads(plan.dumps(), "").overrides == plan.overrides
    assert [str(outcome.verdict) for outcome in office.apply(plan).outcomes] == ["verified"]


@pytest.mark.parametrize(
    ("place", "number", "why"),
    [
        (HERE, "+15550000005", "is in the inventory of Site 001, and this is at Site 002"),
        (THERE, "+15550000003", "is assigned to PEOPLE"),
        (HERE, "+15550000002", ""),
        (THERE, "+15550000005", ""),
    ],
    ids=["elsewhere", "taken", "main", "free"],
)
def test_m19_numbers(office: Live, place: str, number: str, why: str) -> None:
    whose = {"email": "person000002@example.com"}  # described: nobody takes the new one for her under another key
    new = hire("nia", location=place, phone_number=number)
    office.describe({"people": [new, whose, {"email": BEN, "licenses": {PRO: False}}]})
    plan = office.plan()
    if why:
        assert why in refused(office, plan)["person/nia@example.com"]
    else:
        assert len(verified(office, plan)) == 2


@pytest.mark.parametrize(("rings", "fits"), [(15, True), (16, False)])
def test_m19_rings_up_to_what_the_tenant_says(office: Live, rings: int, fits: bool) -> None:
    office.describe({"people": [{"email": ANA, "forwarding": {"no_answer": {"destination": "2002", "rings": rings}}}]})
    plan = office.plan()
    if fits:
        verified(office, plan)
    else:
        assert "at most 15" in refused(office, plan)[f"person.forwarding/{ANA}"]


@pytest.mark.parametrize(
    ("extension", "rule"), [("112", "api-limit: 112 is an emergency number"), ("113", ""), ("12", "")]
)
def test_m19_extensions(office: Live, extension: str, rule: str) -> None:
    office.describe({"people": [{"email": ANA, "extension": extension}]})
    plan = office.plan()
    if rule:
        assert refused(office, plan)[f"person/{ANA}"].startswith(rule)
    else:
        verified(office, plan)


def test_m19_secondary_numbers_up_to_ten(office: Live) -> None:
    new = {"range": ["+15550000901", "+15550000911"], "location": HERE}
    for last, fits in ((911, False), (910, True)):
        listed = [f"+15550000{digits}" for digits in range(901, last + 1)]
        office.describe(
            {"numbers": [new], "people": [{"email": ANA, "location": HERE, "numbers": {"secondary": listed}}]}
        )
        plan = office.plan()
        if fits:
            verified(office, plan)
        else:
            assert "at most 10" in refused(office, plan)[f"person.numbers/{ANA}"]


def test_m19_a_routing_prefix_of_another_location(office: Live) -> None:
    prefixes = {place["name"]: place["calling"].get("routingPrefix") for place in office.state()["locations"]}
    taken = prefixes[THERE] or "8001"
    office.describe({"locations": [{"name": THERE, "calling": {"routing_prefix": taken}}]})
    office.apply(office.plan())
    swap = [
        {"name": HERE, "calling": {"routing_prefix": taken}},
        {"name": THERE, "calling": {"outside_dial_digit": "9"}},
    ]
    office.describe({"locations": swap})
    assert f"{THERE} has the routing prefix {taken}" in refused(office, office.plan())[f"location.calling/{HERE}"]
    swap[1]["calling"] = {"routing_prefix": "8999"}
    office.describe({"locations": swap})
    assert verified(office, office.plan()) == [f"location.calling/{THERE}", f"location.calling/{HERE}"]


@pytest.mark.parametrize(("length", "fits"), [(80, True), (81, False)])
def test_m19_the_name_of_a_calling_location(office: Live, length: int, fits: bool) -> None:
    place = {"address": {"address1": "1 Road", "city": "London", "postal_code": "N1", "country": "GB"},
             "time_zone": "Europe/London", "preferred_language": "en_gb"}  # fmt: skip
    office.describe({"locations": [{"name": "L" * length, **place, "calling": {"announcement_language": "en_gb"}}]})
    plan = office.plan()
    if fits:
        verified(office, plan)
    else:
        assert "at most 80" in refused(office, plan)[f"location.calling/{'L' * length}"]


@pytest.mark.parametrize(("before", "fits"), [(20, True), (21, False)])
def test_m19_a_destination_that_grows_by_its_policy(office: Live, before: int, fits: bool) -> None:
    policy = {"busy": {"destination": "9" * before + "{extension}"}}
    office.describe({"people": [{"email": ANA, "extension": "1234567890", "forwarding": policy}]})
    if fits:
        verified(office, office.plan())
    else:
        with pytest.raises(InputError, match="longer than 30 digits"):
            office.plan()


def test_m19_two_calling_licences_and_a_hot_desk_with_an_extension(office: Live) -> None:
    both = [PRO, "Webex Calling - Standard"]
    desk = {"name": "Desk", "location": HERE, "license": "Webex Calling - Hot desk only", "extension": "2009"}
    office.describe({"people": [hire("nia", licenses=both)], "workspaces": [desk]})
    found = refused(office, office.plan())
    assert "cannot be had together" in found["person/nia@example.com"]
    assert "takes neither extension nor phone_number" in found["workspace/Desk"]


def test_m19_the_same_without_the_tenant(office: Live) -> None:
    """From the committed snapshot the same is known, so a pull request shows it already (M23)."""
    office.remember()
    office.describe({"people": [hire("nia"), {"email": ANA, "extension": "112"}]})
    online, offline = office.plan(), pipeline.plan_offline(office.root)
    assert told(offline).keys() == {"person/nia@example.com", f"person/{ANA}"}
    assert offline.digest == online.digest
