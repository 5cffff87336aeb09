"""`--isolate`: one bad entry does not stop the others (issue 10, item 14)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.model.plan import Plan
from reconciler.model.selection import Selection
from tests.approval.conftest import Typed
from tests.support.live import Live, changes_of

ISOLATED = Selection(isolate=True)
ROOMS = ["Boardroom", "Reception"]


def people(live: Live) -> list[dict[str, Any]]:
    """Those of the office who call, with their place and extension, as desired entries."""
    places = {place["id"]: place["name"] for place in live.state()["locations"]}
    return [
        {
            "email": one["emails"][0],
            "location": places[one["calling"]["location"]],
            "extension": one["calling"]["extension"],
        }
        for one in sorted(live.state()["people"], key=lambda one: str(one["emails"][0]))
        if one.get("calling")
    ]


def rooms(live: Live) -> list[str]:
    return sorted(one["displayName"] for one in live.state()["workspaces"])


def capacities(live: Live) -> dict[str, Any]:
    return {one["displayName"]: one.get("capacity") for one in live.state()["workspaces"]}


def aside(plan: Plan) -> dict[str, str]:
    return {finding.address: finding.rule for finding in plan.findings if finding.aside}


def mixed(live: Live) -> dict[str, str]:
    """Describes one good entry among all sorts of bad ones; which are to be set aside, and by what."""
    callers = people(live)
    place = callers[0]["location"]
    same = [one["email"] for one in callers if one["location"] == place]
    entries = [
        {"email": same[0], "licenses": {"No Such Licence": True}},
        {"email": "ann@example.com", "first_name": "Ann", "location": place, "extension": "7070"},
        {"email": "bob@example.com", "first_name": "Bob", "location": place, "extension": "7070"},
        {"email": "cid@example.com", "first_name": "Cid", "extension": "seven"},
        {"email": "dee@example.com", "first_name": "Dee", "location": "Nowhere", "extension": "7171"},
        {"email": "eva@example.com", "first_name": "Eva", "location": place, "extension": callers[0]["extension"]},
        {"first_name": "Nameless"},
    ]
    live.describe({"people": entries, "workspaces": [{"name": rooms(live)[0], "capacity": 7}]})
    return {
        f"person/{same[0]}": "refused",
        "person/ann@example.com": "invalid",
        "person/bob@example.com": "invalid",
        "person/cid@example.com": "invalid",
        "person/dee@example.com": "refused",
        "person/eva@example.com": "extensions",
    }


@pytest.mark.issue10(14)
def test_what_is_refused_is_set_aside_by_name_and_the_rest_is_done(office: Live, typed: Typed) -> None:
    wanted = mixed(office)
    assert typed("apply", "--yes").code == 1 and typed("validate").code == 1, "whole refusal stays the default"
    assert office.writes() == {}
    found = aside(office.plan(ISOLATED))
    (nameless,) = found.keys() - wanted.keys()
    assert "case.yaml" in nameless and found == {**wanted, nameless: "invalid"}
    checked = typed("validate", "--isolate")
    assert checked.code == 3 and "person/cid@example.com: set aside" in checked.err
    shown, done = typed("plan", "--isolate"), typed("apply", "--isolate", "--yes")
    assert (shown.code, done.code) == (3, 3)
    for address in wanted:
        assert address in shown.out and f"? {address}" in done.out
    assert "SET ASIDE" in shown.out and "1 of 1 result verified" in done.out
    assert office.writes() == {"PUT /workspaces/{workspaceId}": 1}
    assert capacities(office)[rooms(office)[0]] == 7
    assert typed("status").code == 3 and typed("apply", "--isolate", "--yes").code == 3


@pytest.mark.issue10(14)
def test_a_saved_isolated_plan_is_applied_and_taken_back(office: Live, typed: Typed) -> None:
    mixed(office)
    file = str(office.root / "plan.json")
    assert typed("plan", "--isolate", "--out", file).code == 3
    saved = json.loads((office.root / "plan.json").read_text())
    assert saved["scope"] == {"isolate": ["what is refused"]} and any(one.get("aside") for one in saved["findings"])
    assert typed("apply", file, "--isolate").code == 64
    assert typed("apply", file, "--yes").code == 3
    assert typed("resume").code == 3
    assert typed("undo", "last", "--yes").code == 0
    assert capacities(office)[rooms(office)[0]] != 7
    saved["findings"] = [{**one, "aside": False} for one in saved["findings"]]
    (office.root / "plan.json").write_text(json.dumps(saved))
    assert typed("apply", file, "--yes").code == 5, "it is part of the digest"


@pytest.mark.issue10(14)
def test_it_is_part_of_the_digest_even_where_nothing_is_refused(office: Live) -> None:
    office.describe({"workspaces": [{"name": rooms(office)[0], "capacity": 7}]})
    plain, isolated = office.plan(), office.plan(ISOLATED)
    assert plain.digest != isolated.digest and aside(isolated) == {} and isolated.scope


@pytest.mark.issue10(14)
@pytest.mark.parametrize("why", ["invalid", "refused"])
def test_what_rests_on_it_is_set_aside_too_however_far_away(office: Live, why: str) -> None:
    """A new site is refused; somebody moves there, another takes their extension, a third the other's."""
    first, second, third = [one for one in people(office) if one["location"] == people(office)[0]["location"]][:3]
    annex = {"name": "Annex", "address": {"address1": "1 Road", "city": "Leeds", "postal_code": "LS1", "country": "GB"}}
    annex |= {"time_zone": "Europe/Nowhere" if why == "invalid" else "Europe/London"}
    annex |= {"calling": {"announcement_language": "en_gb", "routing_prefix": "8123"}}
    other = next(place for place in office.state()["locations"] if place["name"] != first["location"])
    if why == "refused":
        annex["calling"]["routing_prefix"] = other["calling"]["routingPrefix"]
    office.describe(
        {
            "locations": [annex],
            "people": [
                {**first, "location": "Annex"},
                {**second, "extension": first["extension"], "forwarding": {"always": {"destination": "7000"}}},
                {**third, "extension": second["extension"]},
            ],
            "workspaces": [{"name": rooms(office)[0], "capacity": 7}],
        }
    )
    plan = office.plan(ISOLATED)
    told = aside(plan)
    chain = [f"person/{one['email']}" for one in (first, second, third)]
    assert told.keys() >= {"location/Annex" if why == "invalid" else "location.calling/Annex", *chain}
    assert f"person.forwarding/{second['email']}" in told, "no part of an entry is done without what it rests on"
    assert [operation.id for operation in plan.operations if operation.kind != "location"] == [
        f"workspace/{rooms(office)[0]}"
    ]


