"""Who waits for each other goes round by parking one of them: on something free, taken back where the others do not
come about, and said before where nobody can give way (issue 10, item 19)."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler import pipeline
from reconciler.model.applied import Applied
from reconciler.model.plan import Change, Plan
from reconciler.planning import parking
from reconciler.planning.guards import Proposal, judged
from reconciler.planning.order import operations
from reconciler.planning.parking import BACK, PARK
from tests.support.budget import check_calls
from tests.support.live import Live
from tests.support.state import value_at

pytestmark = pytest.mark.issue10(19)

NOAH, SIAN = "noah.tanaka@example.com", "sian.brightwater@example.com"
JOSE, SOREN = "jose.dvorak@example.com", "soren.lindqvist@example.com"
NUMBERS = {
    "people": [{"email": NOAH, "phone_number": "+442079460014"}, {"email": SIAN, "phone_number": "+442079460012"}]
}
EXTENSIONS = {"people": [{"email": JOSE, "extension": "0115"}, {"email": SOREN, "extension": "0121"}]}


def verdicts(applied: Applied) -> dict[str, str]:
    return {f"{one.operation}": str(one.verdict) for one in applied.outcomes if one.verdict != "verified"}


def parked(plan: Plan) -> Any:
    (member,) = (member for o in plan.operations if o.step == PARK for member in o.members)
    return member


def changed(live: Live, email: str, **calling: Any) -> None:
    state = live.state()
    for person in state["people"]:
        if email in person["emails"]:
            person["calling"] |= calling
    live.server.load(state)


@pytest.mark.parametrize("desired", [NUMBERS, EXTENSIONS], ids=["numbers", "extensions"])
def test_who_was_parked_gets_back_what_they_had_where_the_second_write_is_refused(
    desired: dict[str, Any], live: Live
) -> None:
    before = live.state()
    live.describe(desired)
    plan = live.plan()
    assert [o.step for o in plan.operations] == [PARK, "", "", BACK]
    live.server.faults([{"match": {"method": "PUT", "route": "/people/{personId}"}, "nth": 2, "do": {"status": 400}}])
    applied = live.apply(plan)
    live.server.no_faults()
    first, second = (member.address for o in plan.operations[1:3] for member in o.members)
    assert verdicts(applied) == {first: "failed", second: "skipped"}
    (back,) = (one for one in applied.outcomes if one.operation.endswith(f"#{BACK}"))
    assert back.verdict == "verified" and back.wrote
    for one in desired["people"]:
        path = f"people/{one['email']}/calling"
        assert value_at(live.state(), path) == value_at(before, path)
    live.server.advance(60)
    again = pipeline.retry(live.root, "last")
    assert verdicts(live.apply(again)) == {}
    for one in desired["people"]:
        for name, value in one.items():
            if name != "email":
                name = {"phone_number": "number"}.get(name, name)
                assert value_at(live.state(), f"people/{one['email']}/calling/{name}") == value


def test_a_closed_circle_takes_nothing_back_and_costs_nothing_for_it(live: Live) -> None:
    live.describe(EXTENSIONS)
    plan = live.plan()
    live.forget()
    applied = live.apply(plan)
    assert verdicts(applied) == {}
    check_calls(plan, live.requests())
    (back,) = (one for one in applied.outcomes if one.operation.endswith(f"#{BACK}"))
    assert not back.wrote and "nothing to take back" in back.why


def test_two_with_a_number_and_no_extension_swap(live: Live) -> None:
    for email in (NOAH, SIAN):
        changed(live, email, extension=None)
    live.describe(NUMBERS)
    plan = live.plan()
    assert parked(plan).want["phone_number"] is None and parked(plan).want["extension"]
    assert verdicts(live.apply(plan)) == {}
    for one in NUMBERS["people"]:
        calling = value_at(live.state(), f"people/{one['email']}/calling")
        assert (calling["number"], calling.get("extension")) == (one["phone_number"], None)


def test_one_with_an_extension_is_parked_rather_than_one_without(live: Live) -> None:
    changed(live, NOAH, extension=None)
    live.describe(NUMBERS)
    plan = live.plan()
    assert parked(plan).address == f"person/{SIAN}" and parked(plan).want == {"phone_number": None}
    assert verdicts(live.apply(plan)) == {}


@pytest.mark.parametrize("offline", [False, True])
def test_the_parked_extension_is_one_that_nobody_has(offline: bool, live: Live) -> None:
    live.describe(EXTENSIONS)
    usual = parked(live.plan()).want["extension"]
    changed(live, "hiro.harcourt@example.com", extension=usual)  # whom nobody describes
    if offline:
        live.remember()
    plan = pipeline.plan_offline(live.root) if offline else live.plan()
    assert parked(plan).want["extension"] != usual
    assert verdicts(live.apply(plan)) == {}


def test_what_is_reserved_is_reserved_once() -> None:
    """Keys of the same letters; two circles at one place; what one is to have is nobody's while they are parked."""
    emails = ["ab@x.com", "ba@x.com", "cd@x.com", "dc@x.com"]
    own = dict(zip(emails, ("11", "22", "33", "44"), strict=True))
    wanted = dict(zip(emails, ("22", "11", "44", "33"), strict=True))
    changes = [
        Change(
            f"person/{email}",
            "person",
            email,
            "update",
            "",
            want={"extension": wanted[email]},
            before={"extension": own[email], "location": "P"},
            takes=[f"extension:P:{wanted[email]}"],
            frees=[f"extension:P:{own[email]}"],
        )
        for email in emails
    ]
    changes = parking.reserved(changes, lambda claim: "", lambda kind, key: None)
    given = [change.park["extension"] for change in changes]
    assert len(set(given)) == 4 and not {*given} & {*own.values()}
    first = given[0]

    def held(claim: str) -> str:
        return "somebody" if claim.endswith(first) else ""

    changes = parking.reserved(changes, held, lambda kind, key: None)
    assert first not in [change.park["extension"] for change in changes]


def test_swapped_routing_prefixes_go_through_a_free_one(live: Live) -> None:
    halves = {one["name"]: one["calling"]["routingPrefix"] for one in live.state()["locations"] if one.get("calling")}
    (one, first), (other, second) = [(name, prefix) for name, prefix in halves.items() if prefix][:2]
    swap = [{"name": one, "calling": {"routing_prefix": second}}, {"name": other, "calling": {"routing_prefix": first}}]
    live.describe({"locations": swap})
    plan = live.plan()
    assert not plan.findings
    free = parked(plan).want["routing_prefix"]
    assert free not in halves.values() and len(free) == len(first)
    live.forget()
    assert verdicts(live.apply(plan)) == {}
    check_calls(plan, live.requests())
    after = {one["name"]: one["calling"]["routingPrefix"] for one in live.state()["locations"] if one.get("calling")}
    assert after == {**halves, one: second, other: first}


def test_a_circle_that_nobody_can_break_is_blocked_alone_and_said_before() -> None:
    sites = [
        Change("location/A", "location", "A", "create", "", refs=["location/B"], takes=["x:y:1"]),
        Change("location/B", "location", "B", "create", "", refs=["location/A"], frees=["x:y:1"]),
    ]
    ana = Change("person/a@x.com", "person", "a@x.com", "update", "", want={"display_name": "A"}, before={})
    found = judged(Proposal([*sites, ana]))
    assert {(one.rule, one.address) for one in found.findings} == {("circle", "location/A"), ("circle", "location/B")}
    assert [o.id for o in operations(found.changes)] == ["person/a@x.com"]
