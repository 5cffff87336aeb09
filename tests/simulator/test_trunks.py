"""Trunks: a password that is never read, addresses that exist once, and deletes that name what is in the way (§14)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.rest import RestError
from wxc_sdk.telephony.prem_pstn.route_group import RGTrunk, RouteGroup
from wxc_sdk.telephony.prem_pstn.trunk import PChargeInfoSupportPolicy, TrunkType

from reconciler.simulator import EditRefused, Simulator, sample_tenant

PATH = "/telephony/config/premisePstn/trunks"
NAMES = ["London Gateway", "Manchester Gateway", "New York Gateway"]


@pytest.fixture
def new(ids: Any) -> Callable[..., dict[str, Any]]:
    """The body of a new trunk in Manchester; None leaves a field out."""

    def body(**fields: Any) -> dict[str, Any]:
        whole = {
            "name": "Second Gateway",
            "locationId": ids.locations["Manchester"],
            "password": "S3cret.pass",
            "trunkType": "REGISTERING",
            **fields,
        }
        return {name: value for name, value in whole.items() if value is not None}

    return body


CERTIFICATE = {
    "trunkType": "CERTIFICATE_BASED",
    "address": "sbc1",
    "domain": "voice.example.com",
    "port": 5061,
    "maxConcurrentCalls": 1000,
}


def by_name(call: Any, name: str) -> str:
    found: str = next(one["id"] for one in call("GET", PATH).body["trunks"] if one["name"] == name)
    return found


def test_life_of_a_registering_trunk(api: WebexSimpleApi, ids: Any) -> None:
    trunks, place = api.telephony.prem_pstn.trunk, ids.locations["Manchester"]
    key = trunks.create(name="Second Gateway", location_id=place, password="S3cret.pass")
    read = trunks.details(key)
    assert (read.trunk_id, read.name, read.location.id) == (key, "Second Gateway", place)
    assert (read.trunk_type, read.device_type) == (TrunkType.registering, "Cisco Unified Border Element")
    assert (read.dual_identity_support_enabled, read.max_concurrent_calls) == (True, 250)
    assert (read.address, read.domain, read.port) == (None, None, None)
    trunks.update(
        key,
        name="Spare Gateway",
        password="An0ther.one",
        dual_identity_support_enabled=False,
        p_charge_info_support_policy=PChargeInfoSupportPolicy.disabled,
    )
    trunks.update(key, name="Spare Gateway", password="An0ther.one")
    read = trunks.details(key)
    assert (read.name, read.dual_identity_support_enabled) == ("Spare Gateway", False), "what is left out stays"
    assert read.p_charge_info_support_policy == PChargeInfoSupportPolicy.disabled
    assert [one.name for one in trunks.list()] == [*NAMES, "Spare Gateway"]
    trunks.delete_trunk(key)
    with pytest.raises(RestError) as refused:
        trunks.details(key)
    assert refused.value.response.status_code == 404


def test_password_is_needed_every_time_and_never_kept(simulator: Simulator, call: Any, new: Any) -> None:
    key = call("POST", PATH, new()).body["id"]
    before = simulator.state()["trunks"][-1]["passwordDigest"]
    refused = call("PUT", f"{PATH}/{key}", {"name": "Second Gateway"})
    assert (refused.status, refused.body["errorCode"]) == (400, 25008)
    assert "S3cret.pass" not in json.dumps(simulator.state())
    assert "password" not in json.dumps(call("GET", f"{PATH}/{key}").body).lower()
    assert call("PUT", f"{PATH}/{key}", {"name": "Second Gateway", "password": "Chang3d"}).status == 204
    assert simulator.state()["trunks"][-1]["passwordDigest"] != before


@pytest.mark.parametrize("password", ["What?Secret1", "Secret!1"])
def test_password_charset(call: Any, new: Any, password: str) -> None:
    refused = call("POST", PATH, new(password=password))
    assert (refused.status, refused.body["errorCode"]) == (400, 25015)
    url = f"{PATH}/{by_name(call, 'New York Gateway')}"
    assert call("PUT", url, {"name": "New York Gateway", "password": password}).body["errorCode"] == 25015


def test_immutable_fields_are_ignored(call: Any, new: Any, ids: Any) -> None:
    key = call("POST", PATH, new()).body["id"]
    changed = new(
        name="Renamed", locationId=ids.locations["New York"], deviceType="Unknown", trunkType="X", address="a"
    )
    assert call("PUT", f"{PATH}/{key}", changed).status == 204
    read = call("GET", f"{PATH}/{key}").body
    assert (read["name"], read["trunkType"], read["location"]["name"]) == ("Renamed", "REGISTERING", "Manchester")
    assert read["deviceType"] == "Cisco Unified Border Element" and "address" not in read


def test_certificate_based(api: WebexSimpleApi, ids: Any) -> None:
    trunks = api.telephony.prem_pstn.trunk
    key = trunks.create(
        name="Border",
        location_id=ids.locations["London HQ"],
        password="S3cret.pass",
        trunk_type=TrunkType.certificate_base,
        device_type="Ribbon Session Border Controller",
        address="sbc1",
        domain="voice.example.com",
        port=5061,
        max_concurrent_calls=1000,
        peer_identity="voice.example.com",
    )
    read = trunks.details(key)
    assert (read.address, read.domain, read.port) == ("sbc1", "voice.example.com", 5061)
    assert (read.max_concurrent_calls, read.peer_identity) == (1000, "voice.example.com")
    assert read.device_type == "Ribbon Session Border Controller"
    assert [one.name for one in trunks.list(trunk_type="CERTIFICATE_BASED")] == ["Border"]


@pytest.mark.parametrize("missing", ["address", "domain", "maxConcurrentCalls"])
def test_certificate_based_needs_its_address(call: Any, new: Any, missing: str) -> None:
    refused = call("POST", PATH, new(**{**CERTIFICATE, missing: None}))
    assert (refused.status, refused.body["errorCode"]) == (400, 25008)
    assert missing in refused.body["message"]


def test_fqdn_exists_once_and_srv_is_a_place_of_its_own(api: WebexSimpleApi, call: Any, new: Any) -> None:
    check = api.telephony.prem_pstn.trunk.validate_fqdn_and_domain
    check(address="sbc1", domain="voice.example.com", port=5061)
    assert call("POST", PATH, new(**CERTIFICATE)).status == 201
    with pytest.raises(RestError) as refused:
        check(address="SBC1", domain="voice.example.com", port=5061)
    assert (refused.value.response.status_code, refused.value.code) == (409, 27571)
    again = call("POST", PATH, new(**CERTIFICATE, name="Twin"))
    assert (again.status, again.body["errorCode"]) == (409, 27571)
    check(address="sbc1", domain="voice.example.com")
    assert call("POST", PATH, new(**{**CERTIFICATE, "port": None}, name="SRV")).status == 201
    with pytest.raises(RestError) as refused:
        api.telephony.prem_pstn.trunk.validate_a_trunk(fqdn_address="sbc1", fqdn_domain="voice.example.com")
    assert refused.value.code == 27571
    api.telephony.prem_pstn.trunk.validate_a_trunk(trunk_type=TrunkType.registering)


@pytest.mark.parametrize(("position", "status", "code"), [("25024", 400, 25024), ("25252", 409, 25252)])
def test_switch_bad_domain(position: str, status: int, code: int) -> None:
    with Simulator({**sample_tenant(), "switches": {"trunk_bad_domain": position}}) as running:
        for action, body in (
            ("fqdnValidation", {"address": "cube", "domain": "foo", "port": 6001}),
            ("validate", {"fqdnAddress": "cube", "fqdnDomain": "foo"}),
        ):
            with pytest.raises(EditRefused) as refused:
                running.edit("POST", f"{PATH}/actions/{action}/invoke", body)
            assert (refused.value.status, refused.value.body["errorCode"]) == (status, code)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": None}, 25008),
        ({"name": ""}, 25008),
        ({"password": None}, 25008),
        ({"password": ""}, 25008),
        ({"locationId": None}, 25008),
        ({"trunkType": None}, 25008),
        ({"name": "A name that is too long for it"}, 25110),
        ({"name": ["London"]}, 25024),
        ({"password": {"a": 1}}, 25024),
        ({"trunkType": "ANALOGUE"}, 25024),
        ({"dualIdentitySupportEnabled": "yes"}, 25024),
        ({"deviceType": "Toaster"}, 25024),
        ({"maxConcurrentCalls": "many"}, 25024),
        ({"maxConcurrentCalls": 100000}, 25024),
        ({"pChargeInfoSupportPolicy": "SOMETIMES"}, 25024),
        ({**CERTIFICATE, "port": "5061"}, 25024),
        ({**CERTIFICATE, "port": 70000}, 25024),
        ({**CERTIFICATE, "address": "under_score"}, 25024),
        ({**CERTIFICATE, "domain": "foo"}, 25024),
    ],
)
def test_refused_bodies_change_nothing(simulator: Simulator, call: Any, new: Any, fields: Any, code: int) -> None:
    refused = call("POST", PATH, new(**fields))
    assert (refused.status, refused.body["errorCode"]) == (400, code)
    assert len(simulator.state()["trunks"]) == 3


def test_refused_documents(call: Any, new: Any, ids: Any) -> None:
    assert call("POST", PATH).body["errorCode"] == 25024
    assert call("POST", PATH, ["trunk"]).body["errorCode"] == 25024
    assert call("POST", PATH, new(locationId=ids.person("amelia.ashford@example.com"))).status == 400
    assert call("GET", f"{PATH}/{ids.locations['Manchester']}").body["message"] == "Wrong type of Webex ID provided"
    assert call("DELETE", f"{PATH}/nonsense").status == 404


@pytest.mark.parametrize(("position", "status"), [("conflict", 409), ("refuse", 400)])
def test_switch_duplicate_name(position: str, status: int) -> None:
    with Simulator({**sample_tenant(), "switches": {"routing_name_duplicate": position}}) as running:
        one, other = running.edit("GET", PATH)["trunks"][:2]
        body = {"name": one["name"].upper(), "password": "S3cret"}
        with pytest.raises(EditRefused) as refused:
            running.edit("PUT", f"{PATH}/{other['id']}", body)
        assert refused.value.status == status
        running.edit("PUT", f"{PATH}/{one['id']}", body)


def test_list_filters_and_order(call: Any) -> None:
    def names(query: str) -> list[str]:
        return [one["name"] for one in call("GET", f"{PATH}?{query}").body["trunks"]]

    assert names("name=york") == ["New York Gateway"]
    assert names("name=york,london") == ["London Gateway", "New York Gateway"]
    assert names("locationName=manch") == ["Manchester Gateway"]
    assert names("trunkType=CERTIFICATE_BASED") == []
    assert names("order=name-desc") == NAMES[::-1]
    assert names("order=locationName") == NAMES
    page = call("GET", f"{PATH}?max=2")
    assert len(page.body["trunks"]) == 2 and 'rel="next"' in page.headers["Link"]


def test_usage_of_a_trunk(api: WebexSimpleApi, call: Any) -> None:
    trunks = api.telephony.prem_pstn.trunk
    key = by_name(call, "New York Gateway")
    plan = api.telephony.prem_pstn.dial_plan.create("Overseas", key, "TRUNK").dial_plan_id
    usage = trunks.usage(key)
    assert (usage.pstn_connection_count, usage.call_to_extension_count) == (1, 0)
    assert (usage.dial_plan_count, usage.route_group_count) == (1, 1)
    assert [one.name for one in trunks.usage_location_pstn(key)] == ["New York"]
    assert [(one.id, one.name) for one in trunks.usage_dial_plan(key)] == [(plan, "Overseas")]
    assert [one.name for one in trunks.usage_route_group(key)] == ["Transatlantic"]
    assert list(trunks.usage_call_to_extension(key)) == []
    assert list(trunks.usage_dial_plan(key, name=["Nothing"])) == []
    assert list(call("GET", f"{PATH}/{key}/usageRouteGroup").body) == ["routeGroup"]


def test_unknown_extensions_count_as_use(call: Any, ids: Any, new: Any) -> None:
    key = call("POST", PATH, new()).body["id"]
    dialing = f"/telephony/config/locations/{ids.locations['New York']}/internalDialing"
    identity = {"unknownExtensionRouteIdentity": {"id": key, "type": "TRUNK"}}
    call("PUT", dialing, {"enableUnknownExtensionRoutePolicy": True, **identity})
    assert call("GET", f"{PATH}/{key}/usage").body["callToExtensionCount"] == 1
    rows = call("GET", f"{PATH}/{key}/usageCallToExtension").body["locations"]
    assert rows == [{"id": ids.locations["New York"], "name": "New York"}]
    assert call("DELETE", f"{PATH}/{key}").status == 400
    call("PUT", dialing, {"enableUnknownExtensionRoutePolicy": False})
    assert call("DELETE", f"{PATH}/{key}").status == 204


def test_delete_names_the_dial_plan(api: WebexSimpleApi, call: Any, new: Any) -> None:
    key = call("POST", PATH, new()).body["id"]
    plan = api.telephony.prem_pstn.dial_plan.create("Overseas", key, "TRUNK").dial_plan_id
    refused = call("DELETE", f"{PATH}/{key}")
    assert (refused.status, refused.body["errorCode"]) == (400, 27349)
    assert "Overseas" in refused.body["message"]
    assert refused.headers["Cisco-Spark-Error-Codes"] == "27349"
    assert call("GET", f"{PATH}?name=Second").body["trunks"][0]["inUse"] is True
    api.telephony.prem_pstn.dial_plan.delete_dial_plan(plan)
    assert call("GET", f"{PATH}?name=Second").body["trunks"][0]["inUse"] is False
    assert call("DELETE", f"{PATH}/{key}").status == 204


@pytest.mark.parametrize(("position", "status"), [("refuse", 400), ("conflict", 409)])
def test_switch_in_use(position: str, status: int) -> None:
    with Simulator({**sample_tenant(), "switches": {"route_in_use": position}}) as running:
        for trunk in running.edit("GET", PATH)["trunks"]:  # all are in a route group
            with pytest.raises(EditRefused) as refused:
                running.edit("DELETE", f"{PATH}/{trunk['id']}")
            assert refused.value.status == status and "errorCode" not in refused.value.body


def test_delete_after_leaving_its_route_group(api: WebexSimpleApi, call: Any, new: Any) -> None:
    groups = api.telephony.prem_pstn.route_group
    first, second = by_name(call, "London Gateway"), call("POST", PATH, new()).body["id"]
    group = RouteGroup(
        name="Pair", local_gateways=[RGTrunk(trunk_id=first, priority=1), RGTrunk(trunk_id=second, priority=2)]
    )
    key = groups.create(group)
    assert call("DELETE", f"{PATH}/{second}").status == 400
    groups.update(key, RouteGroup(name="Pair", local_gateways=group.local_gateways[:1]))
    assert call("DELETE", f"{PATH}/{second}").status == 204


def test_trunk_types(api: WebexSimpleApi) -> None:
    types = {one.trunk_type: one for one in api.telephony.prem_pstn.trunk.trunk_types()}
    assert set(types) == {TrunkType.registering, TrunkType.certificate_base}
    assert len(types[TrunkType.certificate_base].device_types) == 4
    assert all(one.min_concurrent_calls < one.max_concurrent_calls for one in types[TrunkType.registering].device_types)


def test_state_survives(simulator: Simulator, call: Any, new: Any) -> None:
    key = call("POST", PATH, new(**CERTIFICATE)).body["id"]
    before = call("GET", f"{PATH}/{key}").body
    simulator.load(simulator.state())
    assert call("GET", f"{PATH}/{key}").body == before
    assert call("POST", PATH, new(**CERTIFICATE, name="Twin")).status == 409
