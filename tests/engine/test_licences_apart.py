"""Licences of people go by `PATCH /licenses/users`, apart from the profile, and where a directory owns people nothing
here writes their profile (item 27). Judged by the tenant's own state."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.model.outcome import Verdict
from reconciler.model.plan import Plan
from reconciler.model.selection import ALL
from reconciler.planning.ending import exit_code
from tests.support.budget import check_calls
from tests.support.live import Live, changes_of

pytestmark = pytest.mark.issue10(27)
PROFESSIONAL, STANDARD, MESSAGING = "Webex Calling - Professional", "Webex Calling - Standard", "Messaging"
PATCH, PUT, MOVE = "PATCH /licenses/users", "PUT /people/{personId}", "POST /telephony/config/jobs/person/moveLocation"
NOAH, MEI = "noah.tanaka@example.com", "mei.ramirez@example.com"  # one who calls from London, one without calling
FORWARDING = {"always": {"destination": "+442079460099"}}


def person(live: Live, email: str) -> dict[str, Any]:
    state = live.state()
    names = {one["id"]: one["name"] for one in state["licenses"]}
    places = {one["id"]: one["name"] for one in state["locations"]}
    found = next(one for one in state["people"] if email in one["emails"])
    block = found["calling"] or {}
    return {
        **found,
        "held": {names[key] for key in found["licenses"]},
        "place": places.get(block.get("location", "")),
        "extension": block.get("extension"),
        "number": block.get("number"),
    }


def carried_out(live: Live, *people: dict[str, Any], **settings: Any) -> tuple[Plan, dict[str, str]]:
    """The plan and its verdicts; the forecast is what is counted, and a second plan is empty."""
    live.describe({"people": list(people)}, **settings)
    plan = live.plan()
    assert not [finding for finding in plan.findings if not finding.lifted]
    live.forget()
    applied = live.apply(plan)
    verdicts = {outcome.address: str(outcome.verdict) for outcome in applied.outcomes}
    return plan, verdicts


def wire(live: Live, route: str) -> list[str]:
    return [one["route"] for one in live.server.log() if f"{one['method']} {one['route']}" == route]


def all_verified(verdicts: dict[str, str]) -> bool:
    return set(verdicts.values()) == {str(Verdict.VERIFIED)}


def test_a_licence_alone_never_writes_the_profile(live: Live) -> None:
    plan, verdicts = carried_out(live, {"email": NOAH, "licenses": [PROFESSIONAL]})
    assert live.writes() == {PATCH: 1} and all_verified(verdicts)
    assert person(live, NOAH)["held"] == {PROFESSIONAL}
    assert [operation.step for operation in plan.operations] == ["licenses"]
    assert not live.plan().operations


def test_a_calling_licence_brings_place_and_address_in_one_request(live: Live) -> None:
    wanted = {"email": MEI, "location": "Manchester", "extension": "1200", "phone_number": "+441614960001",
              "licenses": [PROFESSIONAL, MESSAGING]}  # fmt: skip
    _, verdicts = carried_out(live, wanted)
    assert live.writes() == {PATCH: 1} and all_verified(verdicts)
    found = person(live, MEI)
    assert (found["place"], found["extension"], found["number"]) == ("Manchester", "1200", "+441614960001")
    assert not live.plan().operations


def test_an_extension_alone_stays_a_put(live: Live) -> None:
    _, verdicts = carried_out(live, {"email": NOAH, "extension": "0199"})
    assert live.writes() == {PUT: 1} and all_verified(verdicts)
    assert person(live, NOAH)["extension"] == "0199"


@pytest.mark.parametrize("position", ["kept", "reset"])
def test_a_name_and_a_licence_are_two_requests_and_neither_undoes_the_other(live: Live, position: str) -> None:
    live.server.turn("people_put_omitted", position)
    _, verdicts = carried_out(live, {"email": NOAH, "display_name": "N. Tanaka", "licenses": [PROFESSIONAL]})
    assert live.writes() == {PATCH: 1, PUT: 1} and all_verified(verdicts)
    found = person(live, NOAH)
    assert (found["displayName"], found["held"], found["extension"]) == ("N. Tanaka", {PROFESSIONAL}, "0106")


@pytest.mark.parametrize("position", ["kept", "lost"])
def test_a_swap_of_calling_licences_is_one_request_with_the_address_as_it_is(live: Live, position: str) -> None:
    """Where the API lets the settings go with the first licence, the run does not say verified of what is described."""
    entry = {"email": MEI, "location": "Manchester", "extension": "1200", "licenses": [STANDARD]}
    carried_out(live, {**entry, "forwarding": FORWARDING})
    live.server.turn("license_swap_settings", position)
    _, verdicts = carried_out(live, {"email": MEI, "licenses": [PROFESSIONAL, MESSAGING]})
    assert live.writes() == {PATCH: 1} and all_verified(verdicts) is (position == "kept")
    found = person(live, MEI)
    assert (found["held"], found["extension"], found["place"]) == ({PROFESSIONAL, MESSAGING}, "1200", "Manchester")


def test_what_the_api_refuses_as_a_downgrade_is_blocked_before_anything_is_written(live: Live) -> None:
    live.describe({"people": [{"email": NOAH, "licenses": [STANDARD]}]})
    (change,) = live.plan().changes
    assert "400112" in change.blocked and PROFESSIONAL in change.blocked


def test_losing_calling_is_one_request_and_frees_address_for_another(live: Live) -> None:
    other = "jose.dvorak@example.com"
    _, verdicts = carried_out(
        live, {"email": NOAH, "licenses": [MESSAGING]},
        {"email": other, "extension": "0106", "phone_number": "+442079460012"},
    )  # fmt: skip
    assert live.writes() == {PATCH: 1, PUT: 1} and all_verified(verdicts)
    assert person(live, NOAH)["calling"] is None
    assert (person(live, other)["extension"], person(live, other)["number"]) == ("0106", "+442079460012")


def test_a_licence_changes_beside_a_move(live: Live) -> None:
    """The job moves, the licence follows; neither takes the other back, and what is described is set anew."""
    _, verdicts = carried_out(
        live, {"email": NOAH, "location": "Manchester", "licenses": [PROFESSIONAL], "forwarding": FORWARDING}
    )
    assert all_verified(verdicts)
    assert live.writes() == {MOVE: 1, PATCH: 1, "PUT /people/{personId}/features/callForwarding": 1}
    found = person(live, NOAH)
    assert (found["place"], found["held"]) == ("Manchester", {PROFESSIONAL})
    assert found["calling"]["forwarding"]["always"]["destination"] == "+442079460099"


@pytest.mark.parametrize(
    "entry",
    [
        {"email": NOAH, "licenses": [PROFESSIONAL]},
        {"email": NOAH, "licenses": [PROFESSIONAL], "display_name": "N. Tanaka", "extension": "0199"},
        {"email": MEI, "licenses": [PROFESSIONAL, MESSAGING], "location": "Manchester", "extension": "1200"},
        {"email": NOAH, "licenses": [MESSAGING]},
    ],
    ids=["one less", "one less, name and extension", "calling given", "calling taken"],
)
def test_undo_takes_each_back(live: Live, entry: dict[str, Any]) -> None:
    email = entry["email"]
    before = person(live, email)
    carried_out(live, entry)
    assert person(live, email)["held"] != before["held"]
    back = asyncio.run(pipeline.undo(live.root, live.tenant, "last", ALL))
    live.forget()
    applied = live.apply(back)
    assert {str(outcome.verdict) for outcome in applied.outcomes} == {"verified"}, applied.outcomes
    assert PATCH in live.writes()
    after = person(live, email)
    compared = ("held", "displayName", "place", "extension", "number")
    assert {name: after[name] for name in compared} == {name: before[name] for name in compared}


def test_what_is_foretold_is_what_is_asked(live: Live) -> None:
    people = [
        {"email": NOAH, "licenses": [PROFESSIONAL], "display_name": "N. Tanaka"},
        {"email": MEI, "licenses": [PROFESSIONAL, MESSAGING], "location": "Manchester", "extension": "1200"},
        {"email": "jose.dvorak@example.com", "licenses": [MESSAGING]},
    ]
    live.describe({"people": people})
    plan = live.plan()
    live.forget()
    live.apply(plan)
    check_calls(plan, live.requests())


def test_a_success_in_part_is_read_back(live: Live) -> None:
    """206: the licence has no units left. Nothing is called verified that is not there."""
    tenant = live.state()
    spent = next(one for one in tenant["licenses"] if one["name"] == STANDARD)
    live.describe({"people": [{"email": MEI, "location": "Manchester", "extension": "1200",
                               "licenses": [STANDARD, MESSAGING]}]})  # fmt: skip
    plan = live.plan()
    spent["totalUnits"] = 0
    live.server.load(tenant)
    applied = live.apply(plan)
    assert [str(outcome.verdict) for outcome in applied.outcomes] == ["drifted"]
    assert person(live, MEI)["held"] == {MESSAGING}


def test_a_licence_in_no_list_stays(live: Live) -> None:
    key = next(one["id"] for one in live.state()["licenses"] if not one.get("listed", True))
    hidden = live.server.state()["licenses"]
    name = next(one["name"] for one in hidden if one["id"] == key)
    state = live.state()
    next(one for one in state["people"] if NOAH in one["emails"])["licenses"].append(key)
    live.server.load(state)
    carried_out(live, {"email": NOAH, "licenses": {MESSAGING: False}})
    assert person(live, NOAH)["held"] == {PROFESSIONAL, name}


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"email": NOAH, "display_name": "Noah T."}, "display_name"),
        ({"email": NOAH, "first_name": "N", "last_name": "T", "extension": "0199"}, "first_name"),
        ({"email": "new@example.com", "first_name": "New", "last_name": "One"}, ""),
    ],
    ids=["name", "names beside an extension", "create"],
)
def test_where_a_directory_owns_people_profile_and_creation_are_blocked(
    live: Live, entry: dict[str, Any], field: str
) -> None:
    live.describe({"people": [entry]}, identity="directory")
    plan = live.plan()
    (finding,) = [one for one in plan.findings if one.rule == "identity"]
    assert not plan.operations and finding.address == f"person/{entry['email']}" and not finding.override
    assert field in finding.why and "directory" in finding.do
    assert changes_of(plan)[finding.address] == ("update" if field else "create")


def gone(live: Live) -> None:
    """The last person is described as not to be there."""
    live.describe({"people": [{"email": NOAH, "state": "absent"}]}, identity="directory")
    live.remember()


@pytest.mark.parametrize("how", ["live", "offline", "cached"])
def test_where_a_directory_owns_people_a_delete_is_blocked_and_says_what_to_do(live: Live, how: str) -> None:
    gone(live)
    plans = {
        "live": live.plan,
        "offline": lambda: pipeline.plan_offline(live.root, cache=False),
        "cached": lambda: pipeline.plan_offline(live.root),
    }
    for _ in range(2):
        plan = plans[how]()
        (finding,) = [one for one in plan.findings if one.rule == "identity"]
        assert finding.address == f"person/{NOAH}" and not finding.lifted and not plan.operations
        assert "licenses: []" in finding.do and "directory" in finding.why
    assert exit_code(plan) == 4 and person(live, NOAH)["extension"] == "0106"


def test_who_was_added_by_hand_is_deleted_when_that_is_lifted_by_name(live: Live) -> None:
    gone(live)
    plan = live.plan(lift=[f"identity:{NOAH}"])
    assert [str(one.verdict) for one in live.apply(plan).outcomes] == ["verified"]
    assert not [one for one in live.state()["people"] if NOAH in one["emails"]]


@pytest.mark.parametrize(
    "entry",
    [{"email": NOAH, "display_name": "N."}, {"email": "a@example.com", "first_name": "A"},
     {"email": NOAH, "extension": "0199"}, {"email": NOAH, "licenses": [PROFESSIONAL]}],
    ids=["name", "create", "extension", "licence"],
)  # fmt: skip
def test_the_offline_plan_is_the_live_one_where_a_directory_owns_people(live: Live, entry: dict[str, Any]) -> None:
    live.describe({"people": [entry]}, identity="directory")
    live.remember()
    assert pipeline.plan_offline(live.root).digest == live.plan().digest
    live.describe({"people": [entry]})  # the same files, and a cache of before
    assert pipeline.plan_offline(live.root).digest == live.plan().digest


@pytest.mark.parametrize("position", ["directory", "directory_changes"])
def test_where_a_directory_owns_people_licences_are_written_all_the_same(live: Live, position: str) -> None:
    live.server.turn("people_profile_owner", position)
    _, verdicts = carried_out(
        live, {"email": NOAH, "licenses": [PROFESSIONAL]},
        {"email": MEI, "location": "Manchester", "extension": "1200", "licenses": [PROFESSIONAL, MESSAGING]},
        identity="directory",
    )  # fmt: skip
    assert live.writes() == {PATCH: 2} and all_verified(verdicts)


def test_a_refused_put_says_who_owns_the_profile_and_what_to_do(live: Live) -> None:
    live.server.turn("people_profile_owner", "directory")
    live.describe({"people": [{"email": NOAH, "extension": "0199"}]})
    applied = live.apply(live.plan())
    (outcome,) = applied.outcomes
    assert str(outcome.verdict) == "failed" and "identity: directory" in outcome.why
    assert person(live, NOAH)["extension"] == "0106"


def test_an_extension_beside_the_same_profile_passes_where_only_changes_are_refused(live: Live) -> None:
    live.server.turn("people_profile_owner", "directory_changes")
    _, verdicts = carried_out(live, {"email": NOAH, "extension": "0199"}, identity="directory")
    assert live.writes() == {PUT: 1} and all_verified(verdicts)
