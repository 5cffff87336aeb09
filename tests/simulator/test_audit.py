"""Admin audit events: every successful write leaves exactly one, refused ones and questions leave none."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from wxc_sdk import WebexSimpleApi

from reconciler.simulator import Simulator, sample_tenant
from reconciler.simulator.audit import recorder
from reconciler.simulator.core import ids as webex
from reconciler.simulator.core import routing
from reconciler.simulator.core.routing import Request
from reconciler.simulator.core.store import Store

Json = dict[str, Any]
SINCE, UNTIL = "2026-01-01T00:00:00.000Z", "2026-12-31T00:00:00.000Z"


def org(simulator: Simulator) -> str:
    return webex.encode("ORGANIZATION", simulator.state()["org"]["id"])


@pytest.fixture
def standing(simulator: Simulator) -> Simulator:
    """The clock stands in the middle of 2026."""
    tenant = {**sample_tenant(), "clock": {"now": 1_780_000_000, "speed": 0}}
    simulator.load(tenant)
    return simulator


def events(simulator: Simulator, **query: str) -> list[Json]:
    asked = {"orgId": org(simulator), "from": SINCE, "to": UNTIL, "max": "200", **query}
    text = "&".join(f"{name}={quote(value)}" for name, value in asked.items())
    found: list[Json] = simulator.edit("GET", f"/adminAudit/events?{text}")["items"]
    return found


def data(simulator: Simulator, **query: str) -> list[Json]:
    return [one["data"] for one in events(simulator, **query)]


def plain(text: str) -> str:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


def test_create_update_delete_name_their_target(standing: Simulator) -> None:
    created = standing.edit("POST", "/workspaces", {"displayName": "New Room"})
    standing.advance(60)
    standing.edit("PUT", f"/workspaces/{created['id']}", {"displayName": "Renamed"})
    standing.edit("DELETE", f"/workspaces/{created['id']}")
    deleted, updated, made = events(standing)
    assert [one["data"]["targetName"] for one in (deleted, updated, made)] == ["Renamed", "Renamed", "New Room"]
    assert {one["data"]["targetType"] for one in (deleted, updated, made)} == {"PLACE"}
    key = webex.any_uuid(created["id"])
    assert {plain(one["data"]["targetId"]) for one in (deleted, updated, made)} == {key}
    assert deleted["data"]["actionText"] == "Amelia Ashford deleted place Renamed"
    assert made["data"]["actionText"] == "Amelia Ashford created place New Room"
    assert made["data"]["actorEmail"] == "amelia.ashford@example.com"
    assert plain(made["actorId"]) == standing.state()["org"]["admin"]
    assert made["created"] < updated["created"] and made["data"]["eventCategory"] == "PLACES"


def test_settings_and_routing_name_what_they_belong_to(standing: Simulator) -> None:
    person = standing.state()["people"][3]
    key = webex.encode("PEOPLE", person["id"])
    location = standing.state()["locations"][0]["id"]
    where = webex.encode("LOCATION", location)
    standing.edit("PUT", f"/telephony/config/locations/{where}", {"externalCallerIdName": "Kept"})
    body = {"phoneNumbers": ["+442079460155"], "state": "INACTIVE"}
    standing.edit("POST", f"/telephony/config/locations/{where}/numbers", body)
    standing.edit("DELETE", f"/people/{key}")
    person_event, numbers, update = data(standing)
    assert (person_event["targetType"], person_event["targetName"]) == ("USER", person["displayName"])
    assert plain(person_event["targetId"]) == person["id"]
    assert numbers["actionText"] == "Amelia Ashford added numbers of location London HQ"
    assert (update["targetName"], update["eventCategory"]) == ("London HQ", "CALLING")


def test_licences_are_written_down_for_the_person(standing: Simulator) -> None:
    person = standing.state()["people"][4]
    standing.edit("PATCH", "/licenses/users", {"personId": webex.encode("PEOPLE", person["id"]), "licenses": []})
    (event,) = data(standing)
    assert (event["targetName"], event["eventCategory"]) == (person["displayName"], "USERS")


def test_ids_made_of_names_are_read_as_names(standing: Simulator) -> None:
    where = webex.encode("LOCATION", standing.state()["locations"][0]["id"])
    root = f"/telephony/config/locations/{where}/callParks"
    made = standing.edit("POST", root, {"name": "Lobby Park", "recall": {"option": "ALERT_PARKING_USER_ONLY"}})
    standing.edit("DELETE", f"{root}/{made['id']}")
    assert [one["targetName"] for one in data(standing)] == ["Lobby Park", "Lobby Park"]


def test_refusals_questions_and_reads_leave_nothing(standing: Simulator, call: Any) -> None:
    assert call("POST", "/workspaces", {}).status == 400
    assert call("DELETE", "/people/nobody").status == 404
    assert call("POST", "/telephony/config/actions/validateNumbers/invoke", {"phoneNumbers": ["+12125550199"]})
    where = webex.encode("LOCATION", standing.state()["locations"][0]["id"])
    assert call("POST", f"/telephony/config/locations/{where}/actions/precheckForDeletion/invoke").status == 200
    assert call("GET", "/people").status == 200
    assert "audit_events" not in standing.state()


def test_events_do_not_use_the_sequence(standing: Simulator) -> None:
    before = standing.state()["sequence"]
    standing.edit("POST", "/workspaces", {"displayName": "One"})
    standing.edit("POST", "/workspaces", {"displayName": "Two"})
    assert standing.state()["sequence"] == before + 2
    assert len({one["id"] for one in standing.state()["audit_events"]}) == 2


def test_the_deleted_admin_is_still_known(standing: Simulator) -> None:
    admin = standing.state()["org"]["admin"]
    standing.edit("DELETE", f"/people/{admin}")
    standing.edit("POST", "/workspaces", {"displayName": "After"})
    after, deletion = data(standing)
    assert after["actorName"] == deletion["actorName"] == "Amelia Ashford"
    assert after["actorEmail"] == "amelia.ashford@example.com" and after["adminRoles"] == []
    assert deletion["adminRoles"] == [] and deletion["targetName"] == "Amelia Ashford"


def test_actor_of_a_request(standing: Simulator) -> None:
    store = Store(standing.state())
    other = standing.state()["people"][7]
    routing.handle(Request("POST", "/v1/workspaces", {}, {"displayName": "Theirs"}, store, actor=other["id"]))
    (event,) = store.tables[recorder.TABLE].values()
    assert (event["actor"], event["actorName"]) == (other["id"], other["displayName"])


def test_filters_and_paging(standing: Simulator, api: WebexSimpleApi, call: Any) -> None:
    for number in range(5):
        standing.edit("POST", "/workspaces", {"displayName": f"Room {number}"})
    standing.edit("DELETE", f"/people/{standing.state()['people'][9]['id']}")
    found = api.admin_audit.list_events(org_id=org(standing), from_=SINCE, to_=UNTIL, max=2)
    assert [one.data.target_name for one in found][1:] == [f"Room {number}" for number in (4, 3, 2, 1, 0)]
    assert len(events(standing, eventCategories="USERS,LOGINS")) == 1
    assert len(events(standing, eventCategories="PLACES")) == 5
    admin = standing.state()["org"]["admin"]
    for text in (admin, webex.encode("PEOPLE", admin), events(standing)[0]["actorId"]):
        assert len(events(standing, actorId=text)) == 6, text
    assert events(standing, actorId=standing.state()["people"][1]["id"]) == []
    assert events(standing, to="2026-02-01T00:00:00Z") == []
    query = f"orgId={org(standing)}&from={SINCE}&to={UNTIL}"
    page = call("GET", f"/adminAudit/events?{query}&max=4&offset=4")
    assert len(page.body["items"]) == 2 and "Link" not in page.headers
    assert "offset=4" in call("GET", f"/adminAudit/events?{query}&max=4").headers["Link"]
    categories = api.admin_audit.list_event_categories()
    assert {"USERS", "PLACES", "LOGINS"} <= set(categories)


@pytest.mark.parametrize(
    "change",
    [{"from": ""}, {"to": ""}, {"orgId": ""}, {"from": "yesterday"}, {"from": "2024-01-01T00:00:00Z"},
     {"from": UNTIL, "to": SINCE}, {"offset": "-1"}, {"max": "none"}],
)  # fmt: skip
def test_refused_queries(call: Any, simulator: Simulator, change: dict[str, str]) -> None:
    asked = {"orgId": org(simulator), "from": SINCE, "to": UNTIL, **change}
    text = "&".join(f"{name}={quote(value)}" for name, value in asked.items() if value)
    assert call("GET", f"/adminAudit/events?{text}").status == 400


@pytest.mark.parametrize("position", ["uuid", "person"])
def test_switch_audit_person_ids(standing: Simulator, position: str) -> None:
    standing.turn("audit_person_ids", position)
    person = standing.state()["people"][5]["id"]
    standing.edit("DELETE", f"/people/{person}")
    (event,) = events(standing)
    decoded = webex.decode(event["data"]["targetId"])
    assert decoded == (("PEOPLE", person) if position == "person" else None)


def test_oldest_are_dropped(standing: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MOST", 3)
    for number in range(5):
        standing.edit("POST", "/workspaces", {"displayName": f"Room {number}"})
    kept = standing.state()["audit_events"]
    assert [one["targetName"] for one in kept] == ["Room 2", "Room 3", "Room 4"]
    assert [one["n"] for one in kept] == [3, 4, 5]


def test_events_survive_a_restart(tmp_path: Path) -> None:
    with Simulator(data_dir=tmp_path) as first:
        first.edit("POST", "/workspaces", {"displayName": "Before"})
        kept = first.state()["audit_events"]
    with Simulator(data_dir=tmp_path) as second:
        assert second.state()["audit_events"] == kept
        second.edit("POST", "/workspaces", {"displayName": "After"})
        assert [one["n"] for one in second.state()["audit_events"]] == [1, 2]
