"""webex-behaviour.md §18, numbers 1 to 20: what breaks a naive reconciler, shown on the simulator. One test each;
numbers 21 to 40 are in test_what_jobs_ids_and_settings_do_unasked.py."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi

from reconciler.simulator import Simulator, generate_tenant, sample_tenant
from tests.support.rich_tenant import enrich

from .conftest import Call, Ids

Json = dict[str, Any]
SITE = {
    "name": "Depot",
    "timeZone": "Europe/London",
    "preferredLanguage": "en_GB",
    "announcementLanguage": "en_gb",
    "address": {"address1": "6 Back Lane", "city": "York", "postalCode": "YO1 1AA", "country": "GB"},
}


def _person(call: Call, ids: Ids, email: str) -> Json:
    found: Json = call("GET", f"/people/{ids.person(email)}?callingData=true").body
    return found


def _caller(ids: Ids, call: Call, **more: Any) -> Json:
    """The body of a person with calling in London."""
    london, license = ids.locations["London HQ"], ids.licenses["Professional"]
    return {"emails": ["new@example.com"], "displayName": "New", "firstName": "New", "lastName": "One",
            "licenses": [license], "locationId": london, **more}  # fmt: skip


def _numbers(call: Call, **query: str) -> dict[str, Json]:
    rows = call("GET", "/telephony/config/numbers?" + "&".join(f"{name}={text}" for name, text in query.items()))
    return {one["phoneNumber"]: one for one in rows.body["phoneNumbers"] if one.get("phoneNumber")}


def test_18_01_people_put_is_a_full_replace(
    simulator: Simulator, call: Call, ids: Ids, people: dict[str, list[str]]
) -> None:
    """As documented, and not as seen live: leaving out phoneNumbers takes the number; leaving out licences takes
    calling and every setting of it."""
    simulator.turn("people_put_omitted", "reset")
    person = _person(call, ids, people["number"][0])
    settings = f"/people/{person['id']}/features/callForwarding"
    assert call("GET", settings).status == 200
    path = f"/people/{person['id']}?callingData=true"
    kept = {key: person[key] for key in ("emails", "displayName", "licenses", "extension", "locationId")}
    assert call("PUT", path, kept).status == 200
    assert [one["type"] for one in call("GET", path).body["phoneNumbers"]] == ["work_extension"]
    assert call("PUT", path, {key: person[key] for key in ("emails", "displayName", "extension")}).status == 200
    assert call("GET", path).body["licenses"] == []
    gone = call("GET", settings)
    assert (gone.status, gone.body["errorCode"]) == (400, 4003)


def test_18_02_a_failed_write_of_a_person_may_have_applied(call: Call, ids: Ids) -> None:
    """400, and yet the person is there; trying again is a 409. A refused PUT has changed half of the fields."""
    body = _caller(ids, call, phoneNumbers=[{"type": "work", "value": "+442079469999"}])
    assert call("POST", "/people?callingData=true", body).status == 400
    left = _person(call, ids, "new@example.com")
    assert left["licenses"] == [] and "extension" not in left
    assert call("POST", "/people?callingData=true", body).status == 409
    again = {**body, "title": "Half"}
    assert call("PUT", f"/people/{left['id']}?callingData=true", again).status == 400
    assert _person(call, ids, "new@example.com")["title"] == "Half"


def test_18_03_success_with_no_effect(call: Call, ids: Ids, people: dict[str, list[str]]) -> None:
    """A main number that is not in the inventory, and transfer numbers while the custom settings are off."""
    place = f"/telephony/config/locations/{ids.locations['London HQ']}"
    before = call("GET", place).body
    answer = call("PUT", place, {"callingLineId": {"name": "X", "phoneNumber": "+442079469999"}})
    assert answer.status in (200, 204)
    assert call("GET", place).body["callingLineId"]["phoneNumber"] == before["callingLineId"]["phoneNumber"]
    person = ids.person(people["extension"][0])
    transfer = f"/telephony/config/people/{person}/outgoingPermission/autoTransferNumbers"
    assert call("PUT", transfer, {"autoTransferNumber1": "+442079460001"}).status == 204
    assert not call("GET", transfer).body.get("autoTransferNumber1")


def test_18_04_a_partial_licence_assignment_is_a_success(simulator: Simulator, call: Call, ids: Ids) -> None:
    """200 on people although one licence was left out; 206 on PATCH /licenses/users."""
    tenant = sample_tenant()
    next(one for one in tenant["licenses"] if one["offer"] == "BCSTD")["totalUnits"] = 0
    simulator.load(tenant)
    spent, there = ids.licenses["Professional"], ids.licenses["Messaging"]
    body = {**_caller(ids, call, extension="0803"), "licenses": [there, spent]}
    made = call("POST", "/people?callingData=true", body)
    assert (made.status, made.body["licenses"]) == (200, [there])
    wanted = {"id": spent, "operation": "add", "properties": {"locationId": body["locationId"], "extension": "0803"}}
    less = {"id": there, "operation": "remove"}
    answer = call("PATCH", "/licenses/users", {"personId": made.body["id"], "licenses": [less, wanted]})
    assert (answer.status, answer.body["licenses"]) == (206, [])


def test_18_05_not_found_means_four_things(call: Call, ids: Ids) -> None:
    """Absent, there without calling, without PSTN, and no such path: four shapes of 404, and 4003 with a 400."""
    absent = call("GET", "/people/00000000-0000-4000-8000-000000000000")
    site = call("POST", "/locations", SITE).body["id"]
    no_calling = call("GET", f"/telephony/config/locations/{site}")
    no_pstn = call("GET", f"/telephony/pstn/locations/{site}/connection")
    no_path = call("GET", "/telephony/config/noSuchThing")
    assert [one.status for one in (absent, no_calling, no_pstn, no_path)] == [404] * 4
    assert "message" in absent.body and "errorCode" not in absent.body
    assert set(no_pstn.body) == {"errorMessage"} and "not found or PSTN" in no_pstn.body["errorMessage"]
    assert no_path.body["message"].startswith("No static resource hydra/v1/")
    assert no_calling.body["message"] not in (absent.body["message"], no_path.body["message"])
    room = ids.workspace("Quiet Corner")
    not_calling = call("GET", f"/workspaces/{room}/features/callForwarding")
    assert (not_calling.status, not_calling.body["errorCode"]) == (400, 4003)


def test_18_06_lists_are_truncated_silently() -> None:
    """callingData clamps a page to 100, a location filter to 50, whatever `max` says; only the Link tells."""
    with Simulator(generate_tenant(people=130, locations=1, workspaces=0, seed=1)) as many:
        place = many.edit("GET", "/locations")["items"][0]["id"]
        for query, size in (("max=500", 130), ("max=500&callingData=true", 100), (f"max=500&locationId={place}", 50)):
            assert len(many.edit("GET", f"/people?{query}")["items"]) == size, query


def test_18_07_a_filter_without_hits_gives_a_person_without_id(call: Call) -> None:
    site = call("POST", "/locations", SITE).body["id"]
    (ghost,) = call("GET", f"/people?locationId={site}&callingData=true").body["items"]
    assert "id" not in ghost
    assert ghost["errors"]["peopleListLocationId"]["code"] == "calling_failure"


def test_18_08_pages_lie(simulator: Simulator, call: Call) -> None:
    """An empty page with a next one, a next address that is none, and rows twice or not at all."""
    enrich(simulator)
    numbers, queues = "/telephony/config/numbers?max=100", "/telephony/config/queues?max=2"
    assert call("GET", queues).headers["Link"].startswith("<http://127.0.0.1:")
    simulator.turn("next_url_malformed", "on")
    assert call("GET", queues).headers["Link"].startswith("<https,http://")
    simulator.turn("page_empty_with_next", "first")
    first = call("GET", numbers)
    assert (first.body["phoneNumbers"], "Link" in first.headers) == ([], True)
    simulator.turn("page_empty_with_next", "off")
    box = "/telephony/config/voicemailGroups"
    true = [one["name"] for one in call("GET", box).body["voicemailGroups"]]
    simulator.turn("page_rows_unstable", "on")
    pages = [call("GET", f"{box}?max=1&start={start}").body["voicemailGroups"] for start in range(len(true))]
    assert [one["name"] for page in pages for one in page] != true


def test_18_09_a_calling_user_needs_everything_in_one_request(call: Call, ids: Ids) -> None:
    """Licence and location first, the extension later: refused with the first step."""
    refused = call("POST", "/people?callingData=true", _caller(ids, call))
    assert refused.status == 400
    assert refused.body["message"] == "Create Calling user either Phone number or Extension is required"
    assert call("POST", "/people?callingData=true", _caller(ids, call, extension="0801")).status == 200


def test_18_10_a_location_is_set_up_in_one_order_only(call: Call, ids: Ids) -> None:
    """Every step before its turn fails with something that does not name what is missing."""
    site = call("POST", "/locations", SITE).body["id"]
    inventory, number = f"/telephony/config/locations/{site}/numbers", {"phoneNumbers": ["+441904960001"]}
    user = {**_caller(ids, call, extension="100"), "locationId": site}
    assert call("POST", inventory, number).status == 404
    assert call("POST", "/people?callingData=true", user).status == 400
    enabled = {**SITE, "id": site, "preferredLanguage": "en_gb"}
    assert call("POST", "/telephony/config/locations", enabled).status == 201
    early = call("POST", inventory, number)
    assert early.status in (400, 404)
    route = ids.call("GET", "/telephony/config/premisePstn/routeGroups").body["routeGroups"][0]["id"]
    pstn = {"premiseRouteType": "ROUTE_GROUP", "premiseRouteId": route}
    assert call("PUT", f"/telephony/pstn/locations/{site}/connection", pstn).status == 204
    assert call("POST", inventory, number).status in (200, 201)
    main = {"callingLineId": {"name": "Depot", "phoneNumber": "+441904960001"}}
    assert call("PUT", f"/telephony/config/locations/{site}", main).status in (200, 204)
    assert call("GET", f"/telephony/config/locations/{site}").body["callingLineId"]["phoneNumber"] == "+441904960001"
    assert call("POST", "/people?callingData=true", user).status == 200


def test_18_11_extensions_are_unique_over_all_types(call: Call, ids: Ids, people: dict[str, list[str]]) -> None:
    """The voice portal has one too. Two people swap theirs only by way of a third one."""
    place = ids.locations["London HQ"]
    for taken in ("9999", "7000", "0100"):
        line = {"firstName": "A", "lastName": "B", "locationId": place, "extension": taken}
        assert call("POST", "/telephony/config/virtualLines", line).status in (400, 409), taken
    here = [one for email in people["number"] if (one := _person(call, ids, email))["locationId"] == place][:2]

    def take(person: Json, extension: str) -> int:
        return call("PUT", f"/people/{person['id']}?callingData=true", {**person, "extension": extension}).status

    one, two = here
    assert take(one, two["extension"]) == 400
    assert [take(one, "0899"), take(two, one["extension"]), take(one, two["extension"])] == [200] * 3


def test_18_12_a_number_that_was_given_up_is_not_free_at_once(
    simulator: Simulator, call: Call, ids: Ids, people: dict[str, list[str]]
) -> None:
    person = _person(call, ids, people["number"][0])
    number = next(one["value"] for one in person["phoneNumbers"] if one["type"] == "work")
    place = person["locationId"]
    without = {**person, "phoneNumbers": []}
    simulator.turn("number_release", "30s")
    assert call("PUT", f"/people/{person['id']}?callingData=true", without).status == 200
    body = {**_caller(ids, call, extension="0802", phoneNumbers=[{"type": "work", "value": number}])}
    assert call("POST", "/people?callingData=true", {**body, "locationId": place}).status == 400
    inventory = f"/telephony/config/locations/{place}/numbers"
    soon = call("DELETE", inventory, {"phoneNumbers": [number]})
    assert soon.status == 502
    simulator.advance(31)
    assert call("DELETE", inventory, {"phoneNumbers": [number]}).status == 204


def test_18_13_the_sdk_swallows_a_refused_number(simulator: Simulator, api: WebexSimpleApi, ids: Ids) -> None:
    """A 400 does not raise in the SDK, and what it adds is INACTIVE although the API's own default is ACTIVE."""
    place = ids.locations["London HQ"]
    answer = api.telephony.location.number.add(place, ["+1800"])
    assert [one["status"] for one in simulator.log()][-1] == 400
    assert answer.errors is not None
    api.telephony.location.number.add(place, ["+442079460700"])
    assert _numbers(ids.call, phoneNumber="%2B442079460700")["+442079460700"]["state"] == "INACTIVE"
    ids.call("POST", f"/telephony/config/locations/{place}/numbers", {"phoneNumbers": ["+442079460701"]})
    assert _numbers(ids.call, phoneNumber="%2B442079460701")["+442079460701"]["state"] == "ACTIVE"


