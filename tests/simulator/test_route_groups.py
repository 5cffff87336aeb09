"""Route groups and route choices: whole writes, at most ten trunks, no delete while used (§14)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.rest import RestError
from wxc_sdk.telephony.prem_pstn.route_group import RGTrunk, RouteGroup

from reconciler.simulator import EditRefused, Simulator, sample_tenant

PATH = "/telephony/config/premisePstn/routeGroups"
TRUNKS = "/telephony/config/premisePstn/trunks"


@pytest.fixture
def trunks(call: Any) -> dict[str, str]:
    return {one["name"].removesuffix(" Gateway"): one["id"] for one in call("GET", TRUNKS).body["trunks"]}


def group_id(call: Any, name: str) -> str:
    found: str = next(one["id"] for one in call("GET", PATH).body["routeGroups"] if one["name"] == name)
    return found


def test_life_of_a_route_group(api: WebexSimpleApi, trunks: dict[str, str], ids: Any) -> None:
    groups = api.telephony.prem_pstn.route_group
    two = [RGTrunk(trunk_id=trunks["New York"], priority=2), RGTrunk(trunk_id=trunks["London"], priority=1)]
    key = groups.create(RouteGroup(name="Overflow", local_gateways=two))
    read = groups.details(key)
    assert read.organization is not None and read.organization.name == "Example Telephony"
    assert read.local_gateways is not None
    assert [(one.name, one.priority) for one in read.local_gateways] == [
        ("New York Gateway", 2),
        ("London Gateway", 1),
    ], "in the order in which they were given"
    assert read.local_gateways[0].location_id == ids.locations["New York"]
    assert next(one for one in groups.list(name="overf")).in_use is False
    groups.update(key, RouteGroup(name="Overflow 2", local_gateways=two[1:]))
    read = groups.details(key)
    assert read.name == "Overflow 2" and read.local_gateways is not None
    assert [one.trunk_id for one in read.local_gateways] == [trunks["London"]], "replaced, not merged"
    groups.delete_route_group(key)
    with pytest.raises(RestError):
        groups.details(key)


@pytest.mark.parametrize("gateways", [[], None, "absent"])
def test_empty_group(call: Any, trunks: dict[str, str], gateways: Any) -> None:
    body = {"name": "Empty"} if gateways == "absent" else {"name": "Empty", "localGateways": gateways}
    for method, url in (("POST", PATH), ("PUT", f"{PATH}/{group_id(call, 'Transatlantic')}")):
        refused = call(method, url, body)
        text = "message=Missing required field(s).;detail=Missing fields: localGateways"
        assert (refused.status, refused.body["message"], refused.body["errorCode"]) == (400, text, 25008)
    assert len(call("GET", f"{PATH}/{group_id(call, 'Transatlantic')}").body["localGateways"]) == 2


def test_at_most_ten_trunks(call: Any, ids: Any) -> None:
    made = []
    for number in range(11):
        body = {"name": f"Gateway {number}", "locationId": ids.locations["Manchester"], "password": "S3cret",
                "trunkType": "REGISTERING"}  # fmt: skip
        made.append({"id": call("POST", TRUNKS, body).body["id"], "priority": number + 1})
    refused = call("POST", PATH, {"name": "Many", "localGateways": made})
    assert (refused.status, refused.body["errorCode"]) == (400, 25043)
    assert refused.body["message"].endswith("10.")
    assert call("POST", PATH, {"name": "Many", "localGateways": made[:10]}).status == 201


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": None}, 25024),
        ({"name": ""}, 25008),
        ({"localGateways": "London"}, 25024),
        ({"localGateways": [{"priority": 1}]}, 25008),
        ({"localGateways": ["London"]}, 25024),
        ({"localGateways": [{"id": "x", "priority": "first"}]}, 25024),
        ({"name": "x" * 81}, 25110),
    ],
)
def test_refused_bodies(simulator: Simulator, call: Any, change: Any, code: int) -> None:
    gateway = call("GET", f"{PATH}/{group_id(call, 'UK Routes')}").body["localGateways"][:1]
    refused = call("POST", PATH, {"name": "New", "localGateways": gateway, **change})
    assert (refused.status, refused.body["errorCode"]) == (400, code)
    assert len(simulator.state()["route_groups"]) == 2


def test_gateways_must_be_trunks_once_each(call: Any, trunks: dict[str, str], ids: Any) -> None:
    def status(*gateways: Any) -> int:
        answer: int = call("POST", PATH, {"name": "New", "localGateways": list(gateways)}).status
        return answer

    london = {"id": trunks["London"], "priority": 1}
    assert status(london, {**london, "priority": 2}) == 400
    assert status({**london, "priority": 0}) == 400
    assert status({"id": ids.locations["London HQ"], "priority": 1}) == 400
    assert status({"id": "bm9uc2Vuc2U", "priority": 1}) == 404
    assert status(london, {"id": trunks["New York"], "priority": 1, "name": "ignored", "locationId": "sas"}) == 201


def test_usage_of_a_route_group(api: WebexSimpleApi, call: Any, ids: Any) -> None:
    prem = api.telephony.prem_pstn
    key = group_id(call, "UK Routes")
    plan = prem.dial_plan.create("Branches", key, "ROUTE_GROUP").dial_plan_id
    lists = prem.route_list.create("Cloud numbers", ids.locations["Manchester"], key)
    usage = prem.route_group.usage(key)
    assert (usage.pstn_connection_count, usage.call_to_extension_count) == (2, 1)
    assert (usage.dial_plan_count, usage.route_list_count) == (1, 1)
    assert [one.name for one in prem.route_group.usage_location_pstn(key)] == ["London HQ", "Manchester"]
    assert [one.name for one in prem.route_group.usage_location_pstn(key, order="desc")] == ["Manchester", "London HQ"]
    assert [one.name for one in prem.route_group.usage_location_pstn(key, location_name="manch")] == ["Manchester"]
    assert [one.name for one in prem.route_group.usage_call_to_extension(key)] == ["London HQ"]
    assert [one.id for one in prem.route_group.usage_dial_plan(key)] == [plan]
    found = next(prem.route_group.usage_route_lists(key))
    assert (found.rl_id, found.location_name) == (lists, "Manchester")


def test_delete_is_refused_by_each_use(call: Any, trunks: dict[str, str], ids: Any) -> None:
    gateways = [{"id": trunks["London"], "priority": 1}]
    key = call("POST", PATH, {"name": "Used", "localGateways": gateways}).body["id"]
    plans, lists = (f"/telephony/config/premisePstn/{kind}" for kind in ("dialPlans", "routeLists"))
    plan = call("POST", plans, {"name": "Plan", "routeId": key, "routeType": "ROUTE_GROUP"}).body["id"]
    refused = call("DELETE", f"{PATH}/{key}")
    assert refused.status == 400 and "errorCode" not in refused.body, "27349 is known of trunks only"
    call("DELETE", f"{plans}/{plan}")
    one = call("POST", lists, {"name": "List", "locationId": ids.locations["Manchester"], "routeGroupId": key}).body
    assert call("DELETE", f"{PATH}/{key}").status == 400
    call("DELETE", f"{lists}/{one['id']}")
    connection = f"/telephony/pstn/locations/{ids.locations['New York']}/connection"
    call("PUT", connection, {"premiseRouteType": "ROUTE_GROUP", "premiseRouteId": key})
    assert call("DELETE", f"{PATH}/{key}").status == 400
    call("PUT", connection, {"premiseRouteType": "TRUNK", "premiseRouteId": trunks["New York"]})
    assert call("DELETE", f"{PATH}/{key}").status == 204


@pytest.mark.parametrize(("position", "status"), [("refuse", 400), ("conflict", 409)])
def test_switch_in_use(position: str, status: int) -> None:
    with Simulator({**sample_tenant(), "switches": {"route_in_use": position}}) as running:
        key = next(one["id"] for one in running.edit("GET", PATH)["routeGroups"] if one["name"] == "UK Routes")
        with pytest.raises(EditRefused) as refused:
            running.edit("DELETE", f"{PATH}/{key}")
        assert refused.value.status == status


@pytest.mark.parametrize(("position", "status"), [("conflict", 409), ("refuse", 400)])
def test_switch_duplicate_name(position: str, status: int) -> None:
    with Simulator({**sample_tenant(), "switches": {"routing_name_duplicate": position}}) as running:
        first = running.edit("GET", PATH)["routeGroups"][0]
        gateways = running.edit("GET", f"{PATH}/{first['id']}")["localGateways"]
        with pytest.raises(EditRefused) as refused:
            running.edit("POST", PATH, {"name": first["name"], "localGateways": gateways})
        assert refused.value.status == status


def test_route_choices(api: WebexSimpleApi, call: Any) -> None:
    everything = list(api.telephony.route_choices())
    assert [one.route_type for one in everything] == ["ROUTE_GROUP"] * 2 + ["TRUNK"] * 3
    assert [one.name for one in api.telephony.route_choices(trunk_name="york")] == ["New York Gateway"]
    assert [one.name for one in api.telephony.route_choices(route_group_name="uk")] == ["UK Routes"]
    both = api.telephony.route_choices(route_group_name="uk", trunk_name="york")
    assert [one.name for one in both] == ["UK Routes", "New York Gateway"]
    by_type = list(api.telephony.route_choices(order="routeType-desc,routeName-desc"))
    assert (by_type[0].name, by_type[-1].name) == ("New York Gateway", "Transatlantic")


def test_state_survives(simulator: Simulator, call: Any) -> None:
    before = call("GET", f"{PATH}/{group_id(call, 'Transatlantic')}").body
    simulator.load(simulator.state())
    assert call("GET", f"{PATH}/{group_id(call, 'Transatlantic')}").body == before
    assert [one["priority"] for one in before["localGateways"]] == [1, 2]