@pytest.mark.issue10(14)
def test_nobody_forwards_to_an_extension_whose_taker_is_set_aside(office: Live) -> None:
    first, second, third = [one for one in people(office) if one["location"] == people(office)[0]["location"]][:3]
    new = {"email": "new@example.com", "first_name": "New", "location": first["location"], "extension": "4999"}
    away = {"forwarding": {"busy": {"destination": "4999"}}}
    office.describe(
        {
            "people": [
                {**new, "licenses": ["No such licence"]},
                {"email": second["email"], **away},
                {"email": third["email"], "forwarding": {"busy": {"destination": first["extension"]}}},
            ]
        }
    )
    plan = office.plan(ISOLATED)
    assert aside(plan).keys() == {"person/new@example.com", f"person.forwarding/{second['email']}"}
    assert [operation.id for operation in plan.operations] == [f"person.forwarding/{third['email']}"]


@pytest.mark.issue10(14)
def test_limits_count_over_everything_that_is_managed(office: Live, typed: Typed) -> None:
    """Entries that are set aside stay in the denominator, and a limit that is passed stops all, as ever."""
    names = rooms(office)
    bad = [{"email": f"new{number}@example.com", "extension": "x"} for number in range(4)]
    managed = {"people": [*bad, *people(office)[:4]], "workspaces": [{"name": name, "capacity": 7} for name in names]}
    office.describe(managed, limits={"update": {"percent": 20}})
    plan = office.plan(ISOLATED)
    assert plan.managed == 10 and [f.rule for f in plan.findings if not f.aside] == []
    office.describe(managed, limits={"update": {"percent": 19}})
    refused = office.plan(ISOLATED)
    assert {f.rule for f in refused.findings if not f.aside} == {"limits"}
    assert typed("apply", "--isolate", "--yes").code == 4 and office.writes() == {}


@pytest.mark.issue10(14)
@pytest.mark.parametrize("text", ["people:\n  - {email: a@example.com", "peopel:\n  - {email: a@example.com}\n"])
def test_what_cannot_be_read_is_not_set_aside(office: Live, typed: Typed, text: str) -> None:
    mixed(office)
    (office.root / "desired" / "broken.yaml").write_text(text)
    assert typed("plan", "--isolate").code == 1 and typed("validate", "--isolate").code == 1


@pytest.mark.issue10(14)
def test_protections_hold_and_the_offline_plan_says_the_same(office: Live) -> None:
    office.remember()
    name, other = rooms(office)
    caller = people(office)[0]["email"]
    entries = {"workspaces": [{"name": name, "state": "absent"}, {"name": other, "capacity": 7}]}
    entries["people"] = [{"email": caller, "licenses": {"No Such Licence": True}}, {"email": "x", "extension": "1"}]
    office.describe(entries, protect=[f"workspace/{name}"])
    live, offline = office.plan(ISOLATED), pipeline.plan_offline(office.root, ISOLATED)
    assert aside(live).keys() == aside(offline).keys() == {f"workspace/{name}", f"person/{caller}", "person/x"}
    assert changes_of(live).keys() - {f"person/{caller}"} == changes_of(offline).keys()
    assert [o.id for o in live.operations] == [o.id for o in offline.operations] == [f"workspace/{other}"]
    assert live.managed == offline.managed == 4


@pytest.mark.issue10(14)
def test_of_two_descriptions_of_one_both_are_set_aside_with_what_nests_in_them(office: Live, typed: Typed) -> None:
    """Even where nothing else is left, or is all that was asked for."""
    place = people(office)[0]["location"]
    sites = [{"name": place, "time_zone": zone, "numbers": []} for zone in ("Europe/London", "Europe/Madrid")]
    sites[0]["numbers"] = [{"number": "+15550001999"}]
    office.describe({"locations": sites})
    plan = office.plan(ISOLATED)
    assert aside(plan) == {f"location/{place}": "invalid"} and plan.changes == [] and plan.managed == 1
    assert typed("apply", "--isolate", "--yes").code == 3 and office.writes() == {}
    office.describe({"locations": sites, "workspaces": [{"name": rooms(office)[0], "capacity": 7}]})
    asked = typed("plan", "--isolate", "--target", f"location/{place}")
    assert asked.code == 3 and f"location/{place}" in asked.out
