"""SCIM groups and bulk; SCIM users by filter, PATCH and encoded organisation (§10, §1.6, §17.15)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.scim.bulk import BulkMethod, BulkOperation
from wxc_sdk.scim.groups import ScimGroup, ScimGroupMember, WebexGroup

from reconciler.simulator import Simulator
from reconciler.simulator.core import ids as webex

Json = dict[str, Any]
ERROR = "urn:scim:schemas:extension:cisco:webexidentity:api:messages:2.0:Error"


@pytest.fixture
def root(simulator: Simulator) -> str:
    return f"/identity/scim/{simulator.state()['org']['id']}/v2"


@pytest.fixture
def org(simulator: Simulator) -> str:
    found: str = simulator.state()["org"]["id"]
    return found


def people(simulator: Simulator, *positions: int) -> list[str]:
    return [simulator.state()["people"][position]["id"] for position in positions]


def test_life_of_a_group(api: WebexSimpleApi, simulator: Simulator, org: str) -> None:
    one, two = people(simulator, 1, 2)
    group = ScimGroup(
        display_name="Sales", external_id="s-1", members=[ScimGroupMember(value=one)], webex_group=WebexGroup(usage="x")
    )
    made = api.scim.groups.create(org, group)
    assert made.members and made.members[0].display == simulator.state()["people"][1]["displayName"]
    assert made.webex_group and made.webex_group.usage == "x" and made.meta and made.meta.resource_type == "Group"
    assert api.scim.groups.details(org, made.id, excluded_attributes="members").members is None
    assert [one.display_name for one in api.groups.list()][-1] == "Sales"
    made.members, made.external_id = [ScimGroupMember(value=two)], None
    replaced = api.scim.groups.update(org, made)
    assert replaced.members and [member.value for member in replaced.members] == [two]
    assert replaced.external_id is None, "PUT replaces everything"
    listed = api.scim.groups.members(org, made.id)
    assert listed.member_size == 1 and listed.members[0].type == "user"
    api.scim.groups.delete(org, made.id)
    assert [one.display_name for one in api.scim.groups.search_all(org)] == ["London HQ", "Manchester", "New York"]


def test_patch_of_members(call: Any, simulator: Simulator, root: str) -> None:
    one, two, three = people(simulator, 1, 2, 3)
    body = {"displayName": "Sales", "members": [{"value": one, "type": "user"}]}
    path = f"{root}/Groups/{call('POST', f'{root}/Groups', body).body['id']}"

    def patch(*operations: Json) -> Any:
        return call("PATCH", path, {"schemas": [], "Operations": list(operations)})

    added = patch({"op": "add", "path": "members", "value": [{"value": two}, {"value": three}]}).body
    assert [member["value"] for member in added["members"]] == [one, two, three]
    left = patch({"op": "remove", "path": f'members[value eq "{two}"]'}).body
    assert [member["value"] for member in left["members"]] == [one, three]
    assert patch({"op": "replace", "path": f'members[value eq "{two}"]', "value": {"type": "user"}}).status == 400
    assert patch({"op": "add", "path": "members", "value": [{"value": "nobody"}]}).status == 400
    assert patch({"op": "remove"}).body[ERROR]["details"].startswith("noTarget")
    renamed = patch({"op": "replace", "value": {"displayName": "Sold"}}, {"op": "remove", "path": "members"}).body
    assert renamed["displayName"] == "Sold" and "members" not in renamed


def test_search_of_groups(call: Any, simulator: Simulator, root: str) -> None:
    (one,) = people(simulator, 1)
    for name in ("Beta", "alpha"):
        call("POST", f"{root}/Groups", {"displayName": name, "members": [{"value": one}]})

    def names(query: str) -> list[str]:
        return [row["displayName"] for row in call("GET", f"{root}/Groups?{query}").body["Resources"]]

    both = quote('displayName Eq "alpha" or displayName Eq "beta"')
    assert names(f"filter={both}&sortBy=displayName") == ["alpha", "Beta"]
    assert names(f"filter={both}&sortBy=displayName&sortOrder=descending") == ["Beta", "alpha"]
    assert names("count=2&startIndex=2") == ["Manchester", "New York"]
    rows = call("GET", f"{root}/Groups?filter={both}").body["Resources"]
    assert all("members" not in row for row in rows)
    rows = call("GET", f"{root}/Groups?filter={both}&includeMembers=true&excludedAttributes=meta").body["Resources"]
    assert all(row["members"][0]["value"] == one and "meta" not in row for row in rows)
    assert call("GET", f"{root}/Groups?sortBy=members").status == 400
    assert call("GET", f"{root}/Groups?startIndex=x").status == 400


def test_refusals_of_groups(call: Any, simulator: Simulator, root: str) -> None:
    simulator.turn("group_name_duplicate", "409")
    before = simulator.state()
    refused = call("POST", f"{root}/Groups", {"displayName": "London HQ"})
    assert refused.status == 409 and refused.body["status"] == "409" and refused.body[ERROR]["errorCode"]
    for body in ({}, {"displayName": 5, "members": 5}, {"displayName": "x", "members": [{"value": "nobody"}]}, None):
        answer = call("POST", f"{root}/Groups", body)
        assert (answer.status, answer.body["status"]) == (400, "400"), body
    assert call("GET", f"{root}/Groups/nobody").body[ERROR]["errorCode"] == "200004"
    location = call("GET", f"{root}/Groups").body["Resources"][0]["id"]
    assert call("DELETE", f"{root}/Groups/{location}").status == 403
    simulator.turn("location_group_write", "404")
    assert call("DELETE", f"{root}/Groups/{location}").status == 404
    simulator.turn("location_group_write", "403")
    assert simulator.state() == before


def post(name: str, bulk_id: str) -> BulkOperation:
    data = {"userName": f"{name}@example.com", "displayName": name}
    return BulkOperation(method=BulkMethod.post, path="/Users", bulk_id=bulk_id, data=data)


def test_bulk_of_users(api: WebexSimpleApi, simulator: Simulator, org: str) -> None:
    done = api.scim.bulk.bulk_request(org, [post("one", "a"), post("amelia.ashford", "b"), post("two", "c")])
    assert [row.status for row in done.operations] == [201, 409, 201]
    assert done.operations[1].response and done.operations[1].response.status == 409
    assert done.operations[1].response.error and done.operations[1].response.error.error_code == 200005
    made = done.operations[0].user_id
    state = simulator.state()
    assert made in {person["id"] for person in state["people"]} and len(state["people"]) == 62
    patched = BulkOperation(
        method=BulkMethod.patch, path=f"/Users/{made}",
        data={"Operations": [{"op": "replace", "path": "title", "value": "Chief"}]},
    )  # fmt: skip
    deleted = BulkOperation(method=BulkMethod.delete, path=f"/Users/{done.operations[2].user_id}")
    assert [row.status for row in api.scim.bulk.bulk_request(org, [patched, deleted]).operations] == [200, 204]
    assert api.scim.users.details(org, made).title == "Chief"
    recorded = [event["route"] for event in simulator.state()["audit_events"]]
    assert len(recorded) == 4, "one event for each operation, none for the bulk call or the refused one"


def test_bulk_of_groups_with_new_users(call: Any, root: str) -> None:
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "failOnErrors": 1,
        "operations": [
            {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"userName": "new@example.com"}},
            {"method": "POST", "path": "/Groups", "bulkId": "g",
             "data": {"displayName": "New", "members": [{"value": "bulkId:u"}]}},
            {"method": "PATCH", "path": "/Groups/bulkId:g",
             "data": {"Operations": [{"op": "replace", "path": "displayName", "value": "Newer"}]}},
        ],
    }  # fmt: skip
    rows = call("POST", f"{root}/Bulk", body).body["operations"]
    assert [(row["status"], row.get("bulkId")) for row in rows] == [("201", "u"), ("201", "g"), ("200", None)]
    found = call("GET", f'{root}/Groups?includeMembers=true&filter=displayName%20eq%20"Newer"').body["Resources"]
    assert found[0]["members"][0]["display"] == "new@example.com"


def test_fail_on_errors_stops(api: WebexSimpleApi, org: str) -> None:
    operations = [post("amelia.ashford", "a"), post("one", "b"), post("two", "c")]
    assert len(api.scim.bulk.bulk_request(org, operations, fail_on_errors=1).operations) == 1
    assert len(api.scim.bulk.bulk_request(org, operations, fail_on_errors=2).operations) == 3


@pytest.mark.parametrize(
    "body",
    [
        {"operations": [{"method": "POST", "path": "/Users", "bulkId": str(n), "data": {}} for n in range(101)]},
        {"operations": [{"method": "POST", "path": "/Users", "data": {}}]},
        {"operations": [{"method": "PATCH", "path": "/Users/x"}]},
        {"operations": [{"method": "PUT", "path": "/Users/x", "data": {}}]},
        {"operations": [{"method": "DELETE", "path": "/Rooms/x"}]},
        {"operations": [], "failOnErrors": 101},
        {"operations": "all"},
        {},
    ],
)
def test_wrong_bulk_bodies(call: Any, simulator: Simulator, root: str, body: Json) -> None:
    before = simulator.state()
    answer = call("POST", f"{root}/Bulk", body)
    assert (answer.status, answer.body["status"]) == (400, "400")
    assert simulator.state() == before


@pytest.mark.parametrize(("position", "at_once"), [("0s", 1), ("15s", 0)])
def test_switch_scim_visibility(
    api: WebexSimpleApi, simulator: Simulator, org: str, position: str, at_once: int
) -> None:
    simulator.run_clock(0)
    simulator.turn("scim_visibility", position)
    made = api.scim.bulk.bulk_request(org, [post("one", "a")]).operations[0].user_id
    assert len(api.scim.users.search(org, filter='userName eq "one@example.com"').resources or []) == at_once
    assert api.scim.users.details(org, made).user_name == "one@example.com"
    simulator.advance(15)
    assert len(api.scim.users.search(org, filter='userName eq "one@example.com"').resources or []) == 1


@pytest.mark.parametrize(("position", "status"), [("403", 403), ("accept", 200)])
def test_switch_scim_encoded_org(call: Any, simulator: Simulator, org: str, position: str, status: int) -> None:
    simulator.turn("scim_encoded_org", position)
    encoded = f"/identity/scim/{webex.encode('ORGANIZATION', org)}/v2"
    for path in ("Users", "Groups"):
        assert call("GET", f"{encoded}/{path}").status == status
    assert call("GET", f"/identity/scim/{webex.encode('ORGANIZATION', 'foreign')}/v2/Users").status == 403


FILTERS: list[tuple[str, Callable[[Json], bool]]] = [
    ('userName sw "AMELIA"', lambda one: one["emails"][0].startswith("amelia")),
    ('userName ew "example.com"', lambda one: True),
    ('userName co "ashford" and active eq true', lambda one: "ashford" in one["emails"][0]),
    ('name.familyName eq "Ashford" or title eq "engineer"', lambda one: one["lastName"] == "Ashford" or "title" in one),
    ('not (userName ew "example.com")', lambda one: False),
    ('phoneNumbers[type eq "mobile"]', lambda one: bool(one["phoneNumbers"])),
    ('phoneNumbers[type eq "mobile" and value eq "+447700900123"]', lambda one: bool(one["phoneNumbers"])),
    ('phoneNumbers[type eq "mobile" and value eq "+447700900124"]', lambda one: False),
    ("title pr", lambda one: "title" in one),
    ('displayName ne "Amelia Ashford"', lambda one: one["displayName"] != "Amelia Ashford"),
    ('urn:scim:schemas:extension:cisco:webexidentity:2.0:User:meta.organizationId eq "{org}"', lambda one: True),
    ('meta.lastModified gt "2030-01-01T00:00:00Z"', lambda one: False),
]


@pytest.mark.parametrize(("text", "wanted"), FILTERS, ids=[text for text, _ in FILTERS])
def test_filters(
    call: Any, simulator: Simulator, root: str, org: str, text: str, wanted: Callable[[Json], bool]
) -> None:
    found = call("GET", f"{root}/Users?count=100&filter={quote(text.replace('{org}', org))}")
    assert found.status == 200
    expected = {one["id"] for one in simulator.state()["people"] if wanted(one)}
    assert {one["id"] for one in found.body["Resources"]} == expected
    assert found.body["totalResults"] == len(expected)


@pytest.mark.parametrize(
    "text",
    ["externalId pr", 'phoneNumbers.value eq "+447700900123"', 'phoneNumbers [type eq "mobile"]', "userName",
     'userName like "x"', 'shoeSize eq "44"', '(userName eq "x"', 'userName eq "x" "y"', 'userName eq "x'],
)  # fmt: skip
def test_refused_filters(call: Any, root: str, text: str) -> None:
    refused = call("GET", f"{root}/Users?filter={quote(text)}")
    assert (refused.status, refused.body["status"]) == (400, "400")


def test_a_plus_must_be_encoded(call: Any, simulator: Simulator, root: str) -> None:
    call("POST", f"{root}/Users", {"userName": "plus+one@example.com"})
    assert call("GET", f"{root}/Users?filter=userName%20eq%20%22plus%2Bone@example.com%22").body["totalResults"] == 1
    # yarl keeps a plus as it stands, and the API reads it as a blank
    assert call("GET", f"{root}/Users?filter=userName+eq+%22plus+one@example.com%22").body["totalResults"] == 0


def test_groups_of_a_user(call: Any, simulator: Simulator, root: str) -> None:
    (one,) = people(simulator, 1)
    group = call("POST", f"{root}/Groups", {"displayName": "Sales", "members": [{"value": one}]}).body["id"]
    assert "groups" not in call("GET", f"{root}/Users/{one}").body
    shown = call("GET", f"{root}/Users/{one}?returnGroups=true").body["groups"]
    assert [entry["display"] for entry in shown] == ["Manchester", "Sales"]  # the location's has its callers
    assert shown[1]["value"] == group


def test_patch_of_a_user_is_all_or_nothing(call: Any, simulator: Simulator, root: str) -> None:
    (one,) = people(simulator, 1)
    path = f"{root}/Users/{one}"
    operations = [
        {"op": "replace", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+447700900999"},
        {"op": "add", "path": "phoneNumbers", "value": [{"type": "fax", "value": "+442079460999"}]},
        {"op": "add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "Ops"},
    ]
    body = call("PATCH", path, {"Operations": operations}).body
    numbers = {entry["type"]: entry["value"] for entry in body["phoneNumbers"]}
    assert numbers["mobile"] == "+447700900999" and numbers["fax"] == "+442079460999"
    assert body["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] == {"department": "Ops"}
    before = simulator.state()
    wrong = [{"op": "replace", "path": "title", "value": "New"}, {"op": "remove"}]
    assert call("PATCH", path, {"Operations": wrong}).status == 400
    taken = [{"op": "replace", "path": "userName", "value": simulator.state()["people"][2]["emails"][0]}]
    assert call("PATCH", path, {"Operations": taken}).status == 409
    assert simulator.state() == before
