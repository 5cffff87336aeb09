"""A changed key is no second object: where one that nobody describes fits, the create is blocked and says which."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler import pipeline
from reconciler.model.plan import Plan
from tests.support.live import Live, changes_of

pytestmark = pytest.mark.issue10(24)
PRO = "Webex Calling - Professional"


def plans(live: Live, lift: Any = ()) -> list[Plan]:
    live.remember()
    offline = [pipeline.plan_offline(live.root, lift=lift, cache=cache) for cache in (False, True)]
    return [live.plan(lift=lift), *offline]


def of(plan: Plan) -> dict[str, str]:
    return {one.address: one.why for one in plan.findings if one.rule == "changed-key"}


@pytest.mark.parametrize("how", ["extension", "number", "both"])
def test_a_marriage_is_no_second_person(live: Live, how: str) -> None:
    person = next(one for one in live.export().kinds["person"].values() if one.fields.get("phone_number"))
    taken = {"extension": person.fields["extension"], "phone_number": person.fields["phone_number"]}
    kept = {"extension": ["extension"], "number": ["phone_number"], "both": list(taken)}[how]
    entry = {
        "email": "married@example.com",
        "first_name": "Zoe",
        "location": person.fields["location"],
        "licenses": [PRO],
    }
    live.describe({"people": [{**entry, **{name: taken[name] for name in kept}}]})
    for plan in plans(live):
        assert person.key in of(plan)["person/married@example.com"]
        assert plan.operations == []
    for plan in plans(live, lift=["changed-key:person/married@example.com"]):
        # what else objects is another matter, and has its own name
        assert {one.rule for one in plan.findings if not one.lifted} <= {"numbers", "extensions"}


def test_who_is_described_gives_up_what_another_gets(live: Live) -> None:
    """The holder is in desired: that is a handing over, no renaming."""
    person = next(one for one in live.export().kinds["person"].values() if one.fields.get("phone_number"))
    place, number = person.fields["location"], person.fields["phone_number"]
    people = [
        {"email": person.key, "phone_number": None},
        {"email": "new@example.com", "first_name": "N", "location": place, "licenses": [PRO], "phone_number": number},
    ]
    live.describe({"people": people})
    assert all(of(plan) == {} for plan in plans(live))


def test_a_described_room_with_a_comma_in_its_name_gives_up_its_extension(live: Live) -> None:
    tenant = live.state()
    room = next(one for one in tenant["workspaces"] if one["displayName"] == "Board Room")
    room["displayName"] = "Board Room, 2nd floor"
    live.server.load(tenant)
    new = {"name": "Lounge", "location": "London HQ", "license": PRO, "extension": "7000"}
    live.describe({"workspaces": [{"name": "Board Room, 2nd floor", "extension": "7999"}, new]})
    assert all(of(plan) == {} for plan in plans(live))


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("Board Room 2", "7000"),
        ("BOARD  room", "4477"),
        ("Board\u00adRoom", "4477"),
        ("B\u043eard Room", "4477"),
    ],
)
def test_a_new_sign_on_a_door_is_no_second_room(live: Live, name: str, extension: str) -> None:
    """By its extension, or by a name that looks the same."""
    if name == "Board\u00adRoom":
        name = "Board\u00ad Room"
    live.describe({"workspaces": [{"name": name, "location": "London HQ", "license": PRO, "extension": extension}]})
    for plan in plans(live):
        assert "workspace/Board Room" in of(plan)[f"workspace/{name}"]
        assert plan.operations == []


def test_a_location_that_an_admin_renamed_is_one_finding(live: Live) -> None:
    """Everybody's location refers to the old name; nobody has moved."""
    snapshot = live.export()
    address = snapshot.kinds["location"]["Manchester"].fields["address"]
    people = [one for one in snapshot.kinds["person"].values() if one.fields.get("location") == "Manchester"]
    numbers = [key for key, one in snapshot.kinds["number"].items() if one.fields.get("location") == "Manchester"]
    state = live.state()
    next(one for one in state["locations"] if one["name"] == "Manchester")["name"] = "Manchester North"
    live.server.load(state)
    live.describe(
        {
            "locations": [
                {
                    "name": "Manchester",
                    "address": {name: value for name, value in address.items() if value},
                    "time_zone": "Europe/London",
                    "preferred_language": "en_gb",
                    "calling": {"outside_dial_digit": "9"},
                    "numbers": [{"number": key} for key in numbers[:5]],
                }
            ],
            "people": [
                {"email": one.key, "location": "Manchester", "extension": one.fields["extension"]} for one in people
            ],
        }
    )
    assert len(people) > 10
    for plan in plans(live):
        assert changes_of(plan) == {"location/Manchester": "create"}
        assert "location/Manchester North" in of(plan)["location/Manchester"]
        assert [one.address for one in plan.findings] == ["location/Manchester"] and plan.operations == []
    for plan in plans(live, lift=["changed-key:location/Manchester"]):
        assert sum(one.startswith("person/") for one in changes_of(plan)) == len(people)


def test_people_at_a_location_that_nobody_describes_and_that_was_renamed_are_one_error(live: Live) -> None:
    from reconciler.errors import InputError

    people = [one for one in live.export().kinds["person"].values() if one.fields.get("location") == "Manchester"]
    state = live.state()
    next(one for one in state["locations"] if one["name"] == "Manchester")["name"] = "Manchester North"
    live.server.load(state)
    live.describe({"people": [{"email": one.key, "location": "Manchester"} for one in people]})
    with pytest.raises(InputError) as raised:
        live.plan()
    assert len(raised.value.problems) == 1 and f"{len(people) - 1} others" in str(raised.value)


def test_what_is_really_new_is_made(live: Live) -> None:
    live.describe({"workspaces": [{"name": "Studio", "location": "London HQ", "license": PRO, "extension": "4488"}],
                   "people": [{"email": "new@example.com", "first_name": "New"}]})  # fmt: skip
    for plan in plans(live):
        assert plan.findings == [] and len(plan.operations) == 2
