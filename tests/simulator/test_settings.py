"""Forwarding and outgoing permissions of people and workspaces, with the tiers that gate them (§7, §12, §13)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.person_settings.permissions_out import CallTypePermission, OutgoingPermissions

from reconciler.simulator import EditRefused, Simulator, sample_tenant

OFF = {"enabled": False}
ALWAYS = {"enabled": True, "destination": "+442079460001", "ringReminderEnabled": False}


def test_forwarding_reads_dashed_and_empty(call: Any, ids: Any, people: Any) -> None:
    url = f"/people/{ids.person(people['number'][0])}/features/callForwarding"
    before = call("GET", url).body
    assert before["callForwarding"]["always"]["destination"] == ""
    body = {"callForwarding": {"always": ALWAYS, "busy": OFF, "noAnswer": {"enabled": True, "destination": "0100"}}}
    assert call("PUT", url, body).status == 204
    read = call("GET", url).body
    assert read["callForwarding"]["always"]["destination"] == "+44-2079460001"
    assert read["callForwarding"]["noAnswer"]["destination"] == "0100"
    assert read["businessContinuity"] == before["businessContinuity"]
    read["callForwarding"]["noAnswer"]["systemMaxNumberOfRings"] = 99
    assert call("PUT", url, read).status == 204
    again = call("GET", url).body
    assert again["callForwarding"]["noAnswer"]["systemMaxNumberOfRings"] == 15
    assert again["callForwarding"]["always"] == read["callForwarding"]["always"]
    disabled = {"callForwarding": {"always": {**ALWAYS, "enabled": False}}}
    assert call("PUT", url, disabled).status == 204
    after = call("GET", url).body["callForwarding"]
    assert after["always"]["destination"] == "" and after["noAnswer"]["enabled"]


@pytest.mark.parametrize(
    "block", [{}, {"enabled": True}, {"enabled": True, "destination": "no number"}], ids=["bare", "nowhere", "text"]
)
def test_forwarding_refusals(call: Any, ids: Any, people: Any, block: dict[str, Any]) -> None:
    url = f"/people/{ids.person(people['number'][0])}/features/callForwarding"
    assert call("PUT", url, {"callForwarding": {"always": block}}).status == 400


@pytest.mark.parametrize(("needed", "status"), [(False, 204), (True, 400)])
def test_switch_forwarding_needs_number(needed: bool, status: int) -> None:
    with Simulator({**sample_tenant(), "switches": {"forwarding_needs_number": "on" if needed else "off"}}) as running:
        person = next(p for p in running.state()["people"] if p["calling"] and not p["calling"]["number"])
        try:
            running.edit(
                "PUT", f"/people/{person['id']}/features/callForwarding", {"callForwarding": {"always": ALWAYS}}
            )
            seen = 204
        except EditRefused as refused:
            seen = refused.status
        assert seen == status


@pytest.mark.parametrize("feature", ["callForwarding", "outgoingPermission"])
def test_without_calling_it_is_4003(call: Any, ids: Any, people: Any, feature: str) -> None:
    for owner in (f"/people/{ids.person(people['none'][0])}", f"/workspaces/{ids.workspace('Quiet Corner')}"):
        for method, body in (("GET", None), ("PUT", {})):
            answer = call(method, f"{owner}/features/{feature}", body)
            assert (answer.status, answer.body["errorCode"]) == (400, 4003)
            assert answer.body["message"].startswith("[Error 4003] Unauthorized request: User")


def test_workspace_forwarding_needs_both_halves(call: Any, ids: Any) -> None:
    url = f"/workspaces/{ids.workspace('Reception Phone')}/features/callForwarding"
    halves = {"callForwarding": {"always": ALWAYS, "busy": OFF, "noAnswer": OFF}, "businessContinuity": OFF}
    for name in halves:
        refused = call("PUT", url, {name: halves[name]})
        assert (refused.status, refused.body["errorCode"]) == (400, 25008)
    assert call("PUT", url, halves).status == 204
    assert call("GET", url).body["callForwarding"]["always"]["enabled"]
    missing = call("GET", f"/telephony/config/workspaces/{ids.workspace('Board Room')}/callForwarding")
    assert missing.status == 404
    assert missing.body["message"].startswith("No static resource hydra/v1/telephony/config/workspaces/")


def by_type(body: dict[str, Any]) -> dict[str, str]:
    return {one["callType"]: one["action"] for one in body["callingPermissions"]}


def test_location_permissions_merge_and_read_null_flags(call: Any, ids: Any, simulator: Simulator) -> None:
    url = f"/telephony/config/locations/{ids.locations['London HQ']}/outgoingPermission"
    before = by_type(call("GET", url).body)
    assert list(before)[:4] == ["INTERNAL_CALL", "TOLL_FREE", "NATIONAL", "INTERNATIONAL"] and len(before) == 10
    change = {"useCustomEnabled": False, "callingPermissions": [{"callType": "NATIONAL", "action": "BLOCK"}]}
    assert call("PUT", url, change).status == 204
    body = call("GET", url).body
    assert by_type(body) == {**before, "NATIONAL": "BLOCK"}
    assert body["useCustomEnabled"] is None
    bare = next(place["id"] for place in simulator.state()["locations"] if place["name"] == "London HQ")
    assert call("GET", f"/telephony/config/locations/{bare}/outgoingPermission").body == body


def test_person_permissions_inherit_until_switched_on(call: Any, ids: Any, people: Any) -> None:
    person = ids.person(people["extension"][0])
    old, new = f"/people/{person}/features/outgoingPermission", f"/telephony/config/people/{person}/outgoingPermission"
    place = f"/telephony/config/locations/{ids.locations['Manchester']}/outgoingPermission"
    inherited = by_type(call("GET", place).body)
    assert by_type(call("GET", old).body) == inherited
    change = [{"callType": "INTERNATIONAL", "action": "BLOCK"}]
    assert call("PUT", new, {"callingPermissions": change, "useCustomEnabled": False}).status == 204
    assert by_type(call("GET", new).body) == inherited  # a success without effect
    assert call("PUT", new, {"callingPermissions": change, "useCustomEnabled": True}).status == 204
    assert call("PUT", place, {"callingPermissions": [{"callType": "NATIONAL", "action": "BLOCK"}]}).status == 204
    custom = call("GET", old).body
    assert custom["useCustomEnabled"] is True
    assert by_type(custom) == {**inherited, "INTERNATIONAL": "BLOCK"}
    assert call("PUT", old, {"useCustomEnabled": False}).status == 204
    assert by_type(call("GET", new).body) == {**inherited, "NATIONAL": "BLOCK"}


@pytest.mark.parametrize(("position", "action"), [("retained", "AUTH_CODE"), ("dropped", "BLOCK")])
def test_switch_custom_permissions_after_off(position: str, action: str) -> None:
    with Simulator({**sample_tenant(), "switches": {"custom_permissions_after_off": position}}) as running:
        person = next(p for p in running.state()["people"] if (p["calling"] or {}).get("outgoingPermission"))
        url = f"/people/{person['id']}/features/outgoingPermission"
        for flag in (False, True):
            running.edit("PUT", url, {"useCustomEnabled": flag})
        assert by_type(running.edit("GET", url))["PREMIUM_SERVICES_I"] == action


@pytest.mark.parametrize("shown", [False, True])
def test_switch_unwritable_call_types(shown: bool) -> None:
    with Simulator(
        {**sample_tenant(), "switches": {"unwritable_call_types_shown": "on" if shown else "off"}}
    ) as running:
        person = running.state()["people"][0]
        url = f"/people/{person['id']}/features/outgoingPermission"
        body = running.edit("GET", url)
        assert ("URL_DIALING" in by_type(body)) is shown
        with pytest.raises(EditRefused, match="25321"):
            running.edit("PUT", url, {"callingPermissions": [{"callType": "CASUAL", "action": "ALLOW"}]})


def test_basic_tier_has_only_the_features_path(call: Any, ids: Any) -> None:
    basic, room = ids.workspace("Reception Phone"), ids.workspace("Board Room")
    for method, body in (("GET", None), ("PUT", {"useCustomEnabled": True})):
        gated = call(method, f"/telephony/config/workspaces/{basic}/outgoingPermission", body)
        assert (gated.status, gated.body["errorCode"]) == (405, 25409)
        assert gated.body["message"].startswith("Invalid Professional Place: ")
        assert call(method, f"/workspaces/{basic}/features/outgoingPermission", body).status in (200, 204)
        assert call(method, f"/telephony/config/workspaces/{room}/outgoingPermission", body).status in (200, 204)
    numbers = call("PUT", f"/telephony/config/workspaces/{basic}/numbers", {"phoneNumbers": []})
    assert (numbers.status, numbers.body["errorCode"]) == (405, 25409)


def test_sdk_permissions(api: WebexSimpleApi, ids: Any, people: Any) -> None:
    person = ids.person(people["number"][1])
    settings: OutgoingPermissions = api.person_settings.permissions_out.read(person)
    settings.use_custom_enabled = True
    settings.calling_permissions.toll_free = CallTypePermission(action="BLOCK", transfer_enabled=False)
    api.person_settings.permissions_out.configure(person, settings)
    assert api.person_settings.permissions_out.read(person).calling_permissions.toll_free.action == "BLOCK"
    forwarding = api.person_settings.forwarding.read(person)
    forwarding.call_forwarding.busy.enabled = True
    forwarding.call_forwarding.busy.destination = "+442079460002"
    api.person_settings.forwarding.configure(person, forwarding)
    assert api.person_settings.forwarding.read(person).call_forwarding.busy.destination == "+44-2079460002"
