"""SCIM: the same identities as the people, with error bodies of its own (§10, E5)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.scim.users import EmailObject, EmailObjectType, NameObject, PatchUserOperation, ScimUser

from reconciler.simulator import Simulator

ERROR = "urn:scim:schemas:extension:cisco:webexidentity:api:messages:2.0:Error"


@pytest.fixture
def users(simulator: Simulator) -> str:
    return f"/identity/scim/{simulator.state()['org']['id']}/v2/Users"


def test_search_is_one_based_and_json(call: Any, users: str, simulator: Simulator) -> None:
    page = call("GET", f"{users}?startIndex=59&count=500")
    assert page.headers["Content-Type"].startswith("application/json")
    assert (page.body["totalResults"], page.body["itemsPerPage"], page.body["startIndex"]) == (60, 2, 59)
    person = simulator.state()["people"][5]
    found = call("GET", f'{users}?filter=userName%20eq%20"{person["emails"][0].upper()}"').body["Resources"]
    assert [one["id"] for one in found] == [person["id"]]
    assert "meta" in found[0] and "meta" not in call("GET", f"{users}/{person['id']}").body
    assert call("GET", f"{users}?filter=phoneNumbers.value%20eq%20%221%22").status == 400


def test_errors_are_scim(call: Any, users: str, simulator: Simulator) -> None:
    encoded = users.replace(simulator.state()["org"]["id"], "Y2lzY29zcGFyazovL3VzL09SRy94")
    refused = call("GET", encoded)
    assert refused.status == 403 and refused.body["status"] == "403"
    assert refused.body[ERROR]["errorCode"] == "200003"
    assert call("GET", f"{users}/nobody").body[ERROR]["errorCode"] == "200004"
    taken = call("POST", users, {"userName": simulator.state()["people"][0]["emails"][0]})
    assert taken.status == 409 and taken.body["status"] == "409"


def test_life_of_a_user(api: WebexSimpleApi, call: Any, simulator: Simulator, users: str) -> None:
    org = simulator.state()["org"]["id"]
    email = EmailObject(value="scim@example.com", type=EmailObjectType.work, primary=True)
    user = ScimUser(
        user_name="scim@example.com", name=NameObject(given_name="Scim", family_name="User"), emails=[email]
    )
    created = api.scim.users.create(org, user)
    person = call("GET", "/people?email=scim@example.com").body["items"][0]
    assert (person["displayName"], person["firstName"]) == ("Scim User", "Scim")
    created.title = "Tester"
    created.user_name = "renamed@example.com"
    assert api.scim.users.update(org, created).title == "Tester"
    assert call("GET", "/people?email=scim@example.com").body["items"] == []
    operations = [PatchUserOperation(op="replace", path="name.givenName", value="Patched")]
    assert api.scim.users.patch(org, created.id, operations).name.given_name == "Patched"
    assert call("GET", "/people?email=renamed@example.com").body["items"][0]["title"] == "Tester"
    api.scim.users.delete(org, created.id)
    assert call("GET", "/people?email=renamed@example.com").body["items"] == []


def test_calling_is_not_touched_by_a_put(call: Any, users: str, simulator: Simulator) -> None:
    person = simulator.state()["people"][0]
    read = call("GET", f"{users}/{person['id']}").body
    assert read["phoneNumbers"][0]["value"] == person["calling"]["number"]
    assert call("PUT", f"{users}/{person['id']}", {**read, "phoneNumbers": [], "title": "Chief"}).status == 200
    after = simulator.state()["people"][0]
    assert after["calling"] == person["calling"] and after["title"] == "Chief"
    assert after["licenses"] == person["licenses"]


def test_search_all_by_sdk(api: WebexSimpleApi, simulator: Simulator) -> None:
    listed = list(api.scim.users.search_all(simulator.state()["org"]["id"], count=25))
    assert sorted(one.id for one in listed) == sorted(person["id"] for person in simulator.state()["people"])
