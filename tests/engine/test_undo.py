"""`undo`: a plan from the pre-images in the journal (M10), which says beforehand what does not come back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.errors import RefusedError
from reconciler.kinds import sections_of
from reconciler.model.plan import Plan
from reconciler.model.selection import ALL, Selection
from reconciler.runs import known
from reconciler.simulator import Simulator, generate_tenant, sample_tenant
from tests.support.live import Live, changes_of
from tests.support.state import differences, value_at

HERE, THERE = "Site 002", "Site 001"
PRO, ROOMS = "Webex Calling - Professional", "Webex Calling - Workspaces"
ANA, BEN, EVA, GUS = (f"person00000{n}@example.com" for n in (1, 3, 5, 6))
NEW = {"email": "new1@example.com", "first_name": "Nia", "location": HERE, "extension": "2001", "licenses": [PRO]}


@pytest.fixture
def office(server: Simulator, tmp_path: Any) -> Live:
    return Live(server, tmp_path, generate_tenant(people=6, locations=2, workspaces=2, seed=1))


def applied(live: Live, desired: dict[str, Any], loses: frozenset[str] = frozenset(), **settings: Any) -> None:
    """`loses`: whom a move costs what nobody describes, which the end of the run says."""
    live.describe(desired, **settings)
    outcomes = live.apply(live.plan()).outcomes
    assert outcomes and {one.address for one in outcomes if one.verdict != "verified"} == loses, outcomes
    live.server.advance(60)


def undo(live: Live, selection: Selection = ALL) -> Plan:
    live.forget()
    plan = asyncio.run(pipeline.undo(live.root, live.tenant, "last", selection))
    assert live.writes() == {}, "planning wrote"
    assert Plan.loads(plan.dumps(), "").digest == plan.digest
    return plan


def taken_back(live: Live, plan: Plan) -> None:
    outcomes = live.apply(plan).outcomes
    assert {str(outcome.verdict) for outcome in outcomes} == {"verified"}, outcomes
    live.server.advance(60)


def reasons(plan: Plan) -> dict[str, str]:
    """What is said of each address, as reason or as note."""
    return {change.address: "; ".join([change.reason, *change.notes]) for change in plan.changes}


def test_apply_then_undo_is_nothing(office: Live) -> None:
    """Creates, updates, a swap with its parking, a section, a cleared section, numbers: all of it comes back."""
    before = office.state()
    applied(
        office,
        {
            "people": [
                {**NEW, "phone_number": "+15550000901"},
                {"email": ANA, "extension": "1002", "forwarding": {"always": {"destination": "2001"}}},
                {"email": BEN, "extension": "1001", "first_name": "Gorm"},
                {"email": EVA, "forwarding": None},
            ],
            "workspaces": [
                {"name": "Studio", "location": HERE, "extension": "2005", "license": ROOMS},
                {"name": "Room 0001", "capacity": 7},
            ],
            "numbers": [
                {"range": ["+15550000901", "+15550000903"], "location": HERE},
                {"number": "+15550000034", "location": HERE, "state": "active"},
            ],
        },
    )
    assert differences(before, office.state())
    plan = undo(office)
    assert plan.scope["undo"] and not plan.findings
    assert changes_of(plan)["person/new1@example.com"] == "delete"
    taken_back(office, plan)
    assert differences(before, office.state()) == set()


def test_undo_of_an_undo_does_it_again(office: Live) -> None:
    applied(office, {"workspaces": [{"name": "Room 0001", "capacity": 7}]})
    after = office.state()
    taken_back(office, undo(office))
    taken_back(office, undo(office))
    assert differences(after, office.state()) == set()


def test_nothing_is_undone_twice(office: Live) -> None:
    applied(office, {"workspaces": [{"name": "Room 0001", "capacity": 7}, {"name": "Studio"}]})
    run = office.root / "state" / "runs"
    name = next(run.iterdir()).name
    taken_back(office, undo(office))
    again = asyncio.run(pipeline.undo(office.root, office.tenant, name))
    assert again.changes == [] and again.operations == []


def test_a_setting_that_went_with_the_calling_is_not_missed(server: Simulator, tmp_path: Any) -> None:
    """Somebody got calling and more numbers, and lost both: the numbers cannot be read then, and were none before."""
    live = Live(server, tmp_path, sample_tenant())
    mei = {"email": "mei.ramirez@example.com", "location": "London HQ", "licenses": [PRO, "Messaging"]}
    applied(live, {"people": [{**mei, "extension": "4000", "numbers": {"secondary": ["+442079460001"]}}]})
    run = known.find(live.root).name
    taken_back(live, undo(live))
    again = asyncio.run(pipeline.undo(live.root, live.tenant, run))
    assert "person.numbers/mei.ramirez@example.com" not in reasons(again)


def test_m10_what_went_with_a_section_that_was_cleared_comes_back(office: Live) -> None:
    """Permissions of their own are given up by one word, and all of them are back after the undo."""
    own = {"outgoing_permissions": {"INTERNATIONAL": {"action": "BLOCK"}, "TOLL_FREE": {"action": "AUTH_CODE"}}}
    applied(office, {"people": [{"email": ANA, **own}]})
    before = office.state()
    applied(office, {"people": [{"email": ANA, "outgoing_permissions": None}]})
    assert differences(before, office.state())
    plan = undo(office)
    assert not any("left as it is" in text for text in reasons(plan).values())
    taken_back(office, plan)
    assert differences(before, office.state()) == set()


def test_what_changed_since_is_left_alone(office: Live) -> None:
    applied(
        office,
        {"people": [NEW, {"email": ANA, "first_name": "Aino", "last_name": "Berg"}, {"email": BEN, "last_name": "Li"}]},
    )
    for email, name in ((ANA, "Ada"), ("new1@example.com", "Else")):
        document = _document(office, email)
        office.server.edit("PUT", f"people/{document['id']}?callingData=true", {**document, "firstName": name})
    office.server.advance(60)
    plan = undo(office)
    assert changes_of(plan) == {
        f"person/{ANA}": "update",
        f"person/{BEN}": "update",
        "person/new1@example.com": "cannot_tell",
    }
    assert "first_name is left alone: changed since the run" in reasons(plan)[f"person/{ANA}"]
    assert "changed since the run, so it is not deleted: first_name" in reasons(plan)["person/new1@example.com"]
    taken_back(office, plan)
    assert value_at(office.state(), f"people/{ANA}/firstName") == "Ada"
    assert value_at(office.state(), f"people/{ANA}/lastName") != "Berg"
    assert value_at(office.state(), "people/new1@example.com/firstName") == "Else"


@pytest.mark.parametrize("edited", [False, True])
def test_m10_what_a_create_left_half_made_goes_too(office: Live, edited: bool) -> None:
    """The directory took the person, calling did not. What somebody has done to them since is theirs."""
    before = office.state()
    office.describe({"people": [{**NEW, "provisioning": "scim"}]})
    refused = {"match": {"method": "PATCH", "route": "/licenses/users"}, "do": {"status": 400, "body": {}}}
    office.server.faults([refused])
    (outcome,) = office.apply(office.plan()).outcomes
    office.server.no_faults()
    assert outcome.verdict == "failed" and differences(before, office.state()) == {"people/new1@example.com"}
    if edited:
        document = _document(office, "new1@example.com")
        messaging = next(one["id"] for one in before["licenses"] if one["name"] == "Messaging")
        license_id = office.remote("LICENSE", messaging)
        office.server.edit("PUT", f"people/{document['id']}?callingData=true", {**document, "licenses": [license_id]})
    office.server.advance(60)
    plan = undo(office)
    if edited:
        assert changes_of(plan) == {"person/new1@example.com": "cannot_tell"}
        assert "changed since the run, so it is not deleted: licenses" in reasons(plan)["person/new1@example.com"]
        return
    taken_back(office, plan)
    assert differences(before, office.state()) == set()


SETTINGS = tuple(sections_of("person"))


def test_what_cannot_be_undone_is_named_before(office: Live) -> None:
    """A deleted person loses data, a move loses settings, a location is not deleted by this tool."""
    applied(
        office,
        {
            "locations": [
                {
                    "name": "Annex",
                    "address": {"address1": "1 Example Road", "city": "Springfield", "state": "IL",
                                "postal_code": "62701", "country": "US"},
                    "time_zone": "America/Chicago",
                    "preferred_language": "en_us",
                }
            ],
            "people": [
                {"email": GUS, "state": "absent"},
                {"email": EVA, "location": THERE, "extension": "2009"},
            ],
        },
        loses=frozenset({f"person/{EVA}"}),
    )  # fmt: skip
    plan = undo(office)
    assert changes_of(plan) == {
        "location/Annex": "cannot_tell",
        f"person/{GUS}": "create",
        f"person/{EVA}": "update",
        f"person.forwarding/{EVA}": "update",  # the move took it along
        **dict.fromkeys((f"person.{name}/{GUS}" for name in SETTINGS), "cannot_tell"),
    }
    said = reasons(plan)
    assert all("it went with its owner" in said[f"person.{name}/{GUS}"] for name in SETTINGS)
    assert "cannot be undone: a location is not deleted by this tool" in said["location/Annex"]
    assert "undone only in part: it is created anew" in said[f"person/{GUS}"]
    assert "undone only in part: what the move took away" in said[f"person/{EVA}"]
    taken_back(office, plan)
    state = office.state()
    assert value_at(state, f"people/{GUS}/calling/extension") == "1003"
    assert value_at(state, f"people/{EVA}/calling/extension") == "1003"
    assert value_at(state, "locations/Annex") is not None


def test_undo_is_guarded_like_any_plan(office: Live) -> None:
    applied(office, {"people": [NEW]})
    office.describe({}, protect=["person/new1@*"])
    plan = undo(office)
    assert [finding.rule for finding in plan.findings] == ["protected"]
    with pytest.raises(RefusedError):
        office.apply(plan)
    office.describe({}, limits={"delete": {"max": 0}})
    assert [finding.rule for finding in undo(office).findings] == ["limits"]


def test_only_a_part_of_a_run(office: Live) -> None:
    applied(office, {"people": [{"email": ANA, "last_name": "Berg"}, {"email": BEN, "last_name": "Li"}]})
    plan = undo(office, Selection(target=(f"person/{ANA}",)))
    assert changes_of(plan) == {f"person/{ANA}": "update"}


def _document(live: Live, email: str) -> dict[str, Any]:
    from reconciler.simulator.core import ids

    uuid = next(one["id"] for one in live.state()["people"] if one["emails"] == [email])
    document: dict[str, Any] = live.server.edit("GET", f"people/{ids.encode('PEOPLE', uuid)}?callingData=true")
    return document
