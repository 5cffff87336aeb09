"""testCallRouting: where a call from a person or a trunk ends, and private network connect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.rest import RestError
from wxc_sdk.telephony import CallSourceType, DestinationType, OriginatorType, TestCallRoutingResult
from wxc_sdk.telephony.hg_and_cq import Agent
from wxc_sdk.telephony.huntgroup import HuntGroup
from wxc_sdk.telephony.pnc import NetworkConnectionType

from reconciler.simulator import Simulator

ACTION = "/telephony/config/actions/testCallRouting/invoke"
TestCallRoutingResult.__test__ = False  # a model, not a class of tests


@dataclass
class Phones:
    """Who calls whom: people of the sample with a number or an extension, by location."""

    api: WebexSimpleApi
    call: Any
    state: dict[str, Any]

    def people(self, location: str, *, number: bool) -> list[dict[str, Any]]:
        key = next(one["id"] for one in self.state["locations"] if one["name"] == location)
        return [
            person
            for person in self.state["people"]
            if person["calling"]
            and person["calling"]["location"] == key
            and bool(person["calling"]["number"]) == number
        ]

    def id_of(self, person: dict[str, Any]) -> str:
        found: str = self.call("GET", f"/people?email={person['emails'][0]}").body["items"][0]["id"]
        return found

    def dial(self, destination: str, location: str = "London HQ", **options: Any) -> TestCallRoutingResult:
        caller = self.id_of(self.people(location, number=True)[0])
        return self.api.telephony.test_call_routing(caller, OriginatorType.user, destination, **options)

    def trunk(self, name: str) -> str:
        rows = self.call("GET", "/telephony/config/premisePstn/trunks").body["trunks"]
        found: str = next(row["id"] for row in rows if row["name"] == name)
        return found

    def from_trunk(self, name: str, destination: str, number: str | None = None) -> TestCallRoutingResult:
        return self.api.telephony.test_call_routing(
            self.trunk(name), OriginatorType.trunk, destination, originator_number=number
        )


@pytest.fixture
def phones(api: WebexSimpleApi, call: Any, simulator: Simulator) -> Phones:
    return Phones(api, call, simulator.state())


@pytest.fixture
def plan(api: WebexSimpleApi, phones: Phones) -> str:
    patterns = ["+44205205XXXX", "849XX", "+1408555!", "+14085550100", "+1408777!", "+1408777XXXX"]
    plans = api.telephony.prem_pstn.dial_plan
    return plans.create("Branches", phones.trunk("New York Gateway"), "TRUNK", patterns).dial_plan_id


def test_extension_of_the_same_location(phones: Phones, ids: Any) -> None:
    called = phones.people("London HQ", number=True)[1]
    extension = called["calling"]["extension"]
    result = phones.dial(extension)
    assert (result.destination_type, result.routing_address) == (DestinationType.hosted_agent, extension)
    assert result.is_rejected is False and result.hosted_user is not None
    user = result.hosted_user
    assert (user.hu_id, user.first_name, user.last_name) == (
        phones.id_of(called),
        called["firstName"],
        called["lastName"],
    )
    assert (user.location_id, user.location_name) == (ids.locations["London HQ"], "London HQ")
    assert (user.phone_number, user.extension) == (called["calling"]["number"], extension)


def test_prefix_and_extension_of_another_location(phones: Phones) -> None:
    called = phones.people("Manchester", number=False)[0]
    result = phones.dial(f"8202{called['calling']['extension']}")
    assert result.hosted_user is not None and result.hosted_user.hu_id == phones.id_of(called)
    assert result.hosted_user.phone_number is None
    assert phones.dial(called["calling"]["extension"]).hosted_user is None, "extensions are of their location"


@pytest.mark.parametrize(
    ("location", "form", "code"),
    [
        ("New York", "{0}", None),
        ("New York", "{0[2]}{0[3]}{0[4]}{rest}", None),
        ("New York", "1{0[2]}{0[3]}{0[4]}{rest}", None),
        ("New York", "9{0[2]}{0[3]}{0[4]}{rest}", "9"),
        ("New York", "91{0[2]}{0[3]}{0[4]}{rest}", "9"),
        ("New York", "9011{bare}", "9"),
        ("London HQ", "900{bare}", "9"),
    ],
)
def test_dialling_habits(phones: Phones, location: str, form: str, code: str | None) -> None:
    called = phones.people("New York", number=True)[1]
    number = called["calling"]["number"]
    dialled = form.format(number, rest=number[5:], bare=number[1:])
    result = phones.dial(dialled, location)
    assert result.hosted_user is not None and result.hosted_user.hu_id == phones.id_of(called)
    assert (result.routing_address, result.outside_access_code) == (number, code)


def test_international_prefix_is_the_country_s_own(phones: Phones) -> None:
    number = phones.people("New York", number=True)[1]["calling"]["number"]
    assert phones.dial(f"9011{number[1:]}").hosted_user is None, "011 is how America dials abroad"
    assert phones.dial(f"900{number[1:]}", "New York").hosted_user is None


def test_british_national_number(phones: Phones) -> None:
    called = phones.people("Manchester", number=True)[0]
    for dialled in (f"0{called['calling']['number'][3:]}", f"90{called['calling']['number'][3:]}"):
        result = phones.dial(dialled)
        assert result.hosted_user is not None and result.hosted_user.hu_id == phones.id_of(called)


def test_workspace_and_voice_portal(phones: Phones, ids: Any) -> None:
    place = phones.dial("7000").hosted_user
    assert place is not None and (place.hu_type, place.first_name) == ("PLACE", "Board Room")
    assert place.hu_id == ids.workspace("Board Room")
    portal = phones.dial("9999")
    assert portal.destination_type == DestinationType.hosted_feature
    assert portal.hosted_feature is not None and portal.hosted_feature.service_type == "VOICE_MESSAGING"


def test_feature(phones: Phones, ids: Any) -> None:
    agents = [Agent(id=phones.id_of(phones.people("London HQ", number=True)[0]))]
    group = HuntGroup.create(name="Sales", extension="6100")
    group.agents = agents
    key = phones.api.telephony.huntgroup.create(ids.locations["London HQ"], group)
    result = phones.dial("6100")
    assert result.destination_type == DestinationType.hosted_feature and result.hosted_feature is not None
    feature = result.hosted_feature
    assert (feature.service_instance_id, feature.name, feature.extension) == (key, "Sales", "6100")
    assert (feature.service_type, feature.phone_number) == ("HUNT_GROUP", None)


def test_virtual_extension_and_range(phones: Phones, ids: Any) -> None:
    virtual, london = phones.api.telephony.virtual_extensions, ids.locations["London HQ"]
    everywhere = virtual.create_extension("Taxi", "+442079461234", "6200")
    here = virtual.create_extension("Courier", "+442079461235", "6201", location_id=london)
    virtual.create_range("Abroad", "+4930", patterns=["64XX"])
    for extension, key, place in (("6200", everywhere, ""), ("6201", here, "London HQ")):
        found = phones.dial(extension).virtual_extension
        assert found is not None and (found.virtual_extension_id, found.location_name) == (key, place)
        assert found.route_group_name == "UK Routes"
    assert phones.dial("6201", "Manchester").virtual_extension is None
    result = phones.dial("6412", "Manchester")
    assert result.destination_type == DestinationType.virtual_extension_range
    assert result.virtual_extension_range is not None and result.virtual_extension_range.pattern == "64XX"


def test_dial_plan(phones: Phones, plan: str, ids: Any) -> None:
    for dialled in ("+442052051234", "902052051234", "84912"):
        result = phones.dial(dialled)
        assert result.destination_type == DestinationType.pbx_user and result.pbx_user is not None
        assert (result.pbx_user.dial_plan_id, result.pbx_user.dial_plan_name) == (plan, "Branches")
        assert result.pbx_user.trunk_name == "New York Gateway"
        assert result.pbx_user.trunk_location_id == ids.locations["New York"]
    assert phones.dial("+4420520512345").destination_type == DestinationType.pstn_number, "one digit for each X"


def test_most_exact_pattern_wins(phones: Phones, plan: str) -> None:
    hits = {"+14085550100": "+14085550100", "+14085550101": "+1408555!", "+14087770100": "+1408777XXXX"}
    for dialled, expected in hits.items():
        result = phones.dial(dialled).pbx_user
        assert result is not None and result.dial_pattern == expected


def test_pstn_number_goes_out_by_the_location(phones: Phones) -> None:
    """National ones: calls abroad are blocked until somebody allows them."""
    result = phones.dial("+442079469999")
    assert (result.destination_type, result.is_rejected) == (DestinationType.pstn_number, False)
    assert result.pstn_number is not None and result.pstn_number.route_group_name == "UK Routes"
    result = phones.dial("+13125550100", "New York")
    assert result.pstn_number is not None and result.pstn_number.trunk_name == "New York Gateway"


def test_without_pstn_the_call_is_rejected(simulator: Simulator, phones: Phones) -> None:
    state = simulator.state()
    next(one for one in state["locations"] if one["name"] == "London HQ")["calling"]["pstn"] = None
    simulator.load(state)
    result = phones.dial("+4930123456")
    assert (result.destination_type, result.is_rejected) == (DestinationType.pstn_number, True)
    assert result.pstn_number is not None and result.pstn_number.route_group_name is None


def test_unknown_number_and_extension(phones: Phones) -> None:
    result = phones.dial("+441614960070")
    assert result.destination_type == DestinationType.unknown_number, "in an inventory, but nobody's"
    routed = phones.dial("55555")
    assert (routed.destination_type, routed.is_rejected) == (DestinationType.unknown_extension, False)
    assert routed.unknown_extension is not None and routed.unknown_extension.route_group_name == "UK Routes"
    lost = phones.dial("55555", "Manchester")
    assert (lost.destination_type, lost.is_rejected) == (DestinationType.unknown_extension, True)
    assert phones.dial("sip:someone@example.com").destination_type == DestinationType.unknown_number


def test_emergency_and_access_code(phones: Phones) -> None:
    result = phones.dial("911", "New York")
    assert result.emergency is not None and result.emergency.trunk_name == "New York Gateway"
    fac = phones.dial("*70").feature_access_code
    assert fac is not None and (fac.code, fac.name) == ("*70", "Cancel Call Waiting")


def test_route_list(api: WebexSimpleApi, phones: Phones, ids: Any, call: Any) -> None:
    group = call("GET", "/telephony/config/premisePstn/routeGroups").body["routeGroups"][0]["id"]
    key = api.telephony.prem_pstn.route_list.create("Cloud", ids.locations["Manchester"], group)
    body = {"numbers": [{"number": "+441614960070", "action": "ADD"}]}
    call("PUT", f"/telephony/config/premisePstn/routeLists/{key}/numbers", body)
    result = phones.dial("+441614960070")
    assert result.destination_type == DestinationType.route_list and result.route_list is not None
    assert (result.route_list.route_list_id, result.route_list.route_group_id) == (key, group)
    called = phones.people("London HQ", number=True)[1]["calling"]["extension"]
    source = phones.from_trunk("London Gateway", called, "+441614960070").call_source_info
    assert source is not None and source.call_source_type == CallSourceType.route_list
    assert (source.route_list_id, source.route_list_name) == (key, "Cloud")
    with pytest.raises(RestError):
        phones.from_trunk("New York Gateway", "0102", "+441614960070")


def test_trunk_call_from_a_dial_plan(phones: Phones, plan: str) -> None:
    called = phones.people("New York", number=True)[0]
    result = phones.from_trunk("New York Gateway", called["calling"]["extension"], "+14085550177")
    assert result.hosted_user is not None and result.hosted_user.hu_id == phones.id_of(called)
    source = result.call_source_info
    assert source is not None and source.call_source_type == CallSourceType.dial_pattern
    assert (source.dial_plan_id, source.dial_pattern) == (plan, "+1408555!")


@pytest.mark.parametrize("number", ["+12125559999", "1234"])
def test_trunk_call_from_the_pstn_reaches_no_extension(phones: Phones, number: str) -> None:
    called = phones.people("New York", number=True)[0]["calling"]
    with pytest.raises(RestError) as refused:
        phones.from_trunk("New York Gateway", called["extension"], number)
    assert (refused.value.response.status_code, refused.value.code) == (400, 111602)
    text = f"This call is an inbound PSTN call from unknown number {number} in standard mode"
    assert refused.value.description == text


def test_trunk_calls_that_are_taken(phones: Phones) -> None:
    called = phones.people("New York", number=True)[0]["calling"]
    source = phones.from_trunk("New York Gateway", called["number"], "+12125559999").call_source_info
    assert source is not None and source.call_source_type == CallSourceType.unknown_number
    extension = phones.people("London HQ", number=True)[0]["calling"]["extension"]
    source = phones.from_trunk("London Gateway", extension, "1234").call_source_info
    assert source is not None and source.call_source_type == CallSourceType.unknown_extension
    assert phones.from_trunk("London Gateway", extension).call_source_info is None


def test_policy_that_is_off(phones: Phones, call: Any, ids: Any) -> None:
    url = f"/telephony/config/locations/{ids.locations['London HQ']}/internalDialing"
    call("PUT", url, {**call("GET", url).body, "enableUnknownExtensionRoutePolicy": False})
    assert phones.dial("55555").is_rejected is True
    extension = phones.people("London HQ", number=True)[0]["calling"]["extension"]
    with pytest.raises(RestError) as refused:
        phones.from_trunk("London Gateway", extension, "1234")
    assert refused.value.code == 111602


def test_translation_of_the_location_first(phones: Phones, call: Any, ids: Any) -> None:
    numbers = [person["calling"]["number"] for person in phones.people("London HQ", number=True)[1:3]]
    org = "/telephony/config/callRouting/translationPatterns"
    here = f"/telephony/config/locations/{ids.locations['London HQ']}/callRouting/translationPatterns"
    for url, number in ((org, numbers[0]), (here, numbers[1])):
        call("POST", url, {"name": "Desk", "matchingPattern": "55[2-4]X", "replacementPattern": number})
    result = phones.dial("5531", include_applied_services=True)
    assert result.routing_address == numbers[1]
    assert result.applied_services is not None
    applied = result.applied_services[0].translation_pattern
    assert applied is not None and applied.configuration_level == "LOCATION"
    assert (applied.matched_number, applied.translated_number) == ("5531", numbers[1])
    assert phones.dial("5531").applied_services is None
    assert phones.dial("5531", "Manchester").routing_address == numbers[0]
    assert phones.dial("5511", "Manchester").destination_type == DestinationType.unknown_extension


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"originatorId": None}, 25024),
        ({"originatorType": "PLACE"}, 25024),
        ({"destination": ["1"]}, 25024),
        ({"destination": " "}, 25008),
        ({"includeAppliedServices": "maybe"}, 25024),
    ],
)
def test_refused_bodies(call: Any, phones: Phones, change: Any, code: int) -> None:
    caller = phones.id_of(phones.people("London HQ", number=True)[0])
    body = {"originatorId": caller, "originatorType": "PEOPLE", "destination": "9999"}
    assert call("POST", ACTION, body).status == 200
    refused = call("POST", ACTION, {**body, **change})
    assert (refused.status, refused.body["errorCode"]) == (400, code)


def test_refused_originators(call: Any, phones: Phones, people: Any, ids: Any) -> None:
    def ask(originator: str, kind: str) -> Any:
        return call("POST", ACTION, {"originatorId": originator, "originatorType": kind, "destination": "9999"})

    assert ask(phones.trunk("London Gateway"), "PEOPLE").status == 400
    assert ask(ids.person(people["none"][0]), "TRUNK").status == 400
    silent = ask(ids.person(people["none"][0]), "PEOPLE")
    assert (silent.status, silent.body["errorCode"]) == (400, 4003)
    assert call("POST", ACTION, {"originatorType": "TRUNK", "destination": "1"}).body["errorCode"] == 25008


def test_private_network_connect(api: WebexSimpleApi, call: Any, ids: Any, simulator: Simulator) -> None:
    key = ids.locations["London HQ"]
    assert api.telephony.pnc.read(key) == NetworkConnectionType.public_internet
    api.telephony.pnc.update(key, NetworkConnectionType.private_network)
    simulator.load(simulator.state())
    assert api.telephony.pnc.read(key) == NetworkConnectionType.private_network
    url = f"/telephony/config/locations/{key}/privateNetworkConnect"
    assert call("PUT", url, {"networkConnectionType": "PIGEON"}).body["errorCode"] == 25024
    assert call("PUT", url, {}).body["errorCode"] == 25008
    api.telephony.pnc.update(key, NetworkConnectionType.public_internet)
    assert api.telephony.pnc.read(key) == NetworkConnectionType.public_internet


@pytest.mark.issue10("D")
@pytest.mark.parametrize(
    ("location", "dialled", "number", "code"),
    [
        ("New York", "911", "911", None),
        ("New York", "9911", "911", "9"),
        ("New York", "1911", "911", None),
        ("New York", "91911", "911", "9"),
        ("New York", "933", "933", None),
        ("New York", "9933", "933", "9"),
        ("London HQ", "999", "999", None),
        ("London HQ", "9112", "112", "9"),
    ],
)
def test_emergency_is_reached_behind_the_outside_digit_too(
    phones: Phones, location: str, dialled: str, number: str, code: str | None
) -> None:
    result = phones.dial(dialled, location)
    assert (result.destination_type, result.is_rejected) == (DestinationType.emergency, False)
    assert (result.routing_address, result.outside_access_code) == (number, code)


@pytest.mark.issue10("D")
@pytest.mark.parametrize("dialled", ["933", "1999"])
def test_what_is_no_emergency_number_there_is_none(phones: Phones, dialled: str) -> None:
    assert phones.dial(dialled, "London HQ").destination_type != DestinationType.emergency


ORG_PATTERNS = "/telephony/config/callRouting/translationPatterns"


@pytest.mark.issue10("D")
@pytest.mark.parametrize("dialled", ["911", "9911", "112", "1911"])
@pytest.mark.parametrize("matching", ["911", "9911", "9XX", "9!", "1!", "X!"])
def test_emergency_numbers_are_never_translated(phones: Phones, call: Any, dialled: str, matching: str) -> None:
    body = {"name": "Desk", "matchingPattern": matching, "replacementPattern": "1001"}
    assert call("POST", ORG_PATTERNS, body).status == 201
    result = phones.dial(dialled, "New York", include_applied_services=True)
    assert (result.destination_type, result.applied_services) == (DestinationType.emergency, None)


@pytest.mark.issue10("D")
def test_translation_patterns_are_reached_behind_the_outside_digit(phones: Phones, call: Any) -> None:
    number = phones.people("London HQ", number=True)[1]["calling"]["number"]
    call("POST", ORG_PATTERNS, {"name": "Desk", "matchingPattern": "55XX", "replacementPattern": number})
    result = phones.dial("95531", include_applied_services=True)
    assert result.routing_address == number and result.applied_services is not None
    applied = result.applied_services[0].translation_pattern
    assert applied is not None and applied.matched_number == "95531"
    assert phones.dial("85531").routing_address == "85531"


@pytest.mark.issue10("D")
@pytest.mark.parametrize(("position", "winner"), [("first", "Wide"), ("last", "Late"), ("longest", "Exact")])
def test_of_two_translation_patterns_the_winner_is_a_switch(
    phones: Phones, call: Any, simulator: Simulator, position: str, winner: str
) -> None:
    simulator.turn("translation_pattern_winner", position)
    for name, matching in (("Wide", "5XXX"), ("Exact", "5531"), ("Late", "55XX")):
        call("POST", ORG_PATTERNS, {"name": name, "matchingPattern": matching, "replacementPattern": "9999"})
    services = phones.dial("5531", include_applied_services=True).applied_services
    assert services is not None and services[0].translation_pattern is not None
    assert services[0].translation_pattern.name == winner


@pytest.mark.issue10("D")
def test_an_extension_elsewhere_is_reached_by_a_switch(phones: Phones, simulator: Simulator) -> None:
    extensions = [one["calling"]["extension"] for one in phones.state["people"] if one["calling"]]
    called = next(
        one for one in phones.people("Manchester", number=False) if extensions.count(one["calling"]["extension"]) == 1
    )
    extension = called["calling"]["extension"]
    assert phones.dial(extension).hosted_user is None
    simulator.turn("extension_dialing_between_locations", "on")
    found = phones.dial(extension).hosted_user
    assert found is not None and found.hu_id == phones.id_of(called)
    assert phones.dial("9999").hosted_feature is not None, "one's own location comes first"
    simulator.turn("extension_or_emergency", "emergency")
    assert phones.dial("9999").destination_type == DestinationType.emergency


class Rights:
    """What the caller of `Phones.dial` may do, written by the API."""

    def __init__(self, phones: Phones, call: Any, location_id: str) -> None:
        caller = phones.id_of(phones.people("London HQ", number=True)[0])
        self.call, self.place = call, f"/telephony/config/locations/{location_id}"
        self.person, self.features = f"/telephony/config/people/{caller}", f"/people/{caller}/features"

    def pattern(self, base: str, pattern: str, action: str) -> None:
        body = {"name": f"{action} {pattern}", "pattern": pattern, "action": action, "transferEnabled": False}
        assert self.call("POST", f"{base}/outgoingPermission/digitPatterns", body).status == 201

    def own(self, *, patterns: bool) -> None:
        body = {"useCustomDigitPatterns": patterns}
        assert self.call("PUT", f"{self.person}/outgoingPermission/digitPatterns", body).status == 204

    def by_type(self, base: str, kind: str, action: str) -> None:
        permission = {"callType": kind, "action": action, "transferEnabled": True}
        body = {"useCustomEnabled": True, "useCustomPermissions": True, "callingPermissions": [permission]}
        assert self.call("PUT", f"{base}/outgoingPermission", body).status == 204


@pytest.fixture
def rights(phones: Phones, call: Any, ids: Any) -> Rights:
    return Rights(phones, call, ids.locations["London HQ"])


@pytest.mark.issue10("D")
def test_call_types_block_and_ask_for_codes(phones: Phones, rights: Rights) -> None:
    assert phones.dial("+4930123456").is_rejected is True, "international calls are blocked by default"
    assert phones.dial("+442079469999").is_rejected is False
    rights.by_type(rights.person, "INTERNATIONAL", "AUTH_CODE")
    result = phones.dial("004930123456", include_applied_services=True)
    assert result.is_rejected is False and result.applied_services is not None
    applied = result.applied_services[0].outgoing_calling_plan_permissions_by_type
    assert applied is not None and (applied.call_type, applied.permission) == ("INTERNATIONAL", "AUTH_CODE")
    assert (applied.configuration_level, applied.number) == ("PEOPLE", "+4930123456")
    rights.by_type(rights.person, "INTERNAL_CALL", "BLOCK")
    assert phones.dial(phones.people("London HQ", number=True)[1]["calling"]["extension"]).is_rejected is True
    for emergency in ("999", "112", "9112"):
        assert phones.dial(emergency).is_rejected is False


@pytest.mark.issue10("D")
def test_digit_patterns_beat_call_types(phones: Phones, rights: Rights) -> None:
    rights.pattern(rights.place, "+4930!", "ALLOW")
    assert phones.dial("+4930123456").is_rejected is False, "the location's, as long as there are none of one's own"
    rights.pattern(rights.person, "+4420794699XX", "BLOCK")
    rights.own(patterns=True)
    assert phones.dial("+4930123456").is_rejected is True
    result = phones.dial("902079469999", include_applied_services=True)
    assert result.is_rejected is True and result.applied_services is not None
    applied = result.applied_services[0].outgoing_calling_plan_permissions_by_digit_pattern
    assert applied is not None and (applied.pattern, applied.permission) == ("+4420794699XX", "BLOCK")
    assert phones.dial("902079469999").applied_services is None


@pytest.mark.issue10("D")
def test_calls_are_transferred_where_a_number_is_set(phones: Phones, rights: Rights, call: Any) -> None:
    rights.pattern(rights.place, "+4930!", "TRANSFER_NUMBER_1")
    result = phones.dial("+4930123456", include_applied_services=True)
    assert result.is_rejected is True and result.applied_services is not None
    applied = result.applied_services[0].outgoing_calling_plan_permissions_by_digit_pattern
    assert applied is not None and applied.reason == "TRANSFER_NUMBER_1_NOT_CONFIGURED"
    body = {"autoTransferNumber1": "+442079460000"}
    assert call("PUT", f"{rights.place}/outgoingPermission/autoTransferNumbers", body).status == 204
    result = phones.dial("+4930123456", include_applied_services=True)
    assert result.is_rejected is False and result.applied_services is not None
    applied = result.applied_services[0].outgoing_calling_plan_permissions_by_digit_pattern
    assert applied is not None and applied.transfer_number == "+442079460000"


@pytest.mark.issue10("D")
def test_call_intercept_stops_all_but_emergency(phones: Phones, rights: Rights, call: Any) -> None:
    body: dict[str, Any] = {"enabled": True, "outgoing": {"type": "INTERCEPT_ALL", "transferEnabled": False}}
    assert call("PUT", f"{rights.features}/intercept", body).status == 204
    result = phones.dial("9999", include_applied_services=True)
    assert result.destination_type == DestinationType.hosted_feature and result.is_rejected is True
    assert result.applied_services is not None and result.applied_services[0].intercept_details is not None
    assert result.applied_services[0].intercept_details.permission == "DISALLOW"
    assert phones.dial("112").is_rejected is False
    body["outgoing"] = {"type": "INTERCEPT_ALL", "transferEnabled": True, "destination": "7000"}
    assert call("PUT", f"{rights.features}/intercept", body).status == 204
    assert phones.dial("9999").is_rejected is False