def test_18_14_adding_a_number_twice_is_refused(simulator: Simulator, call: Call, ids: Ids) -> None:
    """Documented as ignored, live a 409 with two different codes; a switch has the documented way."""
    inventory = f"/telephony/config/locations/{ids.locations['London HQ']}/numbers"
    body = {"phoneNumbers": ["+442079460700"]}
    assert call("POST", inventory, body).status in (200, 201)
    refused = call("POST", inventory, body)
    assert (refused.status, refused.body["errorCode"], refused.body["errors"][0]["errorCode"]) == (409, 25223, 8363)
    simulator.turn("number_add_existing", "ignore")
    assert call("POST", inventory, body).status in (200, 201)


def test_18_15_removing_numbers_is_not_idempotent(call: Call, ids: Ids) -> None:
    """At most five, never the main number, and what is not there looks like a passing failure."""
    inventory = f"/telephony/config/locations/{ids.locations['London HQ']}/numbers"
    free = [f"+4420794600{last}" for last in range(80, 86)]
    assert call("DELETE", inventory, {"phoneNumbers": free}).status == 400
    assert call("DELETE", inventory, {"phoneNumbers": ["+442079460000"]}).status in (400, 409, 502)
    assert call("DELETE", inventory, {"phoneNumbers": free[:5]}).status == 204
    again = call("DELETE", inventory, {"phoneNumbers": free[:1]})
    assert (again.status, again.headers["Cisco-Spark-Error-Codes"]) == (502, "4251")
    assert call("DELETE", inventory).status == 400


