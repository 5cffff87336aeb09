"""Paging groups (§14): members as plain ids, an order that is not kept, and merging writes."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.base import webex_id_to_uuid
from wxc_sdk.rest import RestError
from wxc_sdk.telephony.paging import Paging

from reconciler.simulator import Simulator, sample_tenant


def place(ids: Any, name: str = "London HQ") -> str:
    return f"/telephony/config/locations/{ids.locations[name]}/paging"


@pytest.fixture
def members(call: Any) -> list[str]:
    """Calling people of all locations: paging knows no borders."""
    people = call("GET", "/people?callingData=true&max=100").body["items"]
    return [one["id"] for one in people if one.get("locationId")]


@pytest.fixture
def group(call: Any, ids: Any) -> str:
    body = {"name": "Shop Floor", "extension": "5100", "phoneNumber": "+442079460061"}
    return f"{place(ids)}/{call('POST', place(ids), body).body['id']}"


def test_read_whole(api: WebexSimpleApi, ids: Any, group: str) -> None:
    paging = api.telephony.paging
    (row,) = paging.list(location_id=ids.locations["London HQ"])
    assert (row.name, row.location_name, row.esn, row.enabled) == ("Shop Floor", "London HQ", "82015100", True)
    assert row.originators is None and row.language_code is None
    details = paging.details(ids.locations["London HQ"], row.paging_id)
    assert (details.language, details.language_code) == ("British English", "en_gb")
    assert (details.first_name, details.last_name) == (".", "+442079460061")
    assert (details.originators, details.targets, details.originator_caller_id_enabled) == ([], [], False)
    assert details.direct_line_caller_id_name.selection == "DISPLAY_NAME"
    assert details.location_id is None
    assert list(paging.list(phone_number="5100")) == list(paging.list(name="shop")) == [row]
    assert list(paging.list(location_id=ids.locations["Manchester"])) == list(paging.list(name="none")) == []
    (number,) = api.telephony.phone_numbers(phone_number="+442079460061")
    assert (number.owner.owner_type, number.owner.last_name) == ("PAGING_GROUP", "Shop Floor")
    assert len(list(api.telephony.phone_numbers(owner_type="GROUP_PAGING"))) == 1  # the filter's own word (§4)
    paging.delete_paging(ids.locations["London HQ"], row.paging_id)
    assert list(paging.list()) == []
    with pytest.raises(RestError, match="404"):
        paging.details(ids.locations["London HQ"], row.paging_id)


def test_the_sdk_cannot_write(api: WebexSimpleApi, ids: Any) -> None:
    """Version 1.41 sends a JSON string with JSON in it, which is no object."""
    with pytest.raises(RestError) as refused:
        api.telephony.paging.create(ids.locations["London HQ"], Paging.create(name="A", extension="5100"))
    assert refused.value.code == 25024


def test_members_come_back_in_another_order(call: Any, group: str, members: list[str]) -> None:
    sent = list(reversed(members[:6]))
    body = {"originators": members[:1], "targets": sent, "originatorCallerIdEnabled": True}
    assert call("PUT", group, body).status == 204
    read = call("GET", group).body
    names = [(one["lastName"], one["firstName"]) for one in read["targets"]]
    assert names == sorted(names)
    shown = [one["id"] for one in read["targets"]]
    assert set(shown) == set(sent)
    assert call("PUT", group, {"targets": members[:6]}).status == 204
    assert [one["id"] for one in call("GET", group).body["targets"]] == shown  # whatever order was sent
    assert read["originators"][0]["type"] == "PEOPLE" and "esn" in read["originators"][0]
    assert read["originatorCallerIdEnabled"] is True


def test_update_merges(call: Any, group: str, members: list[str]) -> None:
    call("PUT", group, {"targets": members[:2], "firstName": "Shop", "lastName": "Page", "languageCode": "fr_fr"})
    before = call("GET", group).body
    assert (before["language"], before["firstName"], before["lastName"]) == ("French", "Shop", "Page")
    assert call("PUT", group, {"enabled": False, "phoneNumber": ""}).status == 204
    after = call("GET", group).body
    assert after == {**{key: value for key, value in before.items() if key != "phoneNumber"}, "enabled": False}
    assert call("PUT", group, {"id": "x", "esn": "1", "routingPrefix": "9", "shoe": 1}).status == 204
    assert call("GET", group).body == after
    caller = {"directLineCallerIdName": {"selection": "CUSTOM_NAME", "customName": "Hall"}, "dialByName": "Hall"}
    assert call("PUT", group, caller).status == 204
    assert call("GET", group).body == {**after, **caller}
    cleared = {"directLineCallerIdName": {"selection": "DISPLAY_NAME", "customName": None}, "dialByName": ""}
    assert call("PUT", group, cleared).status == 204
    assert call("GET", group).body == after
    assert call("PUT", group, {"targets": []}).status == 204
    assert call("GET", group).body["targets"] == []


def test_members_of_every_kind_and_their_end(call: Any, ids: Any, group: str, members: list[str]) -> None:
    line = {"firstName": "V", "lastName": "L", "locationId": ids.locations["Manchester"], "extension": "4500"}
    line_id = call("POST", "/telephony/config/virtualLines", line).body["id"]
    both = [line_id, ids.workspace("Café"), members[3]]
    assert call("PUT", group, {"targets": both, "originators": both}).status == 204
    read = call("GET", group).body
    assert {one["type"] for one in read["targets"]} == {"VIRTUAL_LINE", "PLACE", "PEOPLE"}
    assert {webex_id_to_uuid(one["id"]) for one in read["targets"]} == {webex_id_to_uuid(one) for one in both}
    call("DELETE", f"/telephony/config/virtualLines/{line_id}")
    call("DELETE", f"/people/{members[3]}")
    read = call("GET", group).body
    assert [one["type"] for one in read["targets"]] == [one["type"] for one in read["originators"]] == ["PLACE"]


@pytest.mark.parametrize("position", ["people", "own"])
def test_switch_feature_member_ids(position: str) -> None:
    with Simulator({**sample_tenant(), "switches": {"feature_member_ids": position}}) as running:
        location = running.edit("GET", "/telephony/config/locations")["locations"][0]["id"]
        room = next(one["id"] for one in running.edit("GET", "/workspaces")["items"] if one["displayName"] == "Café")
        base = f"/telephony/config/locations/{location}/paging"
        made = running.edit("POST", base, {"name": "A", "extension": "5100", "targets": [room]})["id"]
        (target,) = running.edit("GET", f"{base}/{made}")["targets"]
        assert (target["id"] == room) is (position == "own")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"name": None}, 400, 25024),
        ({"name": ""}, 400, 25110),
        ({"name": "x" * 31}, 400, 25110),
        ({"firstName": "x" * 65}, 400, 25110),
        ({"extension": None}, 400, None),
        ({"extension": "9999"}, 400, 4202),
        ({"phoneNumber": "+442079460010"}, 400, 4201),
        ({"languageCode": "en_US"}, 400, None),
        ({"targets": [{"id": "x"}]}, 400, 25024),
        ({"originators": ["x"]}, 404, None),
        ({"enabled": []}, 400, 25024),
        ({"dialByName": "50%"}, 400, 25024),
        ({"dialByName": "Café"}, 400, 25024),
        ({"directLineCallerIdName": {"selection": "CUSTOM_NAME"}}, 400, 25008),
        ({"directLineCallerIdName": {"selection": "FIRSTNAME_LASTNAME"}}, 400, 25024),
    ],
)
def test_wrong_creates(call: Any, ids: Any, change: dict[str, Any], status: int, code: int | None) -> None:
    answer = call("POST", place(ids), {"name": "A", "extension": "5100", **change})
    assert (answer.status, answer.body.get("errorCode")) == (status, code)
    assert call("GET", "/telephony/config/paging").body == {"locationPaging": []}


def test_name_is_needed_and_unique(call: Any, ids: Any, group: str) -> None:
    missing = call("POST", place(ids), {"extension": "5101"})
    assert (missing.status, missing.body["message"]) == (400, "Missing Mandatory field name: name")
    assert call("POST", place(ids), {"name": "shop floor", "extension": "5101"}).status == 409
    assert call("POST", place(ids, "New York"), {"name": "Shop Floor", "extension": "5100"}).status == 201


def test_at_most_75_targets(call: Any, ids: Any, simulator: Simulator) -> None:
    tenant = simulator.state()
    pattern = next(one for one in tenant["people"] if one["calling"])
    for index in range(76):
        block = {"location": pattern["calling"]["location"], "extension": f"88{index:03d}", "number": None}
        key = f"00000000-0000-4000-8000-{index:012d}"
        tenant["people"].append({**pattern, "id": key, "emails": [f"{index}@example.com"], "calling": block})
    simulator.load(tenant)
    everyone = [f"00000000-0000-4000-8000-{index:012d}" for index in range(76)]
    assert call("POST", place(ids), {"name": "A", "extension": "5100", "targets": everyone}).status == 400
    made = call("POST", place(ids), {"name": "A", "extension": "5100", "targets": everyone[:75]})
    assert made.status == 201
    assert len(call("GET", f"{place(ids)}/{made.body['id']}").body["targets"]) == 75


def test_available_numbers(api: WebexSimpleApi, ids: Any, group: str) -> None:
    offered = [
        one.phone_number for one in api.telephony.paging.primary_available_phone_numbers(ids.locations["London HQ"])
    ]
    assert "+442079460063" in offered and "+442079460061" not in offered
    assert all(number.startswith("+44207946") for number in offered)
    asked = api.telephony.paging.primary_available_phone_numbers(
        ids.locations["London HQ"], phone_number=["+442079460063", "+442079460061"]
    )
    assert [one.phone_number for one in asked] == ["+442079460063"]


def test_survives_dump_and_load(call: Any, simulator: Simulator, group: str, members: list[str]) -> None:
    call("PUT", group, {"targets": members[:3], "dialByName": "Hall"})
    before = call("GET", group).body
    simulator.load(simulator.state())
    assert call("GET", group).body == before
    assert call("GET", "/telephony/config/numbers?extension=5100").body["phoneNumbers"][0]["owner"]["type"] == (
        "PAGING_GROUP"
    )
