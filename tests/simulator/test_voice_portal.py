"""The voice portal of a location (webex-behaviour.md §4)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.rest import RestError

from reconciler.simulator import Simulator


@pytest.fixture
def place(ids: Any) -> str:
    return str(ids.locations["London HQ"])


def free_number(call: Any, place: str) -> str:
    rows = call("GET", f"/telephony/config/numbers?locationId={place}&available=true&state=ACTIVE").body["phoneNumbers"]
    return str(next(row["phoneNumber"] for row in rows if not row.get("owner") and not row["mainNumber"]))


def test_by_sdk(api: WebexSimpleApi, call: Any, place: str, simulator: Simulator) -> None:
    """What is written is read, a number is taken as long as the portal has it, and a reload finds it again."""
    portal = api.telephony.voiceportal.read(place)
    assert (portal.extension, portal.phone_number, portal.name) == ("9999", None, "Voice Portal")
    portal.extension, portal.phone_number, portal.first_name = "8888", free_number(call, place), "Messages"
    api.telephony.voiceportal.update(place, portal, passcode="482915")
    assert api.telephony.voiceportal.read(place) == portal
    (row,) = call("GET", f"/telephony/config/numbers?phoneNumber={quote(portal.phone_number)}").body["phoneNumbers"]
    assert (row["owner"]["type"], row["extension"]) == ("VOICE_MESSAGING", "8888")
    simulator.load(simulator.state())
    assert api.telephony.voiceportal.read(place) == portal
    with pytest.raises(RestError, match="already in use"):
        api.telephony.voiceportal.update(str(_other(call, place)), portal)
    assert call("PUT", f"/telephony/config/locations/{place}/voicePortal", {"phoneNumber": ""}).status == 204
    assert free_number(call, place) == portal.phone_number
    assert "phoneNumber" not in call("GET", f"/telephony/config/locations/{place}/voicePortal").body


def _other(call: Any, place: str) -> Any:
    rows = call("GET", "/telephony/config/locations").body["locations"]
    return next(row["id"] for row in rows if row["id"] != place)


@pytest.mark.parametrize(
    ("sent", "code"),
    [({"extension": "0100"}, 4202), ({"extension": "12a"}, 4910), ({"phoneNumber": "+442079460010"}, 4201)],
)
def test_what_is_taken_is_refused(call: Any, place: str, sent: dict[str, str], code: int) -> None:
    path = f"/telephony/config/locations/{place}/voicePortal"
    before = call("GET", path).body
    answer = call("PUT", path, sent)
    assert (answer.status, answer.body["errorCode"]) == (400, code)
    assert call("GET", path).body == before


def test_passcodes_that_differ_are_refused(call: Any, place: str) -> None:
    passcode = {"newPasscode": "482915", "confirmPasscode": "482916"}
    path = f"/telephony/config/locations/{place}/voicePortal"
    assert call("PUT", path, {"passcode": passcode}).status == 400


def test_there_is_none_without_calling(call: Any, simulator: Simulator) -> None:
    made = call("POST", "/locations", {"name": "New", "timeZone": "Europe/London", "preferredLanguage": "en_gb",
        "address": {"address1": "1 A", "city": "B", "postalCode": "C1", "country": "GB"}}).body["id"]  # fmt: skip
    assert call("GET", f"/telephony/config/locations/{made}/voicePortal").status == 404
