"""Call pickups (§14): an id made of the name, members in one group only, defaults of the server."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.base import webex_id_to_uuid
from wxc_sdk.common import PersonPlaceAgent
from wxc_sdk.telephony.callpickup import CallPickup, PickupNotificationType

from reconciler.simulator import Simulator


def place(ids: Any, name: str = "London HQ") -> str:
    return f"/telephony/config/locations/{ids.locations[name]}/callPickups"


@pytest.fixture
def agents(api: WebexSimpleApi, ids: Any) -> list[str]:
    return [one.agent_id for one in api.telephony.pickup.available_agents(ids.locations["London HQ"])]


def group(name: str, *agents: str) -> CallPickup:
    return CallPickup(name=name, agents=[PersonPlaceAgent(id=agent) for agent in agents])


def test_life_of_a_pickup(api: WebexSimpleApi, ids: Any, agents: list[str]) -> None:
    pickups, london = api.telephony.pickup, ids.locations["London HQ"]
    made = pickups.create(london, group("cp_000", agents[0]))
    assert base64.b64decode(webex_id_to_uuid(made)).decode() == "cp_000"
    details = pickups.details(london, made)
    assert (details.notification_type, details.notification_delay_timer_seconds) == (PickupNotificationType.none, 6)
    assert [agent.agent_id for agent in details.agents] == [agents[0]]
    assert details.agents[0].numbers[0].primary is True
    kept = pickups.update(london, made, CallPickup(notification_type=PickupNotificationType.audio_only))
    assert kept == made
    after = pickups.details(london, made)
    assert (after.name, len(after.agents), after.notification_type) == ("cp_000", 1, PickupNotificationType.audio_only)
    renamed = pickups.update(london, made, CallPickup(name="Front"))
    assert renamed != made and pickups.details(london, renamed).agents == details.agents
    pickups.create(london, CallPickup(name="Back"))
    assert [one.name for one in pickups.list(london)] == ["Back", "Front"]
    assert [one.name for one in pickups.list(london, order="DSC", name="r")] == ["Front"]
    assert list(pickups.list(ids.locations["New York"])) == []
    pickups.delete_pickup(london, renamed)
    assert [one.location_name for one in pickups.list(london)] == ["London HQ"]


def test_nobody_is_in_two_groups(call: Any, api: WebexSimpleApi, ids: Any, agents: list[str]) -> None:
    pickups, london = api.telephony.pickup, ids.locations["London HQ"]
    first = pickups.create(london, group("One", *agents[:2]))
    second = call("POST", place(ids), {"name": "Two", "agents": agents[1:3]})
    assert (second.status, second.body["errorCode"]) == (400, 4471)
    assert second.headers["Cisco-Spark-Error-Codes"] == "4471"
    assert [one.name for one in pickups.list(london)] == ["One"]
    assert agents[0] not in [one.agent_id for one in pickups.available_agents(london)]
    assert [one.agent_id for one in pickups.available_agents(london, call_pickup_name="One")] == agents
    made = pickups.create(london, group("Two", agents[2]))
    moved = call("PUT", f"{place(ids)}/{made}", {"agents": [agents[0]]})
    assert (moved.status, moved.body["errorCode"]) == (400, 4471)
    assert call("PUT", f"{place(ids)}/{first}", {"agents": agents[:2]}).status == 200  # its own may stay
    assert call("PUT", f"{place(ids)}/{first}", {"agents": []}).status == 200
    assert call("PUT", f"{place(ids)}/{made}", {"agents": [agents[0]]}).status == 200
    pickups.update(london, made, CallPickup(agents=[]))  # the SDK drops the empty list (defect 3)
    assert len(pickups.details(london, made).agents) == 1


def test_members_that_end_leave(call: Any, ids: Any, agents: list[str], simulator: Simulator) -> None:
    made = f"{place(ids)}/{call('POST', place(ids), {'name': 'One', 'agents': agents[:3]}).body['id']}"
    assert call("DELETE", f"/people/{agents[0]}").status == 204
    assert [one["id"] for one in call("GET", made).body["agents"]] == agents[1:3]
    before = call("GET", made).body
    simulator.load(simulator.state())
    assert call("GET", made).body == before


def test_ids_in_every_encoding(call: Any, ids: Any) -> None:
    room = ids.workspace("Board Room")
    made = call("POST", place(ids), {"name": "One", "agents": [room, room]}).body["id"]
    (agent,) = call("GET", f"{place(ids)}/{made}").body["agents"]
    assert agent["id"] != room and webex_id_to_uuid(agent["id"]) == webex_id_to_uuid(room)
    assert call("PUT", f"{place(ids)}/{made}", {"agents": [agent["id"]]}).status == 200
    assert call("GET", f"{place(ids)}/{made}==").status == 200  # padding is nothing
    assert call("GET", f"{place(ids)}/{room}").body["message"] == "Wrong type of Webex ID provided"
    odd = base64.urlsafe_b64encode(b"ciscospark://us/CALL_PICKUP/%%").decode().rstrip("=")
    assert call("GET", f"{place(ids)}/{odd}").status == 404
    name = "Ærø / Zürich?~"
    strange = call("POST", place(ids), {"name": name}).body["id"]
    assert call("GET", f"{place(ids)}/{strange}").body["name"] == name


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, 25008),
        ({"name": "x" * 81}, 400, 25110),
        ({"name": "A", "notificationType": "LOUD"}, 400, 25024),
        ({"name": "A", "notificationDelayTimerSeconds": "soon"}, 400, 25024),
        ({"name": "A", "agents": [{"id": "x"}]}, 400, 25024),
        ({"name": "A", "agents": "x"}, 400, 25024),
        ({"name": "A", "agents": ["x"]}, 404, None),
        (None, 400, 25024),
    ],
)
def test_wrong_creates(call: Any, ids: Any, body: Any, status: int, code: int | None) -> None:
    answer = call("POST", place(ids), body)
    assert (answer.status, answer.body.get("errorCode")) == (status, code)
    assert call("GET", place(ids)).body == {"callPickups": []}


def test_same_name_twice(call: Any, ids: Any) -> None:
    assert call("POST", place(ids), {"name": "One"}).status == 201
    assert call("POST", place(ids), {"name": "one"}).status == 409
    assert call("POST", place(ids, "Manchester"), {"name": "One"}).status == 201
    made = call("POST", place(ids), {"name": "Two"}).body["id"]
    assert call("PUT", f"{place(ids)}/{made}", {"name": "One"}).status == 409
    assert call("PUT", f"{place(ids)}/{made}", {"name": "TWO"}).status == 200
