"""Devices under both of their ids, their lines, and what they are lost with (§1.5, §1.6, §1.7, §13, §14)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.devices import TagOp
from wxc_sdk.person_settings import Hoteling
from wxc_sdk.telephony.devices import DeviceMember, DeviceSettings

from reconciler.simulator import Simulator
from reconciler.simulator.core import ids as webex

Json = dict[str, Any]
MODEL = "DMS Cisco 8845"


def person(simulator: Simulator, position: int) -> str:
    return webex.encode("PEOPLE", simulator.state()["people"][position]["id"])


def room(simulator: Simulator, position: int) -> str:
    return webex.encode("PLACE", simulator.state()["workspaces"][position]["id"])


def phone(simulator: Simulator, mac: str = "0000DEAD0001", model: str = MODEL, **owner: str) -> Json:
    owner = owner or {"personId": person(simulator, 1)}
    made: Json = simulator.edit("POST", "/devices", {"mac": mac, "model": model, **owner})
    return made


def test_life_of_a_device(api: WebexSimpleApi, simulator: Simulator) -> None:
    owner = person(simulator, 1)
    made = api.devices.create_by_mac_address(mac="00-00:de.ad0001", person_id=owner, model=MODEL)
    assert made is not None and (made.mac, made.product, made.person_id) == ("0000DEAD0001", "Cisco 8845", owner)
    assert api.devices.details(made.device_id) == made
    assert [one.device_id for one in api.devices.list(person_id=owner)] == [made.device_id]
    api.devices.modify_device_tags(made.device_id, TagOp.add, ["one", "two"])
    api.devices.modify_device_tags(made.device_id, TagOp.add, ["two", "three"])
    assert api.devices.details(made.device_id).tags == ["one", "two", "three"]
    assert api.devices.modify_device_tags(made.device_id, TagOp.replace, ["four"]).tags == ["four"]
    assert api.devices.modify_device_tags(made.device_id, TagOp.remove, []).tags == []
    api.devices.delete(made.device_id)
    assert list(api.devices.list()) == [] and simulator.state().get("devices", []) == []


def test_the_two_ids(api: WebexSimpleApi, simulator: Simulator, call: Any) -> None:
    made = phone(simulator)
    first, second = webex.decode(made["id"]), webex.decode(made["callingDeviceId"])
    assert first and second and (first[0], second[0]) == ("DEVICE", "CALLING_DEVICE") and first[1] != second[1]
    details = api.telephony.devices.details(made["callingDeviceId"])
    assert (details.model, details.mac, details.manufacturer) == (MODEL, "0000DEAD0001", "CISCO")
    assert call("GET", f"/devices/{made['callingDeviceId']}").status == 400
    listed = api.person_settings.devices(person(simulator, 1)).devices
    assert [one.device_id for one in listed] == [made["callingDeviceId"]]


@pytest.mark.parametrize(("position", "status"), [("calling_only", 400), ("both", 200)])
def test_switch_telephony_device_id(simulator: Simulator, call: Any, position: str, status: int) -> None:
    simulator.turn("telephony_device_id", position)
    made = phone(simulator)
    assert call("GET", f"/telephony/config/devices/{made['id']}").status == status
    assert call("GET", f"/telephony/config/devices/{made['callingDeviceId']}/members").status == 200


def test_lists_stop_at_a_hundred_without_a_word(simulator: Simulator, call: Any) -> None:
    owners = [person(simulator, position) for position in range(0, 25)]
    for number in range(103):
        phone(simulator, mac=f"00000000{number:04d}", personId=owners[number % 25])
    page = call("GET", "/devices?max=500")
    assert len(page.body["items"]) == 100 and "Link" not in page.headers
    assert len(call("GET", "/devices?start=100").body["items"]) == 3
    assert len(call("GET", "/devices?max=7").body["items"]) == 7


def test_filters(simulator: Simulator, call: Any) -> None:
    one = phone(simulator)
    two = phone(simulator, "0000DEAD0002", "Cisco 8865", workspaceId=room(simulator, 0))
    simulator.edit("PATCH", f"/devices/{two['id']}", {"op": "add", "path": "tags", "value": ["a", "b"]})

    def found(query: str) -> list[str]:
        return [row["id"] for row in call("GET", f"/devices?{query}").body["items"]]

    both = [one["id"], two["id"]]
    assert found("type=phone") == both and found("type=roomdesk") == []
    assert found("product=Cisco%208865") == found("tag=a,b") == found("mac=00:00:DE:AD:00:02") == [two["id"]]
    assert found("tag=a,c") == found("errorCode=x") == found("plannedMaintenance=on") == []
    assert found(f"workspaceId={room(simulator, 0)}") == found("displayName=Board%20Room") == [two["id"]]
    assert found(f"personId={person(simulator, 1)}") == [one["id"]]
    locations = {one["locationId"], two["locationId"]}
    assert len(locations) == 2 and found(f"locationId={two['locationId']}") == [two["id"]]
    assert found(f"workspaceLocationId={two['workspaceLocationId']}") == [two["id"]]
    assert found("connectionStatus=connected") == both and found("connectionStatus=activating") == []


@pytest.mark.parametrize(("position", "at_once"), [("0s", 1), ("120s", 0)])
def test_switch_device_create_lag(simulator: Simulator, call: Any, position: str, at_once: int) -> None:
    simulator.run_clock(0)
    simulator.turn("device_create_lag", position)
    body = {"mac": "0000DEAD0001", "model": "DMS Cisco 9841", "personId": person(simulator, 1)}
    created = call("POST", "/devices", body)
    assert (created.status, created.body) == (204, "")
    assert len(call("GET", "/devices").body["items"]) == at_once
    checked = call("POST", "/telephony/config/devices/actions/validateMacs/invoke", {"macs": ["0000DEAD0001"]})
    assert checked.body["macStatus"][0]["state"] == "UNAVAILABLE"
    simulator.advance(120)
    assert len(call("GET", "/devices").body["items"]) == 1


@pytest.mark.parametrize(("position", "status"), [("400", 400), ("409", 409)])
def test_switch_device_mac_in_use(simulator: Simulator, call: Any, position: str, status: int) -> None:
    simulator.turn("device_mac_in_use", position)
    phone(simulator)
    body = {"mac": "00:00:de:ad:00:01", "model": MODEL, "personId": person(simulator, 2)}
    answer = call("POST", "/devices", body)
    assert (answer.status, answer.body["errorCode"]) == (status, 5675)


@pytest.mark.parametrize(
    ("change", "code"),
    [({"mac": "nonsense"}, 25220), ({"mac": None}, 25024), ({"mac": 5}, 25220), ({"model": "Abacus"}, 25024),
     ({"model": "2N Customer Managed"}, 25008), ({"personId": None}, 0), ({"workspaceId": "both"}, 0),
     ({"personId": "messaging"}, 4003)],
)  # fmt: skip
def test_refused_devices(simulator: Simulator, call: Any, change: Json, code: int) -> None:
    body = {"mac": "0000DEAD0001", "model": MODEL, "personId": person(simulator, 1), **change}
    if change.get("personId") == "messaging":
        body["personId"] = person(simulator, 55)
    if change.get("workspaceId"):
        body["workspaceId"] = room(simulator, 0)
    before = simulator.state()
    answer = call("POST", "/devices", body)
    assert (answer.status, answer.body.get("errorCode", 0)) == (400, code)
    assert simulator.state() == before


def test_a_standard_user_has_one_device(simulator: Simulator, call: Any, ids: Any) -> None:
    key = person(simulator, 55)
    entry = {"id": ids.licenses["Standard"], "operation": "add",
             "properties": {"locationId": ids.locations["London HQ"], "extension": "0444"}}  # fmt: skip
    simulator.edit("PATCH", "/licenses/users", {"personId": key, "licenses": [entry]})
    phone(simulator, personId=key)
    assert call("POST", "/devices", {"mac": "0000DEAD0002", "model": MODEL, "personId": key}).status == 400
    counts = call("GET", f"/telephony/config/people/{key}/devices").body
    assert (counts["maxDeviceCount"], counts["maxOwnedDeviceCount"], len(counts["devices"])) == (35, 1, 1)


def test_activation_codes(api: WebexSimpleApi, simulator: Simulator, call: Any) -> None:
    quiet = room(simulator, 7)
    code = api.devices.activation_code(workspace_id=quiet)
    assert len(code.code) == 16 and code.code.isdigit() and list(api.devices.list()) == []
    assert call("POST", "/devices/activationCode", {"workspaceId": quiet, "model": MODEL}).body["errorCode"] == 4003
    api.devices.activation_code(person_id=person(simulator, 1), model=MODEL)
    (device,) = api.devices.list()
    assert (device.connection_status, device.mac) == ("activating", None)
    assert call("POST", "/devices/activationCode", {}).status == 400
    ata = {"personId": person(simulator, 1), "model": "DMS Cisco 192"}
    assert call("POST", "/devices/activationCode", ata).status == 400


def test_devices_go_with_their_owner(simulator: Simulator, call: Any, ids: Any) -> None:
    owner, guest, place = person(simulator, 1), person(simulator, 2), room(simulator, 0)
    first = phone(simulator)
    phone(simulator, "0000DEAD0002", workspaceId=place)
    phone(simulator, "0000DEAD0003", personId=guest)
    path = f"/telephony/config/devices/{first['callingDeviceId']}/members"
    members = [{"id": owner, "port": 1, "primaryOwner": True},
               {"id": guest, "port": 2, "lineType": "SHARED_CALL_APPEARANCE"}]  # fmt: skip
    assert call("PUT", path, {"members": members}).status == 204
    simulator.edit("DELETE", f"/workspaces/{place}")
    assert {one["mac"] for one in simulator.state()["devices"]} == {"0000DEAD0001", "0000DEAD0003"}
    entry = {"id": ids.licenses["Professional"], "operation": "remove"}
    simulator.edit("PATCH", "/licenses/users", {"personId": guest, "licenses": [entry]})
    assert [one["mac"] for one in simulator.state()["devices"]] == ["0000DEAD0001"]
    assert [one["id"] for one in call("GET", path).body["members"]] == [owner]
    simulator.edit("DELETE", f"/people/{owner}")
    assert simulator.state().get("devices", []) == []


def test_members(api: WebexSimpleApi, simulator: Simulator, call: Any) -> None:
    device = phone(simulator)["callingDeviceId"]
    found = api.telephony.devices.members(device)
    assert (found.model, found.max_line_count, [one.primary_owner for one in found.members]) == (MODEL, 10, [True])
    available = list(api.telephony.devices.available_members(device, member_name="board room"))
    assert [(one.member_type, one.license_type) for one in available] == [("PLACE", "PROFESSIONAL_WORKSPACE")]
    shared = DeviceMember.from_available(available[0])
    shared.line_type, shared.line_label = "SHARED_CALL_APPEARANCE", "Room"  # type: ignore[assignment]
    api.telephony.devices.update_members(device, [*found.members, shared])
    lines = {one.port: one.line_label for one in api.telephony.devices.members(device).members}
    assert lines[2] == "Room" and len(lines) == 2
    listed = api.workspace_settings.devices.list_and_counts(room(simulator, 0)).devices
    assert [(one.primary_owner, one.device_type) for one in listed] == [(False, "SHARED_CALL_APPEARANCE")]
    assert listed[0].owner and listed[0].owner.owner_type == "PEOPLE" and listed[0].hoteling is None
    api.telephony.devices.update_members(device)
    assert len(api.telephony.devices.members(device).members) == 1


@pytest.mark.parametrize(
    "members",
    ["all", [{"port": 1}], [{"id": "guest"}], [{"id": "guest", "port": 1}], [{"id": "owner", "port": 1}],
     [{"id": "owner", "port": 11, "primaryOwner": True}],
     [{"id": "owner", "port": 1, "primaryOwner": True}, {"id": "guest", "port": 1}],
     [{"id": "owner", "port": 1, "primaryOwner": True, "hotlineEnabled": True}],
     [{"id": "owner", "port": 1, "primaryOwner": True, "lineType": "BUSY"}]],
)  # fmt: skip
def test_refused_members(simulator: Simulator, call: Any, members: Any) -> None:
    device = phone(simulator)["callingDeviceId"]
    names = {"owner": person(simulator, 1), "guest": person(simulator, 2)}
    if isinstance(members, list):
        members = [{**one, "id": names[one["id"]]} if "id" in one else one for one in members]
    before = simulator.state()
    assert call("PUT", f"/telephony/config/devices/{device}/members", {"members": members}).status == 400
    assert simulator.state() == before


def test_available_members(simulator: Simulator, call: Any, ids: Any) -> None:
    device = phone(simulator)["callingDeviceId"]
    root = f"/telephony/config/devices/{device}/availableMembers"
    calling = sum(bool(one["calling"]) for kind in ("people", "workspaces") for one in simulator.state()[kind])
    assert call("GET", f"{root}/count").body == {"totalCount": calling - 1}
    assert call("GET", "/telephony/config/devices/availableMembers/count").body == {"totalCount": calling}
    rows = call("GET", f"{root}?locationId={ids.locations['Manchester']}").body["members"]
    assert {row["location"]["name"] for row in rows} == {"Manchester"}
    names = [row["lastName"].lower() for row in call("GET", root).body["members"]]
    assert names == sorted(names) and "max=5" in call("GET", f"{root}?max=5").headers["Link"]
    found = call("GET", f"{root}?extension=7000").body["members"]
    assert [(row["firstName"], row["extension"]) for row in found] == [("Board Room", "7000")]
    assert call("GET", f"{root}?phoneNumber={found[0]['phoneNumber'][1:]}").body["members"] == found
    simulator.edit("POST", "/telephony/config/virtualLines",
                   {"firstName": "Virtual", "lastName": "Line", "extension": "8123",
                    "locationId": ids.locations["London HQ"]})  # fmt: skip
    line = f"{root}?memberName=virtual"
    assert [row["memberType"] for row in call("GET", line).body["members"]] == ["VIRTUAL_LINE"]
    assert call("GET", f"{line}&usageType=DEVICE_OWNER").body["members"] == []


def test_mac_addresses(api: WebexSimpleApi, simulator: Simulator, call: Any) -> None:
    phone(simulator)
    found = api.telephony.devices.validate_macs(["0000DEAD0001", "0000DEAD0009", "00:00:de:ad:00:09", "xyz"])
    states = [(one.state, one.error_code) for one in found.mac_status or []]
    assert found.status == "ERRORS"
    assert states == [("UNAVAILABLE", 5675), ("AVAILABLE", None), ("DUPLICATE_IN_LIST", 5676), ("INVALID", 25220)]
    assert api.telephony.devices.validate_macs(["0000DEAD0009"]).status == "OK"
    assert call("POST", "/telephony/config/devices/actions/validateMacs/invoke", {"macs": "one"}).status == 400
    assert call("POST", "/telephony/config/devices/actions/validateMacs/invoke", {}).body["errorCode"] == 25008


def test_supported_devices(api: WebexSimpleApi, call: Any) -> None:
    found = api.telephony.devices.supported_devices()
    models = {one.model: one for one in found.devices or []}
    assert models[MODEL].device_type == "MPP" and models["2N Customer Managed"].manufacturer == "THIRD_PARTY"
    phones = {one.model for one in api.telephony.devices.supported_devices(type_="MPP").devices or []}
    others = {one.model for one in api.telephony.devices.supported_devices(type_="not:MPP").devices or []}
    assert phones and others and phones | others == set(models) and not phones & others
    layout = call("GET", "/telephony/config/supportedDevices?allowConfigureLayoutEnabled=true").body["devices"]
    assert {row["type"] for row in layout} == {"MPP", "DESK_PHONE"}


def test_hoteling_and_compression(api: WebexSimpleApi, simulator: Simulator, call: Any) -> None:
    phone(simulator)
    key, place = person(simulator, 1), room(simulator, 0)
    assert api.person_settings.devices(key).devices[0].hoteling == Hoteling(enabled=False, limit_guest_use=False)
    wanted = Hoteling(enabled=True, limit_guest_use=True, guest_hours_limit=12)
    api.person_settings.modify_hoteling_settings_primary_devices(key, wanted)
    assert api.person_settings.devices(key).devices[0].hoteling == wanted
    api.workspace_settings.devices.modify_hoteling(place, wanted)
    assert (
        call("PUT", f"/telephony/config/workspaces/{place}/devices", {"enabled": True, "limitGuestUse": True}).status
        == 400
    )
    assert api.telephony.devices.get_person_device_settings(key).compression is False
    api.telephony.devices.update_person_device_settings(key, DeviceSettings(compression=True))
    assert api.telephony.devices.get_person_device_settings(key).compression is True
    api.telephony.devices.update_workspace_device_settings(place, DeviceSettings(compression=True))
    assert api.telephony.devices.get_workspace_device_settings(place).compression is True
    assert call("PUT", f"/telephony/config/people/{key}/devices/settings", {"compression": "HALF"}).status == 400
    count = api.telephony.devices.user_devices_count(key)
    assert (count.total_device_count, count.applications_count) == (2, 4)


def test_who_has_no_telephony_devices(simulator: Simulator, call: Any) -> None:
    for path in (f"people/{person(simulator, 55)}", f"workspaces/{room(simulator, 7)}"):
        for part in ("devices", "devices/settings"):
            answer = call("GET", f"/telephony/config/{path}/{part}")
            assert (answer.status, answer.body["errorCode"]) == (400, 4003), path
            assert answer.body["message"].endswith("WithDeviceOwnerRequestWCV3")
    for part in ("devices", "devices/settings"):  # the basic tier has them
        assert call("GET", f"/telephony/config/workspaces/{room(simulator, 6)}/{part}").status == 200


def test_third_party_password_and_apply_changes(simulator: Simulator, call: Any) -> None:
    body = {"mac": "0000DEAD0001", "model": "2N Customer Managed", "personId": person(simulator, 1), "password": "x"}
    third = call("POST", "/devices", body).body["callingDeviceId"]
    own = phone(simulator, "0000DEAD0002")["callingDeviceId"]
    root = "/telephony/config/devices"
    assert call("PUT", f"{root}/{third}", {"sipPassword": "Secret123!"}).status == 204
    assert "Secret123!" not in str(simulator.state())
    assert call("PUT", f"{root}/{third}", {}).body["errorCode"] == 25008
    assert call("PUT", f"{root}/{own}", {"sipPassword": "Secret123!"}).status == 400
    assert call("POST", f"{root}/{own}/actions/applyChanges/invoke").status == 204
    assert call("GET", f"{root}/{webex.encode('CALLING_DEVICE', 'lost')}").status == 404


@pytest.mark.parametrize(
    "body", [{"op": "swap", "path": "tags"}, {"op": "add", "path": "name"}, {"op": "add", "path": "tags", "value": "a"}]
)
def test_refused_tags(simulator: Simulator, call: Any, body: Json) -> None:
    made = phone(simulator)
    assert call("PATCH", f"/devices/{made['id']}", body).status == 400


def test_devices_survive_a_restart(tmp_path: Path) -> None:
    with Simulator(data_dir=tmp_path) as first:
        phone(first)
        kept = first.state()
    with Simulator(data_dir=tmp_path) as second:
        assert second.state() == kept
