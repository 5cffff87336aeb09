"""Locations, calling enablement, PSTN, internal dialling: the order that the API insists on (§2, §3, §5, §6)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.telephony.location import CallingLineId, TelephonyLocation

from reconciler.simulator import EditRefused, Simulator, sample_tenant

PLACE = {
    "name": "Leeds",
    "timeZone": "Europe/London",
    "preferredLanguage": "en_gb",
    "announcementLanguage": "en_gb",
    "address": {"address1": "9 Nowhere", "city": "Leeds", "postalCode": "LS1 1AA", "country": "GB"},
}


def test_create_merge_delete(call: Any) -> None:
    created = call("POST", "/locations", PLACE)
    assert created.body["name"] == "Leeds" and "announcementLanguage" not in created.body
    url = f"/locations/{created.body['id']}"
    assert call("PUT", url, {"address": {"address2": "Back door"}, "name": "Leeds Office"}).status == 204
    read = call("GET", url).body
    assert read["address"] == {**PLACE["address"], "address2": "Back door"}
    assert (read["name"], read["timeZone"]) == ("Leeds Office", "Europe/London")
    assert call("DELETE", url).status == 204
    assert call("GET", url).status == 404


def test_create_needs_its_fields_and_a_free_name(call: Any) -> None:
    refused = call("POST", "/locations", {**PLACE, "address": {}})
    assert (refused.status, refused.body["errorCode"]) == (400, 25008)
    assert refused.headers["Cisco-Spark-Error-Codes"] == "25008"
    assert call("POST", "/locations", {**PLACE, "name": "London HQ"}).status == 409


@pytest.mark.parametrize(("position", "found"), [("exact", 0), ("prefix", 1)])
def test_switch_name_filter(position: str, found: int) -> None:
    with Simulator({**sample_tenant(), "switches": {"location_name_filter": position}}) as running:
        assert len(running.edit("GET", "/locations?name=London")["items"]) == found
        assert len(running.edit("GET", "/locations?name=London HQ")["items"]) == 1


@pytest.mark.parametrize(("position", "status"), [("refuse", 400), ("accept", 200)])
@pytest.mark.parametrize(
    "wrong",
    [{"timeZone": "Europe/Atlantis"}, {"timeZone": "../etc"}, {"address": {**PLACE["address"], "country": "XX"}}],
)
def test_switch_unknown_words(position: str, status: int, wrong: dict[str, Any]) -> None:
    with Simulator({**sample_tenant(), "switches": {"location_unknown_words": position}}) as running:
        if status == 400:
            with pytest.raises(EditRefused) as refused:
                running.edit("POST", "/locations", {**PLACE, **wrong})
            assert refused.value.status == 400 and refused.value.body["errorCode"] == 25024
        else:
            assert running.edit("POST", "/locations", {**PLACE, **wrong})["name"] == "Leeds"


def test_switch_duplicate_name() -> None:
    with Simulator({**sample_tenant(), "switches": {"location_name_duplicate": "accept"}}) as running:
        assert running.edit("POST", "/locations", {**PLACE, "name": "London HQ"})["name"] == "London HQ"


def test_calling_location_cannot_be_deleted(call: Any, ids: Any) -> None:
    refused = call("DELETE", f"/locations/{ids.locations['Manchester']}")
    assert refused.status == 409
    assert refused.body["message"] == "Location is being referenced, cannot be deleted"
    assert call("DELETE", f"/telephony/config/locations/{ids.locations['Manchester']}").status == 404


def test_calling_has_its_own_life(call: Any) -> None:
    key = call("POST", "/locations", PLACE).body["id"]
    url = f"/telephony/config/locations/{key}"
    assert call("GET", url).status == 404
    assert key not in [row["id"] for row in call("GET", "/telephony/config/locations").body["locations"]]
    body = {**PLACE, "id": key}
    for name in body:
        assert call("POST", "/telephony/config/locations", {**body, name: None}).status == 400
    cased = call("POST", "/telephony/config/locations", {**body, "announcementLanguage": "en_GB"})
    assert (cased.status, cased.body["message"]) == (400, "Invalid Language Code")
    empty = {**body, "address": {**PLACE["address"], "address2": ""}}
    assert call("POST", "/telephony/config/locations", empty).status == 400
    assert call("POST", "/telephony/config/locations", body).status == 201
    assert call("POST", "/telephony/config/locations", body).status == 409
    read = call("GET", url).body
    assert read["announcementLanguage"] == "en_gb" and read["callingLineId"] == {"name": "Leeds"}
    assert not {"routingPrefix", "outsideDialDigit", "connection"} & read.keys()


def test_whole_set_up_in_order(call: Any, ids: Any) -> None:
    """Location, calling, PSTN, numbers, main number, user; numbers before PSTN are refused."""
    key = call("POST", "/locations", PLACE).body["id"]
    numbers, connection = f"/telephony/config/locations/{key}/numbers", f"/telephony/pstn/locations/{key}/connection"
    user = {"emails": ["u@example.com"], "firstName": "U", "licenses": [ids.licenses["Professional"]],
            "locationId": key, "extension": "100"}  # fmt: skip
    assert call("POST", "/people?callingData=true", user).body["message"] == "Calling flag not set"
    call("POST", "/telephony/config/locations", {**PLACE, "id": key})
    assert call("POST", numbers, {"phoneNumbers": ["+441632960001"]}).status == 404
    unset = call("GET", connection)
    assert unset.status == 404 and list(unset.body) == ["errorMessage"]
    group = call("GET", "/telephony/config/premisePstn/routeGroups").body["routeGroups"][0]["id"]
    assert call("PUT", connection, {"premiseRouteType": "ROUTE_GROUP", "premiseRouteId": group}).status == 204
    read = call("GET", connection).body
    assert (read["pstnConnectionType"], read["routeType"], read["routeId"]) == ("LOCAL_GATEWAY", "ROUTE_GROUP", group)
    assert "premiseRouteType" not in read
    assert call("POST", numbers, {"phoneNumbers": ["+441632960001"], "state": "INACTIVE"}).status == 201
    url = f"/telephony/config/locations/{key}"
    assert call("PUT", url, {"callingLineId": {"phoneNumber": "+441632960001", "name": "Leeds"}}).status == 204
    assert call("GET", url).body["callingLineId"] == {"phoneNumber": "+441632960001", "name": "Leeds"}
    assert call("GET", url).body["connection"] == {"type": "ROUTE_GROUP", "id": group}
    assert call("POST", "/people?callingData=true", user).status == 200


def test_pstn_options_by_id(call: Any, ids: Any) -> None:
    base = f"/telephony/pstn/locations/{ids.locations['New York']}"
    options = {one["pstnConnectionType"]: one["id"] for one in call("GET", f"{base}/connectionOptions").body["items"]}
    assert call("PUT", f"{base}/connection", {"id": options["INTEGRATED_CCP"]}).status == 400
    assert call("PUT", f"{base}/connection", {"id": options["LOCAL_GATEWAY"]}).status == 400
    assert call("GET", f"{base}/connection").body["routeType"] == "TRUNK"
    assert call("PUT", f"{base}/connection", {"id": options["NON_INTEGRATED_CCP"]}).status == 204
    read = call("GET", f"{base}/connection").body
    assert read["displayName"] == "Example Carrier" and "routeType" not in read
    assert "connection" not in call("GET", f"/telephony/config/locations/{ids.locations['New York']}").body
    refused = call(
        "PUT", f"{base}/connection", {"premiseRouteType": "TRUNK", "premiseRouteId": ids.locations["New York"]}
    )
    assert (refused.status, refused.body["message"]) == (400, "Wrong type of Webex ID provided")


@pytest.mark.parametrize("number", ["+44 20 7946 0001", "2079460001", "+441614960001", "+15005550006"])
def test_main_number_outside_the_inventory_is_success_without_effect(call: Any, ids: Any, number: str) -> None:
    url = f"/telephony/config/locations/{ids.locations['London HQ']}"
    before = call("GET", url).body
    assert call("PUT", url, {"callingLineId": {"phoneNumber": number, "name": "Changed"}}).status == 204
    assert call("GET", url).body == before


def test_new_main_number_clears_the_name(call: Any, ids: Any) -> None:
    url = f"/telephony/config/locations/{ids.locations['London HQ']}"
    assert call("PUT", url, {"callingLineId": {"phoneNumber": "+442079460095"}}).status == 204  # an INACTIVE one
    assert call("GET", url).body["callingLineId"] == {"phoneNumber": "+442079460095"}
    taken = call("PUT", url, {"callingLineId": {"phoneNumber": "+442079460010"}, "externalCallerIdName": "X"})
    assert taken.status == 204
    assert call("GET", url).body["externalCallerIdName"] == "X"


def test_put_merges_and_refuses_empty_texts(call: Any, ids: Any) -> None:
    url = f"/telephony/config/locations/{ids.locations['London HQ']}"
    before = call("GET", url).body
    assert call("PUT", url, {"outsideDialDigit": "8", "id": "x", "userLimit": 3}).status == 204
    assert call("GET", url).body == {**before, "outsideDialDigit": "8"}
    for name in ("outsideDialDigit", "routingPrefix"):
        assert call("PUT", url, {name: ""}).body["errorCode"] == 25024


def test_routing_prefix_holds_at_once_and_answers_with_a_job(call: Any, ids: Any, people: Any) -> None:
    url = f"/telephony/config/locations/{ids.locations['London HQ']}"
    clash = call("PUT", url, {"routingPrefix": "8202"})
    assert (clash.status, clash.body["error"][0]["message"][0]["code"]) == (400, "5600")
    assert call("PUT", url, {"routingPrefix": "8201"}).status == 204
    job = call("PUT", url, {"routingPrefix": "8777"}).body["batchJobId"]
    person = call("GET", f"/people/{ids.person('amelia.ashford@example.com')}").body
    assert person["phoneNumbers"][1]["value"].startswith("8777")
    poll = f"/telephony/config/jobs/updateRoutingPrefix/{job}"
    states = [call("GET", poll).body["latestExecutionStatus"] for _ in range(4)]
    assert states == ["STARTING", "STARTED", "COMPLETED", "COMPLETED"]
    assert call("GET", poll).body["counts"]["routingPrefixUpdated"] > 0
    assert call("GET", f"{poll}/errors").body == {"items": []}


def test_internal_dialing(call: Any, ids: Any) -> None:
    url = f"/telephony/config/locations/{ids.locations['New York']}/internalDialing"
    trunk = call("GET", "/telephony/config/premisePstn/trunks").body["trunks"][0]
    assert call("GET", url).body == {"enableUnknownExtensionRoutePolicy": False}
    assert call("PUT", url, {"enableUnknownExtensionRoutePolicy": True}).status == 400
    on = {
        "enableUnknownExtensionRoutePolicy": True,
        "unknownExtensionRouteIdentity": {"id": trunk["id"], "type": "TRUNK"},
    }
    assert call("PUT", url, on).status == 204
    read = call("GET", url).body
    assert read["unknownExtensionRouteIdentity"]["name"] == trunk["name"]
    assert call("PUT", url, read).status == 204
    off = {"enableUnknownExtensionRoutePolicy": False, "unknownExtensionRouteIdentity": None}
    assert call("PUT", url, off).status == 204
    assert call("GET", url).body == {"enableUnknownExtensionRoutePolicy": False}


def test_sdk_writes(api: WebexSimpleApi) -> None:
    place = next(one for one in api.telephony.location.list() if one.name == "Manchester")
    update = TelephonyLocation(external_caller_id_name="Shown", calling_line_id=CallingLineId(name="Line"))
    assert api.telephony.location.update(place.location_id, update) is None
    read = api.telephony.location.details(place.location_id)
    assert (read.external_caller_id_name, read.calling_line_id.name) == ("Shown", "Line")
    assert read.calling_line_id.phone_number == "+441614960000"
    job = api.telephony.location.update(place.location_id, TelephonyLocation(routing_prefix="8555"))
    assert [one.id for one in api.jobs.update_routing_prefix.list()] == [job]


def test_wrong_kinds_of_id(call: Any, ids: Any) -> None:
    wrong = call("GET", f"/telephony/config/locations/{ids.person('amelia.ashford@example.com')}")
    assert (wrong.status, wrong.body["message"]) == (400, "Wrong type of Webex ID provided")
    invented = "Y2lzY29zcGFyazovL3VzL0xPQ0FUSU9OUy94"  # ciscospark://us/LOCATIONS/x
    text = call("GET", f"/locations/{invented}").body["message"]
    assert text == "LOCATIONS is not a valid Webex Resource Type"
    assert call("GET", f"/locations/{ids.locations['London HQ']}==").status == 200