def test_18_16_deleting_a_location_takes_a_job_and_a_wait(simulator: Simulator, call: Call) -> None:
    simulator.turn("location_cooldown", "3600s")
    site = call("POST", "/locations", SITE).body["id"]
    call("POST", "/telephony/config/locations", {**SITE, "id": site, "preferredLanguage": "en_gb"})
    assert call("DELETE", f"/locations/{site}").status == 409
    path = "/telephony/config/jobs/locations/deleteCallingLocation"
    job = call("POST", path, {"locationId": site, "locationName": "Depot"}).body["id"]
    states = [call("GET", f"{path}/{job}").body["latestExecutionStatus"] for _ in range(3)]
    assert states[0] != "COMPLETED" and states[-1] == "COMPLETED"
    assert call("DELETE", f"/locations/{site}").status == 409
    simulator.advance(3601)
    assert call("DELETE", f"/locations/{site}").status == 204


@pytest.mark.parametrize(
    ("written", "read"), [("+442079460001", "+44-2079460001"), ("+12125550101", "+1-2125550101"), ("0100", "0100")]
)
def test_18_17_phone_numbers_come_back_in_another_format(
    call: Call, ids: Ids, people: dict[str, list[str]], written: str, read: str
) -> None:
    path = f"/people/{ids.person(people['number'][0])}/features/callForwarding"
    body = call("GET", path).body
    body["callForwarding"]["always"] |= {"enabled": True, "destination": written}
    assert call("PUT", path, body).status == 204
    assert call("GET", path).body["callForwarding"]["always"]["destination"] == read


