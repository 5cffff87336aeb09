"""Order: nothing before what it needs, circles broken by parking, numbers coalesced."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import ReconcileError
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change, Operation, Plan
from reconciler.model.snapshot import Current
from reconciler.planning.diff import compare
from reconciler.planning.order import operations, token

PRO = "Webex Calling - Professional"


def wanted(kind: str, key: str, name: str = "", *, absent: bool = False, **fields: Any) -> Wanted:
    key_field = {"person": "email", "number": "number"}.get(kind, "name")
    return Wanted(kind, key, {key_field: key, **fields}, "desired/x.yaml", 1, absent)


def person(email: str, location: str, extension: str, **more: Any) -> Current:
    fields = {"email": email, "location": location, "extension": extension, "phone_number": None, **more}
    return Current("person", email, f"id-{email}", fields, {"calling": True})


def planned(*pairs: tuple[Wanted, Current | None]) -> list[Operation]:
    return operations([change for want, current in pairs for change in compare(want, current)])


def position(order: list[Operation], name: str) -> int:
    tokens = [token(member.address, op.step) for op in order for member in op.members]
    waves = [op.wave for op in order for _ in op.members]
    return waves[tokens.index(name)]


SITE = wanted(
    "location",
    "Paris",
    address={"address1": "1", "city": "P", "postal_code": "75001", "country": "FR"},
    time_zone="Europe/Paris",
    preferred_language="fr_fr",
    calling={"main_number": "+33199000000", "announcement_language": "fr_fr"},
    pstn={"trunk": "T"},
    internal_dialing={"unknown_extensions": {"enabled": True, "trunk": "T"}},
)
NUMBERS = [wanted("number", f"+3319900000{n}", location="Paris", state="active") for n in range(4)]
HIRE = wanted(
    "person",
    "a@x.com",
    first_name="A",
    location="Paris",
    extension="100",
    phone_number="+33199000001",
    licenses=[PRO],
    forwarding={"always": {"enabled": True, "destination": "200"}},
    numbers={"secondary": ["+33199000002"]},
)


def test_a_new_site_in_the_only_order_that_works() -> None:
    """Location, calling, PSTN, numbers, then main number and people (behaviour row 10)."""
    order = planned((SITE, None), (HIRE, None), *((number, None) for number in NUMBERS))
    chain = ["location/Paris", "location.calling/Paris", "location.pstn/Paris", "number/+33199000000"]
    waves = [position(order, name) for name in chain]
    assert waves == sorted(set(waves))
    assert position(order, "location.calling/Paris#late") > waves[-1]
    assert position(order, "person/a@x.com") > position(order, "number/+33199000001")
    assert position(order, "person.numbers/a@x.com") > position(order, "person/a@x.com")


def test_every_operation_comes_after_what_it_needs() -> None:
    order = planned((SITE, None), (HIRE, None), *((number, None) for number in NUMBERS))
    waves = {token(member.address, op.step): op.wave for op in order for member in op.members}
    for op in order:
        assert all(waves[need] < op.wave for need in op.needs), op.id


def test_numbers_of_one_place_and_state_share_a_request() -> None:
    many = [wanted("number", f"+1555{n:07d}", location="Paris", state="active") for n in range(1500)]
    order = planned(*((number, None) for number in many))
    assert sorted(len(op.members) for op in order) == [500, 1000]


def test_deletes_of_numbers_go_five_by_five() -> None:
    gone = [
        (
            wanted("number", f"+1555000000{n}", absent=True),
            Current(
                "number", f"+1555000000{n}", "i", {"number": "x", "location": "P", "state": "active"}, {"location": "P"}
            ),
        )
        for n in range(7)
    ]
    assert sorted(len(op.members) for op in planned(*gone)) == [2, 5]


def test_a_chain_of_extensions_is_freed_from_its_end() -> None:
    order = planned(
        (wanted("person", "a@x.com", extension="2"), person("a@x.com", "P", "1")),
        (wanted("person", "b@x.com", extension="3"), person("b@x.com", "P", "2")),
    )
    assert position(order, "person/b@x.com") < position(order, "person/a@x.com")


def test_a_swap_parks_one_of_the_two() -> None:
    order = planned(
        (wanted("person", "a@x.com", extension="22"), person("a@x.com", "P", "11")),
        (wanted("person", "b@x.com", extension="11"), person("b@x.com", "P", "22")),
    )
    assert [(op.step, [member.address for member in op.members]) for op in order] == [
        ("park", ["person/a@x.com"]),
        ("", ["person/b@x.com"]),
        ("", ["person/a@x.com"]),
        ("back", ["person/a@x.com"]),  # carried out only where the others were not
    ]
    assert order[0].members[0].want["extension"] not in ("11", "22")


def test_a_ring_of_three_with_moves_is_broken() -> None:
    order = planned(
        (wanted("person", "a@x.com", location="Q"), person("a@x.com", "P", "11")),
        (wanted("person", "b@x.com", location="P"), person("b@x.com", "Q", "11")),
    )
    assert [op.step for op in order] == ["park", "move", "move", "back"]


def test_a_swap_of_numbers_goes_through_none() -> None:
    one, two = "+15550000001", "+15550000002"
    order = planned(
        (wanted("person", "a@x.com", phone_number=two), person("a@x.com", "P", "1", phone_number=one)),
        (wanted("person", "b@x.com", phone_number=one), person("b@x.com", "P", "2", phone_number=two)),
    )
    assert order[0].members[0].want == {"phone_number": None}


def test_a_circle_that_cannot_be_parked_is_said() -> None:
    changes = [
        Change("location/A", "location", "A", "create", "", refs=["location/B"]),
        Change("location/B", "location", "B", "create", "", refs=["location/A"]),
    ]
    with pytest.raises(ReconcileError, match="circle"):
        operations(changes)


def test_a_number_is_removed_after_its_owner_lets_go() -> None:
    number = "+15550000001"
    order = planned(
        (wanted("person", "a@x.com", phone_number=None), person("a@x.com", "P", "1", phone_number=number)),
        (
            wanted("number", number, absent=True),
            Current(
                "number", number, number, {"number": number, "location": "P"}, {"location": "P", "owner": "PEOPLE A"}
            ),
        ),
    )
    assert position(order, "person/a@x.com") < position(order, f"number/{number}")


def test_the_order_does_not_depend_on_the_order_of_changes() -> None:
    pairs = [(SITE, None), (HIRE, None), *((number, None) for number in NUMBERS)]
    forward, backward = planned(*pairs), planned(*reversed(pairs))
    assert [op.to_json() for op in forward] == [op.to_json() for op in backward]


def test_a_plan_is_the_same_after_a_trip_through_its_file() -> None:
    changes = [change for want in (SITE, HIRE) for change in compare(want, None)]
    plan = Plan("org", "Org", "", "f", changes, operations(changes), [], 3, 5)
    again = Plan.loads(plan.dumps(), "plan.json")
    assert again.dumps() == plan.dumps()
    assert again.digest == plan.digest


@pytest.mark.issue10(1)
def test_sections_wait_for_all_of_their_parked_owner() -> None:
    """A move behind the parking wipes what is written before it."""
    forwarding = {"always": {"enabled": True, "destination": "200"}}
    here = person("a@x.com", "Paris", "100", forwarding={"always": {"enabled": False, "destination": None}})
    there = person("b@x.com", "Lyon", "100", forwarding={"always": {"enabled": False, "destination": None}})
    order = planned(
        (wanted("person", "a@x.com", location="Lyon", extension="100", forwarding=forwarding), here),
        (wanted("person", "b@x.com", location="Paris", extension="100", forwarding=forwarding), there),
    )
    for one in ("a", "b"):
        assert position(order, f"person/{one}@x.com#move") < position(order, f"person.forwarding/{one}@x.com")
    assert position(order, "person/a@x.com#park") < position(order, "person/b@x.com#move")


@pytest.mark.issue10(1)
def test_a_number_that_moves_along_waits_for_the_move_and_not_for_the_parking() -> None:
    number = "+33199000001"
    inventory = Current("number", number, number, {"number": number, "location": "Paris", "state": "active"})
    here, there = person("a@x.com", "Paris", "100", phone_number=number), person("b@x.com", "Lyon", "100")
    order = planned(
        (wanted("person", "a@x.com", location="Lyon", extension="100"), here),
        (wanted("person", "b@x.com", location="Paris", extension="100"), there),
        (wanted("number", number, location="Lyon", state="active"), inventory),
    )
    assert position(order, "person/a@x.com#move") < position(order, f"number/{number}")
