"""Virtual lines (§14): their own records, their place among owners of numbers, and the reads that other kinds need."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.rest import RestError

from reconciler.simulator import EditRefused, Simulator, sample_tenant

PATH = "/telephony/config/virtualLines"


@pytest.fixture
def line(api: WebexSimpleApi, ids: Any) -> str:
    return str(
        api.telephony.virtual_lines.create(
            first_name="Front", last_name="Desk", location_id=ids.locations["London HQ"],
            extension="4500", phone_number="+442079460060",
        )
    )  # fmt: skip


def test_a_line_on_somebodys_device(api: WebexSimpleApi, simulator: Simulator, line: str) -> None:
    """Beside the owner's own: the line's list of devices, its details and the count in the list agree."""
    owner = simulator.edit("GET", "/people?callingData=true")["items"][0]["id"]
    made = simulator.edit("POST", "/devices", {"model": "DMS Cisco 8845", "mac": "0000DEAD0001", "personId": owner})
    members = [{"id": owner, "port": 1, "primaryOwner": True},
               {"id": line, "port": 2, "primaryOwner": False, "lineType": "SHARED_CALL_APPEARANCE"}]  # fmt: skip
    simulator.edit("PUT", f"/telephony/config/devices/{made['callingDeviceId']}/members", {"members": members})
    (device,) = api.telephony.virtual_lines.assigned_devices(line).devices or ()
    assert (device.mac, device.primary_owner, device.owner.owner_id) == ("0000DEAD0001", False, owner)
    assert [one.mac for one in api.telephony.virtual_lines.details(line).devices or ()] == ["0000DEAD0001"]
    assert next(iter(api.telephony.virtual_lines.list())).number_of_devices_assigned == 1


def test_life_of_a_virtual_line(api: WebexSimpleApi, ids: Any, line: str) -> None:
    lines = api.telephony.virtual_lines
    details = lines.details(line)
    assert (details.display_name, details.number.external, details.number.extension) == (
        "Front Desk", "+442079460060", "4500",
    )  # fmt: skip
    assert details.number.esn is None and details.location.address.country == "GB"
    assert (details.announcement_language, details.time_zone) == ("en_gb", "Europe/London")
    lines.update(line, last_name="Office", extension="4501")
    after = lines.details(line)
    assert (after.first_name, after.last_name, after.display_name) == ("Front", "Office", "Front Desk")
    assert (after.number.extension, after.number.external) == ("4501", "+442079460060")
    lines.update(line, display_name="Porter", caller_id_number="+442079460001", time_zone="Europe/Paris")
    lines.update(line, first_name="Back", announcement_language="fr_fr")
    row = next(iter(lines.list()))
    assert (row.id, row.caller_id_number, row.number.esn) == (line, "+442079460001", "82014501")
    assert row.location.name == "London HQ" and row.location.address is None and row.display_name is None
    chosen = lines.details(line)
    assert (chosen.display_name, chosen.time_zone, chosen.announcement_language) == ("Porter", "Europe/Paris", "fr_fr")
    lines.delete(line)
    assert list(lines.list()) == []
    with pytest.raises(RestError, match="404"):
        lines.details(line)


def test_reads_beside_the_details(api: WebexSimpleApi, call: Any, line: str) -> None:
    lines = api.telephony.virtual_lines
    number = lines.get_phone_number(line)
    assert (number.direct_number, number.extension, number.primary) == ("+442079460060", "4500", True)
    devices = lines.assigned_devices(line)
    assert (devices.devices, devices.max_device_count) == ([], 35)
    assert lines.dect_networks(line) == []
    lines.update_directory_search(line, enabled=False)
    assert lines.details(line).directory_search_enabled is False
    assert call("PUT", f"{PATH}/{line}/directorySearch", {}).body["errorCode"] == 25008
    for part in ("/number", "/devices", "/dectNetworks", ""):
        assert call("GET", f"{PATH}/Y2lzY29zcGFyazovL3VzL1ZJUlRVQUxfTElORS94{part}").status == 404


def test_owner_of_its_number_and_extension(api: WebexSimpleApi, call: Any, ids: Any, line: str) -> None:
    (row,) = api.telephony.phone_numbers(phone_number="+442079460060", owner_type="VIRTUAL_LINE")
    assert (row.owner.owner_type, row.owner.last_name, row.extension) == ("VIRTUAL_LINE", "Desk", "4500")
    assert row.owner.owner_id != line  # another encoding of the same object (§1.7)
    body = {"firstName": "A", "lastName": "B", "locationId": ids.locations["London HQ"]}
    taken = call("POST", PATH, {**body, "extension": "4500"})
    assert (taken.status, taken.body["errorCode"]) == (400, 4202)
    assert call("POST", PATH, {**body, "phoneNumber": "+442079460060"}).body["errorCode"] == 4201
    assert call("POST", PATH, {**body, "phoneNumber": "+441614960060"}).status == 400
    elsewhere = {**body, "locationId": ids.locations["Manchester"], "extension": "4500"}
    assert call("POST", PATH, elsewhere).status == 201
    assert call("PUT", f"{PATH}/{line}", {"phoneNumber": ""}).status == 204
    assert "external" not in call("GET", f"{PATH}/{line}").body["number"]
    assert call("PUT", f"{PATH}/{line}", {"extension": None}).status == 400  # neither of both would be left
    assert call("PUT", f"{PATH}/{line}", {"extension": "4500", "firstName": "A"}).status == 204  # its own
    assert call("GET", f"{PATH}/{line}").body["number"] == {"extension": "4500", "primary": True}


def test_list_filters(api: WebexSimpleApi, ids: Any, line: str) -> None:
    lines = api.telephony.virtual_lines
    other = lines.create("Night", "Bell", ids.locations["Manchester"], extension="4600")

    def found(**query: Any) -> list[str]:
        return [one.id for one in lines.list(**query)]

    assert found() == found(max=1) == [line, other]
    assert found(location_id=[ids.locations["Manchester"]]) == [other]
    assert found(location_id=list(ids.locations.values())) == [line, other]
    assert found(id=[line]) == found(phone_number=["+442079460060"]) == found(owner_name=["desk"]) == [line]
    assert found(location_name=["Manch"]) == [other]
    assert found(has_dn_assigned=True) == [line]
    assert found(has_extension_assigned=True) == [line, other]
    assert found(has_device_assigned=True) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"firstName": None}, 25024),
        ({"firstName": ""}, 25110),
        ({"lastName": "x" * 31}, 25110),
        ({"callerIdFirstName": "x" * 31}, 25110),
        ({"callerIdNumber": "none"}, 4410),
        ({"extension": "1"}, 4909),
        ({"extension": "12a"}, 4910),
        ({"extension": ["4500"]}, 25024),
        ({"displayName": {"a": 1}}, 25024),
        ({"phoneNumber": "12"}, 4410),
        ({"locationId": 7}, None),
    ],
)
def test_wrong_creates(call: Any, ids: Any, change: dict[str, Any], code: int | None) -> None:
    good = {"firstName": "A", "lastName": "B", "locationId": ids.locations["London HQ"], "extension": "4500"}
    answer = call("POST", PATH, {**good, **change})
    assert (answer.status, answer.body.get("errorCode")) == ((400, code) if code else (404, None))
    assert call("GET", PATH).body == {"virtualLines": []}


@pytest.mark.parametrize("name", ["firstName", "lastName", "locationId"])
def test_missing_fields(call: Any, ids: Any, name: str) -> None:
    body = {"firstName": "A", "lastName": "B", "locationId": ids.locations["London HQ"], "extension": "4500"}
    del body[name]
    answer = call("POST", PATH, body)
    assert (answer.status, answer.body["message"]) == (400, f"Missing Mandatory field name: {name}")


def test_ids_of_the_wrong_kind(call: Any, ids: Any, line: str) -> None:
    assert call("GET", f"{PATH}/{ids.locations['London HQ']}").body["message"] == "Wrong type of Webex ID provided"
    assert call("PUT", f"{PATH}/{line}", None).body["errorCode"] == 25024
    free = {"firstName": "A", "lastName": "B", "extension": "4500", "locationId": line}
    assert call("POST", PATH, free).status == 400
    refused = call("GET", f"/telephony/config/virtualExtensions/{line}")
    assert (refused.status, refused.body["message"]) == (400, "Wrong type of Webex ID provided")  # FB#14


@pytest.mark.parametrize("position", ["0s", "10s"])
def test_switch_virtual_line_settling(position: str) -> None:
    with Simulator({**sample_tenant(), "switches": {"virtual_line_settling": position}}) as running:
        location = running.edit("GET", "/telephony/config/locations")["locations"][0]["id"]
        body = {"firstName": "A", "lastName": "B", "locationId": location, "extension": "4500"}
        path = f"{PATH}/{running.edit('POST', PATH, body)['id']}"
        if position == "10s":
            with pytest.raises(EditRefused) as refused:
                running.edit("DELETE", path)
            assert refused.value.status == 502 and "errorCode" not in refused.value.body
            running.advance(10)
        running.edit("DELETE", path)
        assert running.edit("GET", PATH) == {"virtualLines": []}


def test_survives_dump_and_load(simulator: Simulator, api: WebexSimpleApi, line: str) -> None:
    before = api.telephony.virtual_lines.details(line)
    simulator.load(simulator.state())
    assert api.telephony.virtual_lines.details(line) == before
    with pytest.raises(EditRefused, match="4202"):  # the index is made again from the record
        simulator.edit("PUT", "/telephony/config/virtualLines/" + line, {"extension": "9999"})
    (row,) = api.telephony.phone_numbers(extension="4500")
    assert row.owner.owner_type == "VIRTUAL_LINE"