def test_18_18_null_absent_and_empty_are_three_things(
    call: Call, api: WebexSimpleApi, ids: Ids, people: dict[str, list[str]]
) -> None:
    """Transfer numbers: absent when unset, cleared by "" and not by null. The SDK leaves None out of what it sends,
    so clearing with it does nothing."""
    place, transfer = ids.locations["London HQ"], api.telephony.location.permissions_out.transfer_numbers
    path = f"/telephony/config/locations/{place}/outgoingPermission/autoTransferNumbers"
    assert not call("GET", path).body.get("autoTransferNumber1")
    assert call("PUT", path, {"autoTransferNumber1": "+442079460001"}).status == 204
    assert call("PUT", path, {"autoTransferNumber1": None}).status == 204
    numbers = transfer.read(place)
    assert numbers.auto_transfer_number1
    numbers.auto_transfer_number1 = None
    transfer.configure(place, numbers)
    assert call("GET", path).body["autoTransferNumber1"] == "+44-2079460001"
    assert call("PUT", path, {"autoTransferNumber1": ""}).status == 204
    assert not call("GET", path).body.get("autoTransferNumber1")
    forwarding = call("GET", f"/people/{ids.person(people['number'][0])}/features/callForwarding").body
    always = forwarding["callForwarding"]["always"]
    assert (always["enabled"], always["destination"]) == (False, "")


