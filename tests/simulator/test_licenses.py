"""Licences: what PATCH takes, refuses and skips (§9)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.licenses import LicenseProperties, LicenseRequest, LicenseRequestOperation

from reconciler.simulator import Simulator, sample_tenant


def patch(call: Any, person: str, *licenses: dict[str, Any]) -> Any:
    return call("PATCH", "/licenses/users", {"personId": person, "licenses": list(licenses)})


def add(ids: Any, name: str, **properties: Any) -> dict[str, Any]:
    return {"id": ids.licenses[name], "operation": "add", **({"properties": properties} if properties else {})}


def test_list_and_assignees(call: Any, api: WebexSimpleApi) -> None:
    licenses = {one["name"]: one for one in call("GET", "/licenses").body["items"]}
    professional = licenses["Webex Calling - Professional"]
    assert (professional["consumedUnits"], professional["consumedByWorkspaces"]) == (56, 6)
    assert "Webex Assistant for Meetings" not in licenses
    held = call("GET", "/people?email=amelia.ashford@example.com").body["items"][0]["licenses"]
    assert set(held) - {one["id"] for one in licenses.values()}, "one licence of the admin is in no list"
    assert len(list(api.licenses.assigned_users(professional["id"]))) == 50
    assert call("GET", f"/licenses/{professional['id']}").body == professional
    assert call("GET", "/licenses/nonsense").status == 404


def test_calling_license_brings_extension_and_number(call: Any, ids: Any, people: Any) -> None:
    person = ids.person(people["none"][0])
    answer = patch(call, person, add(ids, "Professional", locationId=ids.locations["London HQ"], extension="0444"))
    assert answer.status == 200 and ids.licenses["Professional"] in answer.body["licenses"]
    read = call("GET", f"/people/{person}?callingData=true").body
    assert read["phoneNumbers"] == [{"type": "work_extension", "value": "82010444", "primary": True}]
    again = patch(call, person, add(ids, "Professional", locationId=ids.locations["New York"], extension="0445"))
    assert again.status == 200
    assert call("GET", f"/people/{person}?callingData=true").body["extension"] == "0444"
    for verb in ("POST", "PUT"):
        wrong = call(verb, "/licenses/users", {})
        assert (wrong.status, wrong.body["message"]) == (405, f"Request method '{verb}' is not supported")


def test_number_alone_tells_the_location(call: Any, ids: Any, people: Any) -> None:
    person = ids.person(people["none"][0])
    assert patch(call, person, add(ids, "Professional", phoneNumber="+12125550190")).status == 200
    assert call("GET", f"/people/{person}?callingData=true").body["locationId"] == ids.locations["New York"]


@pytest.mark.parametrize(
    ("properties", "code"),
    [({}, 400411), ({"extension": "0444"}, 400), ({"extension": "9999", "locationId": "London HQ"}, 4202)],
)
def test_refusals(call: Any, ids: Any, people: Any, properties: dict[str, Any], code: int) -> None:
    if "locationId" in properties:
        properties = {**properties, "locationId": ids.locations[properties["locationId"]]}
    person = ids.person(people["none"][0])
    refused = patch(call, person, add(ids, "Professional", **properties))
    assert refused.status == 400
    assert refused.body["errors"][0]["errorCode"] == code
    assert "extension" not in call("GET", f"/people/{person}?callingData=true").body


def test_combinations(call: Any, ids: Any, people: Any) -> None:
    place = {"locationId": ids.locations["London HQ"], "extension": "0444"}
    calling = ids.person(people["extension"][0])
    assert patch(call, calling, add(ids, "Standard", **place)).body["errors"][0]["errorCode"] == 400112
    fresh = ids.person(people["none"][0])
    both = patch(call, fresh, add(ids, "Professional", **place), add(ids, "Standard", **{**place, "extension": "0445"}))
    assert both.body["errors"][0]["errorCode"] == 400404
    assert both.body["message"] == "License conflict"


def test_removing_calling_loses_everything(call: Any, ids: Any, people: Any) -> None:
    person = ids.person(people["number"][0])
    number = call("GET", f"/people/{person}").body["phoneNumbers"][0]["value"]
    assert patch(call, person, {"id": ids.licenses["Professional"], "operation": "remove"}).status == 200
    assert call("GET", f"/people/{person}").body["phoneNumbers"] == []
    row = call("GET", f"/telephony/config/numbers?phoneNumber=%2B{number[1:]}").body["phoneNumbers"][0]
    assert "owner" not in row


def test_out_of_units_is_206(ids: Any) -> None:
    tenant = sample_tenant()
    tenant["licenses"][0]["totalUnits"] = 0
    person = tenant["people"][55]
    with Simulator(tenant) as full:
        body = {"email": person["emails"][0], "licenses": [
            {"id": ids.licenses["Professional"], "operation": "add",
             "properties": {"locationId": ids.locations["London HQ"], "extension": "0444"}}]}  # fmt: skip
        answer = full.edit("PATCH", "/licenses/users", body)
        assert ids.licenses["Professional"] not in answer["licenses"]


def test_unknown_person_and_malformed_license(call: Any, ids: Any, people: Any) -> None:
    unknown = call("PATCH", "/licenses/users", {"email": "nobody@example.com", "licenses": []})
    malformed = patch(call, ids.person(people["none"][0]), {"id": "nonsense", "operation": "add"})
    for answer in (unknown, malformed):
        assert (answer.status, answer.body["errorCode"]) == (404, 1)


def test_sdk_assign(api: WebexSimpleApi, ids: Any, people: Any) -> None:
    request = LicenseRequest(
        id=ids.licenses["Professional"],
        operation=LicenseRequestOperation.add,
        properties=LicenseProperties(location_id=ids.locations["Manchester"], extension="1999"),
    )
    answer = api.licenses.assign_licenses_to_users(email=people["none"][1], licenses=[request])
    assert ids.licenses["Professional"] in answer.licenses
