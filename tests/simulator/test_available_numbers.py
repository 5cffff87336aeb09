"""Numbers that may be chosen, variant by variant (§4, §13)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.person_settings.available_numbers import AvailableNumber, AvailablePhoneNumberLicenseType
from wxc_sdk.telephony.pstn import ModifyNumberAction

from reconciler.simulator import Simulator

MAIN = "+442079460000"
FREE = "+442079460001"
INACTIVE = "+442079460095"
LOCATION_VARIANTS = ("", "callIntercept/", "chargeNumber/", "emergencyCallbackNumber/", "externalCallerId/", "webexGo/",
                     "singleNumberReach/")  # fmt: skip


@pytest.fixture
def london(ids: Any) -> str:
    return str(ids.locations["London HQ"])


@pytest.fixture
def owned(simulator: Simulator) -> str:
    """The number of the first person, who is in London."""
    return str(simulator.state()["people"][0]["calling"]["number"])


def numbers(rows: Any) -> dict[str, AvailableNumber]:
    return {row.phone_number: row for row in rows}


def test_main_number_of_a_location_may_be_any_of_its_numbers(api: WebexSimpleApi, london: str, owned: str) -> None:
    for listed in (api.telephony.location.phone_numbers, api.telephony.location.call_intercept_available_phone_numbers):
        rows = numbers(listed(london))
        assert len(rows) == 100
        assert rows[MAIN].is_main_number and not rows[FREE].is_main_number
        assert rows[owned].owner is not None and rows[owned].owner.owner_type == "PEOPLE"
        assert rows[owned].extension == "0100" and rows[FREE].owner is None
        assert rows[INACTIVE].state == "INACTIVE"


def test_only_owned_numbers_call_back(api: WebexSimpleApi, london: str, owned: str) -> None:
    rows = numbers(api.telephony.location.ecbn_available_phone_numbers(london))
    assert owned in rows and FREE not in rows and MAIN not in rows
    assert all(row.owner is not None for row in rows.values())


def test_only_free_numbers_for_webex_go(api: WebexSimpleApi, london: str, owned: str) -> None:
    rows = numbers(api.telephony.location.webex_go_available_phone_numbers(london))
    assert {FREE, INACTIVE, MAIN} <= rows.keys() and owned not in rows
    assert all(row.owner is None for row in rows.values())


def test_caller_id_reaches_into_locations_alike(api: WebexSimpleApi, call: Any, ids: Any, london: str) -> None:
    """Manchester has the same country and kind of PSTN, New York another country."""
    listed = api.telephony.location.phone_numbers_available_for_external_caller_id
    assert {row.location.name for row in listed(london)} == {"London HQ", "Manchester"}
    assert {row.location.name for row in listed(ids.locations["New York"])} == {"New York"}
    base = f"/telephony/pstn/locations/{ids.locations['Manchester']}"
    options = {one["pstnConnectionType"]: one["id"] for one in call("GET", f"{base}/connectionOptions").body["items"]}
    assert call("PUT", f"{base}/connection", {"id": options["NON_INTEGRATED_CCP"]}).status == 204
    assert {row.location.name for row in listed(london)} == {"London HQ"}


def test_kinds_of_numbers(api: WebexSimpleApi, call: Any, london: str) -> None:
    """Charge numbers are neither toll-free nor mobile; people have no service numbers, and a mobile one only first."""
    url = f"/telephony/config/locations/{london}/numbers"
    toll_free, mobile, service = "+448000960001", "+447700900001", "+442079460201"
    for number, more in (
        (toll_free, {"numberType": "TOLLFREE"}),
        (mobile, {"numberType": "MOBILE"}),
        (service, {"numberUsageType": "SERVICE"}),
    ):
        assert call("POST", url, {"phoneNumbers": [number], **more}).status == 201
    added = {toll_free, mobile, service}
    location = api.telephony.location
    assert numbers(location.phone_numbers(london)).keys() & added == {toll_free, service}
    assert numbers(location.charge_number_available_phone_numbers(london)).keys() & added == {service}
    assert numbers(api.person_settings.available_numbers.primary(london)).keys() & added == {mobile}
    assert numbers(api.workspace_settings.available_numbers.available(london)).keys() & added == set()
    shown = {row.phone_number: row for row in api.telephony.phone_numbers(location_id=london)}
    assert shown[mobile].included_telephony_types == "MOBILE_NUMBER" and shown[toll_free].toll_free_number
    assert shown[service].is_service_number


def test_primary_and_workspace_numbers_come_from_everywhere(api: WebexSimpleApi, london: str, owned: str) -> None:
    licensed = AvailablePhoneNumberLicenseType.webex_calling_professional
    available = api.person_settings.available_numbers
    everywhere = numbers(available.primary(license_type=licensed))
    assert {number[:3] for number in everywhere} == {"+44", "+12"} and owned not in everywhere
    here = numbers(available.primary(location_id=london))
    assert here and all(number.startswith("+442079") for number in here)
    assert numbers(api.workspace_settings.available_numbers.available()).keys() == everywhere.keys()
    assert numbers(api.telephony.virtual_lines.available_numbers.available(location_id=london)).keys() == here.keys()


def test_filters(api: WebexSimpleApi, london: str, owned: str, simulator: Simulator) -> None:
    last = simulator.state()["people"][0]["lastName"]
    listed = api.telephony.location.phone_numbers
    assert [row.phone_number for row in listed(london, phone_number=[MAIN, FREE])] == [MAIN, FREE]
    assert list(listed(london, phone_number=["+12125550100"])) == []
    assert owned in numbers(listed(london, owner_name=last[:4].upper()))
    assert list(listed(london, owner_name="nobody at all")) == []


def test_of_a_person(api: WebexSimpleApi, ids: Any, owned: str) -> None:
    person, available = ids.person("amelia.ashford@example.com"), api.person_settings.available_numbers
    for free in (available.secondary, available.fax_message):
        rows = numbers(free(person))
        assert FREE in rows and owned not in rows and all(number.startswith("+442079") for number in rows)
    for assigned in (available.call_forward, available.ecbn, available.call_intercept):
        rows = numbers(assigned(person))
        assert owned in rows and FREE not in rows
    assert [row.phone_number for row in available.call_forward(person, extension="0100")] == [owned]


def test_of_workspaces_by_tier(api: WebexSimpleApi, call: Any, ids: Any) -> None:
    room, basic, none = (ids.workspace(name) for name in ("Board Room", "Reception Phone", "Quiet Corner"))
    available = api.workspace_settings.available_numbers
    assert FREE in numbers(available.secondary(room)) and FREE in numbers(available.fax_message(room))
    for variant in (available.call_forward, available.ecbn, available.call_intercept):
        assert FREE not in numbers(variant(room))
    refused = call("GET", f"/telephony/config/workspaces/{basic}/secondary/availableNumbers")
    assert (refused.status, refused.body["errorCode"]) == (405, 25409)
    assert refused.body["message"].startswith("Invalid Professional Place: ")
    refused = call("GET", f"/telephony/config/workspaces/{none}/secondary/availableNumbers")
    assert (refused.status, refused.body["errorCode"]) == (405, 25409)
    assert call("GET", "/telephony/config/workspaces/availableNumbers").status == 200


def test_who_has_no_calling_and_what_does_not_exist(call: Any, ids: Any, people: Any, london: str) -> None:
    nobody, person = ids.person(people["none"][0]), ids.person("amelia.ashford@example.com")
    refused = call("GET", f"/telephony/config/people/{nobody}/secondary/availableNumbers")
    assert (refused.status, refused.body["errorCode"]) == (400, 4003)
    for path in (
        f"people/{person}/availableNumbers",
        f"people/{person}/webexGo/availableNumbers",
        f"workspaces/{ids.workspace('Board Room')}/primary/availableNumbers",
        f"locations/{london}/secondary/availableNumbers",
    ):
        missing = call("GET", f"/telephony/config/{path}")
        assert missing.status == 404 and missing.body["message"].startswith("No static resource hydra/v1/"), path
    unknown = call("GET", f"/telephony/config/virtualLines/{person}/callForwarding/availableNumbers")
    assert unknown.body["message"] == "Wrong type of Webex ID provided"


def test_a_location_without_calling(call: Any) -> None:
    address = {"address1": "9 Nowhere", "city": "Leeds", "postalCode": "LS1 1AA", "country": "GB"}
    place = {"name": "Leeds", "timeZone": "Europe/London", "preferredLanguage": "en_gb", "address": address}
    key = call("POST", "/locations", place).body["id"]
    for variant in LOCATION_VARIANTS:
        assert call("GET", f"/telephony/config/locations/{key}/{variant}availableNumbers").status == 404


def test_a_number_is_not_free_while_it_is_being_released(simulator: Simulator, call: Any, ids: Any, owned: str) -> None:
    simulator.turn("number_release", "20s")
    assert call("DELETE", f"/people/{ids.person('amelia.ashford@example.com')}").status == 204
    url = "/telephony/config/people/primary/availableNumbers?phoneNumber=%2B" + owned[1:]
    assert call("GET", url).body == {"phoneNumbers": []}
    simulator.advance(21)
    assert [row["phoneNumber"] for row in call("GET", url).body["phoneNumbers"]] == [owned]


def test_pages_of_2000(simulator: Simulator, call: Any, london: str) -> None:
    tenant = simulator.state()
    place = tenant["numbers"][0]["location"]
    tenant["numbers"] += [
        {"number": f"+44208{n:07d}", "location": place, "state": "ACTIVE"} for n in range(2000)
    ]  # fmt: skip
    simulator.load(tenant)
    url = f"/telephony/config/locations/{london}/webexGo/availableNumbers"
    first = call("GET", url)
    assert len(first.body["phoneNumbers"]) == 2000 and "start=2000" in first.headers["Link"]
    assert len(call("GET", f"{url}?max=9999").body["phoneNumbers"]) == 2000
    assert len(call("GET", f"{url}?start=2000").body["phoneNumbers"]) == 84  # the main number among them


def test_usage_by_order(api: WebexSimpleApi, call: Any, london: str, owned: str) -> None:
    """The numbers that an action offers are those that it then changes."""
    standard, service, elin = ModifyNumberAction.modify_standard, ModifyNumberAction.modify_service, "modifyElin"
    offered = {row.phone_number for row in api.telephony.pstn.get_modifiable_numbers(london, service)}
    assert FREE in offered and not {MAIN, owned} & offered
    assert api.telephony.pstn.get_modifiable_numbers(london, standard) == []
    order = api.telephony.pstn.perform_numbers_action(london, service, [FREE, MAIN])[0]
    assert (order.status, [row.status for row in order.numbers]) == ("PARTIAL", ["SUCCESS", "FAILED"])
    assert [row.phone_number for row in api.telephony.pstn.get_modifiable_numbers(london, standard)] == [FREE]
    assert FREE not in numbers(api.telephony.location.webex_go_available_phone_numbers(london))
    order = api.telephony.pstn.perform_numbers_action(london, ModifyNumberAction.modify_elin, [FREE])[0]
    assert (order.status, order.numbers[0].usage) == ("PROVISIONED", "ELIN")
    assert FREE not in numbers(api.telephony.location.phone_numbers(london))
    url = f"/telephony/pstn/locations/{london}/numbers"
    assert call("GET", f"{url}/availableNumbers").body["errorCode"] == 25008
    assert call("GET", f"{url}/availableNumbers?action=x").body["errorCode"] == 25024
    assert call("POST", f"{url}?action={elin}", {"numbers": "x"}).body["errorCode"] == 25024
    assert call("POST", f"{url}?action={elin}", {}).body["errorCode"] == 25008


@pytest.mark.parametrize("variant", ["voicePortal", "queues/dnis", "aiReceptionists"])
def test_numbers_for_features(call: Any, london: str, owned: str, variant: str) -> None:
    rows = call("GET", f"/telephony/config/locations/{london}/{variant}/availableNumbers").body["phoneNumbers"]
    found = {row["phoneNumber"] for row in rows}
    assert {FREE, MAIN} <= found and owned not in found and not any("owner" in row for row in rows)
