"""Outgoing permissions of virtual lines, and the transfer numbers of everybody (webex-behaviour.md §7, §1.10)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.person_settings.permissions_out import AutoTransferNumbers, CallTypePermission

from reconciler.simulator import EditRefused, Simulator
from tests.simulator.setting_subjects import Subjects

ON = {"useCustomEnabled": True}


@pytest.fixture
def subjects(call: Any, ids: Any, people: Any) -> Subjects:
    return Subjects(call, ids, people)


def test_permissions_of_virtual_line(api: WebexSimpleApi, subjects: Subjects, call: Any) -> None:
    one = api.telephony.virtual_lines.permissions_out
    settings = one.read(subjects.line)
    assert settings.use_custom_enabled is False and settings.calling_permissions.international.action == "BLOCK"
    settings.use_custom_enabled = True
    settings.calling_permissions.international = CallTypePermission(action="AUTH_CODE", transfer_enabled=True)
    one.configure(subjects.line, settings)
    read = one.read(subjects.line)
    assert read.use_custom_enabled and read.calling_permissions.international.action == "AUTH_CODE"
    url = f"/telephony/config/virtualLines/{subjects.line}/outgoingPermission"
    bad = call("PUT", url, {"callingPermissions": [{"callType": "CASUAL", "action": "ALLOW"}]})
    assert (bad.status, bad.body["errorCode"]) == (400, 25321)


def test_forwarding_of_virtual_line(api: WebexSimpleApi, subjects: Subjects, call: Any) -> None:
    one = api.telephony.virtual_lines.forwarding
    settings = one.read(subjects.line)
    settings.call_forwarding.always.enabled = True
    settings.call_forwarding.always.destination = "+442079460070"
    one.configure(subjects.line, settings)
    assert one.read(subjects.line).call_forwarding.always.destination == "+44-2079460070"


def roots(subjects: Subjects) -> list[str]:
    return [
        f"/people/{subjects.person}/features/outgoingPermission",
        f"/telephony/config/people/{subjects.person}/outgoingPermission",
        f"/workspaces/{subjects.workspace}/features/outgoingPermission",
        f"/telephony/config/workspaces/{subjects.workspace}/outgoingPermission",
        f"/workspaces/{subjects.basic}/features/outgoingPermission",
        f"/telephony/config/virtualLines/{subjects.line}/outgoingPermission",
    ]


def test_transfer_numbers_come_to_nothing_while_custom_is_off(call: Any, subjects: Subjects) -> None:
    for root in roots(subjects)[1:]:
        assert call("PUT", root, {"useCustomEnabled": False}).status == 204
        url = f"{root}/autoTransferNumbers"
        assert call("PUT", url, {"autoTransferNumber1": "+442079460070"}).status == 204  # a success, of nothing
        assert call("GET", url).body == {"useCustomTransferNumbers": False}
        assert call("PUT", root, ON).status == 204
        assert call("GET", url).body == {"useCustomTransferNumbers": False}  # nor later


def test_transfer_numbers(call: Any, subjects: Subjects) -> None:
    for root in (roots(subjects)[1], roots(subjects)[3], roots(subjects)[5]):
        url = f"{root}/autoTransferNumbers"
        assert call("PUT", root, ON).status == 204
        first = {
            "useCustomTransferNumbers": True,
            "autoTransferNumber1": "+442079460070",
            "autoTransferNumber2": "+1 212-555-0170",
        }
        assert call("PUT", url, first).status == 204
        shown = {"useCustomTransferNumbers": True, "autoTransferNumber1": "+44-2079460070",
                 "autoTransferNumber2": "+1-2125550170"}  # fmt: skip
        assert call("GET", url).body == shown
        assert call("PUT", url, {"autoTransferNumber3": "7001"}).status == 204  # the others stay
        assert call("GET", url).body == {**shown, "autoTransferNumber3": "7001"}
        assert call("PUT", url, {"autoTransferNumber1": "", "autoTransferNumber2": None}).status == 204
        shown.pop("autoTransferNumber1")
        assert call("GET", url).body == {**shown, "autoTransferNumber3": "7001"}
        bad = call("PUT", url, {"autoTransferNumber1": "nowhere", "autoTransferNumber3": ""})
        assert (bad.status, bad.body["errorCode"]) == (400, 4410)
        assert call("GET", url).body == {**shown, "autoTransferNumber3": "7001"}


def test_transfer_numbers_of_location_are_inherited(call: Any, subjects: Subjects) -> None:
    place = f"/telephony/config/locations/{subjects.location}/outgoingPermission/autoTransferNumbers"
    assert call("PUT", place, {"useCustomTransferNumbers": True, "autoTransferNumber2": "2079460071"}).status == 204
    assert call("GET", place).body == {"useCustomTransferNumbers": None, "autoTransferNumber2": "+44-2079460071"}
    root = roots(subjects)[5]
    assert call("GET", f"{root}/autoTransferNumbers").body["autoTransferNumber2"] == "+44-2079460071"
    assert call("PUT", root, ON).status == 204
    assert "autoTransferNumber2" not in call("GET", f"{root}/autoTransferNumbers").body


def test_transfer_numbers_by_sdk(api: WebexSimpleApi, subjects: Subjects, call: Any, simulator: Simulator) -> None:
    """The SDK asks for those of people where the real API has none (its own live test skips on 404)."""
    simulator.turn("person_transfer_numbers_path", "both")
    for one, subject in (
        (api.person_settings.permissions_out, subjects.person),
        (api.workspace_settings.permissions_out, subjects.workspace),
        (api.telephony.virtual_lines.permissions_out, subjects.line),
        (api.telephony.permissions_out, subjects.location),
    ):
        permissions = one.read(subject)
        permissions.use_custom_enabled = True
        one.configure(subject, permissions)
        numbers = one.transfer_numbers
        numbers.configure(subject, AutoTransferNumbers(auto_transfer_number1="+442079460070"))
        read = numbers.read(subject)
        assert read.auto_transfer_number1 == "+442079460070" and read.auto_transfer_number2 is None
        numbers.configure(subject, AutoTransferNumbers().configure_unset_numbers)
        assert numbers.read(subject).auto_transfer_number1 is None


@pytest.mark.parametrize("position", ["both", "telephony"])
def test_switch_person_transfer_numbers_path(position: str, simulator: Simulator, subjects: Subjects) -> None:
    with Simulator({**simulator.state(), "switches": {"person_transfer_numbers_path": position}}) as running:
        features, config = (f"{root}/autoTransferNumbers" for root in roots(subjects)[:2])
        for url, served in ((features, position != "telephony"), (config, True)):
            for method, body in (("GET", None), ("PUT", {"autoTransferNumber1": ""})):
                try:
                    running.edit(method, url, body)
                    assert served
                except EditRefused as refused:
                    assert not served and refused.status == 404
        running.edit("GET", f"{roots(subjects)[2]}/autoTransferNumbers")  # only people have two addresses


@pytest.mark.parametrize(("position", "works"), [("optional", True), ("required", False)])
def test_switch_transfer_numbers_flag(position: str, works: bool, simulator: Simulator, subjects: Subjects) -> None:
    with Simulator({**simulator.state(), "switches": {"transfer_numbers_flag": position}}) as running:
        url = f"{roots(subjects)[5]}/autoTransferNumbers"
        try:
            running.edit("PUT", url, {"autoTransferNumber1": ""})
            assert works
        except EditRefused as refused:
            assert not works and "useCustomTransferNumbers" in str(refused)
        running.edit("PUT", url, {"useCustomTransferNumbers": False})
        place = f"/telephony/config/locations/{subjects.location}/outgoingPermission/autoTransferNumbers"
        running.edit("PUT", place, {"autoTransferNumber1": ""})