def test_18_19_what_is_inherited_looks_like_a_setting(call: Call, ids: Ids, people: dict[str, list[str]]) -> None:
    """At the location the flag is null, whatever was written; a person without custom values shows the location's."""
    place = ids.locations["London HQ"]
    location = f"/telephony/config/locations/{place}/outgoingPermission"
    assert call("PUT", location, {"useCustomEnabled": False}).status == 204
    assert call("GET", location).body["useCustomEnabled"] is None
    person = next(one for mail in people["number"] if (one := _person(call, ids, mail))["locationId"] == place)
    path = f"/people/{person['id']}/features/outgoingPermission"
    international = [{"callType": "INTERNATIONAL", "action": "ALLOW", "transferEnabled": True}]
    assert call("PUT", path, {"useCustomEnabled": False, "callingPermissions": international}).status == 204
    shown = {one["callType"]: one["action"] for one in call("GET", path).body["callingPermissions"]}
    assert shown["INTERNATIONAL"] == "BLOCK"
    assert call("PUT", location, {"callingPermissions": international}).status == 204
    shown = {one["callType"]: one["action"] for one in call("GET", path).body["callingPermissions"]}
    assert shown["INTERNATIONAL"] == "ALLOW"


def test_18_20_the_server_adds_fields_of_its_own(call: Call) -> None:
    """What is read is never what was written."""
    sent = {"displayName": "Annexe", "supportedDevices": "collaborationDevices"}
    made = call("POST", "/workspaces", sent).body
    read = call("GET", f"/workspaces/{made['id']}").body
    assert {"health", "created", "orgId", "calendar", "hotdeskingStatus"} <= read.keys() - sent.keys()
    place = call("GET", "/telephony/config/locations").body["locations"][0]["id"]
    assert {"userLimit", "defaultDomain"} <= call("GET", f"/telephony/config/locations/{place}").body.keys()
