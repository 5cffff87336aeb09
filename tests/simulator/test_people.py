"""People: the full replace, the half-done failures, and what licences and numbers do to each other (§8)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.people import Person

from reconciler.simulator import Simulator, sample_tenant


def new_person(ids: Any, **changes: Any) -> dict[str, Any]:
    body = {
        "emails": ["new.person@example.com"],
        "firstName": "New",
        "lastName": "Person",
        "licenses": [ids.licenses["Professional"]],
        "locationId": ids.locations["London HQ"],
        "extension": "0555",
    }
    return {**body, **changes}


def test_create_calling_person_and_read_back(call: Any, ids: Any) -> None:
    body = new_person(ids, phoneNumbers=[{"type": "work", "value": "2079460080"}])
    created = call("POST", "/people?callingData=true", body)
    assert created.status == 200
    assert "sipAddresses" not in created.body
    read = call("GET", f"/people/{created.body['id']}?callingData=true").body
    assert (read["displayName"], read["nickName"]) == ("New Person", "New")
    assert (read["extension"], read["locationId"]) == ("0555", ids.locations["London HQ"])
    assert read["phoneNumbers"] == [
        {"type": "work", "value": "+442079460080", "primary": True},
        {"type": "work_extension", "value": "82010555", "primary": False},
    ]
    assert read["sipAddresses"]


def test_extension_and_location_only_with_calling_data(call: Any, ids: Any, people: Any) -> None:
    plain = call("GET", f"/people/{ids.person(people['number'][0])}").body
    assert "extension" not in plain and "locationId" not in plain
    assert [number["type"] for number in plain["phoneNumbers"]] == ["work", "work_extension"]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"extension": None}, "Create Calling user either Phone number or Extension is required"),
        ({"locationId": None}, "Location UUID in request is missing calling reference tag"),
        ({"extension": "9999"}, "The Extension is already in use."),
        ({"extension": "911"}, "emergency"),
        ({"emails": []}, "emails"),
        ({"firstName": None, "lastName": None}, "displayName"),
        ({"licenses": ["nonsense"]}, "License not recognized"),
    ],
)
def test_refused_creates_leave_nothing(call: Any, ids: Any, change: dict[str, Any], text: str) -> None:
    refused = call("POST", "/people?callingData=true", new_person(ids, **change))
    assert refused.status == 400
    assert text in refused.body["message"]
    assert call("GET", "/people?email=new.person@example.com").body["items"] == []


def test_calling_needs_calling_data(call: Any, ids: Any) -> None:
    assert call("POST", "/people", new_person(ids)).status == 400


@pytest.mark.parametrize("number", ["+442079460010", "+15005550006", "12"], ids=["assigned", "elsewhere", "invalid"])
def test_bad_number_is_refused_but_the_person_exists(call: Any, ids: Any, number: str) -> None:
    body = new_person(ids, phoneNumbers=[{"type": "work", "value": number}])
    assert call("POST", "/people?callingData=true", body).status == 400
    found = call("GET", "/people?email=new.person@example.com&callingData=true").body["items"]
    assert len(found) == 1 and "extension" not in found[0] and found[0]["licenses"] == []
    assert call("POST", "/people?callingData=true", body).status == 409


def test_put_replaces_everything_it_does_not_mention_where_it_does_not_merge(
    call: Any, ids: Any, simulator: Simulator
) -> None:
    simulator.turn("people_put_omitted", "reset")
    first = simulator.state()["people"][0]
    url = f"/people/{ids.person(first['emails'][0])}?callingData=true"
    before = call("GET", url).body
    assert before["title"] and before["nickName"] == before["firstName"]
    kept = {name: before[name] for name in ("emails", "displayName", "licenses", "locationId", "phoneNumbers")}
    assert call("PUT", url, kept).status == 200
    after = call("GET", url).body
    assert "title" not in after and "firstName" not in after and "nickName" not in after
    assert after["roles"] == []
    assert after["extension"] == before["extension"]  # unknown of the real API; the default switch keeps it
    assert after["phoneNumbers"] == before["phoneNumbers"]


def test_put_without_phone_numbers_frees_the_number(call: Any, ids: Any, people: Any, simulator: Simulator) -> None:
    simulator.turn("people_put_omitted", "reset")
    url = f"/people/{ids.person(people['number'][1])}?callingData=true"
    before = call("GET", url).body
    number = before.pop("phoneNumbers")[0]["value"]
    assert call("PUT", url, before).status == 200
    assert [one["type"] for one in call("GET", url).body["phoneNumbers"]] == ["work_extension"]
    row = call("GET", f"/telephony/config/numbers?phoneNumber=%2B{number[1:]}").body["phoneNumbers"][0]
    assert "owner" not in row


def test_put_without_licenses_loses_all_calling(call: Any, ids: Any, people: Any, simulator: Simulator) -> None:
    simulator.turn("people_put_omitted", "reset")
    email = people["number"][2]
    person = ids.person(email)
    url = f"/people/{person}?callingData=true"
    before = call("GET", url).body
    extension, location = before["extension"], before["locationId"]
    assert call("PUT", url, {name: before[name] for name in ("emails", "displayName")}).status == 200
    after = call("GET", url).body
    assert after["licenses"] == [] and after["phoneNumbers"] == [] and "extension" not in after
    assert call("GET", f"/people/{person}/features/callForwarding").status == 400
    body = new_person(ids, extension=extension, locationId=location)
    assert call("POST", "/people?callingData=true", body).status == 200


def test_put_without_calling_data_leaves_number_and_extension(call: Any, ids: Any, people: Any) -> None:
    person = ids.person(people["number"][3])
    before = call("GET", f"/people/{person}?callingData=true").body
    sent = {name: before[name] for name in ("emails", "displayName", "licenses")}
    assert call("PUT", f"/people/{person}", sent).status == 200
    after = call("GET", f"/people/{person}?callingData=true").body
    assert (after["extension"], after["phoneNumbers"]) == (before["extension"], before["phoneNumbers"])


def test_put_needs_display_name_and_keeps_the_location(call: Any, ids: Any, people: Any) -> None:
    url = f"/people/{ids.person(people['extension'][0])}?callingData=true"
    before = call("GET", url).body
    assert call("PUT", url, {**before, "displayName": ""}).status == 400
    other = next(place for place in ids.locations.values() if place != before["locationId"])
    assert call("PUT", url, {**before, "locationId": other}).status == 400
    assert call("GET", url).body["lastModified"] == before["lastModified"]


def test_refused_put_may_have_changed_the_identity(call: Any, ids: Any, people: Any) -> None:
    url = f"/people/{ids.person(people['extension'][1])}?callingData=true"
    before = call("GET", url).body
    sent = {**before, "displayName": "Half Done", "phoneNumbers": [{"type": "work", "value": "+15005550006"}]}
    assert call("PUT", url, sent).status == 400
    after = call("GET", url).body
    assert after["displayName"] == "Half Done" and after["phoneNumbers"] == before["phoneNumbers"]


def test_work_extension_sets_nothing(call: Any, ids: Any, people: Any) -> None:
    url = f"/people/{ids.person(people['extension'][1])}?callingData=true"
    before = call("GET", url).body
    sent = {**before, "phoneNumbers": [{"type": "work_extension", "value": "82010000"}]}
    assert call("PUT", url, sent).status == 200
    assert call("GET", url).body["phoneNumbers"] == before["phoneNumbers"]


def test_extension_swap_needs_a_third_value(call: Any, ids: Any, simulator: Simulator) -> None:
    london = [p for p in simulator.state()["people"] if (p["calling"] or {}).get("extension", "").startswith("01")]
    one, two = (f"/people/{ids.person(p['emails'][0])}?callingData=true" for p in london[:2])
    first, second = call("GET", one).body, call("GET", two).body
    assert call("PUT", one, {**first, "extension": second["extension"]}).status == 400
    assert call("PUT", one, {**first, "extension": "0888"}).status == 200
    assert call("PUT", two, {**second, "extension": first["extension"]}).status == 200
    assert call("PUT", one, {**first, "extension": second["extension"]}).status == 200


def test_license_without_units_is_skipped_silently(call: Any, ids: Any) -> None:
    tenant = sample_tenant()
    for license in tenant["licenses"]:
        if license["offer"] == "BCSTD":
            license["totalUnits"] = 0
    with Simulator(tenant) as full:
        body = full.edit("POST", "/people?callingData=true", new_person(ids, licenses=list(ids.licenses.values())[:1]))
        assert body["licenses"] == [] and body["id"]


@pytest.mark.parametrize(("position", "left"), [("keep", True), ("clear", False)])
def test_switch_put_without_extension(position: str, left: bool) -> None:
    tenant = sample_tenant()
    tenant["switches"] = {"people_put_omitted": "reset", "people_put_without_extension": position}
    with Simulator(tenant) as running:
        url = f"/people/{tenant['people'][0]['id']}?callingData=true"
        before = running.edit("GET", url)
        del before["extension"]
        running.edit("PUT", url, before)
        assert ("extension" in running.edit("GET", url)) is left


def test_paging_clamps_and_follows_cursors(call: Any) -> None:
    first = call("GET", "/people?max=7&callingData=true")
    assert len(first.body["items"]) == 7
    link = first.headers["Link"]
    assert link.startswith("<http://127.0.0.1:") and link.endswith('>;rel="next"')
    tenant = sample_tenant()
    people = [
        {**tenant["people"][59], "id": f"00000000-0000-4000-8000-{n:012d}", "emails": [f"p{n}@example.com"]}
        for n in range(130)
    ]
    with Simulator({**tenant, "people": tenant["people"] + people}) as many:
        assert len(many.edit("GET", "/people?max=1000")["items"]) == 190
        assert len(many.edit("GET", "/people?max=1000&callingData=true")["items"]) == 100
        assert len(many.edit("GET", "/people?max=5")["items"]) == 5


def test_sdk_pages_through_everyone_once(api: WebexSimpleApi, simulator: Simulator) -> None:
    listed = [person.emails[0] for person in api.people.list(calling_data=True, max=10)]
    assert sorted(listed) == sorted(person["emails"][0] for person in simulator.state()["people"])
    assert simulator.requests()["by_route"] == {"GET /people": 6}


def test_empty_location_gives_a_row_without_id(call: Any, simulator: Simulator, ids: Any) -> None:
    place = call("POST", "/locations", {
        "name": "Empty", "timeZone": "Europe/London", "preferredLanguage": "en_GB",
        "address": {"address1": "9 Nowhere", "city": "Leeds", "postalCode": "LS1", "country": "GB"},
    }).body["id"]  # fmt: skip
    rows = call("GET", f"/people?locationId={place}&callingData=true").body["items"]
    assert len(rows) == 1 and "id" not in rows[0]
    assert rows[0]["errors"]["peopleListLocationId"]["code"] == "calling_failure"
    assert all("id" in row for row in call("GET", f"/people?locationId={ids.locations['London HQ']}").body["items"])


def test_id_filter_is_not_enriched_and_stands_alone(call: Any, ids: Any, people: Any) -> None:
    person = ids.person(people["number"][0])
    row = call("GET", f"/people?id={person}").body["items"][0]
    assert "licenses" not in row and "roles" not in row
    assert call("GET", f"/people?id={person}&email=x@example.com").status == 400


def test_duplicate_email_conflicts(call: Any, ids: Any, people: Any) -> None:
    assert call("POST", "/people?callingData=true", new_person(ids, emails=[people["none"][0].upper()])).status == 409


def test_delete_frees_number_and_scim_user(api: WebexSimpleApi, call: Any, ids: Any, simulator: Simulator) -> None:
    person = simulator.state()["people"][2]
    api.people.delete_person(ids.person(person["emails"][0]))
    org = simulator.state()["org"]["id"]
    assert call("GET", f"/identity/scim/{org}/v2/Users/{person['id']}").status == 404
    number = person["calling"]["number"]
    row = call("GET", f"/telephony/config/numbers?phoneNumber=%2B{number[1:]}").body["phoneNumbers"][0]
    assert "owner" not in row


def test_sdk_create_update(api: WebexSimpleApi, ids: Any) -> None:
    created = api.people.create(Person.model_validate(new_person(ids)), calling_data=True)
    created.title = "Tester"
    created.extension = "0556"
    updated = api.people.update(created, calling_data=True)
    assert (updated.title, updated.extension) == ("Tester", "0556")


def test_switch_calling_data_lag(simulator: Simulator, call: Any, ids: Any) -> None:
    """A new calling user reads without extension and location for some seconds (§1.6)."""
    simulator.turn("calling_data_lag", "10s")
    simulator.run_clock(0)
    body = {"emails": ["late@example.com"], "displayName": "Late", "licenses": [ids.licenses["Professional"]],
            "locationId": ids.locations["London HQ"], "extension": "0555"}  # fmt: skip
    made = call("POST", "/people?callingData=true", body).body
    assert "extension" not in made and not made["phoneNumbers"]
    simulator.advance(9)
    assert "extension" not in call("GET", f"/people/{made['id']}?callingData=true").body
    simulator.advance(1)
    shown = call("GET", f"/people/{made['id']}?callingData=true").body
    assert (shown["extension"], shown["locationId"]) == ("0555", ids.locations["London HQ"])
