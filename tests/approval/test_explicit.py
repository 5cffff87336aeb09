"""`--yes` approves neither what costs money nor what a spreadsheet may have done (issue 10, items 20 and 21)."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler import pipeline
from reconciler.model.plan import Plan
from reconciler.simulator.tenants.builder import custom_permissions
from tests.approval.conftest import Typed
from tests.support.live import Live

ANN = "person000001@example.com"
BEN = "person000003@example.com"
OPEN, SHUT = {"action": "ALLOW", "transfer": True}, {"action": "BLOCK", "transfer": False}


def explicit(plan: Plan) -> dict[str, list[str]]:
    return {change.address: change.explicit for change in plan.changes if change.explicit}


def site(live: Live, email: str = ANN) -> str:
    """The name of the place where somebody calls."""
    (one,) = [p for p in live.state()["people"] if email in p["emails"]]
    return str(next(p["name"] for p in live.state()["locations"] if p["id"] == one["calling"]["location"]))


def person(email: str = ANN, **fields: Any) -> dict[str, Any]:
    return {"people": [{"email": email, **fields}]}


def done(live: Live, typed: Typed, wanted: dict[str, Any], **settings: Any) -> None:
    """Bring it about, by the digest."""
    live.describe(wanted, **settings)
    plan = live.plan()
    assert typed("apply", "--approve", plan.digest[:12]).code == 0


def refused(live: Live, typed: Typed, words: str) -> None:
    """--yes refuses it by its category and writes nothing, offline it is told the same, and its digest approves it."""
    live.forget()
    told, plan = typed("apply", "--yes"), live.plan()
    assert told.code == 4 and f"and this plan {words}" in told.err and live.writes() == {}, told.err
    assert f"--yes does not approve what {words.partition(':')[0]}" in told.out
    assert typed("apply", "--yes", "--dry-run").code == 4
    live.remember()
    assert explicit(pipeline.plan_offline(live.root)) == explicit(plan)
    assert typed("apply", "--only-safe", "--yes").code == 0 and live.writes() == {}
    assert typed("apply", "--approve", plan.digest[:12]).code == 0


@pytest.mark.issue10(21)
@pytest.mark.parametrize(
    ("where", "types", "words"),
    [
        ("person", {"INTERNATIONAL": {"action": "ALLOW"}}, "opens international calls"),
        ("person", {"INTERNATIONAL": {"action": "AUTH_CODE"}}, "opens international calls"),
        ("person", {"PREMIUM_SERVICES_II": {"action": "TRANSFER_NUMBER_1"}}, "opens premium calls"),
        ("workspace", {"PREMIUM_SERVICES_I": OPEN}, "opens premium calls"),
        ("location", {"profile": "free"}, "opens international calls"),
    ],
)
def test_opening_costly_calls_takes_its_digest(
    office: Live, typed: Typed, where: str, types: dict[str, Any], words: str
) -> None:
    keys = {"person": ANN, "workspace": office.state()["workspaces"][0]["displayName"], "location": site(office)}
    plural, key = {"person": "people"}.get(where, f"{where}s"), {"person": "email"}.get(where, "name")

    def wanted(permissions: dict[str, Any]) -> dict[str, Any]:
        return {plural: [{key: keys[where], "outgoing_permissions": permissions}]}

    shut = dict.fromkeys(("INTERNATIONAL", "PREMIUM_SERVICES_I", "PREMIUM_SERVICES_II"), SHUT)
    done(office, typed, wanted(shut))
    settings = {"profiles": {"free": {"INTERNATIONAL": OPEN}}}
    office.describe(wanted(types), **settings)
    assert explicit(office.plan()).keys() == {f"{where}.outgoing_permissions/{keys[where]}"}
    refused(office, typed, f"{words}: {where}.outgoing_permissions/{keys[where]}")
    office.describe(wanted({**shut, "NATIONAL": OPEN}))
    assert explicit(office.plan()) == {} and typed("apply", "--yes").code == 0, "closing them, and cheap calls"


@pytest.mark.issue10(21)
def test_falling_back_to_an_open_location_opens_too_and_passing_on_counts(office: Live, typed: Typed) -> None:
    shut = {"INTERNATIONAL": SHUT}
    done(
        office,
        typed,
        {
            **person(outgoing_permissions=shut),
            "locations": [{"name": site(office), "outgoing_permissions": {"INTERNATIONAL": OPEN}}],
        },
    )
    office.describe(person(outgoing_permissions=None))
    assert "opens international calls: INTERNATIONAL" in explicit(office.plan())[f"person.outgoing_permissions/{ANN}"]
    done(office, typed, person(outgoing_permissions={"INTERNATIONAL": {"action": "ALLOW", "transfer": False}}))
    office.describe(person(outgoing_permissions={"INTERNATIONAL": {"transfer": True}}))
    assert explicit(office.plan())
    new = {"email": "new@example.com", "first_name": "New", "location": site(office), "extension": "7070"}
    new |= {"licenses": ["Webex Calling - Professional"], "outgoing_permissions": {"INTERNATIONAL": OPEN}}
    office.describe({"people": [new]})
    assert explicit(office.plan()).keys() == {"person.outgoing_permissions/new@example.com"}, "of whom nothing is known"


@pytest.mark.issue10(21)
@pytest.mark.parametrize("branch", ["always", "busy", "no_answer", "business_continuity"])
def test_forwarding_to_the_outside_takes_its_digest(office: Live, typed: Typed, branch: str) -> None:
    """A number that the tenant does not have, and what begins with the outside dial digit (9 here)."""
    inside = next(one["number"] for one in office.state()["numbers"])
    office.describe(person(forwarding={branch: {"destination": inside}}))
    assert explicit(office.plan()) == {} and typed("apply", "--yes").code == 0
    office.describe(person(forwarding={branch: {"destination": "1002"}}))
    assert explicit(office.plan()) == {} and typed("apply", "--yes").code == 0
    for outside in ("+34910000000", "900442079460001", "92222"):
        office.describe(person(forwarding={branch: {"destination": outside}}))
        refused(office, typed, f"forwards outside: person.forwarding/{ANN}")
        assert typed("apply", "--yes").code == 0, "nothing is left to do"
    room = office.state()["workspaces"][0]["displayName"]
    office.describe({"workspaces": [{"name": room, "forwarding": {branch: {"destination": "+34910000000"}}}]})
    assert explicit(office.plan()) == {f"workspace.forwarding/{room}": [f"forwards outside: {branch} to +34910000000"]}
    number = {"number": "+15550001777", "location": site(office)}
    office.describe({**person(forwarding={branch: {"destination": number["number"]}}), "numbers": [number]})
    assert explicit(office.plan()) == {}, "it becomes the tenant's in the same plan"


@pytest.mark.issue10(21)
def test_a_saved_plan_and_an_undo_are_asked_the_same(office: Live, typed: Typed) -> None:
    away = person(forwarding={"always": {"destination": "+34910000000"}})
    done(office, typed, away)
    file = str(office.root / "plan.json")
    office.describe(person(forwarding={"always": None}))
    assert typed("apply", "--yes").code == 0
    told = typed("undo", "last", "--yes")
    assert told.code == 4 and f"forwards outside: person.forwarding/{ANN}" in told.err
    office.describe(away)
    assert typed("plan", "--out", file).code == 0
    told = typed("apply", file, "--yes")
    assert told.code == 4 and f"forwards outside: person.forwarding/{ANN}" in told.err


@pytest.mark.issue10(20)
@pytest.mark.parametrize("kind", ["person", "workspace"])
def test_leading_zeros_are_not_lost_by_yes(office: Live, typed: Typed, kind: str) -> None:
    room = office.state()["workspaces"][0]["displayName"]

    def wanted(extension: str) -> dict[str, Any]:
        if kind == "workspace":
            return {"workspaces": [{"name": room, "extension": extension}]}
        return person(extension=extension)

    key = ANN if kind == "person" else room
    done(office, typed, wanted("0080"))
    for lost in ("080", "80"):
        office.describe(wanted(lost))
        said = explicit(office.plan())
        assert said == {f"{kind}/{key}": [f"loses leading zeros: extension 0080 -> {lost}"]}
    office.describe(wanted("0081"))
    assert explicit(office.plan()) == {} and typed("apply", "--yes").code == 0
    office.describe(wanted("81"))
    shown = typed("plan")
    assert "! loses leading zeros: extension 0081 -> 81" in shown.out
    refused(office, typed, f"loses leading zeros: {kind}/{key}")


@pytest.mark.issue10(20)
def test_an_extension_shorter_than_the_others_of_its_place_is_not_taken_by_yes(office: Live, typed: Typed) -> None:
    """Also of somebody new, and where only the tenant knows the others."""
    new = {"email": "new@example.com", "first_name": "New", "location": site(office)}
    office.describe({"people": [{**new, "licenses": ["Webex Calling - Professional"], "extension": "100"}]})
    said = explicit(office.plan())["person/new@example.com"]
    assert said == [f"shortens an extension: extension 100, where {site(office)} has 4 digits"]
    assert typed("apply", "--yes").code == 4
    office.describe(person(extension="7070"))
    assert explicit(office.plan()) == {} and typed("apply", "--yes").code == 0


@pytest.mark.issue10(20)
def test_a_forwarding_destination_that_lost_its_zeros_is_not_taken_by_yes(office: Live, typed: Typed) -> None:
    done(office, typed, person(forwarding={"busy": {"destination": "0100"}}))
    office.describe(person(forwarding={"busy": {"destination": "100"}}))
    refused(office, typed, f"loses leading zeros: person.forwarding/{ANN}")


@pytest.mark.issue10(20)
def test_a_routing_prefix_that_lost_its_zeros_is_not_taken_by_yes(office: Live, typed: Typed) -> None:
    def wanted(prefix: str) -> dict[str, Any]:
        return {"locations": [{"name": site(office), "calling": {"routing_prefix": prefix}}]}

    done(office, typed, wanted("081"))
    office.describe(wanted("81"))
    refused(office, typed, f"loses leading zeros: location.calling/{site(office)}")


@pytest.mark.issue10(21)
def test_adopt_writes_limits_for_every_action(office: Live, typed: Typed) -> None:
    from reconciler.repository import desired

    office.remember()
    for file in (office.root / "desired").iterdir():
        file.unlink()
    assert typed("adopt").code == 0
    limits = desired.load_tenant(office.root).model_dump(exclude_unset=True)["limits"]
    assert limits.keys() == {"create", "update", "delete"}


@pytest.mark.issue10(21)
def test_what_taking_back_opens_is_the_locations_to_say_live_as_offline(live: Live) -> None:
    """Whoever goes back gets the permissions of the location, which is asked where nobody describes it."""
    state = live.state()
    person = next(one for one in state["people"] if one["calling"] and one["calling"].get("number"))
    person["calling"]["outgoingPermission"] = custom_permissions(INTERNATIONAL="BLOCK", NATIONAL="BLOCK")
    live.server.load(state)
    live.describe({"people": [{"email": person["emails"][0], "outgoing_permissions": None}]})
    live.remember()
    online, offline = live.plan(), pipeline.plan_offline(live.root)
    assert [one.explicit for one in online.changes] == [one.explicit for one in offline.changes]
    assert online.digest == offline.digest
    said = " ".join(online.changes[0].explicit)
    place = next(one for one in state["locations"] if one["id"] == person["calling"]["location"])
    given = place["calling"].get("outgoingPermission") or {}
    assert ("international" in said) == (given.get("INTERNATIONAL", {}).get("action") == "ALLOW")


def test_what_is_taken_back_where_a_move_is_blocked_is_that_of_the_place_of_now(office: Live) -> None:
    """Whoever cannot go, as somebody there has the extension, stays; the location that gives then is asked, too."""
    state = office.state()
    person = next(one for one in state["people"] if one["emails"] == [BEN])
    person["calling"]["outgoingPermission"] = custom_permissions(INTERNATIONAL="BLOCK")
    there = next(one for one in state["locations"] if one["id"] != person["calling"]["location"])
    taken = next(one for one in state["people"] if (one["calling"] or {}).get("location") == there["id"])
    office.server.load(state)
    move = {"location": there["name"], "extension": taken["calling"]["extension"], "phone_number": None}
    office.describe({"people": [{"email": BEN, **move, "outgoing_permissions": None}]})
    office.remember()
    online, offline = office.plan(), pipeline.plan_offline(office.root)
    assert [finding.rule for finding in online.findings] == ["extensions"]
    assert explicit(online) == explicit(offline)
