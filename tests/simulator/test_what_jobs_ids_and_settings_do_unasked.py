"""webex-behaviour.md §18, numbers 21 to 40, shown on the simulator: ids, jobs, errors, orders and settings that
are not what they seem; numbers 1 to 20 are in test_what_breaks_a_naive_reconciler.py."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.rest import RestError

from reconciler.simulator import Simulator
from reconciler.simulator.core.ids import any_uuid
from tests.support.rich_tenant import Enriched, enrich

from .conftest import Call, Ids

Json = dict[str, Any]
PSTN = "/telephony/config/premisePstn"


@pytest.fixture
def rich(simulator: Simulator) -> Enriched:
    return enrich(simulator)


def _people_at(call: Call, place: str) -> list[Json]:
    rows: list[Json] = call("GET", "/people?callingData=true").body["items"]
    return [one for one in rows if one.get("locationId") == place]


def _place(ids: Ids, name: str = "London HQ") -> str:
    return f"/telephony/config/locations/{ids.locations[name]}"


def test_18_21_fields_are_read_and_written_under_different_names(call: Call, ids: Ids) -> None:
    """PSTN routes, the ring of further numbers, and monitored lines."""
    pstn = f"/telephony/pstn/locations/{ids.locations['London HQ']}/connection"
    read = call("GET", pstn).body
    assert {"routeType", "routeId"} <= read.keys()
    assert call("PUT", pstn, {"routeType": read["routeType"], "routeId": read["routeId"]}).status == 400
    written = {"premiseRouteType": read["routeType"], "premiseRouteId": read["routeId"]}
    assert call("PUT", pstn, written).status == 204
    one, two = _people_at(call, ids.locations["London HQ"])[:2]
    assert "distinctiveRingEnabled" in call("GET", f"/people/{one['id']}/features/numbers").body
    ring = {"enableDistinctiveRingPattern": True, "phoneNumbers": []}
    assert call("PUT", f"/telephony/config/people/{one['id']}/numbers", ring).status == 204
    assert call("GET", f"/people/{one['id']}/features/numbers").body["distinctiveRingEnabled"] is True
    monitoring = f"/people/{one['id']}/features/monitoring"
    watched = {"enableCallParkNotification": True, "monitoredElements": [{"id": two["id"], "type": "MEMBER"}]}
    assert call("PUT", monitoring, watched).status == 204
    read = call("GET", monitoring).body
    assert read["callParkNotificationEnabled"] is True and "enableCallParkNotification" not in read
    assert any_uuid(read["monitoredElements"][0]["member"]["id"]) == any_uuid(two["id"])


def test_18_22_the_numbers_of_a_person_are_written_as_a_delta(call: Call, ids: Ids) -> None:
    """ADD once more is refused, and the first number is not touched by it."""
    person = next(one for one in _people_at(call, ids.locations["London HQ"]) if len(one["phoneNumbers"]) > 1)
    read, write = f"/people/{person['id']}/features/numbers", f"/telephony/config/people/{person['id']}/numbers"
    before = call("GET", read).body["phoneNumbers"]
    add = {"action": "ADD", "primary": False, "directNumber": "+442079460081", "ringPattern": "NORMAL"}
    assert call("PUT", write, {"phoneNumbers": [add]}).status == 204
    after = call("GET", read).body["phoneNumbers"]
    assert after[: len(before)] == before
    assert (after[-1]["directNumber"], after[-1]["primary"]) == ("+442079460081", False)
    assert call("PUT", write, {"phoneNumbers": [add]}).status in (400, 409)
    assert call("PUT", write, {"phoneNumbers": []}).status == 204
    assert call("GET", read).body["phoneNumbers"] == after
    assert call("PUT", write, {"phoneNumbers": [{**add, "action": "DELETE"}]}).status == 204
    assert call("GET", read).body["phoneNumbers"] == before


@pytest.mark.parametrize("kind", ["callParks", "callPickups", "schedules"])
def test_18_23_ids_change_with_the_name(call: Call, rich: Enriched, ids: Ids, kind: str) -> None:
    """The old id is gone with the old name."""
    path = f"{_place(ids)}/{kind}"
    row = call("GET", path).body[kind][0]
    one = f"{path}/{row['type']}/{row['id']}" if kind == "schedules" else f"{path}/{row['id']}"
    body = {"name": "Renamed", "newName": "Renamed"}
    if kind == "schedules":
        body["name"] = row["name"]
    answer = call("PUT", one, body)
    assert answer.status == 200
    assert answer.body["id"] != row["id"]
    assert call("GET", one).status == 404
    assert call("GET", one.replace(row["id"], answer.body["id"])).body["name"] == "Renamed"


def test_18_24_one_object_has_several_ids(call: Call, rich: Enriched, ids: Ids) -> None:
    """Owner of a number, agent of a group, and the object itself: other clusters, kinds and padding, the same uuid."""
    rows = call("GET", "/telephony/config/numbers?ownerType=PLACE").body["phoneNumbers"]
    rooms = {one["id"] for one in call("GET", "/workspaces").body["items"]}
    owners = {one["owner"]["id"] for one in rows}
    assert owners and not owners & rooms
    assert {any_uuid(one) for one in owners} <= {any_uuid(one) for one in rooms}
    line = rich.made["virtual lines"][0]
    path = f"{_place(ids)}/huntGroups/{rich.made['hunt groups'][0]}"
    assert call("PUT", path, {"agents": [{"id": line}]}).status == 204
    (agent,) = call("GET", path).body["agents"]
    assert agent["id"] != line and any_uuid(agent["id"]) == any_uuid(line)
    assert b"/PEOPLE/" in base64.b64decode(agent["id"] + "==", b"-_")


def test_18_25_nobody_moves_by_put(call: Call, ids: Ids) -> None:
    """Neither a person nor a workspace; a job moves people."""
    person = _people_at(call, ids.locations["London HQ"])[-1]
    elsewhere = ids.locations["Manchester"]
    path = f"/people/{person['id']}?callingData=true"
    call("PUT", path, {**person, "locationId": elsewhere})
    assert call("GET", path).body["locationId"] == person["locationId"]
    room = next(one for one in call("GET", "/workspaces").body["items"] if one["calling"]["type"] == "webexCalling")
    moved = {**room, "locationId": elsewhere}
    moved["calling"]["webexCalling"]["locationId"] = elsewhere
    call("PUT", f"/workspaces/{room['id']}", moved)
    assert call("GET", f"/workspaces/{room['id']}").body["locationId"] != elsewhere
    jobs = "/telephony/config/jobs/person/moveLocation"
    users = [{"userId": person["id"], "extension": "6001"}]
    moving = {"usersList": [{"locationId": elsewhere, "validate": False, "users": users}]}
    job = call("POST", jobs, moving).body["response"]["jobDetails"]["id"]
    for _ in range(3):
        call("GET", f"{jobs}/{job}")
    assert call("GET", path).body["locationId"] == elsewhere


def test_18_26_a_429_may_lack_retry_after(simulator: Simulator, call: Call, api: WebexSimpleApi) -> None:
    """No quota is published. The SDK waits five seconds then, and for ever again; with `0` it does not wait at all."""
    simulator.limit({"people": (1, 60)}, "absent")
    assert call("GET", "/people").status == 200
    assert call("GET", "/licenses").status == 200
    refused = call("GET", "/people")
    assert (refused.status, "Retry-After" in refused.headers) == (429, False)
    simulator.limit({"people": (1, 0.2)}, "zero")
    simulator.reset_requests()
    list(api.people.list())
    list(api.people.list())
    assert [one["status"] for one in simulator.log()].count(429) > 2
    simulator.limit({"people": (1, 60)}, "malformed")
    list(api.people.list())
    with pytest.raises(ValueError, match="rand"):
        list(api.people.list())


@pytest.mark.parametrize("status", [423, 500, 502, 503, 504])
def test_18_27_the_sdk_does_not_retry_other_failures(simulator: Simulator, api: WebexSimpleApi, status: int) -> None:
    """One request each. A POST whose answer got lost has happened, and sent again it makes a second one."""
    simulator.faults([{"match": {"route": "/workspaces"}, "do": {"status": status, "drop": "after"}, "times": 1}])
    simulator.reset_requests()
    body = {"displayName": "Twice"}
    with pytest.raises(RestError):
        api.session.rest_post(api.session.ep("workspaces"), json=body)
    assert len(simulator.log()) == 1
    api.session.rest_post(api.session.ep("workspaces"), json=body)
    assert [one["displayName"] for one in simulator.state()["workspaces"]].count("Twice") == 2


def test_18_28_a_job_completes_with_errors(simulator: Simulator, call: Call, ids: Ids) -> None:
    """COMPLETED says nothing about the items; there is one job at a time; a new prefix shows before its job is done."""
    simulator.turn("job_item_errors", "first")
    jobs = "/telephony/config/jobs/numbers/manageNumbers"
    london, elsewhere = ids.locations["London HQ"], ids.locations["Manchester"]
    move = {"operation": "MOVE", "targetLocationId": elsewhere,
            "numberList": [{"locationId": london, "numbers": ["+442079460081"]}]}  # fmt: skip
    job = call("POST", jobs, move).body["id"]
    other = {**move, "numberList": [{"locationId": london, "numbers": ["+442079460082"]}]}
    assert call("POST", jobs, other).status == 409
    states = [call("GET", f"{jobs}/{job}").body["latestExecutionStatus"] for _ in range(3)]
    assert states[-1] == "COMPLETED"
    (error,) = call("GET", f"{jobs}/{job}/errors").body["items"]
    assert error["error"]["message"]
    (row,) = call("GET", "/telephony/config/numbers?phoneNumber=%2B442079460081").body["phoneNumbers"]
    assert row["location"]["id"] == london
    batch = call("PUT", _place(ids), {"routingPrefix": "8299"}).body["batchJobId"]
    assert call("GET", _place(ids)).body["routingPrefix"] == "8299"
    prefix = call("GET", f"/telephony/config/jobs/updateRoutingPrefix/{batch}").body
    assert prefix["latestExecutionStatus"] != "COMPLETED"


def test_18_29_what_was_written_shows_later(simulator: Simulator, call: Call, ids: Ids) -> None:
    """Any write may take effect only after its answer (§1.6): the next read has the old data."""
    room = ids.workspace("Lobby")
    route = {"method": "PUT", "route": "/workspaces/{workspaceId}"}
    simulator.faults([{"match": route, "do": {"later": 15}, "times": 1}])
    read = call("GET", f"/workspaces/{room}").body
    assert call("PUT", f"/workspaces/{room}", {**read, "notes": "New"}).status == 200
    assert call("GET", f"/workspaces/{room}").body.get("notes") == read.get("notes")
    simulator.advance(16)
    assert call("GET", f"/workspaces/{room}").body["notes"] == "New"


def test_18_30_a_new_main_number_takes_the_name_with_it(call: Call, ids: Ids) -> None:
    """Without `name` beside it the name of the calling line is gone."""
    assert call("GET", _place(ids)).body["callingLineId"]["name"]
    number = {"callingLineId": {"phoneNumber": "+442079460083"}}
    assert call("PUT", _place(ids), number).status in (200, 204)
    read = call("GET", _place(ids)).body["callingLineId"]
    assert (read["phoneNumber"], read.get("name")) == ("+442079460083", None)
    both = {"callingLineId": {"phoneNumber": "+442079460083", "name": "Main"}}
    assert call("PUT", _place(ids), both).status in (200, 204)
    assert call("GET", _place(ids)).body["callingLineId"]["name"] == "Main"


def test_18_31_a_routing_prefix_renumbers_everybody(call: Call, ids: Ids) -> None:
    """One that is taken is found out by writing it only."""
    taken = call("GET", _place(ids, "Manchester")).body["routingPrefix"]
    refused = call("PUT", _place(ids), {"routingPrefix": taken})
    assert (refused.status, refused.body["error"][0]["message"][0]["code"]) == (400, "5600")
    person = _people_at(call, ids.locations["London HQ"])[0]
    batch = call("PUT", _place(ids), {"routingPrefix": "8299"}).body["batchJobId"]
    for _ in range(3):
        call("GET", f"/telephony/config/jobs/updateRoutingPrefix/{batch}")
    rows = call("GET", f"/telephony/config/numbers?extension={person['extension']}").body["phoneNumbers"]
    assert f"8299{person['extension']}" in {one["esn"] for one in rows}
    assert call("GET", f"/people/{person['id']}?callingData=true").body["extension"] == person["extension"]


def test_18_32_errors_come_in_nine_shapes(simulator: Simulator, call: Call, ids: Ids) -> None:
    """§1.2, E1 to E9, each from where it belongs."""
    site = call("GET", f"/people/{'0' * 8}-0000-4000-8000-{'0' * 12}")
    assert {"message", "errors", "trackingId"} == site.body.keys()
    inventory = f"{_place(ids)}/numbers"
    e2 = call("POST", inventory, {"phoneNumbers": ["+442079460081"]})
    assert e2.body["errorCode"] != e2.body["errors"][0]["errorCode"]
    lost = simulator.edit("POST", "/locations", {
        "name": "L", "timeZone": "Europe/London", "preferredLanguage": "en_GB", "announcementLanguage": "en_gb",
        "address": {"address1": "1", "city": "L", "postalCode": "L", "country": "GB"}})["id"]  # fmt: skip
    assert set(call("GET", f"/telephony/pstn/locations/{lost}/connection").body) == {"errorMessage"}
    assert call("GET", "/telephony/config/nothing").body["message"].startswith("No static resource")
    scim = call("GET", "/identity/scim/11111111-0000-4000-8000-000000000000/v2/Users").body
    assert scim["status"] == "403" and "message" not in scim
    e6 = call("POST", inventory, {"phoneNumbers": ["+1800"]})
    assert e6.status == 400 and isinstance(e6.body, list)
    (ghost,) = call("GET", f"/people?locationId={lost}&callingData=true").body["items"]
    assert isinstance(ghost["errors"], dict)
    simulator.faults([{"do": {"status": 502, "body": "<html>Bad Gateway</html>"}, "times": 1}])
    e8 = call("GET", "/people")
    assert (e8.status, e8.body) == (502, "<html>Bad Gateway</html>")
    headers = call("GET", "/people", headers={"TrackingID": "SIMPLE_1"}).headers
    assert headers["trackingid"] == "SIMPLE_1"


def test_18_33_licence_gating_does_not_say_403(call: Call, ids: Ids) -> None:
    """By tier of the workspace and by family of the path: 405/25409, 400/4003, or it works."""
    basic, none = ids.workspace("Reception Phone"), ids.workspace("Quiet Corner")
    gated = call("GET", f"/telephony/config/workspaces/{basic}/outgoingPermission")
    assert (gated.status, gated.body["errorCode"]) == (405, 25409)
    assert gated.body["message"].endswith(f"Invalid Professional Place: {any_uuid(basic)}")
    assert call("GET", f"/workspaces/{basic}/features/outgoingPermission").status == 200
    nothing = call("GET", f"/workspaces/{none}/features/outgoingPermission")
    assert (nothing.status, nothing.body["errorCode"]) == (400, 4003)
    assert call("GET", f"/workspaces/{basic}/features/voicemail").status == 404


def test_18_34_call_types_that_were_read_cannot_be_written(simulator: Simulator, call: Call, ids: Ids) -> None:
    simulator.turn("unwritable_call_types_shown", "on")
    path = f"{_place(ids)}/outgoingPermission"
    read = call("GET", path).body
    assert {"URL_DIALING", "UNKNOWN", "CASUAL"} & {one["callType"] for one in read["callingPermissions"]}
    refused = call("PUT", path, read)
    assert (refused.status, refused.body["errorCode"] in (25321, 25024)) == (400, True)


def test_18_35_secrets_are_written_and_never_read(call: Call, rich: Enriched, ids: Ids) -> None:
    """A full body needs the password that no read gives."""
    path = f"{PSTN}/trunks/{rich.made['trunks'][0]}"
    read = call("GET", path).body
    assert "password" not in read
    assert call("PUT", path, {"name": read["name"]}).status == 400
    assert call("PUT", path, {"name": read["name"], "password": "Autumn2026Sea"}).status == 204
    assert call("GET", path).body == read
    box = call("GET", f"{_place(ids)}/voicemailGroups/{rich.made['voicemail groups'][0]}").body
    assert "passcode" not in box


def test_18_36_deletions_follow_the_references(call: Call, rich: Enriched) -> None:
    """A trunk in a route group, a route group in a dial plan, an announcement in a playlist; none says it well."""
    groups = call("GET", f"{PSTN}/routeGroups").body["routeGroups"]
    routed = next(one for one in groups if call("GET", f"{PSTN}/routeGroups/{one['id']}/usage").body)
    plan = call("GET", f"{PSTN}/dialPlans").body["dialPlans"][0]
    for path in (f"{PSTN}/trunks/{_gateway(call, routed)}", f"{PSTN}/routeGroups/{plan['routeId']}"):
        assert call("DELETE", path).status in (400, 409), path
    trunk = call("POST", f"{PSTN}/trunks", {"name": "Lone", "locationId": rich.london, "password": "Spring2026Sea",
                                            "trunkType": "REGISTERING"}).body["id"]  # fmt: skip
    body = {"name": "Reached", "routeId": trunk, "routeType": "TRUNK", "dialPatterns": ["+358!"]}
    made = call("POST", f"{PSTN}/dialPlans", body).body["id"]
    refused = call("DELETE", f"{PSTN}/trunks/{trunk}")
    assert (refused.status, refused.body["errorCode"]) == (400, 27349)
    assert "Reached" in refused.body["message"]
    assert call("DELETE", f"{PSTN}/dialPlans/{made}").status == 204
    assert call("DELETE", f"{PSTN}/trunks/{trunk}").status == 204


def _gateway(call: Call, group: Json) -> str:
    found: str = call("GET", f"{PSTN}/routeGroups/{group['id']}").body["localGateways"][0]["id"]
    return found


def test_18_37_the_order_of_lists_is_not_kept(call: Call, rich: Enriched, ids: Ids) -> None:
    """Paging targets come back in another order, route group members in theirs; a policy rewrites the weights."""
    path = f"{_place(ids)}/paging/{rich.made['paging groups'][0]}"
    team = rich.people[rich.london][:6]
    assert call("PUT", path, {"targets": team}).status == 204
    targets = [any_uuid(one["id"]) for one in call("GET", path).body["targets"]]
    wanted = [any_uuid(one) for one in team]
    assert (sorted(targets), targets == wanted) == (sorted(wanted), False)
    hunt = f"{_place(ids)}/huntGroups/{rich.made['hunt groups'][0]}"
    agents = [{"id": one} for one in team[:3]]
    policies = {**call("GET", hunt).body["callPolicies"], "policy": "WEIGHTED"}
    assert call("PUT", hunt, {"agents": agents, "callPolicies": policies}).status == 204
    assert all(one["weight"] for one in call("GET", hunt).body["agents"])


def test_18_38_spellings_differ(call: Call, rich: Enriched, ids: Ids) -> None:
    """en_GB here and en_gb there, and the filter of the numbers list does not take the words of its rows."""
    place = ids.locations["London HQ"]
    assert call("GET", f"/locations/{place}").body["preferredLanguage"] == "en_GB"
    assert call("GET", _place(ids)).body["announcementLanguage"] == "en_gb"
    site = {"name": "S", "timeZone": "Europe/London", "preferredLanguage": "en_GB", "announcementLanguage": "en_gb",
            "address": {"address1": "1", "city": "S", "postalCode": "S", "country": "GB"}}  # fmt: skip
    made = call("POST", "/locations", site).body["id"]
    refused = call("POST", "/telephony/config/locations", {**site, "id": made})
    assert (refused.status, "Invalid Language Code" in str(refused.body)) == (400, True)
    rows = call("GET", "/telephony/config/numbers?ownerType=GROUP_PAGING").body["phoneNumbers"]
    assert {one["owner"]["type"] for one in rows} == {"PAGING_GROUP"}


def test_18_39_some_settings_are_for_users_only(call: Call, ids: Ids) -> None:
    """For the token of an administrator there is no such path; anonymousCallReject was opened in 2026."""
    person = _people_at(call, ids.locations["London HQ"])[0]["id"]
    root = f"/telephony/config/people/{person}"
    assert call("GET", f"{root}/selectiveAccept").status == 404
    assert call("GET", f"{root}/anonymousCallReject").status == 200


def test_18_40_the_last_write_wins(simulator: Simulator, call: Call, ids: Ids) -> None:
    """Nothing tells one state from the next: no ETag, and If-Match is not looked at."""
    path = f"/locations/{ids.locations['London HQ']}"
    read = call("GET", path)
    assert "ETag" not in read.headers
    simulator.edit("PUT", path, {"timeZone": "Europe/Paris"})
    late = call("PUT", path, {"timeZone": "Europe/Rome"}, {"If-Match": '"1"'})
    assert late.status in (200, 204)
    assert call("GET", path).body["timeZone"] == "Europe/Rome"
