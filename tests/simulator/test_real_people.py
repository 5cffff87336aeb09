"""What live tests and dated observations of real tenants say of people, their licences and numbers (issue 10, D);
sources and switches stand in behaviour.md beside this file."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.simulator import Simulator

pytestmark = pytest.mark.issue10("D")
MAIN = "+442079460000"
Json = dict[str, Any]


def _url(ids: Any, email: str) -> str:
    return f"/people/{ids.person(email)}?callingData=true"


def _owner(call: Any, number: str) -> Json:
    row = call("GET", f"/telephony/config/numbers?phoneNumber=%2B{number[1:]}").body["phoneNumbers"][0]
    found: Json = row.get("owner", {})
    return found


def test_a_put_keeps_what_it_leaves_out(call: Any, ids: Any, people: Any) -> None:
    url = _url(ids, people["number"][0])
    before = call("GET", url).body | {"department": "Field"}
    answer = call("PUT", url, {"displayName": before["displayName"], "department": "Field"})
    assert answer.status == 200
    after = call("GET", url).body
    assert {**after, "lastModified": ""} == {**before, "lastModified": ""}


@pytest.mark.parametrize("body", [{"title": "X"}, {"displayName": None, "title": "X"}, {"displayName": ""}])
def test_a_put_without_display_name_is_refused(call: Any, ids: Any, people: Any, body: Json) -> None:
    url = _url(ids, people["number"][0])
    before = call("GET", url).body
    answer = call("PUT", url, body)
    assert (answer.status, answer.body["message"]) == (400, "displayName cannot be null.")
    assert call("GET", url).body == before


@pytest.mark.parametrize(("position", "status"), [("accept", 200), ("refuse", 400)])
def test_a_put_without_emails(
    call: Any, ids: Any, people: Any, simulator: Simulator, position: str, status: int
) -> None:
    simulator.turn("people_put_without_emails", position)
    answer = call("PUT", _url(ids, people["number"][0]), {"displayName": "Somebody"})
    assert answer.status == status
    assert status == 200 or answer.body["message"] == "emails can't be empty"


def test_licences_that_are_sent_are_the_whole_list(call: Any, ids: Any, people: Any) -> None:
    url = _url(ids, people["number"][0])
    kept = ids.licenses["Professional"]
    assert call("PUT", url, {"displayName": "A", "licenses": [kept]}).status == 200
    after = call("GET", url).body
    assert after["licenses"] == [kept] and after["extension"]
    assert call("PUT", url, {"displayName": "A", "licenses": []}).status == 200
    gone = call("GET", url).body
    assert gone["licenses"] == [] and "extension" not in gone


def test_a_licence_with_a_number_of_the_inventory_needs_no_location(call: Any, ids: Any, people: Any) -> None:
    url = _url(ids, people["none"][0])
    body = {
        "displayName": "A",
        "licenses": [ids.licenses["Professional"]],
        "phoneNumbers": [{"type": "work", "value": "+12125550190"}],
    }
    assert call("PUT", url, body).status == 200
    assert call("GET", url).body["locationId"] == ids.locations["New York"]


def test_another_location_is_refused_in_the_words_of_the_api(call: Any, ids: Any, people: Any) -> None:
    url = _url(ids, people["number"][0])
    before = call("GET", url).body
    other = next(one for one in ids.locations.values() if one != before["locationId"])
    answer = call("PUT", url, {"displayName": "A", "locationId": other})
    assert answer.status == 400
    assert answer.body["message"] == "Failed to update people. Delete Calling Location in request is invalid"


def test_a_number_that_is_not_there_leaves_the_new_person_behind(call: Any, ids: Any) -> None:
    body = {
        "emails": ["new@example.com"],
        "displayName": "New",
        "licenses": [ids.licenses["Professional"]],
        "locationId": ids.locations["London HQ"],
        "phoneNumbers": [{"type": "work", "value": "+442079469999"}],
    }
    plain = call("POST", "/people", body)
    assert (plain.status, plain.body["message"]) == (400, "Calling flag not set")
    assert call("GET", "/people?email=new@example.com").body["items"] == []
    answer = call("POST", "/people?callingData=true", body)
    assert (answer.status, answer.body["errorCode"]) == (400, 4250)
    assert answer.body["message"].startswith("[Error 4250] +442079469999 phone number(s) not added.")
    (left,) = call("GET", "/people?email=new@example.com&callingData=true").body["items"]
    assert "extension" not in left and "locationId" not in left


@pytest.mark.parametrize("whose", ["person", "workspace"])
def test_the_main_number_can_be_somebodys(call: Any, ids: Any, simulator: Simulator, whose: str) -> None:
    if whose == "person":
        state = simulator.state()
        place = next(one["id"] for one in state["locations"] if one["name"] == "London HQ")
        person = next(one for one in state["people"] if (one["calling"] or {}).get("location") == place)
        url = _url(ids, person["emails"][0])
        body = {"displayName": "A", "phoneNumbers": [{"type": "work", "value": MAIN}]}
        assert call("PUT", url, body).status == 200
        assert _owner(call, MAIN)["id"] == call("GET", url).body["id"]
    else:
        calling = {"locationId": ids.locations["London HQ"], "phoneNumber": MAIN}
        body = {"displayName": "Desk", "calling": {"type": "webexCalling", "webexCalling": calling}}
        assert call("POST", "/workspaces", body).status == 201
        assert _owner(call, MAIN)["type"] == "PLACE"
    row = call("GET", f"/telephony/config/numbers?phoneNumber=%2B{MAIN[1:]}").body["phoneNumbers"][0]
    assert row["mainNumber"] is True
    taken = call(
        "POST",
        "/people?callingData=true",
        {
            "emails": ["new@example.com"],
            "displayName": "New",
            "licenses": [ids.licenses["Professional"]],
            "locationId": ids.locations["London HQ"],
            "phoneNumbers": [{"type": "work", "value": MAIN}],
        },
    )
    assert (taken.status, taken.body["errorCode"]) == (400, 4201)


def test_owners_of_numbers_are_people_by_their_own_id(call: Any) -> None:
    rows = call("GET", "/telephony/config/numbers?ownerType=PEOPLE").body["phoneNumbers"]
    people = {one["id"] for one in call("GET", "/people").body["items"]}
    assert rows and {row["owner"]["id"] for row in rows} <= people


def test_a_number_is_held_back_for_twenty_seconds_and_for_people_only(
    simulator: Simulator, call: Any, ids: Any
) -> None:
    assert simulator.edit("GET", "/licenses")["items"]
    with Simulator() as running:  # the default of the switch
        running.run_clock(0)
        person = next(one for one in running.state()["people"] if (one["calling"] or {}).get("number"))
        room = next(one for one in running.state()["workspaces"] if (one["calling"] or {}).get("alternates"))
        running.edit("DELETE", f"/people/{person['id']}")
        running.edit("DELETE", f"/workspaces/{ids.workspace(room['displayName'])}")
        free = "/telephony/config/people/primary/availableNumbers?phoneNumber="
        mine, theirs = person["calling"]["number"], room["calling"]["alternates"][0]["number"]
        assert running.edit("GET", f"{free}%2B{theirs[1:]}")["phoneNumbers"]
        assert running.edit("GET", f"{free}%2B{mine[1:]}")["phoneNumbers"] == []
        running.advance(20)
        assert running.edit("GET", f"{free}%2B{mine[1:]}")["phoneNumbers"]


def test_anonymous_call_rejection_is_open_to_admins(call: Any, ids: Any, people: Any) -> None:
    path = f"/telephony/config/people/{ids.person(people['number'][0])}/anonymousCallReject"
    assert call("GET", path).body == {"enabled": False}
    assert call("PUT", path, {"enabled": True}).status == 204
    assert call("GET", path).body == {"enabled": True}


def test_transfer_numbers_of_people_stand_under_telephony_config_only(call: Any, ids: Any, people: Any) -> None:
    person = ids.person(people["number"][0])
    dead = call("GET", f"/people/{person}/features/outgoingPermission/autoTransferNumbers")
    assert dead.status == 404 and dead.body["message"].startswith("No static resource hydra/v1/")
    live = call("GET", f"/telephony/config/people/{person}/outgoingPermission/autoTransferNumbers")
    assert (live.status, live.body) == (200, {"useCustomTransferNumbers": False})


@pytest.mark.parametrize("verb", ["POST", "PUT"])
def test_licences_of_users_are_patched_and_nothing_else(call: Any, verb: str) -> None:
    answer = call(verb, "/licenses/users", {})
    assert (answer.status, answer.body["message"]) == (405, f"Request method '{verb}' is not supported")
