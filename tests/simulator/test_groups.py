"""Groups and their members (`/groups`, §2, §1.6, §1.7)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.groups import Group, GroupMember

from reconciler.simulator import Simulator
from reconciler.simulator.core import ids as webex

Json = dict[str, Any]
LOCATIONS = ["London HQ", "Manchester", "New York"]


def person(simulator: Simulator, position: int) -> str:
    return webex.encode("PEOPLE", simulator.state()["people"][position]["id"])


def make(call: Any, name: str, *members: str) -> Json:
    body = {"displayName": name, "members": [{"id": member} for member in members]}
    answer = call("POST", "/groups", body)
    assert answer.status == 201
    made: Json = answer.body
    return made


def test_every_location_has_a_group_of_its_name(api: WebexSimpleApi, simulator: Simulator, call: Any) -> None:
    listed = list(api.groups.list())
    assert [(one.display_name, one.usage) for one in listed] == [(name, "location") for name in LOCATIONS]
    location = call("GET", "/locations?name=Manchester").body["items"][0]
    simulator.edit("PUT", f"/locations/{location['id']}", {"name": "Salford"})
    renamed = next(one for one in api.groups.list() if one.display_name == "Salford")
    assert renamed.group_id == listed[1].group_id
    assert api.groups.details(renamed.group_id).display_name == "Salford"


@pytest.mark.parametrize(("position", "status"), [("403", 403), ("404", 404)])
def test_switch_location_group_write(call: Any, simulator: Simulator, position: str, status: int) -> None:
    simulator.turn("location_group_write", position)
    key = call("GET", "/groups").body["groups"][0]["id"]
    assert call("PATCH", f"/groups/{key}", {"displayName": "Mine"}).status == status
    assert call("DELETE", f"/groups/{key}").status == status
    assert call("GET", f"/groups/{key}").body["displayName"] == "London HQ"


def test_life_of_a_group(api: WebexSimpleApi, simulator: Simulator) -> None:
    one, two = person(simulator, 1), person(simulator, 2)
    made = api.groups.create(Group(display_name="Sales", description="They sell", members=[GroupMember(member_id=one)]))
    assert (made.display_name, made.description, made.member_size) == ("Sales", "They sell", 1)
    assert made.members and made.members[0].member_id == one and made.members[0].member_type == "user"
    assert api.groups.details(made.group_id).members is None
    assert api.groups.details(made.group_id, include_members=True).member_size == 1
    added = api.groups.update(made.group_id, Group(members=[GroupMember(member_id=two)]))
    assert added.member_size == 2 and added.description == "They sell"
    gone = GroupMember(member_id=one, operation="delete")
    changed = api.groups.update(made.group_id, Group(display_name="Marketing", members=[gone]))
    assert (changed.display_name, changed.member_size) == ("Marketing", 1)
    assert [member.member_id for member in api.groups.members(made.group_id)] == [two]
    api.groups.delete_group(made.group_id)
    assert [group.display_name for group in api.groups.list()] == LOCATIONS


def test_forms_of_a_patch(call: Any, simulator: Simulator) -> None:
    people = [person(simulator, position) for position in range(1, 4)]
    key = make(call, "Sales", *people)["id"]
    kept = [{"value": simulator.state()["people"][1]["id"]}]
    body = {"schemas": [], "Operations": [{"op": "replace", "path": "members", "value": kept}]}
    assert [one["id"] for one in call("PATCH", f"/groups/{key}", body).body["members"]] == people[:1]
    body = {"schemas": [], "Operations": [{"op": "replace", "path": "displayName", "value": "Sold"}]}
    assert call("PATCH", f"/groups/{key}", body).body["displayName"] == "Sold"
    body = {"schemas": [], "Operations": [{"op": "shuffle", "path": "members"}]}
    assert call("PATCH", f"/groups/{key}", body).status == 400
    purged = call("PATCH", f"/groups/{key}", {"purgeAllValues": {"attributes": ["members"]}})
    assert (purged.status, purged.body["memberSize"]) == (200, 0)


def test_filter_sorting_and_pages(call: Any, api: WebexSimpleApi) -> None:
    for name in ("alpha", "Beta", "betamax"):
        make(call, name)

    def names(query: str) -> list[str]:
        return [one["displayName"] for one in call("GET", f"/groups?{query}").body["groups"]]

    assert names('filter=displayName%20eq%20"beta"') == ["Beta"]
    assert names('filter=displayName%20sw%20"BETA"') == ["Beta", "betamax"]
    assert call("GET", '/groups?filter=id%20eq%20"x"').status == 400
    assert names("sortBy=displayName&sortOrder=descending")[:2] == ["New York", "Manchester"]
    assert call("GET", "/groups?sortBy=usage").status == 400
    page = call("GET", "/groups?startIndex=3&count=2")
    assert {name: page.body[name] for name in ("totalResults", "startIndex", "itemsPerPage")} == {
        "totalResults": 6, "startIndex": 3, "itemsPerPage": 2,
    }  # fmt: skip
    assert "startIndex=5" in page.headers["Link"]
    assert len(list(api.groups.list(count=2))) == 6
    assert call("GET", "/groups?startIndex=x").status == 400
    assert "Link" not in call("GET", "/groups?startIndex=5&count=2").headers


def test_members_in_pages(call: Any, simulator: Simulator) -> None:
    members = [person(simulator, position) for position in range(10)]
    key = make(call, "Sales", *members)["id"]
    page = call("GET", f"/groups/{key}/members?startIndex=4&count=3")
    assert [one["id"] for one in page.body["members"]] == members[3:6] and page.body["memberSize"] == 10
    assert "startIndex=7" in page.headers["Link"]
    assert call("GET", f"/groups/{key}/Members").body["members"][0]["displayName"]
    assert len(call("GET", "/groups?includeMembers=true").body["groups"][-1]["members"]) == 10


def test_members_that_end_are_gone(call: Any, simulator: Simulator) -> None:
    one, two = person(simulator, 56), person(simulator, 57)
    inner = make(call, "Inner", one)["id"]
    outer = make(call, "Outer", two, inner)["id"]
    assert [member["type"] for member in call("GET", f"/groups/{outer}/members").body["members"]] == ["user", "group"]
    simulator.edit("DELETE", f"/people/{two}")
    simulator.edit("DELETE", f"/groups/{inner}")
    assert call("GET", f"/groups/{outer}?includeMembers=true").body["memberSize"] == 0
    assert [group["members"] for group in simulator.state()["groups"]] == [[]]


@pytest.mark.parametrize(("position", "at_once"), [("0s", 1), ("25s", 0)])
def test_switch_group_membership_lag(call: Any, simulator: Simulator, position: str, at_once: int) -> None:
    simulator.run_clock(0)
    simulator.turn("group_membership_lag", position)
    key = make(call, "Sales", person(simulator, 1))["id"]
    assert call("GET", f"/groups/{key}").body["memberSize"] == at_once
    simulator.advance(25)
    assert call("GET", f"/groups/{key}").body["memberSize"] == 1


@pytest.mark.parametrize(("position", "status"), [("409", 409), ("allow", 201)])
def test_switch_group_name_duplicate(call: Any, simulator: Simulator, position: str, status: int) -> None:
    simulator.turn("group_name_duplicate", position)
    make(call, "Sales")
    assert call("POST", "/groups", {"displayName": "sales"}).status == status
    other = make(call, "Other")["id"]
    assert call("PATCH", f"/groups/{other}", {"displayName": "Sales"}).status == (200 if position == "allow" else 409)
    assert call("PATCH", f"/groups/{other}", {"displayName": "Other"}).status == 200


@pytest.mark.parametrize("position", ["org_first", "group_first"])
def test_switch_group_id_order(call: Any, simulator: Simulator, position: str) -> None:
    simulator.turn("group_id_order", position)
    made = make(call, "Sales")
    kind, value = webex.decode(made["id"]) or ("", "")
    org, group = simulator.state()["org"]["id"], simulator.state()["groups"][0]["id"]
    assert kind == "SCIM_GROUP" and value == (f"{org}:{group}" if position == "org_first" else f"{group}:{org}")
    for text in (f"{org}:{group}", f"{group}:{org}"):
        assert call("GET", f"/groups/{webex.encode('SCIM_GROUP', text)}").body["displayName"] == "Sales"
    assert call("GET", f"/groups/{group}").body["id"] == made["id"]
    make(call, "Outer", made["id"])


@pytest.mark.parametrize(
    "body",
    [{}, {"displayName": ""}, {"displayName": ["x"]}, {"displayName": "x", "members": "all"},
     {"displayName": "x", "members": [{}]}, {"displayName": "x", "members": [{"id": "nobody"}]}],
)  # fmt: skip
def test_wrong_bodies(call: Any, simulator: Simulator, body: Json) -> None:
    before = simulator.state()
    assert call("POST", "/groups", body).status == 400
    assert simulator.state() == before


def test_unknown_and_wrong_ids(call: Any) -> None:
    lost = webex.encode("SCIM_GROUP", "11111111-1111-4111-8111-111111111111:22222222-2222-4222-8222-222222222222")
    assert call("GET", f"/groups/{lost}").status == 404
    assert call("GET", f"/groups/{webex.encode('PEOPLE', 'x')}").status == 400
    assert call("PATCH", f"/groups/{lost}", {"displayName": "x"}).status == 404


def test_groups_survive_a_restart(tmp_path: Path) -> None:
    with Simulator(data_dir=tmp_path) as first:
        first.edit("POST", "/groups", {"displayName": "Sales", "members": [{"id": person(first, 3)}]})
        kept = first.state()
    with Simulator(data_dir=tmp_path) as second:
        assert second.state() == kept
