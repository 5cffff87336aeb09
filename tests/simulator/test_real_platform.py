"""What live tests and dated observations say of ids, errors, numbers and devices (issue 10, D; see behaviour.md)."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from reconciler.simulator import Simulator
from reconciler.simulator.core import ids as encoding

pytestmark = pytest.mark.issue10("D")
Json = dict[str, Any]


def test_a_tracking_id_comes_back_once(call: Any) -> None:
    assert call("GET", "/people/me", headers={"TrackingID": "SIMPLE_1"}).headers["trackingid"] == "SIMPLE_1"
    assert "," not in call("GET", "/people/me").headers["trackingid"]


def test_a_taken_routing_prefix_is_told_in_the_shape_that_only_the_async_sdk_reads(call: Any, ids: Any) -> None:
    answer = call("PUT", f"/telephony/config/locations/{ids.locations['London HQ']}", {"routingPrefix": "8202"})
    assert answer.status == 400 and answer.body.keys() == {"error", "trackingId"}
    ((told,),) = [part["message"] for part in answer.body["error"]]
    assert told["code"] == "5600" and told["description"].startswith("[Error 5600]")


@pytest.mark.parametrize(
    "path",
    ["devices/settings", "devices/lineKeyTemplates", "devices/backgroundImages", "announcements/playlists",
     "devices/dynamicSettings/validationSchema", "devices/dects/supportedDevices", "announcements/playlists/x"],
)  # fmt: skip
def test_what_is_not_served_says_so(call: Any, path: str) -> None:
    """Where the last word of a documented path would be taken for the id of a device or an announcement."""
    for method in ("GET", "POST"):
        answer = call(method, f"/telephony/config/{path}", {} if method == "POST" else None)
        assert (answer.status, answer.body["message"]) == (
            404, f"No static resource hydra/v1/telephony/config/{path}.",
        )  # fmt: skip


def test_ids_of_groups_begin_with_the_group(call: Any, simulator: Simulator) -> None:
    org = simulator.state()["org"]["id"]
    for group in call("GET", "/groups").body["groups"]:
        kind, value = encoding.decode(group["id"]) or ("", "")
        assert kind == "SCIM_GROUP" and value.endswith(f":{org}")


def test_a_second_group_of_a_name_is_accepted(call: Any) -> None:
    for _ in range(2):
        assert call("POST", "/groups", {"displayName": "Sales"}).status == 201
    found = call("GET", '/groups?filter=displayName eq "Sales"').body["groups"]
    assert len({one["id"] for one in found}) == 2


def test_the_group_of_a_location_has_its_callers(call: Any, ids: Any, simulator: Simulator) -> None:
    london = f"/telephony/config/locations/{ids.locations['London HQ']}"
    queue = {"name": "Help", "extension": "6100", "callPolicies": {"policy": "CIRCULAR"}}
    assert call("POST", f"{london}/queues", queue).status == 201
    (group,) = [one for one in call("GET", "/groups").body["groups"] if one["displayName"] == "London HQ"]
    rows = call("GET", f"/groups/{group['id']}/members").body["members"]
    state = simulator.state()
    place = next(one["id"] for one in state["locations"] if one["name"] == "London HQ")
    here = {
        table: {one["id"] for one in state[table] if (one["calling"] or {}).get("location") == place}
        for table in ("people", "workspaces", "call_queues")
    }
    found = {
        kind: {encoding.any_uuid(row["id"]) for row in rows if row["type"] == kind} for kind in ("user", "machine")
    }
    assert found == {"user": here["people"], "machine": here["workspaces"] | here["call_queues"]}
    assert {(encoding.decode(row["id"]) or ("",))[0] for row in rows} == {"PEOPLE"}
    assert "Help" in {row["displayName"] for row in rows} and group["memberSize"] == len(rows)


def test_people_by_id_have_a_user_name(call: Any, ids: Any, people: Any) -> None:
    email = people["number"][0]
    (row,) = call("GET", f"/people?id={ids.person(email)}").body["items"]
    assert row["userName"] == email and "licenses" not in row
    (plain,) = call("GET", f"/people?email={email}").body["items"]
    assert "userName" not in plain


@pytest.mark.parametrize(
    ("filter", "least"),
    [
        ('phoneNumbers[type eq "work_extension"]', 40),
        ('phoneNumbers[type eq "work"]', 10),
        ('phoneNumbers[type eq "x"]', 0),
    ],
)
def test_scim_finds_users_by_the_type_of_a_number(call: Any, simulator: Simulator, filter: str, least: int) -> None:
    root = f"/identity/scim/{simulator.state()['org']['id']}/v2/Users"
    found = call("GET", f"{root}?filter={filter.replace(' ', '%20')}").body
    assert found["totalResults"] >= least and (least or not found["totalResults"])
    blank = call("GET", f"{root}?filter={filter.replace('[', ' [').replace(' ', '%20')}")
    assert blank.status == 400


@pytest.mark.parametrize("number", ["+4420794600011", "+121255501000", "+349100000001", "+331234567890"])
def test_a_number_too_long_for_its_country_is_refused(call: Any, ids: Any, number: str) -> None:
    url = f"/telephony/config/locations/{ids.locations['London HQ']}/numbers"
    answer = call("POST", url, {"phoneNumbers": [number]})
    assert answer.status == 400 and answer.body[0]["errors"][0]["errorCode"] == "8362"
    asked = call("POST", "/telephony/config/actions/validateNumbers/invoke", {"phoneNumbers": [number]}).body
    assert asked["phoneNumbers"][0]["state"] == "Invalid"


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
def test_numbers_without_pstn_are_not_found(call: Any, ids: Any, method: str) -> None:
    address = {"address1": "9 Nowhere", "city": "Leeds", "postalCode": "LS1 1AA", "country": "GB"}
    site = {"name": "Leeds", "timeZone": "Europe/London", "preferredLanguage": "en_gb", "address": address,
            "announcementLanguage": "en_gb"}  # fmt: skip
    key = call("POST", "/locations", site).body["id"]
    assert call("POST", "/telephony/config/locations", {**site, "id": key}).status == 201
    answer = call(method, f"/telephony/config/locations/{key}/numbers", {"phoneNumbers": ["+441132960001"]})
    assert answer.status == 404 and answer.body.keys() == {"errorMessage"}
    assert answer.body["errorMessage"].endswith("not found or PSTN for the location is not configured")


def test_one_disable_job_at_a_time(call: Any, ids: Any) -> None:
    path = "/telephony/config/jobs/locations/deleteCallingLocation"
    first = call("POST", path, {"locationId": ids.locations["London HQ"]})
    assert first.status in (200, 202)
    second = call("POST", path, {"locationId": ids.locations["Manchester"]})
    assert (second.status, second.body["errorCode"]) == (409, "BATCH-1001004")
    assert second.body["message"] == "Customer has job of same type already running."


def phone(call: Any, number: int, **owner: str) -> Any:
    return call("POST", "/devices", {"mac": f"0000DEAD{number:04d}", "model": "DMS Cisco 8845", **owner})


def test_phones_of_a_workspace_by_tier(call: Any, ids: Any) -> None:
    for name, most in (("Reception Phone", 1), ("Board Room", 5)):
        place = ids.workspace(name)
        held = len(call("GET", f"/devices?workspaceId={place}").body["items"])
        for number in range(most - held):
            assert phone(call, most * 100 + number, workspaceId=place).status == 200
        full = phone(call, most * 100 + 99, workspaceId=place)
        assert (full.status, full.body["errorCode"], full.body["message"]) == (
            400, "2022", "Exceeded max number of devices",
        )  # fmt: skip
        code = call("POST", "/devices/activationCode", {"model": "DMS Cisco 8845", "workspaceId": place})
        assert (code.status, code.body["errorCode"]) == (400, "2022")


def test_ids_of_devices_are_padded_and_macs_of_phones_bare(call: Any, ids: Any, people: Any) -> None:
    made = phone(call, 1, personId=ids.person(people["number"][0])).body
    assert made["mac"] == "0000DEAD0001"
    assert made["id"].endswith("=") and len(made["id"]) % 4 == 0
    assert base64.urlsafe_b64decode(made["id"]).decode().startswith("ciscospark://us/DEVICE/")
    assert call("GET", f"/devices/{made['id'].rstrip('=')}").body["id"] == made["id"]
    assert [row["id"] for row in call("GET", "/devices?mac=00:00:de:ad:00:01").body["items"]] == [made["id"]]


def test_an_invalid_mac_is_told_without_a_number(call: Any) -> None:
    url = "/telephony/config/devices/actions/validateMacs/invoke"
    (row,) = call("POST", url, {"macs": ["kjhgf"]}).body["macStatus"]
    assert (row["errorCode"], row["message"]) == (25220, "Invalid MAC address.")
