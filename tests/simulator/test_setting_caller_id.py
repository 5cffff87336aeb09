"""Caller id of people, workspaces and virtual lines (webex-behaviour.md §12)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi

from reconciler.simulator import EditRefused, Simulator, sample_tenant
from tests.simulator.setting_subjects import Subjects


@pytest.fixture
def subjects(call: Any, ids: Any, people: Any) -> Subjects:
    return Subjects(call, ids, people)


def test_defaults(call: Any, subjects: Subjects) -> None:
    person = call("GET", f"/people/{subjects.person}/features/callerId").body
    details = call("GET", f"/people/{subjects.person}").body
    assert person["types"] == ["DIRECT_LINE", "LOCATION_NUMBER", "CUSTOM"] and person["selected"] == "DIRECT_LINE"
    assert person["directNumber"] == details["phoneNumbers"][0]["value"]
    assert person["locationNumber"] == "+442079460000" and person["tollFreeLocationNumber"] is False
    assert (person["firstName"], person["dialByLastName"]) == (details["firstName"], details["lastName"])
    assert person["locationExternalCallerIdName"] == "London HQ"
    without = call("GET", f"/people/{subjects.extension_only}/features/callerId").body
    assert without["selected"] == "LOCATION_NUMBER" and "directNumber" not in without
    assert "DIRECT_LINE" not in without["types"] and without["extensionNumber"]
    room = call("GET", f"/workspaces/{subjects.basic}/features/callerId").body
    assert (room["displayName"], room["displayDetail"], room["dialByName"]) == (
        "Reception Phone",
        ".",
        "Reception Phone",
    )
    assert "firstName" not in room
    line = call("GET", f"/telephony/config/virtualLines/{subjects.line}/callerId").body
    assert (line["firstName"], line["lastName"], line["extensionNumber"]) == ("Front", "Desk", "6001")


def test_by_sdk(api: WebexSimpleApi, subjects: Subjects) -> None:
    for one, subject in (
        (api.person_settings.caller_id, subjects.person),
        (api.workspace_settings.caller_id, subjects.workspace),
        (api.telephony.virtual_lines.caller_id, subjects.line),
    ):
        settings = one.read(subject)
        settings.selected, settings.custom_number = "CUSTOM", "+442079460070"
        settings.external_caller_id_name_policy = "OTHER"
        settings.custom_external_caller_id_name = "Example"
        settings.block_in_forward_calls_enabled = True
        one.configure_settings(subject, settings)
        read = one.read(subject)
        assert (read.selected, read.custom_number) == ("CUSTOM", "+442079460070")
        assert read.custom_external_caller_id_name == "Example" and read.block_in_forward_calls_enabled
        one.configure_settings(subject, read)
        assert one.read(subject) == read


def test_clearing_and_leaving_out(call: Any, subjects: Subjects) -> None:
    url = f"/people/{subjects.person}/features/callerId"
    names = {"selection": "CUSTOM_NAME", "customName": "The Desk"}
    body = {"selected": "LOCATION_NUMBER", "customNumber": "+442079460070", "dialByFirstName": "Amy",
            "directLineCallerIdName": names}  # fmt: skip
    assert call("PUT", url, body).status == 204
    read = call("GET", url).body
    assert read["customNumber"] == "+442079460070" and read["directLineCallerIdName"] == names
    no_name = {"selection": "DISPLAY_NAME", "customName": ""}
    cleared = {**body, "customNumber": "", "dialByFirstName": None, "directLineCallerIdName": no_name}
    assert call("PUT", url, cleared).status == 204
    read = call("GET", url).body
    assert "customNumber" not in read and read["directLineCallerIdName"] == {"selection": "DISPLAY_NAME"}
    assert read["dialByFirstName"] == read["firstName"]
    assert call("PUT", url, {"selected": "DIRECT_LINE", "blockInForwardCallsEnabled": True}).status == 204
    assert call("PUT", url, {"selected": "DIRECT_LINE"}).status == 204
    assert call("GET", url).body["blockInForwardCallsEnabled"] is False


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"selected": "CUSTOM"}, 25008),
        ({"selected": "CUSTOM", "customNumber": "twelve"}, 4410),
        ({"selected": "CUSTOM", "customNumber": "+12125550170"}, None),  # another country
        ({"selected": "CUSTOM", "customNumber": "+442079469999"}, None),  # nobody's number
        ({"selected": "MOBILE_NUMBER"}, 25024),
        ({"selected": "DIRECT_LINE", "directLineCallerIdName": {"selection": "CUSTOM_NAME"}}, 25008),
        ({"selected": "DIRECT_LINE", "directLineCallerIdName": "me"}, 25024),
        ({"selected": "DIRECT_LINE", "firstName": "100%"}, 25024),
        ({"selected": "DIRECT_LINE", "dialByLastName": "Zoë"}, 25024),
        ({"selected": "DIRECT_LINE", "externalCallerIdNamePolicy": "NONE"}, 25024),
    ],
)
def test_refusals(call: Any, subjects: Subjects, body: Any, code: int | None) -> None:
    url = f"/people/{subjects.person}/features/callerId"
    before = call("GET", url).body
    answer = call("PUT", url, body)
    assert answer.status == 400 and answer.body.get("errorCode") == code
    assert call("GET", url).body == before


def test_numbers_of_other_locations(call: Any, subjects: Subjects) -> None:
    url = f"/people/{subjects.person}/features/callerId"
    assert call("PUT", url, {"selected": "CUSTOM", "customNumber": "+441614960070"}).status == 204
    assert call("PUT", url, {"selected": "CUSTOM", "customNumber": "020 7946 0070"}).status == 400
    assert call("GET", url).body["customNumber"] == "+441614960070"


def refused(running: Simulator, url: str, body: Any) -> str:
    try:
        running.edit("PUT", url, body)
    except EditRefused as problem:
        return str(problem)
    return ""


@pytest.mark.parametrize(("position", "code"), [("refuse", "5700"), ("accept", "")])
def test_switch_caller_id_without_number(position: str, code: str) -> None:
    with Simulator({**sample_tenant(), "switches": {"caller_id_without_number": position}}) as running:
        person = next(p for p in running.state()["people"] if p["calling"] and not p["calling"]["number"])
        answer = refused(running, f"/people/{person['id']}/features/callerId", {"selected": "DIRECT_LINE"})
        assert code in answer and bool(answer) is bool(code)


@pytest.mark.parametrize(
    ("position", "same", "other"),
    [("refuse changes", True, False), ("refuse", False, False), ("accept", True, True)],
)
def test_switch_caller_id_characters(position: str, same: bool, other: bool) -> None:
    """A person whose own name has such letters, and another name that has them."""
    with Simulator({**sample_tenant(), "switches": {"caller_id_characters": position}}) as running:
        person = next(p for p in running.state()["people"] if p["calling"] and not p["firstName"].isascii())
        url = f"/people/{person['id']}/features/callerId"
        selected = running.edit("GET", url)["selected"]
        assert (refused(running, url, {"selected": selected, "firstName": person["firstName"]}) == "") is same
        assert (refused(running, url, {"selected": selected, "firstName": "Ångström"}) == "") is other
