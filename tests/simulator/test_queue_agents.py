"""Agents over all queues, and their supervisors (§14, §1.5, §1.9)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.common import PatternAction
from wxc_sdk.rest import RestError
from wxc_sdk.telephony.callqueue.agents import AgentCallQueueSetting
from wxc_sdk.telephony.supervisor import IdAndAction

from reconciler.simulator import EditRefused, Simulator, sample_tenant

AGENTS = "/telephony/config/queues/agents"
SUPERVISORS = "/telephony/config/supervisors"
QUEUE = {"callPolicies": {"policy": "CIRCULAR"}, "queueSettings": {"queueSize": 10}}


def body(name: str, extension: str, agents: list[str]) -> dict[str, Any]:
    return {**QUEUE, "name": name, "extension": extension, "agents": [{"id": one} for one in agents]}


@pytest.fixture
def three(ids: Any, people: Any) -> list[str]:
    return [ids.person(email) for email in people["number"][:3]]


@pytest.fixture
def queues(call: Any, ids: Any, three: list[str]) -> dict[str, str]:
    """Ids of a queue in London with three people and a room, and one in Manchester with the first of them."""
    found = {}
    for place, name, agents in (
        ("London HQ", "First", [*three, ids.workspace("Board Room")]),
        ("Manchester", "Second", three[:1]),
    ):
        path = f"/telephony/config/locations/{ids.locations[place]}/queues"
        found[name] = call("POST", path, body(name, "6001", agents)).body["id"]
    return found


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [f"{one['firstName']} {one['lastName']}" for one in rows]


def test_list_counts_queues_and_joins(api: WebexSimpleApi, queues: Any, three: list[str], ids: Any) -> None:
    listed = {one.id: one for one in api.telephony.callqueue.agents.list()}
    assert len(listed) == 4 and set(three) <= set(listed)
    first = listed[three[0]]
    assert (first.queue_count, first.location_count, first.join_count, first.unjoin_count) == (2, 2, 2, 0)
    room = next(one for one in listed.values() if one.first_name == "Board Room")
    assert room.type == "PEOPLE" and room.id != ids.workspace("Board Room")  # §1.7
    agents = api.telephony.callqueue.agents
    agents.update_call_queue_settings(three[0], [AgentCallQueueSetting(queue_id=queues["First"], join_enabled=False)])
    detail = agents.details(three[0])
    assert detail.agent and detail.agent.id == three[0]
    assert [(one.name, one.join_enabled) for one in detail.queues or []] == [("First", False), ("Second", True)]
    assert [one.id for one in agents.list(join_enabled=False)] == [three[0]]
    assert [one.id for one in agents.list(queue_id=queues["Second"])] == [three[0]]


def test_filters_and_order(call: Any, queues: Any, three: list[str], ids: Any) -> None:
    everyone = call("GET", AGENTS).body["agents"]
    ascending = names(call("GET", f"{AGENTS}?order=asc").body["agents"])
    assert ascending == sorted(ascending, key=str.lower) and sorted(names(everyone)) == sorted(ascending)
    assert names(call("GET", f"{AGENTS}?order=desc").body["agents"]) == ascending[::-1]
    room = next(one for one in everyone if one["firstName"] == "Board Room")
    for field in ("phoneNumber", "extension", "esn"):
        value = room[field].replace("+", "%2B")
        assert names(call("GET", f"{AGENTS}?phoneNumber={value}").body["agents"]) == ["Board Room ."]
    assert names(call("GET", f"{AGENTS}?name=board").body["agents"]) == ["Board Room ."]
    place = ids.locations["Manchester"]
    found = call("GET", f"{AGENTS}?locationId={place}").body["agents"]
    assert found == [one for one in everyone if one["location"]["id"] == place]
    assert call("GET", f"{AGENTS}?hasCxEssentials=true").body["agents"] == []


def test_pages(call: Any, queues: Any, simulator: Simulator) -> None:
    first = call("GET", f"{AGENTS}?max=3")
    assert len(first.body["agents"]) == 3 and "start=3" in first.headers["Link"]
    second = call("GET", f"{AGENTS}?max=3&start=3")
    assert len(second.body["agents"]) == 1 and "Link" not in second.headers
    assert call("GET", f"{AGENTS}?start=9").body["agents"] == []


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("GET", "/{id}?max=5", None, 400),
        ("GET", "/{id}?start=0", None, 400),
        ("GET", "/{other}?max=5&start=0", None, 404),
        ("GET", "/{id}?max=5&start=0&hasCxEssentials=true", None, 404),
        ("GET", "/availableAgents", None, 400),
        ("PUT", "/{id}/settings", None, 400),
        ("PUT", "/{id}/settings", {}, 400),
        ("PUT", "/{id}/settings", {"settings": [{"queueId": "x"}]}, 400),
        ("PUT", "/{id}/settings", {"settings": [{"queueId": "x", "joinEnabled": True}]}, 404),
    ],
)
def test_refused(call: Any, queues: Any, ids: Any, people: Any, method: str, path: str, sent: Any, status: int) -> None:
    member, other = (ids.person(people[kind][0]) for kind in ("number", "extension"))
    answer = call(method, AGENTS + path.format(id=member, other=other), sent)
    assert answer.status == status, answer.body


def test_settings_are_all_or_nothing(call: Any, queues: Any, three: list[str]) -> None:
    both = [{"queueId": queues[name], "joinEnabled": False} for name in ("First", "Second")]
    assert call("PUT", f"{AGENTS}/{three[1]}/settings", {"settings": both}).status == 404  # not in the second
    assert call("GET", f"{AGENTS}?joinEnabled=false").body["agents"] == []
    assert call("PUT", f"{AGENTS}/{three[0]}/settings", {"settings": both}).status == 204


def test_the_agents_of_one_queue_need_a_limit(call: Any, queues: Any, three: list[str]) -> None:
    url = f"/telephony/config/queues/{queues['First']}/agents"
    refused = call("GET", url)
    assert refused.status == 400 and "limit" not in refused.body["message"]  # the message does not say it (FB#25)
    assert [one["id"] for one in call("GET", f"{url}?limit=2").body["agents"]] == three[:2]
    assert len(call("GET", f"{url}?limit=100").body["agents"]) == 4


def test_available_agents(api: WebexSimpleApi, ids: Any, people: Any, simulator: Simulator) -> None:
    available = list(api.telephony.callqueue.available_agents(ids.locations["London HQ"]))
    assert {one.type for one in available} == {"PEOPLE", "PLACE"}
    assert ids.workspace("Board Room") in {one.id for one in available}
    assert len({one.id for one in available}) == len(available) == 50 + 7
    email = people["number"][0]
    [one] = [one for one in available if one.email == email]
    assert one.phone_numbers and one.phone_numbers[0].external and not one.has_cx_essentials
    state = simulator.state()
    standard = next(one["id"] for one in state["licenses"] if one["offer"] == "BCBAS")
    next(one for one in state["people"] if one["emails"] == [email])["licenses"] = [standard]
    simulator.load(state)
    left = list(api.telephony.callqueue.available_agents(ids.locations["London HQ"], name=one.last_name))
    assert email not in {one.email for one in left}


@pytest.mark.parametrize("position", ["link", "404"])
def test_switch_queue_agents_end(position: str) -> None:
    with Simulator({**sample_tenant(), "switches": {"queue_agents_end": position}}) as running:
        place = running.edit("GET", "/locations")["items"][0]["id"]
        assert running.edit("GET", AGENTS)["agents"] == []
        people = [one["id"] for one in running.edit("GET", "/people?callingData=true")["items"] if "locationId" in one]
        running.edit("POST", f"/telephony/config/locations/{place}/queues", body("Q", "6001", people[:3]))
        assert len(running.edit("GET", f"{AGENTS}?max=3&start=0")["agents"]) == 3
        if position == "404":
            with pytest.raises(EditRefused, match="404"):
                running.edit("GET", f"{AGENTS}?max=3&start=3")
        else:
            assert running.edit("GET", f"{AGENTS}?max=3&start=3")["agents"] == []


@pytest.mark.parametrize("position", ["off", "on"])
def test_switch_queue_agents_need_limit(position: str) -> None:
    with Simulator({**sample_tenant(), "switches": {"queue_agents_need_limit": position}}) as running:
        if position == "on":
            with pytest.raises(EditRefused, match="limit"):
                running.edit("GET", AGENTS)
        else:
            assert running.edit("GET", AGENTS)["agents"] == []
        assert running.edit("GET", f"{AGENTS}?limit=10")["agents"] == []


def test_supervisors_through_the_sdk(api: WebexSimpleApi, ids: Any, people: Any, three: list[str]) -> None:
    supervisors, boss = api.telephony.supervisors, ids.person(people["extension"][0])
    assert boss in {one.id for one in supervisors.available_supervisors()}
    assert set(three) <= {one.id for one in supervisors.available_agents()}
    supervisors.create(boss, three[:2])
    [listed] = supervisors.list()
    assert (listed.id, listed.agent_count, listed.has_cx_essentials) == (boss, 2, False)
    assert boss not in {one.id for one in supervisors.available_supervisors()}
    assert not {*three[:2]} & {one.id for one in supervisors.available_agents()}
    changes = [
        IdAndAction(id=three[0], action=PatternAction.delete),
        IdAndAction(id=three[2], action=PatternAction.add),
    ]
    assert supervisors.assign_unassign_agents(boss, changes) is None
    assert [one.id for one in supervisors.details(boss)] == [three[1], three[2]]
    status = supervisors.assign_unassign_agents(boss, [IdAndAction(id=three[1], action=PatternAction.add)])
    assert status and (status[0].status, status[0].id) == ("DUPLICATE", three[1])
    assert status[0].message and status[0].message.startswith("[Error 6612] Agent ")
    supervisors.delete(boss)
    assert list(supervisors.list()) == []
    supervisors.create(boss, three[:2])
    supervisors.delete_bulk([boss])
    assert list(supervisors.list()) == []
    with pytest.raises(RestError):
        list(supervisors.details(boss))


def test_supervisors_raw(call: Any, ids: Any, people: Any, three: list[str]) -> None:
    boss, other = (ids.person(email) for email in people["extension"][:2])
    agents = [{"id": one} for one in three]
    made = call("POST", SUPERVISORS, {"id": boss, "agents": agents[:2]})
    assert (made.status, made.body) == (201, "")
    assert call("POST", SUPERVISORS, {"id": boss, "agents": agents}).status == 409
    partly = call("POST", SUPERVISORS, {"id": other, "agents": agents[1:]})
    assert partly.status == 206
    assert [one["status"] for one in partly.body["supervisorAgentStatus"]] == ["NOT_AVAILABLE"]
    assert [one["id"] for one in call("GET", f"{SUPERVISORS}/{other}").body["agents"]] == [three[2]]
    bare = call("DELETE", SUPERVISORS)
    assert (bare.status, bare.body["errorCode"]) == (400, 25024)
    assert "Required request body is missing" in bare.body["message"]
    assert call("DELETE", SUPERVISORS, {"supervisorIds": [boss], "hasCxEssentials": True}).status == 404
    assert call("DELETE", SUPERVISORS, {"supervisorIds": [], "deleteAll": True}).status == 204
    assert call("GET", SUPERVISORS).body["supervisors"] == []


@pytest.mark.parametrize(
    "sent",
    [{}, {"id": "x"}, {"id": "x", "agents": []}, {"id": "x", "agents": ["y"]}, {"id": [], "agents": [{"id": "y"}]}],
)
def test_supervisor_bodies(call: Any, ids: Any, people: Any, sent: Any) -> None:
    assert call("POST", SUPERVISORS, sent).status == 400
    room = call("POST", SUPERVISORS, {"id": ids.workspace("Board Room"), "agents": [{"id": ids.workspace("Lobby")}]})
    assert room.status == 400
    assert call("PUT", f"{SUPERVISORS}/{ids.person(people['number'][0])}", {"agents": []}).status == 404


def test_who_is_gone_neither_supervises_nor_answers(
    call: Any, ids: Any, people: Any, queues: Any, three: list[str]
) -> None:
    boss = ids.person(people["extension"][0])
    call("POST", SUPERVISORS, {"id": boss, "agents": [{"id": one} for one in three]})
    assert call("DELETE", f"/people/{three[0]}").status == 204
    assert [one["id"] for one in call("GET", f"{SUPERVISORS}/{boss}").body["agents"]] == three[1:]
    assert three[0] not in {one["id"] for one in call("GET", AGENTS).body["agents"]}
    assert call("DELETE", f"/people/{boss}").status == 204
    assert call("GET", SUPERVISORS).body["supervisors"] == []


def test_supervisors_survive_dump_and_load(
    call: Any, ids: Any, people: Any, three: list[str], simulator: Simulator
) -> None:
    call("POST", SUPERVISORS, {"id": ids.person(people["extension"][0]), "agents": [{"id": three[0]}]})
    before = call("GET", SUPERVISORS).body
    simulator.load(simulator.state())
    assert call("GET", SUPERVISORS).body == before


def _three(running: Simulator) -> list[str]:
    return [one["id"] for one in running.edit("GET", "/people?callingData=true")["items"] if "locationId" in one][:3]


@pytest.mark.parametrize(("position", "agents"), [("one", 0), ("many", 1)])
def test_switch_agent_supervisors(position: str, agents: int) -> None:
    with Simulator({**sample_tenant(), "switches": {"agent_supervisors": position}}) as running:
        first, second, agent = _three(running)
        for boss in (first, second):
            running.edit("POST", SUPERVISORS, {"id": boss, "agents": [{"id": agent}]})
        counts = {one["id"]: one["agentCount"] for one in running.edit("GET", SUPERVISORS)["supervisors"]}
        assert (counts[first], counts.get(second, 0)) == (1, agents)


@pytest.mark.parametrize(("position", "left"), [("stays", 1), ("ends", 0)])
def test_switch_supervisor_without_agents(position: str, left: int) -> None:
    with Simulator({**sample_tenant(), "switches": {"supervisor_without_agents": position}}) as running:
        boss, agent, _ = _three(running)
        running.edit("POST", SUPERVISORS, {"id": boss, "agents": [{"id": agent}]})
        running.edit("PUT", f"{SUPERVISORS}/{boss}", {"agents": [{"id": agent, "action": "DELETE"}]})
        assert len(running.edit("GET", SUPERVISORS)["supervisors"]) == left
