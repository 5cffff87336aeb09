"""The inventory: adding, listing, removing, and who may own what (§4, §11)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.common import PatternAction
from wxc_sdk.person_settings.numbers import UpdatePersonNumbers, UpdatePersonPhoneNumber
from wxc_sdk.rest import RestError

from reconciler.simulator import EditRefused, Simulator, sample_tenant


@pytest.fixture
def london(ids: Any) -> str:
    return f"/telephony/config/locations/{ids.locations['London HQ']}/numbers"


def row(call: Any, number: str) -> dict[str, Any] | None:
    found = call("GET", f"/telephony/config/numbers?phoneNumber=%2B{number[1:]}").body["phoneNumbers"]
    return found[0] if found else None


def test_add_is_active_unless_said_otherwise(call: Any, london: str) -> None:
    assert call("POST", london, {"phoneNumbers": ["+441632960101"]}).status == 201
    assert call("POST", london, {"phoneNumbers": ["+441632960102"], "state": "INACTIVE"}).status == 201
    assert (row(call, "+441632960101") or {})["state"] == "ACTIVE"
    inactive = row(call, "+441632960102") or {}
    assert inactive["state"] == "INACTIVE" and "owner" not in inactive
    assert call("PUT", london, {"phoneNumbers": ["+441632960102"]}).status == 204
    assert (row(call, "+441632960102") or {})["state"] == "ACTIVE"


def test_existing_number_conflicts_and_adds_nothing(call: Any, london: str) -> None:
    answer = call("POST", london, {"phoneNumbers": ["+441632960101", "+442079460000"]})
    assert (answer.status, answer.body["errorCode"]) == (409, 25223)
    assert answer.body["errors"][0]["errorCode"] == 8363
    assert row(call, "+441632960101") is None


@pytest.mark.parametrize(("position", "statuses"), [("conflict", [409, 409, 409]), ("ignore", [201, 409, 409])])
def test_switch_number_add_existing(position: str, statuses: list[int]) -> None:
    """Free in this location, assigned, main."""
    with Simulator({**sample_tenant(), "switches": {"number_add_existing": position}}) as running:
        place = running.edit("GET", "/locations?name=London HQ")["items"][0]["id"]
        url = f"/telephony/config/locations/{place}/numbers"
        seen = []
        for number in ("+442079460099", "+442079460010", "+442079460000"):
            try:
                running.edit("POST", url, {"phoneNumbers": [number]})
                seen.append(201)
            except EditRefused as refused:
                seen.append(refused.status)
        assert seen == statuses


def test_malformed_numbers_are_a_list_and_the_others_are_added(call: Any, london: str) -> None:
    answer = call("POST", london, {"phoneNumbers": ["+441632960101", "12", "+0"]})
    assert answer.status == 400 and isinstance(answer.body, list)
    faults = answer.body[0]["errors"]
    assert [fault["number"] for fault in faults] == ["12", "+0"]
    assert faults[0]["errorCode"] == "8362"
    assert row(call, "+441632960101") is not None


def test_sdk_swallows_the_400_and_raises_the_409(api: WebexSimpleApi, ids: Any) -> None:
    place = ids.locations["London HQ"]
    answer = api.telephony.location.number.add(place, ["+441632960101", "12"])
    assert [fault.number for fault in answer.errors] == ["12"]
    with pytest.raises(RestError) as refused:
        api.telephony.location.number.add(place, ["+441632960101"])
    assert refused.value.response.status_code == 409


def test_remove(call: Any, london: str) -> None:
    assert call("DELETE", london).body["errorCode"] == 25024
    six = [f"+4420794600{n}" for n in range(90, 96)]
    assert call("DELETE", london, {"phoneNumbers": six}).status == 400
    assert call("DELETE", london, {"phoneNumbers": ["+442079460000"]}).status == 400  # main
    assert call("DELETE", london, {"phoneNumbers": ["+442079460010"]}).status == 400  # assigned
    gone = call("DELETE", london, {"phoneNumbers": ["+441632960199"]})
    assert gone.status == 502 and gone.headers["Cisco-Spark-Error-Codes"] == "4251"
    assert "errorCode" not in gone.body and "errorCode" not in gone.body["errors"][0]
    assert call("DELETE", london, {"phoneNumbers": six[:5]}).status == 204
    assert [row(call, number) is None for number in six] == [True] * 5 + [False]


def test_deactivate_only_free_numbers(call: Any, london: str) -> None:
    for number in ("+442079460000", "+442079460010", "+441614960001"):
        assert call("PUT", london, {"phoneNumbers": [number], "action": "DEACTIVATE"}).status == 400
    assert call("PUT", london, {"phoneNumbers": ["+442079460001"], "action": "DEACTIVATE"}).status == 204
    assert (row(call, "+442079460001") or {})["state"] == "INACTIVE"


def test_integrated_pstn_refuses_removal(call: Any, ids: Any) -> None:
    tenant = sample_tenant()
    option = next(one["id"] for one in tenant["pstn_options"] if one["pstnConnectionType"] == "INTEGRATED_CCP")
    tenant["locations"][0]["calling"]["pstn"] = {"type": "INTEGRATED_CCP", "option": option}
    with Simulator(tenant) as running, pytest.raises(EditRefused, match="TMN60004"):
        url = f"/telephony/config/locations/{ids.locations['London HQ']}/numbers"
        running.edit("DELETE", url, {"phoneNumbers": ["+442079460099"]})


def test_list_rows(call: Any, ids: Any, simulator: Simulator) -> None:
    rows = call("GET", "/telephony/config/numbers").body["phoneNumbers"]
    numbers = [one for one in rows if one.get("phoneNumber")]
    assert len(numbers) == 300
    assert [one["phoneNumber"] for one in numbers if one["mainNumber"]] == [
        "+12125550100", "+441614960000", "+442079460000",
    ]  # fmt: skip
    portals = [one for one in rows if one.get("owner", {}).get("type") == "VOICE_MESSAGING"]
    assert len(portals) == 3 and {one["extension"] for one in portals} == {"9999"}
    first = simulator.state()["people"][0]
    own = next(one for one in rows if one.get("phoneNumber") == first["calling"]["number"])
    assert own["esn"] == f"8201{first['calling']['extension']}" and own["routingPrefix"] == "8201"
    assert own["owner"]["id"] == ids.person(first["emails"][0])
    found = call("GET", f"/telephony/config/numbers?ownerId={ids.person(first['emails'][0])}").body["phoneNumbers"]
    assert [one["phoneNumberType"] for one in found] == ["PRIMARY", "ALTERNATE"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("available=true", 300 - 34 - 3),
        ("available=true&state=INACTIVE", 30),
        ("assigned=true&numberType=NUMBER", 34),
        ("numberType=EXTENSION", 32),
        ("ownerType=PLACE", 8),
        ("ownerType=PEOPLE&extension=0100", 1),
        ("extension=9999", 3),
        ("ownerName=voice", 3),
    ],
)
def test_list_filters(call: Any, query: str, count: int) -> None:
    assert len(call("GET", f"/telephony/config/numbers?{query}").body["phoneNumbers"]) == count


@pytest.mark.parametrize(
    "query",
    [
        "available=true&ownerType=PEOPLE",
        "available=true&numberType=EXTENSION",
        "state=ACTIVE&numberType=EXTENSION",
        "reservedNumber=true&available=true",
    ],
)
def test_forbidden_combinations(call: Any, query: str) -> None:
    assert call("GET", f"/telephony/config/numbers?{query}").status == 400


@pytest.mark.parametrize("empty", [True, False])
def test_switch_extension_only_rows(empty: bool) -> None:
    with Simulator(
        {**sample_tenant(), "switches": {"extension_row_empty_number": "on" if empty else "off"}}
    ) as running:
        rows = running.edit("GET", "/telephony/config/numbers?numberType=EXTENSION")["phoneNumbers"]
        assert all(("phoneNumber" in one) is empty for one in rows)


def test_paging_by_start(api: WebexSimpleApi, simulator: Simulator) -> None:
    listed = list(api.telephony.phone_numbers(max=50))
    assert len(listed) == 332
    assert simulator.requests()["total"] == 7
    assert api.telephony.phone_number_details().total == 332


def test_validate(call: Any, ids: Any) -> None:
    body = {"phoneNumbers": ["+441632960101", "+442079460000", "+441632960101", "+1800"]}
    answer = call("POST", "/telephony/config/actions/validateNumbers/invoke", body)
    assert answer.status == 200 and answer.body["status"] == "ERRORS"
    states = [one["state"] for one in answer.body["phoneNumbers"]]
    assert states == ["Available", "Duplicate", "Duplicate In List", "Invalid"]
    extensions = {"extensions": ["0100", "0777", "0777", "911", "12a"]}
    here = f"/telephony/config/locations/{ids.locations['London HQ']}/actions/validateExtensions/invoke"
    states = [one["state"] for one in call("POST", here, extensions).body["extensionStatus"]]
    assert states == ["DUPLICATE", "VALID", "DUPLICATE_IN_LIST", "INVALID", "INVALID"]
    everywhere = call("POST", "/telephony/config/actions/validateExtensions/invoke", {"extensions": ["0100"]})
    assert everywhere.body["status"] == "OK"


def test_person_numbers_are_a_delta(call: Any, ids: Any) -> None:
    person = ids.person("amelia.ashford@example.com")
    read, write = f"/people/{person}/features/numbers", f"/telephony/config/people/{person}/numbers"
    add = {"phoneNumbers": [{"action": "ADD", "directNumber": "+442079460095", "primary": False}]}
    assert call("PUT", write, {**add, "enableDistinctiveRingPattern": False}).status == 204
    body = call("GET", read).body
    assert body["distinctiveRingEnabled"] is False
    assert body["phoneNumbers"][-1] == {"primary": False, "directNumber": "+442079460095", "ringPattern": "NORMAL"}
    assert call("PUT", write, add).status == 400
    assert len(call("GET", read).body["phoneNumbers"]) == len(body["phoneNumbers"])
    for number in ("+441614960001", "+15005550006", "+442079460012"):
        refused = {"phoneNumbers": [{"action": "ADD", "external": number}]}
        assert call("PUT", write, refused).status == 400, number
    primary = body["phoneNumbers"][0]["directNumber"]
    assert call("PUT", write, {"phoneNumbers": [{"action": "DELETE", "directNumber": primary}]}).status == 400
    delete = {"phoneNumbers": [{"action": "DELETE", "external": "+442079460095"}]}
    assert call("PUT", write, delete).status == 204
    assert call("PUT", write, delete).status == 400
    assert "owner" not in (row(call, "+442079460095") or {})


def test_person_numbers_by_sdk_and_without_calling(api: WebexSimpleApi, call: Any, ids: Any, people: Any) -> None:
    person = ids.person("amelia.ashford@example.com")
    change = UpdatePersonPhoneNumber(action=PatternAction.add, external="+442079460095")
    api.person_settings.numbers.update(person, UpdatePersonNumbers(phone_numbers=[change]))
    assert api.person_settings.numbers.read(person).phone_numbers[-1].direct_number == "+442079460095"
    missing = call("GET", f"/people/{ids.person(people['none'][0])}/features/numbers")
    assert (missing.status, missing.body["errorCode"], missing.body["message"]) == (404, 4003, "User not found.")


def test_a_number_is_free_again_after_a_while(simulator: Simulator, call: Any, ids: Any, people: Any) -> None:
    """Deleting the person gives it up; for 20 s it cannot be removed (502, the code in the header only) nor given to
    somebody else (§1.6, §18.12)."""
    simulator.turn("number_release", "20s")
    simulator.run_clock(0)
    email = people["number"][3]
    owner = next(one for one in simulator.state()["people"] if one["emails"][0] == email)
    other = next(one for one in simulator.state()["people"] if one["emails"][0] == people["extension"][0])
    number, place = owner["calling"]["number"], owner["calling"]["location"]
    if other["calling"]["location"] != place:
        other = next(
            one for one in simulator.state()["people"]
            if (one["calling"] or {}).get("location") == place and not one["calling"]["number"]
        )  # fmt: skip
    assert call("DELETE", f"/people/{owner['id']}").status == 204
    inventory = f"/telephony/config/locations/{ids.locations[_name_of(simulator, place)]}/numbers"
    take = f"/telephony/config/people/{other['id']}/numbers"
    added = {"phoneNumbers": [{"action": "ADD", "primary": False, "directNumber": number}]}
    refused = call("DELETE", inventory, {"phoneNumbers": [number]})
    assert (refused.status, refused.headers["Cisco-Spark-Error-Codes"]) == (502, "4251")
    assert "errorCode" not in refused.body
    assert call("PUT", take, added).body["errorCode"] == 4201
    simulator.advance(19.9)
    assert call("DELETE", inventory, {"phoneNumbers": [number]}).status == 502
    simulator.advance(0.1)
    assert call("PUT", take, added).status == 204


def _name_of(simulator: Simulator, place: str) -> str:
    return next(str(one["name"]) for one in simulator.state()["locations"] if one["id"] == place)


def test_lines_of_another_tenant_hold_what_they_have() -> None:
    """Whoever is known by numbers and extension only, in a document that somebody made of what a client can read."""
    tenant = sample_tenant()
    london = tenant["locations"][0]["id"]
    block = {"location": london, "extension": "6100", "number": "+442079460070", "alternates": []}
    line = {"id": "a-line", "name": "Reception", "type": "HUNT_GROUP", "calling": block}
    with Simulator({**tenant, "lines": [line]}) as running:
        (row,) = running.edit("GET", "/telephony/config/numbers?extension=6100")["phoneNumbers"]
        assert (row["phoneNumber"], row["owner"]["type"], row["owner"]["lastName"]) == (
            "+442079460070",
            "HUNT_GROUP",
            "Reception",
        )
        assert len(running.edit("GET", "/telephony/config/numbers?ownerType=HUNT_GROUP")["phoneNumbers"]) == 1
        new = {"displayName": "Room", "calling": {"type": "webexCalling", "webexCalling": {
            "locationId": row["location"]["id"], "extension": "6100"}}}  # fmt: skip
        with pytest.raises(EditRefused) as refused:
            running.edit("POST", "/workspaces", new)
        assert refused.value.body["errorCode"] == 4202
